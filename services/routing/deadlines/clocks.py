"""Clocks: how long is left of a deadline at a moment, and which clocks a new decision stops and starts.

When a clock starts and when it is due is decided by triage and stored with the clock (domain.md § 6). The
24-hour clock of barnets lov § 136 runs through nights, weekends and holidays; office clocks are paused
outside opening hours and on Danish public holidays, and what is left of them is counted in open time.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from services.routing.opening_hours.hours import OpeningHours
from shared.contracts import Clock


class ClockState(StrEnum):
    """`stopped`: the duty fell away before it was due (the citizen left, or a new decision took over)."""

    RUNNING = "running"
    PAUSED = "paused"
    OVERDUE = "overdue"
    MET = "met"
    MISSED = "missed"
    STOPPED = "stopped"


@dataclass(frozen=True)
class Deadline:
    """A clock as routing stores it: when it is due, and when (if so) it was met or stopped."""

    rule: str
    starts_at: datetime
    due_at: datetime
    legal_basis: str
    paused_when_closed: bool
    met_at: datetime | None = None
    stopped_at: datetime | None = None

    @property
    def counting(self) -> bool:
        """Whether it must still be met."""
        return self.met_at is None and self.stopped_at is None


@dataclass(frozen=True)
class ClockReading:
    """A clock at one moment.

    `remaining_seconds` is open time for office clocks and clock time for the others; `overdue_seconds` is
    always clock time since the due moment. Both are 0 when they do not apply.
    """

    state: ClockState
    remaining_seconds: float
    overdue_seconds: float


def read_clock(clock: Deadline, now: datetime, hours: OpeningHours) -> ClockReading:
    """The state of the clock at `now`, and what is left of it, in a queue with these opening hours.

    At the very due moment it is still in time, with 0 seconds left.
    """
    ended_at = clock.met_at or clock.stopped_at
    overdue_seconds = max(((ended_at or now) - clock.due_at).total_seconds(), 0.0)
    if ended_at is not None:
        return ClockReading(_state_of_ended(clock, late=overdue_seconds > 0), 0.0, overdue_seconds)
    if overdue_seconds > 0:
        return ClockReading(ClockState.OVERDUE, 0.0, overdue_seconds)
    if not clock.paused_when_closed:
        return ClockReading(ClockState.RUNNING, (clock.due_at - now).total_seconds(), 0.0)
    state = ClockState.RUNNING if hours.is_open(now) else ClockState.PAUSED
    return ClockReading(state, hours.open_seconds_between(now, clock.due_at), 0.0)


def _state_of_ended(clock: Deadline, *, late: bool) -> ClockState:
    # A deadline that was exceeded stays missed, also when the duty falls away afterwards: the citizen waited.
    if late:
        return ClockState.MISSED
    return ClockState.MET if clock.met_at is not None else ClockState.STOPPED


class StoredClock(Protocol):
    """What must be known of a stored clock to compare it with a decision; `ClockRow` has it."""

    id: UUID
    rule: str
    due_at: datetime
    met_at: datetime | None
    stopped_at: datetime | None
    started_by: str | None
    renews: UUID | None


@dataclass(frozen=True)
class NewClock:
    """A clock to start; `renews` is the missed clock whose new date it has, where there is one."""

    clock: Clock
    renews: UUID | None = None


@dataclass(frozen=True)
class ClockChanges:
    """Which clocks to stop and which to start."""

    stop: list[UUID]
    start: list[NewClock]


@dataclass(frozen=True)
class _Renewed:
    """A deadline as it was first set, and its clock now, after new dates were given."""

    first: StoredClock
    latest: StoredClock

    @property
    def counting(self) -> bool:
        return self.latest.met_at is None and self.latest.stopped_at is None

    @property
    def key(self) -> tuple[str, datetime]:
        return self.first.rule, self.first.due_at


def changes_to(stored: Sequence[StoredClock], wanted: Sequence[Clock]) -> ClockChanges:
    """How to bring a contact's clocks, in the order in which they were made, to those of a new decision.

    Clocks with the rule and due time of a wanted one run on, also when they have been given a new date since.
    What a caseworker started, no decision stops. A duty that was done is not started again.
    """
    by_key = {(clock.rule, clock.due_at): clock for clock in wanted}
    deadlines = list(_with_their_renewals(stored))
    stop = [
        deadline.latest.id
        for deadline in deadlines
        if deadline.counting and deadline.first.started_by is None and deadline.key not in by_key
    ]
    start: list[NewClock] = []
    for key, clock in by_key.items():
        same = [deadline for deadline in deadlines if deadline.key == key]
        if not any(deadline.counting or deadline.latest.met_at is not None for deadline in same):
            start.append(_again(clock, same))
    return ClockChanges(stop, start)


def _again(clock: Clock, stopped: Sequence[_Renewed]) -> NewClock:
    """The clock to start; where it ran before and was given a new date, it still has that date."""
    if not stopped or stopped[-1].latest is stopped[-1].first:
        return NewClock(clock)
    latest = stopped[-1].latest
    return NewClock(clock.model_copy(update={"due_at": latest.due_at}), latest.id)


def _with_their_renewals(stored: Sequence[StoredClock]) -> Iterator[_Renewed]:
    renewals = {clock.renews: clock for clock in stored if clock.renews is not None}
    for first in stored:
        if first.renews is None:
            latest = first
            while latest.id in renewals:
                latest = renewals[latest.id]
            yield _Renewed(first, latest)
