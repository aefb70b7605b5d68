"""Repeat alarms over HTTP: what a person has to look at as a whole."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from services.triage.alarms import repository, service
from services.triage.alarms.schemas import AcknowledgeIn, AlarmOut, AlarmStatus, contacts_of, present_alarm
from services.triage.models import AlarmRow
from services.triage.problems import AlarmIsEnded
from shared.access import Principal, allow
from shared.etags import IfMatch, etag
from shared.paging import CursorText, Limit, Page, decode_cursor, encode_cursor, link_next, split_page
from shared.problems import InvalidCursor, NotFound, StaleVersion, answers
from shared.unit_of_work import Reading, UnitOfWork, Writing
from shared.vocabulary import Role

alarms_router = APIRouter(prefix="/v1/alarms", tags=["alarms"])

Person = Annotated[Principal, allow(Role.RECEPTION, Role.CASEWORKER, Role.OPERATIONS)]
_READERS = allow(Role.RECEPTION, Role.CASEWORKER, Role.OPERATIONS, Role.AUDITOR, Role.SERVICE)


async def _json(work: UnitOfWork, alarm: AlarmRow) -> Response:
    shown = present_alarm(alarm, await repository.received_at(work.session, contacts_of([alarm])))
    headers = {"ETag": etag(alarm.version)}
    return Response(shown.model_dump_json(), 200, headers, media_type="application/json")


@alarms_router.get(
    "", summary="List repeat alarms", dependencies=[_READERS], responses=answers(InvalidCursor)
)
async def list_alarms(
    *,
    work: Reading,
    request: Request,
    response: Response,
    status: Annotated[AlarmStatus | None, Query(description="Default: all", examples=["open"])] = None,
    limit: Limit = 50,
    cursor: CursorText = None,
) -> Page[AlarmOut]:
    """Those that have stood longest first. The citizen is not named: the contacts' references lead there."""
    rows = await repository.list_alarms(work.session, status, decode_cursor(cursor), limit)
    page, last = split_page(rows, limit)
    next_cursor = None if last is None else encode_cursor(last.raised_at, last.id)
    link_next(request, response, next_cursor)
    received_at = await repository.received_at(work.session, contacts_of(page))
    return Page(items=[present_alarm(row, received_at) for row in page], next_cursor=next_cursor)


@alarms_router.get(
    "/{alarm_id}",
    summary="Read a repeat alarm",
    response_model=AlarmOut,
    dependencies=[_READERS],
    responses=answers(NotFound),
)
async def read_alarm(alarm_id: UUID, work: Reading) -> Response:
    """With its ETag."""
    return await _json(work, await service.get_alarm(work, alarm_id))


@alarms_router.post(
    "/{alarm_id}/acknowledge",
    summary="Say that a person has looked at it",
    response_model=AlarmOut,
    responses=answers(NotFound, AlarmIsEnded, StaleVersion),
)
async def acknowledge_alarm(
    who: Person, alarm_id: UUID, body: AcknowledgeIn, work: Writing, if_match: IfMatch = None
) -> Response:
    """Ends it, with what was done. One more contact raises a new alarm, which shows these contacts again.

    Send If-Match with the ETag that was read, so that nothing is acknowledged that came meanwhile (412).
    """
    return await _json(work, await service.acknowledge(work, who, alarm_id, body.reason, if_match))
