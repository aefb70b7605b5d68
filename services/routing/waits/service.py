"""A queue at one moment: who waits, how long waits are, and what someone who joins now may expect."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from services.routing.entries.queue_order import ORDINARY_RANK
from services.routing.entries.repository import count_ahead
from services.routing.models import EntryRow
from services.routing.states import ABANDONED, EntryStatus
from services.routing.units.repository import Queue
from services.routing.waits.estimate import Departure, WaitRange, estimate, pace_of
from services.routing.waits.figures import (
    AgeBand,
    ServiceLevelVariant,
    Wait,
    WaitEnd,
    WaitQuantile,
    abandonment,
    age_bands,
    service_levels,
    wait_quantiles,
)
from services.routing.waits.repository import EndedRow, WaitingRow, ended_rows, taken_counts, waiting_rows

#: How many departures back the pace is read from: few, because it wanders.
DEPARTURES_REMEMBERED = 30


@dataclass(frozen=True)
class WaitFigures:
    """What a set of waits comes to. The quantiles count those still waiting in."""

    entered: int
    answered: int
    abandoned: int
    left: int
    waiting: int
    abandonment: float | None
    p50: WaitQuantile | None
    p90: WaitQuantile | None
    longest_seconds: float | None
    service_levels: Mapping[ServiceLevelVariant, float | None]


@dataclass(frozen=True)
class LiveFigures:
    """A queue now. `waits` holds the waits that ended since `since`, and everybody who still waits."""

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


def figures_of(waits: Sequence[Wait]) -> WaitFigures:
    ends = Counter(wait.end for wait in waits)
    p50, p90 = wait_quantiles(waits, (0.5, 0.9))
    return WaitFigures(
        entered=len(waits),
        answered=ends[WaitEnd.ANSWERED],
        abandoned=ends[WaitEnd.ABANDONED],
        left=ends[WaitEnd.LEFT],
        waiting=ends[WaitEnd.WAITING],
        abandonment=abandonment(waits),
        p50=p50,
        p90=p90,
        longest_seconds=max((wait.seconds for wait in waits), default=None),
        service_levels=service_levels(waits),
    )


def wait_of(row: EndedRow, now: datetime, target_seconds: float) -> Wait:
    """An entry's wait as it stands at `now`."""
    ended_at = row.taken_at or row.left_at
    seconds = ((ended_at or now) - row.entered_at).total_seconds()
    return Wait(max(seconds, 0.0), _end_of(row), target_seconds)


def _end_of(row: EndedRow) -> WaitEnd:
    if row.taken_at is not None:
        return WaitEnd.ANSWERED
    if row.left_at is None:
        return WaitEnd.WAITING
    gave_up = row.status == EntryStatus.ABANDONED and row.outcome == ABANDONED
    return WaitEnd.ABANDONED if gave_up else WaitEnd.LEFT


async def live_figures(session: AsyncSession, queues: Sequence[Queue], now: datetime) -> list[LiveFigures]:
    """The figures of each of these queues, in their order."""
    since = {queue.code: now - timedelta(seconds=queue.row.figures_seconds) for queue in queues}
    waiting: dict[str, list[WaitingRow]] = {queue.code: [] for queue in queues}
    for here in await waiting_rows(session, list(waiting)):
        waiting[here.queue].append(here)
    ended: dict[str, list[EndedRow]] = {queue.code: [] for queue in queues}
    for gone in await ended_rows(session, since):
        ended[gone.queue].append(gone)
    taken = await taken_counts(session)
    return [
        _live(queue, waiting[queue.code], ended[queue.code], taken.get(queue.code, 0), now)
        for queue in queues
    ]


def _live(
    queue: Queue, waiting: Sequence[WaitingRow], ended: Sequence[EndedRow], taken: int, now: datetime
) -> LiveFigures:
    target = float(queue.row.target_seconds)
    ages = [max((now - row.entered_at).total_seconds(), 0.0) for row in waiting]
    waits = [wait_of(row, now, target) for row in ended]
    waits += [Wait(age, WaitEnd.WAITING, target) for age in ages]
    last = (ORDINARY_RANK, now + queue.target)
    ahead = sum((row.rank, row.order_at) <= last for row in waiting)
    return LiveFigures(
        at=now,
        since=now - timedelta(seconds=queue.row.figures_seconds),
        is_open=queue.hours.is_open(now),
        opens_at=queue.hours.next_opening(now),
        waiting=len(waiting),
        taken=taken,
        past_due=sum(row.order_at < now for row in waiting),
        oldest_wait_seconds=max(ages, default=None),
        bands=age_bands(ages, [float(bound) for bound in queue.row.age_bounds]),
        waits=figures_of(waits),
        estimate=_estimate(queue, ended, ahead, now, joining=True),
    )


async def estimate_for_entry(
    session: AsyncSession, queue: Queue, entry: EntryRow, now: datetime
) -> WaitRange:
    """The wait still ahead of somebody who waits already."""
    since = {queue.code: now - timedelta(seconds=queue.row.figures_seconds)}
    ended = await ended_rows(session, since)
    return _estimate(queue, ended, await count_ahead(session, entry), now, joining=False)


def _estimate(
    queue: Queue, ended: Sequence[EndedRow], ahead: int, now: datetime, *, joining: bool
) -> WaitRange:
    departures = [
        Departure(row.entered_at, row.left_at, row.taken_at is not None)
        for row in ended[-DEPARTURES_REMEMBERED:]
        if row.left_at is not None
    ]
    pace = pace_of(departures, queue.hours)
    return estimate(ahead=ahead, joining=joining, pace=pace, prior=queue.prior, hours=queue.hours, now=now)
