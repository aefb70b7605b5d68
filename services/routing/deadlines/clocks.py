"""What a clock shows: how long is left, and whether it runs, rests, is overdue, met or missed.

When a clock starts and ends is decided by triage and stands in the clock itself (domain.md § 6); here it
is only read. The 24-hour clock of barnets lov § 136 runs through nights, weekends and holidays; office
clocks rest outside opening hours and on Danish public holidays, and show what is left in open time.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from services.routing.opening_hours.hours import OpeningHours


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
    """A clock as routing keeps it: when it is due, and when (if so) it was met or stopped."""

    rule: str
    starts_at: datetime
    due_at: datetime
    legal_basis: str
    paused_when_closed: bool
    met_at: datetime | None = None
    stopped_at: datetime | None = None

    @property
    def counting(self) -> bool:
        """Whether somebody still has to meet it."""
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
    """What the clock shows at `now`, in a queue with these opening hours."""
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
    """A clock that ran past its due time was missed, however it ended: nothing that follows undoes it."""
    if late:
        return ClockState.MISSED
    return ClockState.MET if clock.met_at is not None else ClockState.STOPPED
