"""Calls over HTTP."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response

from services.intake.access_log import service as access_log
from services.intake.access_log.service import Purpose
from services.intake.call_story.state import CallOutcome, Inconsistency
from services.intake.calls import repository, service
from services.intake.calls.schemas import CallItem, CallOut
from services.intake.contacts import repository as contacts_repository
from services.intake.delivery_store.dependencies import CaughtUp
from services.intake.lines.dependencies import lines_of
from services.intake.lines.lines import Lines
from services.intake.models import CallRecord
from services.intake.permissions import Reader, may_see_the_person
from services.intake.problems import AmbiguousCall
from services.intake.telephony.canonical import Name, Source
from shared.moments import Moment
from shared.paging import CursorText, Limit, Page, decode_cursor, encode_cursor, link_next, split_page
from shared.problems import InvalidCursor, NotFound, answers
from shared.unit_of_work import UnitOfWork

calls_router = APIRouter(prefix="/v1/calls", tags=["calls"])


@calls_router.get("", summary="List calls", responses=answers(InvalidCursor))
async def list_calls(
    *,
    who: Reader,
    work: CaughtUp,
    request: Request,
    response: Response,
    contact_id: Annotated[UUID | None, Query(description="The call that became this contact")] = None,
    outcome: Annotated[CallOutcome | None, Query(examples=["abandoned"])] = None,
    source: Annotated[Source | None, Query(description="The exchange")] = None,
    inconsistent: Annotated[
        bool | None, Query(description="Only calls whose story does (or does not) add up")
    ] = None,
    inconsistency: Annotated[
        Inconsistency | None, Query(description="Only calls that show this", examples=["wait_disagrees"])
    ] = None,
    started_from: Moment | None = None,
    started_to: Annotated[Moment | None, Query(description="Up to, not including")] = None,
    limit: Limit = 50,
    cursor: CursorText = None,
    purpose: Purpose = None,
) -> Page[CallItem]:
    """Newest first, without the callers' numbers."""
    rows = await repository.list_calls(
        work.session,
        contact_id=contact_id,
        outcome=outcome,
        source=source,
        inconsistent=inconsistent,
        inconsistency=inconsistency,
        since=started_from,
        until=started_to,
        after=decode_cursor(cursor),
        limit=limit,
    )
    why = purpose or access_log.OVERVIEW
    await access_log.log_access(work, who, "list", why, contacts=[contact_id])
    page, last = split_page(rows, limit)
    next_cursor = None if last is None else encode_cursor(last.started_at, last.contact_id)
    link_next(request, response, next_cursor)
    return Page(
        items=[CallItem.model_validate(row) for row in await _shown(work, page)], next_cursor=next_cursor
    )


@calls_router.get("/{call_id:path}", summary="Read a call", responses=answers(NotFound, AmbiguousCall))
async def read_call(
    *,
    who: Reader,
    call_id: Annotated[Name, Path(examples=["pbx-1795312303.0"])],
    work: CaughtUp,
    source: Annotated[Source | None, Query(description="The exchange, where several have this id")] = None,
    occurrence: Annotated[
        int | None, Query(ge=1, description="Which of the calls that bore this id; default the latest")
    ] = None,
    purpose: Purpose = None,
) -> CallOut:
    """Its stays in queues and its talks, as derived from all its events. The look is logged."""
    found = await repository.find_calls(work.session, [call_id], source)
    if len({record.source for record in found}) > 1:
        raise AmbiguousCall
    record = next((one for one in found if occurrence in (None, one.occurrence)), None)
    if record is None:
        raise NotFound("No call has this id.")
    why = purpose or access_log.CALLING
    await access_log.log_access(work, who, "read", why, contacts=[record.contact_id])
    caller = await service.caller_of(work, record) if may_see_the_person(who) else None
    (shown,) = await _shown(work, [record])
    return CallOut.model_validate({**shown, "caller": caller})


async def _shown(work: UnitOfWork, records: Sequence[CallRecord]) -> list[dict[str, object]]:
    chosen = await contacts_repository.lines_of_contacts(
        work.session, [record.contact_id for record in records]
    )
    return [_as_dict(record, chosen[record.contact_id], lines_of(work)) for record in records]


def _as_dict(record: CallRecord, line: str, lines: Lines) -> dict[str, object]:
    answered_at = datetime.fromisoformat(record.talks[0]["started_at"]) if record.talks else None
    return {
        "source": record.source,
        "call_id": record.call_id,
        "occurrence": record.occurrence,
        "contact_id": record.contact_id,
        "line": line,
        "answered_by": None if answered_at is None else lines.administration_at(line, answered_at),
        "outcome": record.outcome,
        "started_at": record.started_at,
        "gone_at": record.gone_at,
        "visits": [{**visit, "configured": _is_configured(visit, record, lines)} for visit in record.visits],
        "talks": record.talks,
        "inconsistencies": record.inconsistencies,
    }


def _is_configured(visit: dict[str, Any], record: CallRecord, lines: Lines) -> bool:
    """Whether a line had the queue then; a stay in no queue lacks nothing."""
    entered_at = datetime.fromisoformat(visit["entered_at"])
    return visit["queue"] is None or lines.is_claimed(visit["queue"], record.source, entered_at)
