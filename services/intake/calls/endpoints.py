"""Calls over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query

from services.intake.access_log import service as access_log
from services.intake.access_log.service import Purpose
from services.intake.call_story.state import CallOutcome, Inconsistency
from services.intake.calls import repository, service
from services.intake.calls.repository import CallFilter
from services.intake.calls.schemas import CallItem, CallOut, call_document, call_item
from services.intake.contacts.repository import lines_of_contacts
from services.intake.delivery_store.dependencies import CaughtUp
from services.intake.lines.dependencies import lines_of
from services.intake.permissions import Reader, may_see_the_person
from services.intake.problems import AmbiguousCall
from services.intake.telephony.canonical import Name, Source
from shared.moments import Moment
from shared.paging import Page, Paging
from shared.problems import InvalidCursor, NotFound, answers

calls_router = APIRouter(prefix="/v1/calls", tags=["calls"])


@calls_router.get("", summary="List calls", responses=answers(InvalidCursor))
async def list_calls(
    *,
    who: Reader,
    work: CaughtUp,
    paging: Paging,
    contact_id: Annotated[UUID | None, Query(description="The call that became this contact")] = None,
    outcome: Annotated[CallOutcome | None, Query(examples=["abandoned"])] = None,
    source: Annotated[Source | None, Query(description="The exchange")] = None,
    inconsistent: Annotated[
        bool | None, Query(description="Only calls whose events do not (or do) add up")
    ] = None,
    inconsistency: Annotated[
        Inconsistency | None, Query(description="Only calls that show this", examples=["wait_disagrees"])
    ] = None,
    started_from: Moment | None = None,
    started_to: Annotated[Moment | None, Query(description="Up to, not including")] = None,
    purpose: Purpose = None,
) -> Page[CallItem]:
    """Newest first, without the callers' numbers."""
    filters = CallFilter(contact_id, outcome, source, inconsistent, inconsistency, started_from, started_to)
    rows = await repository.list_calls(work.session, filters, paging.after, paging.limit)
    why = purpose or access_log.OVERVIEW
    await access_log.log_access(work, who, "list", why, contacts=[contact_id])
    line_by_contact = await lines_of_contacts(work.session, [row.contact_id for row in rows])
    return paging.page(
        rows,
        lambda row: (row.started_at, row.contact_id),
        lambda row: call_item(row, line_by_contact[row.contact_id], lines_of(work)),
    )


@calls_router.get("/{call_id:path}", summary="Read a call", responses=answers(NotFound, AmbiguousCall))
async def read_call(
    *,
    who: Reader,
    call_id: Annotated[Name, Path(examples=["pbx-1795312303.0"])],
    work: CaughtUp,
    source: Annotated[Source | None, Query(description="The exchange, where several have this id")] = None,
    occurrence: Annotated[
        int | None, Query(ge=1, description="Which of the calls that had this id; default the latest")
    ] = None,
    purpose: Purpose = None,
) -> CallOut:
    """Its stays in queues and its talks, as derived from all its events. The access is logged."""
    found = await repository.find_calls(work.session, [call_id], source)
    if len({record.source for record in found}) > 1:
        raise AmbiguousCall
    record = next((one for one in found if occurrence in (None, one.occurrence)), None)
    if record is None:
        raise NotFound("No call has this id.")
    why = purpose or access_log.CALLING
    await access_log.log_access(work, who, "read", why, contacts=[record.contact_id])
    caller = await service.caller_of(work, record) if may_see_the_person(who) else None
    line = (await lines_of_contacts(work.session, [record.contact_id]))[record.contact_id]
    return call_document(record, line, lines_of(work), caller)
