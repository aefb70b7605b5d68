"""Clocks: how long is left of a duty's deadline at a moment, and whether the duty was done in time.

When a clock starts and when it is due is decided by triage and stored with the duty (domain.md § 6). The
24-hour clock of barnets lov § 136 runs through nights, weekends and holidays; office clocks are paused
outside opening hours and on Danish public holidays, and what is left of them is counted in open time.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from services.routing.opening_hours.hours import OpeningHours
from services.routing.states import DutyState


class ClockState(StrEnum):
    """`stopped`: the duty ended otherwise than by its act, before it was due."""

    RUNNING = "running"
    PAUSED = "paused"
    OVERDUE = "overdue"
    MET = "met"
    MISSED = "missed"
    STOPPED = "stopped"


class Deadline(Protocol):
    """A duty as far as its clock is concerned; `DutyRow` has it. `done`: it ended by the act it asks for."""

    @property
    def rule(self) -> str: ...
    @property
    def due_at(self) -> datetime: ...
    @property
    def paused_when_closed(self) -> bool: ...
    @property
    def ended_at(self) -> datetime | None: ...
    @property
    def done(self) -> bool: ...


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
    ended_at = clock.ended_at
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
    # What was not done in time stays missed, also when it ends otherwise afterwards: the citizen waited.
    if late:
        return ClockState.MISSED
    return ClockState.MET if clock.done else ClockState.STOPPED


def state_of(duty: Deadline, now: datetime) -> DutyState:
    """The state of the duty at `now`. At the very due moment it is still in time."""
    if duty.ended_at is None:
        return DutyState.OVERDUE if duty.due_at < now else DutyState.RUNNING
    if not duty.done:
        return DutyState.ENDED_OTHERWISE
    return DutyState.MET if duty.ended_at <= duty.due_at else DutyState.MET_LATE
