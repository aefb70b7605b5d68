"""The 24-hour clock runs through everything; office clocks rest when the office is closed."""

from datetime import datetime, timedelta

import pytest

from services.routing.deadlines.clocks import ClockReading, ClockState, read_clock, state_of
from services.routing.states import DutyState
from tests.routing.events import StoredDeadline
from tests.routing.hours import OFFICE, local

HOUR = 3600.0


def notification(received: str, ended_at: datetime | None = None, *, done: bool = True) -> StoredDeadline:
    """The 24-hour assessment of a notification of concern (barnets lov § 136)."""
    due_at = local(received) + timedelta(hours=24)
    return StoredDeadline("notification_assessment", due_at, False, ended_at, done)


def file_access(due: str) -> StoredDeadline:
    """Access to one's file within 7 working days."""
    return StoredDeadline("file_access", local(due), True)


@pytest.mark.parametrize(
    ("received", "due", "what"),
    [
        ("2026-11-20 16:00", "2026-11-21 16:00", "a Friday afternoon"),
        ("2026-12-24 18:00", "2026-12-25 18:00", "Christmas Eve"),
        ("2026-04-04 23:30", "2026-04-05 23:30", "Easter Sunday"),
        ("2026-03-28 12:00", "2026-03-29 13:00", "the short night: the wall clock shows an hour more"),
        ("2026-10-24 12:00", "2026-10-25 11:00", "the long night: the wall clock shows an hour less"),
    ],
)
def test_the_24_hour_clock_runs_through_weekend_holiday_and_summer_time(
    received: str, due: str, what: str
) -> None:
    clock = notification(received)
    assert clock.due_at == local(due), what
    halfway = read_clock(clock, local(received) + timedelta(hours=12), OFFICE)
    assert (halfway.state, halfway.remaining_seconds) == (ClockState.RUNNING, 12 * HOUR), what
    last = read_clock(clock, clock.due_at, OFFICE)
    assert (last.state, last.remaining_seconds) == (ClockState.RUNNING, 0), what
    after = read_clock(clock, clock.due_at + timedelta(minutes=5), OFFICE)
    assert (after.state, after.overdue_seconds) == (ClockState.OVERDUE, 300), what


def test_an_office_clock_rests_over_the_weekend_and_shows_only_open_time() -> None:
    clock = file_access("2026-11-24 23:59:59")
    saturday = read_clock(clock, local("2026-11-21 12:00"), OFFICE)
    sunday = read_clock(clock, local("2026-11-22 12:00"), OFFICE)
    assert saturday.state is ClockState.PAUSED
    assert saturday.remaining_seconds == sunday.remaining_seconds == 2 * 5.5 * HOUR


def test_an_office_clock_runs_while_the_office_is_open_and_rests_at_lunch() -> None:
    clock = file_access("2026-11-24 23:59:59")
    morning = read_clock(clock, local("2026-11-24 11:00"), OFFICE)
    lunch = read_clock(clock, local("2026-11-24 12:15"), OFFICE)
    assert (morning.state, morning.remaining_seconds) == (ClockState.RUNNING, 3.5 * HOUR)
    assert (lunch.state, lunch.remaining_seconds) == (ClockState.PAUSED, 2.5 * HOUR)


def test_an_office_clock_rests_on_christmas_and_on_great_holidays() -> None:
    clock = file_access("2027-01-05 23:59:59")
    eve = read_clock(clock, local("2026-12-24 10:00"), OFFICE)
    boxing_day = read_clock(clock, local("2026-12-26 10:00"), OFFICE)
    assert eve.state is boxing_day.state is ClockState.PAUSED
    assert eve.remaining_seconds == boxing_day.remaining_seconds


def test_an_office_clock_is_overdue_after_its_due_time_even_when_closed() -> None:
    clock = file_access("2026-11-20 23:59:59")
    reading = read_clock(clock, local("2026-11-21 23:59:59"), OFFICE)
    assert (reading.state, reading.overdue_seconds) == (ClockState.OVERDUE, 24 * HOUR)


def test_a_duty_done_on_the_second_is_met_and_a_second_later_missed() -> None:
    due = local("2026-11-21 16:00")
    now = local("2026-12-01 10:00")
    in_time = notification("2026-11-20 16:00", due)
    late = notification("2026-11-20 16:00", due + timedelta(seconds=1))
    assert (read_clock(in_time, now, OFFICE).state, state_of(in_time, now)) == (
        ClockState.MET,
        DutyState.MET,
    )
    reading = read_clock(late, now, OFFICE)
    assert (reading.state, reading.overdue_seconds) == (ClockState.MISSED, 1)
    assert state_of(late, now) is DutyState.MET_LATE


def test_a_duty_that_ended_otherwise_in_time_is_stopped_and_one_already_overdue_stays_missed() -> None:
    due, now = local("2026-11-21 16:00"), local("2026-12-01 10:00")
    stopped = notification("2026-11-20 16:00", due - timedelta(hours=1), done=False)
    missed = notification("2026-11-20 16:00", due + timedelta(hours=1), done=False)
    assert read_clock(stopped, now, OFFICE).state is ClockState.STOPPED
    assert read_clock(missed, now, OFFICE).state is ClockState.MISSED
    assert state_of(stopped, now) is state_of(missed, now) is DutyState.ENDED_OTHERWISE


def test_a_duty_runs_until_it_is_due_and_is_overdue_after() -> None:
    duty = notification("2026-11-20 16:00")
    assert state_of(duty, duty.due_at) is DutyState.RUNNING
    assert state_of(duty, duty.due_at + TICK) is DutyState.OVERDUE


DUE = local("2026-11-24 12:00")
TICK = timedelta(microseconds=1)


def clocks(ended_at: datetime | None = None, *, done: bool = True) -> list[StoredDeadline]:
    """One that runs all the time and one that is paused when the office is closed, both due at `DUE`."""
    return [StoredDeadline("any", DUE, paused, ended_at, done) for paused in (False, True)]


@pytest.mark.parametrize(
    ("at", "state", "remaining", "overdue"),
    [
        (DUE - timedelta(seconds=1), ClockState.RUNNING, 1.0, 0.0),
        (DUE - TICK, ClockState.RUNNING, 0.000001, 0.0),
        (DUE, ClockState.RUNNING, 0.0, 0.0),
        (DUE + TICK, ClockState.OVERDUE, 0.0, 0.000001),
        (DUE + timedelta(days=2), ClockState.OVERDUE, 0.0, 48 * HOUR),
    ],
)
def test_around_the_due_moment_either_what_remains_or_what_is_overdue_is_zero(
    at: datetime, state: ClockState, remaining: float, overdue: float
) -> None:
    # The office is open until the very due moment, so both kinds of clock read the same until then.
    always, office = (read_clock(clock, at, OFFICE) for clock in clocks())
    assert always == ClockReading(state, remaining, overdue)
    state_of_office = ClockState.PAUSED if at == DUE else state
    assert office == ClockReading(state_of_office, remaining, overdue)


@pytest.mark.parametrize(
    ("ended_at", "met", "stopped", "overdue"),
    [
        (DUE - timedelta(days=1), ClockState.MET, ClockState.STOPPED, 0.0),
        (DUE, ClockState.MET, ClockState.STOPPED, 0.0),
        (DUE + TICK, ClockState.MISSED, ClockState.MISSED, 0.000001),
        (DUE + timedelta(hours=1), ClockState.MISSED, ClockState.MISSED, HOUR),
    ],
)
def test_a_clock_that_ended_has_nothing_left_and_is_overdue_until_its_end_only(
    ended_at: datetime, met: ClockState, stopped: ClockState, overdue: float
) -> None:
    for now in (ended_at, ended_at + timedelta(days=9)):
        for clock in clocks(ended_at):
            assert read_clock(clock, now, OFFICE) == ClockReading(met, 0.0, overdue)
        for clock in clocks(ended_at, done=False):
            assert read_clock(clock, now, OFFICE) == ClockReading(stopped, 0.0, overdue)


def test_a_paused_clock_with_open_time_left_is_not_overdue() -> None:
    _, office = clocks()
    lunch_before = local("2026-11-23 12:15")
    assert read_clock(office, lunch_before, OFFICE) == ClockReading(ClockState.PAUSED, 5.5 * HOUR, 0.0)


def test_an_office_clock_due_while_the_office_is_closed_has_no_open_time_left_before_it_is_due() -> None:
    clock = file_access("2026-11-24 23:59:59")
    evening = read_clock(clock, local("2026-11-24 20:00"), OFFICE)
    assert evening == ClockReading(ClockState.PAUSED, 0.0, 0.0)
    assert read_clock(clock, clock.due_at, OFFICE) == ClockReading(ClockState.PAUSED, 0.0, 0.0)
    after = read_clock(clock, clock.due_at + TICK, OFFICE)
    assert after == ClockReading(ClockState.OVERDUE, 0.0, 0.000001)
