"""Figures of a period: the entries made in it, and the deadlines that fell due in it, in groups."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from services.routing.deadlines.repository import DueClock, clocks_due
from services.routing.units.repository import Queue
from services.routing.waits.repository import EndedRow, entered_rows
from services.routing.waits.service import WaitFigures, figures_of, wait_of
from shared.clock import COPENHAGEN


class GroupBy(StrEnum):
    """Hours and days are local ones, by when entries were made and deadlines fell due. Rules are those of
    deadlines: entries have none, and stand in the total only.
    """

    HOUR = "hour"
    DAY = "day"
    QUEUE = "queue"
    CHANNEL = "channel"
    RULE = "rule"


@dataclass(frozen=True)
class Period:
    """What is asked about: from `start` until just before `end`, perhaps of one queue or channel."""

    start: datetime
    end: datetime
    queue: str | None = None
    channel: str | None = None


@dataclass(frozen=True)
class Compliance:
    """Deadlines that fell due: met in time, missed (late or still not met), and those that fell away.

    `open` ones still count and are not due yet.
    """

    met: int
    missed: int
    stopped: int
    open: int = 0

    @property
    def share(self) -> float | None:
        """The share met, of those that had to be met; None when there were none."""
        judged = self.met + self.missed
        return self.met / judged if judged else None


@dataclass(frozen=True)
class Group:
    """One group's figures. Only what it is grouped by is set: a moment, queue, channel or rule."""

    starts_at: datetime | None
    queue: str | None
    channel: str | None
    rule: str | None
    waits: WaitFigures
    deadlines: Compliance


class _Placed(Protocol):
    @property
    def queue(self) -> str: ...
    @property
    def channel(self) -> str: ...


async def statistics(
    session: AsyncSession,
    period: Period,
    group_by: GroupBy | None,
    queues: Mapping[str, Queue],
    now: datetime,
) -> tuple[Group, list[Group]]:
    """The period as a whole, and its groups in order. Waits are as they stand at `now`."""
    entered = await entered_rows(session, period.start, period.end, period.queue, period.channel)
    due = await clocks_due(session, period.start, period.end, period.queue, period.channel)
    total = _group(None, None, entered, due, queues=queues, now=now)
    if group_by is None:
        return total, []
    rows: dict[Hashable, list[EndedRow]] = defaultdict(list)
    clocks: dict[Hashable, list[DueClock]] = defaultdict(list)
    for row in entered if group_by is not GroupBy.RULE else ():
        rows[_key(group_by, row, row.entered_at)].append(row)
    for clock in due:
        key = clock.rule if group_by is GroupBy.RULE else _key(group_by, clock, clock.due_at)
        clocks[key].append(clock)
    keys = sorted({*rows, *clocks}, key=str)
    return total, [_group(key, group_by, rows[key], clocks[key], queues=queues, now=now) for key in keys]


def _key(group_by: GroupBy, placed: _Placed, at: datetime) -> Hashable:
    match group_by:
        case GroupBy.QUEUE:
            return placed.queue
        case GroupBy.CHANNEL | GroupBy.RULE:
            return placed.channel
        case GroupBy.HOUR:
            # An instant, so that the hour that comes twice when summer time ends stays two hours.
            return at.replace(minute=0, second=0, microsecond=0)
        case GroupBy.DAY:
            midnight = at.astimezone(COPENHAGEN).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
            return midnight.astimezone(at.tzinfo)


def _group(
    key: Hashable,
    group_by: GroupBy | None,
    entered: Sequence[EndedRow],
    due: Iterable[DueClock],
    *,
    queues: Mapping[str, Queue],
    now: datetime,
) -> Group:
    return Group(
        starts_at=key if isinstance(key, datetime) else None,
        queue=str(key) if group_by is GroupBy.QUEUE else None,
        channel=str(key) if group_by is GroupBy.CHANNEL else None,
        waits=figures_of([wait_of(row, now, queues[row.queue].row.target_seconds) for row in entered]),
        rule=str(key) if group_by is GroupBy.RULE else None,
        deadlines=compliance(due, now),
    )


def compliance(due: Iterable[DueClock], now: datetime) -> Compliance:
    """How deadlines were kept. One due and neither met nor stopped in time is missed; one that is not due at
    `now` is judged when it is.
    """
    met = missed = stopped = open_ = 0
    for clock in due:
        if clock.due_at >= now:
            open_ += clock.met_at is None and clock.stopped_at is None
        elif clock.met_at is not None and clock.met_at <= clock.due_at:
            met += 1
        elif clock.stopped_at is not None and clock.stopped_at <= clock.due_at:
            stopped += 1
        else:
            missed += 1
    return Compliance(met, missed, stopped, open_)
