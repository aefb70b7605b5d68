"""What exchanges delivered, for operations: what could not be interpreted, and another try at it."""

from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy import Row

from services.intake.access_log import service as access_log
from services.intake.access_log.service import Purpose
from services.intake.call_story.state import Inconsistency
from services.intake.calls import repository as calls_repository
from services.intake.deliveries.jobs import Interpreter
from services.intake.deliveries.schemas import (
    DeliveryItem,
    DeliveryOut,
    InconsistentCount,
    Rerun,
    SetAsideCount,
    TelephonySummary,
    UnconfiguredQueueOut,
    UnconfiguredQueues,
)
from services.intake.delivery_store import repository
from services.intake.delivery_store.dependencies import CaughtUp
from services.intake.delivery_store.service import text_of
from services.intake.delivery_store.states import DeliveryState
from services.intake.lines.dependencies import lines_of
from services.intake.telephony.canonical import Source
from shared.access import Principal, allow
from shared.moments import Moment
from shared.paging import CursorText, Limit, Page, decode_cursor, encode_cursor, link_next, split_page
from shared.problems import InvalidCursor, NotFound, answers
from shared.sealing import SealBrokenError
from shared.unit_of_work import Writing
from shared.vocabulary import Role

deliveries_router = APIRouter(prefix="/v1/telephony", tags=["telephony"])

_USUAL_PERIOD = timedelta(days=7)

Overseer = Annotated[Principal, allow(Role.OPERATIONS, Role.SERVICE)]
Operator = Annotated[Principal, allow(Role.OPERATIONS)]
Reason = Annotated[str | None, Query(max_length=40, examples=["future"])]


@deliveries_router.get("/deliveries", summary="List deliveries", responses=answers(InvalidCursor))
async def list_deliveries(
    *,
    _who: Overseer,
    work: CaughtUp,
    request: Request,
    response: Response,
    state: Annotated[DeliveryState | None, Query(examples=["set_aside"])] = None,
    source: Source | None = None,
    reason: Reason = None,
    limit: Limit = 50,
    cursor: CursorText = None,
) -> Page[DeliveryItem]:
    """Newest first, without anything that was said. `set_aside` are those that could not be interpreted."""
    rows = await repository.list_deliveries(
        work.session, state=state, source=source, reason=reason, after=decode_cursor(cursor), limit=limit
    )
    page, last = split_page(rows, limit)
    next_cursor = None if last is None else encode_cursor(last.received_at, last.id)
    link_next(request, response, next_cursor)
    return Page(items=[DeliveryItem(**_columns(row)) for row in page], next_cursor=next_cursor)


@deliveries_router.post("/deliveries/rerun", summary="Interpret again what was set aside")
async def rerun_deliveries(
    _who: Overseer, request: Request, work: Writing, source: Source | None = None, reason: Reason = None
) -> Rerun:
    """After a fix: all, or that of one exchange or reason. What still cannot be read is set aside anew."""
    rerun = await repository.read_again(work.session, source, reason)
    interpreter: Interpreter = request.app.state.interpreter
    interpreter.wake()
    return Rerun(rerun=rerun)


@deliveries_router.get(
    "/deliveries/{delivery:uuid}", summary="Read one delivery as it came", responses=answers(NotFound)
)
async def read_delivery(
    who: Operator, delivery: UUID, work: CaughtUp, purpose: Purpose = None
) -> DeliveryOut:
    """It may hold a caller's number: the look is logged."""
    row = await repository.find(work.session, delivery)
    if row is None:
        raise NotFound("No delivery has this id.")
    await access_log.log_access(work, who, "read", purpose or access_log.MENDING)
    try:
        text = text_of(work, row)
    except SealBrokenError:
        text = None
    return DeliveryOut(**_columns(row), text=text)


@deliveries_router.get("/summary", summary="Count what telephone systems leave to be mended")
async def summarise_telephony(
    _who: Overseer,
    work: CaughtUp,
    since: Annotated[Moment | None, Query(description="Of inconsistent calls; default a week ago")] = None,
) -> TelephonySummary:
    """What is set aside by form and reason, what waits, open calls, and calls whose story does not add up."""
    began = since or work.clock.now() - _USUAL_PERIOD
    set_aside = await repository.count_set_aside(work.session)
    inconsistent = await calls_repository.count_inconsistent(work.session, began)
    return TelephonySummary(
        since=began,
        set_aside=[
            SetAsideCount(form=form, reason=reason, count=count)
            for (form, reason), count in sorted(set_aside.items(), key=lambda one: (-one[1], one[0]))
        ],
        unread=await repository.count_unread(work.session),
        open_calls=await calls_repository.count_open_calls(work.session),
        inconsistent=[
            InconsistentCount(inconsistency=Inconsistency(kind), count=count)
            for kind, count in sorted(inconsistent.items(), key=lambda one: (-one[1], one[0]))
        ],
    )


@deliveries_router.get("/queues", summary="Queues of exchanges that no line has")
async def unconfigured_queues(_who: Overseer, work: CaughtUp) -> UnconfiguredQueues:
    """Calls stood in them, and were shown on the main line. A queue goes from here when a line gets it."""
    rows = await calls_repository.unconfigured(work.session)
    lines = lines_of(work)
    missing = [row for row in rows if not lines.is_claimed(row.queue, row.source, work.clock.now())]
    return UnconfiguredQueues(items=[UnconfiguredQueueOut(**_columns(row)) for row in missing])


def _columns(row: Row[Any]) -> dict[str, Any]:
    return dict(row._mapping)  # noqa: SLF001 -- the documented way to a row's columns by name
