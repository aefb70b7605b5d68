"""Figures of a period, as a whole and in groups: its entries' waits, and the deadlines due in it."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, Protocol

from services.routing.deadlines.clocks import state_of
from services.routing.states import DutyEnding, DutyState
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


class DueDuty(NamedTuple):
    """A duty that was to be done in the period, as far as its figures need it."""

    queue: str
    channel: str
    rule: str
    due_at: datetime
    paused_when_closed: bool
    ended_at: datetime | None
    ending: str | None
    reason: str | None

    @property
    def done(self) -> bool:
        return self.ending == DutyEnding.DONE


@dataclass(frozen=True)
class Compliance:
    """Duties that were to be done in a period, each counted once, whatever became of its entry.

    `open` ones run and are not due yet. `ended_otherwise` are by reason; `otherwise_late` of them ended when
    they were past due already.
    """

    met: int = 0
    met_late: int = 0
    overdue: int = 0
    open: int = 0
    ended_otherwise: Mapping[str, int] = field(default_factory=dict)
    otherwise_late: int = 0

    @property
    def missed(self) -> int:
        """The duties that were not done when they were due, however they ended since."""
        return self.met_late + self.overdue + self.otherwise_late

    @property
    def stopped(self) -> int:
        """The duties that ended otherwise before they were due."""
        return sum(self.ended_otherwise.values()) - self.otherwise_late

    @property
    def share(self) -> float | None:
        """The share met in time of all that have ended or are past due; None when there are none.

        Those that ended otherwise are among them: to end a duty without its act never makes the share better.
        """
        judged = self.met + self.missed + self.stopped
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
    due: Sequence[DueDuty]
    targets: Mapping[str, float]
    now: datetime

    def total(self) -> Group:
        return self._group(None, None, self.entered, self.due)

    def groups(self, group_by: GroupBy) -> list[Group]:
        """The groups in which there is something, in order."""
        entered: dict[Hashable, list[EntryTimes]] = defaultdict(list)
        due: dict[Hashable, list[DueDuty]] = defaultdict(list)
        if group_by is not GroupBy.RULE:
            for entry in self.entered:
                entered[_key(group_by, entry, entry.entered_at)].append(entry)
        for duty in self.due:
            due[duty.rule if group_by is GroupBy.RULE else _key(group_by, duty, duty.due_at)].append(duty)
        return [
            self._group(key, group_by, entered[key], due[key]) for key in sorted({*entered, *due}, key=str)
        ]

    def _group(
        self,
        key: Hashable,
        group_by: GroupBy | None,
        entered: Iterable[EntryTimes],
        due: Iterable[DueDuty],
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


def compliance(due: Iterable[DueDuty], now: datetime) -> Compliance:
    """What became of these duties by `now`."""
    states: Counter[DutyState] = Counter()
    reasons: Counter[str] = Counter()
    otherwise_late = 0
    for duty in due:
        state = state_of(duty, now)
        states[state] += 1
        if state is DutyState.ENDED_OTHERWISE:
            reasons[duty.reason or ""] += 1
            otherwise_late += duty.ended_at is not None and duty.ended_at > duty.due_at
    return Compliance(
        met=states[DutyState.MET],
        met_late=states[DutyState.MET_LATE],
        overdue=states[DutyState.OVERDUE],
        open=states[DutyState.RUNNING],
        ended_otherwise=dict(reasons),
        otherwise_late=otherwise_late,
    )
