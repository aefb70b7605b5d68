"""Repeat alarms over HTTP: listed, read and acknowledged."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from services.triage.alarms import repository, service
from services.triage.alarms.schemas import AcknowledgeIn, AlarmOut, AlarmStatus
from services.triage.models import AlarmRow
from services.triage.problems import AlarmIsEnded
from shared.access import Principal, allow
from shared.documents import document
from shared.etags import IfMatch
from shared.paging import Page, Paging
from shared.problems import InvalidCursor, NotFound, StaleVersion, answers
from shared.unit_of_work import Reading, UnitOfWork, Writing
from shared.vocabulary import Role

alarms_router = APIRouter(prefix="/v1/alarms", tags=["alarms"])

Person = Annotated[Principal, allow(Role.RECEPTION, Role.CASEWORKER, Role.OPERATIONS)]
_READERS = allow(Role.RECEPTION, Role.CASEWORKER, Role.OPERATIONS, Role.AUDITOR, Role.SERVICE)


async def _alarms_out(work: UnitOfWork, alarms: Sequence[AlarmRow]) -> list[AlarmOut]:
    contacts = {UUID(contact_id) for alarm in alarms for contact_id in alarm.contacts}
    received_at = await repository.received_at(work.session, contacts)
    return [AlarmOut.from_row(alarm, received_at) for alarm in alarms]


async def _alarm_document(work: UnitOfWork, alarm: AlarmRow) -> Response:
    (alarm_out,) = await _alarms_out(work, [alarm])
    return document(alarm_out, version=alarm.version)


@alarms_router.get(
    "", summary="List repeat alarms", dependencies=[_READERS], responses=answers(InvalidCursor)
)
async def list_alarms(
    *,
    work: Reading,
    status: Annotated[AlarmStatus | None, Query(description="Default: all", examples=["open"])] = None,
    paging: Paging,
) -> Page[AlarmOut]:
    """The oldest first. The citizen is not named: the contacts' references lead there."""
    rows = await repository.list_alarms(work.session, status, paging.after, paging.limit)
    page, next_cursor = paging.split(rows, lambda row: (row.raised_at, row.id))
    return Page(items=await _alarms_out(work, page), next_cursor=next_cursor)


@alarms_router.get(
    "/{alarm_id}",
    summary="Read a repeat alarm",
    response_model=AlarmOut,
    dependencies=[_READERS],
    responses=answers(NotFound),
)
async def read_alarm(alarm_id: UUID, work: Reading) -> Response:
    """With its ETag."""
    return await _alarm_document(work, await service.get_alarm(work, alarm_id))


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
    alarm = await service.acknowledge(work, who, alarm_id, body.reason, if_match)
    return await _alarm_document(work, alarm)
