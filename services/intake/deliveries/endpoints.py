"""Deliveries for operations, over HTTP: what could not be interpreted, and another try at it."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from services.intake.access_log import service as access_log
from services.intake.access_log.service import Purpose
from services.intake.deliveries import service
from services.intake.deliveries.schemas import (
    DeliveryItem,
    DeliveryOut,
    Rerun,
    TelephonySummary,
    UnconfiguredQueues,
    delivery_document,
    delivery_item,
)
from services.intake.delivery_store import repository
from services.intake.delivery_store.dependencies import CaughtUp
from services.intake.delivery_store.service import text_of
from services.intake.delivery_store.states import DeliveryState
from services.intake.telephony.canonical import Source
from shared.access import Principal, allow
from shared.moments import Moment
from shared.paging import Page, Paging
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
    paging: Paging,
    state: Annotated[DeliveryState | None, Query(examples=["set_aside"])] = None,
    source: Source | None = None,
    reason: Reason = None,
) -> Page[DeliveryItem]:
    """Newest first, without their content. `set_aside` are those that could not be interpreted."""
    rows = await repository.list_deliveries(
        work.session, state=state, source=source, reason=reason, after=paging.after, limit=paging.limit
    )
    return paging.page(rows, lambda row: (row.received_at, row.id), delivery_item)


@deliveries_router.post("/deliveries/rerun", summary="Interpret again what was set aside")
async def rerun_deliveries(
    _who: Overseer, work: Writing, source: Source | None = None, reason: Reason = None
) -> Rerun:
    """After a fix: all, or that of one exchange or reason. What still cannot be read is set aside again."""
    return await service.rerun(work, source, reason)


@deliveries_router.get(
    "/deliveries/{delivery:uuid}", summary="Read one delivery as it came", responses=answers(NotFound)
)
async def read_delivery(
    who: Operator, delivery: UUID, work: CaughtUp, purpose: Purpose = None
) -> DeliveryOut:
    """It may contain a caller's number: the access is logged."""
    row = await repository.find(work.session, delivery)
    if row is None:
        raise NotFound("No delivery has this id.")
    await access_log.log_access(work, who, "read", purpose or access_log.MENDING)
    try:
        text = text_of(work, row)
    except SealBrokenError:
        text = None
    return delivery_document(row, text)


@deliveries_router.get("/summary", summary="Count what telephone systems leave to be repaired")
async def summarise_telephony(
    _who: Overseer,
    work: CaughtUp,
    since: Annotated[Moment | None, Query(description="Of inconsistent calls; default a week ago")] = None,
) -> TelephonySummary:
    """Deliveries set aside by form and reason, unread ones, open calls, and calls that do not add up."""
    return await service.summarise(work, since or work.clock.now() - _USUAL_PERIOD)


@deliveries_router.get("/queues", summary="Queues of exchanges that no line has")
async def unconfigured_queues(_who: Overseer, work: CaughtUp) -> UnconfiguredQueues:
    """Calls were in them, and were put on the main line. A queue leaves this list when a line gets it."""
    return await service.unconfigured_queues(work)
