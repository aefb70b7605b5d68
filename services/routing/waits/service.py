"""Figures of queues at one moment, the wait to expect in them, and statistics of a period."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from services.routing.entries.queue_order import ORDINARY_RANK
from services.routing.entries.repository import count_ahead
from services.routing.models import EntryRow
from services.routing.units.repository import Queue, all_queues
from services.routing.waits.estimate import Departure, Prior, WaitRange, estimate, pace_of
from services.routing.waits.figures import (
    AgeBand,
    EntryTimes,
    Wait,
    WaitEnd,
    WaitFigures,
    age_bands,
    figures_of,
    wait_of,
)
from services.routing.waits.repository import (
    WaitingEntry,
    duties_due,
    ended_waits,
    entered,
    taken_counts,
    waiting_entries,
)
from services.routing.waits.statistics import PeriodFigures, Scope

#: How many departures back the pace is read from: few, because it changes over the day.
DEPARTURES_USED = 30


@dataclass(frozen=True)
class LiveFigures:
    """A queue now. `waits` are those that ended since `since`, and all that have not ended."""

    at: datetime
    since: datetime
    is_open: bool
    opens_at: datetime | None
    waiting: int
    taken: int
    past_due: int
    oldest_wait_seconds: float | None
    bands: Sequence[AgeBand]
    waits: WaitFigures
    estimate: WaitRange


async def live_figures(session: AsyncSession, queues: Sequence[Queue], now: datetime) -> list[LiveFigures]:
    """The figures of each of these queues, in their order."""
    since = {queue.code: _since(queue, now) for queue in queues}
    waiting: dict[str, list[WaitingEntry]] = {queue.code: [] for queue in queues}
    for entry in await waiting_entries(session, list(waiting)):
        waiting[entry.queue].append(entry)
    ended: dict[str, list[EntryTimes]] = {queue.code: [] for queue in queues}
    for times in await ended_waits(session, since):
        ended[times.queue].append(times)
    taken = await taken_counts(session)
    return [
        _live(queue, waiting[queue.code], ended[queue.code], taken.get(queue.code, 0), now)
        for queue in queues
    ]


async def estimate_for_entry(
    session: AsyncSession, queue: Queue, entry: EntryRow, now: datetime
) -> WaitRange:
    """The wait still ahead of an entry that waits already."""
    ended = await ended_waits(session, {queue.code: _since(queue, now)})
    return _estimate(queue, ended, await count_ahead(session, entry), now, joining=False)


async def period_figures(session: AsyncSession, scope: Scope, now: datetime) -> PeriodFigures:
    """What statistics of the period are made of, with the waits as they are at `now`."""
    return PeriodFigures(
        entered=await entered(session, scope),
        due=await duties_due(session, scope),
        targets={queue.code: queue.row.target_seconds for queue in await all_queues(session)},
        now=now,
    )


def _since(queue: Queue, now: datetime) -> datetime:
    return now - timedelta(seconds=queue.row.figures_seconds)


def _live(
    queue: Queue, waiting: Sequence[WaitingEntry], ended: Sequence[EntryTimes], taken: int, now: datetime
) -> LiveFigures:
    target = float(queue.row.target_seconds)
    ages = [max((now - entry.entered_at).total_seconds(), 0.0) for entry in waiting]
    waits = [wait_of(times, now, target) for times in ended]
    waits += [Wait(age, WaitEnd.WAITING, target) for age in ages]
    # Somebody who joins now has no deadline yet, and is ordered by the queue's own target.
    place_of_the_next = (ORDINARY_RANK, now + queue.target)
    ahead = sum((entry.rank, entry.order_at) <= place_of_the_next for entry in waiting)
    return LiveFigures(
        at=now,
        since=_since(queue, now),
        is_open=queue.hours.is_open(now),
        opens_at=queue.hours.next_opening(now),
        waiting=len(waiting),
        taken=taken,
        past_due=sum(entry.order_at < now for entry in waiting),
        oldest_wait_seconds=max(ages, default=None),
        bands=age_bands(ages, [float(bound) for bound in queue.row.age_bounds]),
        waits=figures_of(waits),
        estimate=_estimate(queue, ended, ahead, now, joining=True),
    )


def _estimate(
    queue: Queue, ended: Sequence[EntryTimes], ahead: int, now: datetime, *, joining: bool
) -> WaitRange:
    departures = [
        Departure(times.entered_at, times.left_at, times.taken_at is not None)
        for times in ended[-DEPARTURES_USED:]
        if times.left_at is not None
    ]
    return estimate(
        ahead=ahead,
        joining=joining,
        pace=pace_of(departures, queue.hours),
        prior=Prior(float(queue.row.prior_interval_seconds)),
        hours=queue.hours,
        now=now,
    )
