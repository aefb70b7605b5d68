"""Figures of a period, as a whole and in groups: its entries' waits, and the deadlines due in it."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, Protocol

from services.routing.waits.figures import EntryTimes, WaitFigures, figures_of, wait_of
from shared.clock import COPENHAGEN


class GroupBy(StrEnum):
    """Hours and days are local ones, by when entries were made and deadlines fell due. Rules are those of
    deadlines: entries have none, and are in the total only.
    """

    HOUR = "hour"
    DAY = "day"
    QUEUE = "queue"
    CHANNEL = "channel"
    RULE = "rule"


@dataclass(frozen=True)
class Scope:
    """What the figures are of: all from `start` until just before `end`, or one queue's or channel's."""

    start: datetime
    end: datetime
    queue: str | None = None
    channel: str | None = None


class DueClock(NamedTuple):
    """A deadline that fell due, as far as its figures need it."""

    queue: str
    channel: str
    rule: str
    due_at: datetime
    met_at: datetime | None
    stopped_at: datetime | None


@dataclass(frozen=True)
class Compliance:
    """Deadlines that fell due: met in time, missed (late or still not met), and those that fell away.

    `open` ones must still be met and are not due yet.
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


@dataclass(frozen=True)
class PeriodFigures:
    """The entries made in a period and the deadlines due in it; waits are measured as they are at `now`.

    `targets` are the queues' own targets in seconds: service levels measure each entry by its queue's.
    """

    entered: Sequence[EntryTimes]
    due: Sequence[DueClock]
    targets: Mapping[str, float]
    now: datetime

    def total(self) -> Group:
        return self._group(None, None, self.entered, self.due)

    def groups(self, group_by: GroupBy) -> list[Group]:
        """The groups in which there is something, in order."""
        entered: dict[Hashable, list[EntryTimes]] = defaultdict(list)
        due: dict[Hashable, list[DueClock]] = defaultdict(list)
        if group_by is not GroupBy.RULE:
            for entry in self.entered:
                entered[_key(group_by, entry, entry.entered_at)].append(entry)
        for clock in self.due:
            due[clock.rule if group_by is GroupBy.RULE else _key(group_by, clock, clock.due_at)].append(clock)
        return [
            self._group(key, group_by, entered[key], due[key]) for key in sorted({*entered, *due}, key=str)
        ]

    def _group(
        self,
        key: Hashable,
        group_by: GroupBy | None,
        entered: Iterable[EntryTimes],
        due: Iterable[DueClock],
    ) -> Group:
        return Group(
            starts_at=key if isinstance(key, datetime) else None,
            queue=str(key) if group_by is GroupBy.QUEUE else None,
            channel=str(key) if group_by is GroupBy.CHANNEL else None,
            rule=str(key) if group_by is GroupBy.RULE else None,
            waits=figures_of([wait_of(entry, self.now, self.targets[entry.queue]) for entry in entered]),
            deadlines=compliance(due, self.now),
        )


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


def compliance(due: Iterable[DueClock], now: datetime) -> Compliance:
    """How many deadlines were met. One not due at `now` counts as open, or not at all once it has ended."""
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
