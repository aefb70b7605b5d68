"""Figures of a period over HTTP."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import AfterValidator, AwareDatetime

from services.routing.permissions import READERS
from services.routing.units.repository import get_queue
from services.routing.waits.schemas import GroupOut, StatisticsOut
from services.routing.waits.service import period_figures
from services.routing.waits.statistics import GroupBy, Scope
from shared.access import allow
from shared.problems import FieldError, InvalidInput, NotFound, answers
from shared.unit_of_work import Reading
from shared.vocabulary import Channel

statistics_router = APIRouter(prefix="/v1/statistics", tags=["statistics"])

LONGEST_PERIOD = timedelta(days=400)
USUAL_PERIOD = timedelta(days=1)


def _plausible(moment: datetime) -> datetime:
    if not 2000 <= moment.year < 2200:
        raise ValueError("the moment must lie between the years 2000 and 2200")
    return moment.astimezone(UTC)


Moment = Annotated[AwareDatetime, AfterValidator(_plausible)]


@statistics_router.get(
    "",
    summary="Counts, waits, service levels and deadlines of a period",
    dependencies=[allow(*READERS)],
    responses=answers(NotFound),
)
async def read_statistics(
    *,
    work: Reading,
    from_: Annotated[
        Moment | None,
        Query(alias="from", description="Default: a day before `to`", examples=["2026-11-16T00:00:00+01:00"]),
    ] = None,
    to: Annotated[
        Moment | None,
        Query(description="Up to, not including; default now", examples=["2026-11-23T00:00:00+01:00"]),
    ] = None,
    queue: Annotated[
        str | None, Query(max_length=60, pattern=r"^[a-z0-9-]+$", examples=["reception-phone"])
    ] = None,
    channel: Annotated[Channel | None, Query(examples=["phone"])] = None,
    group_by: Annotated[GroupBy | None, Query(examples=["day"])] = None,
) -> StatisticsOut:
    """The entries made in the period, with those who still wait counted in, and the deadlines that fell due
    in it. At most 400 days. Service levels measure each entry by its own queue's target.
    """
    now = work.clock.now()
    until = to or now
    since = from_ or until - USUAL_PERIOD
    if not timedelta() < until - since <= LONGEST_PERIOD:
        raise InvalidInput(
            errors=[FieldError(pointer="/query/to", message="must be after from, by 400 days at most")]
        )
    if queue is not None:
        await get_queue(work.session, queue)
    figures = await period_figures(work.session, Scope(since, until, queue, channel), now)
    groups = [] if group_by is None else figures.groups(group_by)
    return StatisticsOut(
        from_=since,
        to=until,
        at=now,
        queue=queue,
        channel=channel,
        group_by=None if group_by is None else group_by.value,
        total=GroupOut.of(figures.total()),
        groups=[GroupOut.of(group) for group in groups],
    )
