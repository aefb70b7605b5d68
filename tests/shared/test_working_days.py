"""Deadlines over weekends, holidays and the two nights when the clocks change."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.clock import COPENHAGEN
from shared.working_days import (
    add_calendar_days,
    add_months,
    add_working_days,
    age_on,
    is_working_day,
    local_date,
    public_holidays,
)


def local(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=COPENHAGEN).astimezone(UTC)  # type: ignore[misc,arg-type]  # a short form


def test_six_working_days_over_a_weekend_count_the_saturday_but_not_the_sunday() -> None:
    thursday = local(2026, 1, 15, 9, 0)
    assert add_working_days(thursday, 6, saturdays=True) == local(2026, 1, 22, 23, 59, 59)


def test_seven_working_days_over_a_weekend_skip_saturday_and_sunday() -> None:
    thursday = local(2026, 1, 15, 9, 0)
    assert add_working_days(thursday, 7, saturdays=False) == local(2026, 1, 26, 23, 59, 59)


def test_easter_counts_only_its_saturday() -> None:
    wednesday_before_easter = local(2026, 4, 1, 12, 0)
    # Thursday, Friday, Sunday and Monday are holidays; Saturday 4 April counts when Saturdays do.
    assert add_working_days(wednesday_before_easter, 1, saturdays=True) == local(2026, 4, 4, 23, 59, 59)
    assert add_working_days(wednesday_before_easter, 1, saturdays=False) == local(2026, 4, 7, 23, 59, 59)
    assert add_working_days(wednesday_before_easter, 6, saturdays=True) == local(2026, 4, 11, 23, 59, 59)
    assert add_working_days(wednesday_before_easter, 7, saturdays=False) == local(2026, 4, 15, 23, 59, 59)


def test_christmas_is_skipped_and_christmas_eve_counts() -> None:
    assert add_working_days(local(2025, 12, 23, 8, 0), 1, saturdays=False) == local(2025, 12, 24, 23, 59, 59)
    assert add_working_days(local(2025, 12, 23, 8, 0), 2, saturdays=False) == local(2025, 12, 29, 23, 59, 59)


def test_the_great_prayer_day_stopped_being_a_holiday_in_2024() -> None:
    assert not is_working_day(date(2023, 5, 5), saturdays=False)
    assert is_working_day(date(2024, 4, 26), saturdays=False)


def test_the_day_of_receipt_is_the_day_in_copenhagen_not_in_utc() -> None:
    half_past_midnight_friday = datetime(2026, 1, 15, 23, 30, tzinfo=UTC)
    assert local_date(half_past_midnight_friday) == date(2026, 1, 16)
    assert add_working_days(half_past_midnight_friday, 1, saturdays=False) == local(2026, 1, 19, 23, 59, 59)


def test_working_days_end_at_local_midnight_after_both_changes_of_the_clock() -> None:
    assert add_working_days(local(2026, 3, 27, 10, 0), 1, saturdays=False) == datetime(
        2026, 3, 30, 21, 59, 59, tzinfo=UTC
    )
    assert add_working_days(local(2026, 10, 23, 10, 0), 1, saturdays=False) == datetime(
        2026, 10, 26, 22, 59, 59, tzinfo=UTC
    )


def test_fourteen_days_keep_the_wall_clock_over_both_changes_of_the_clock() -> None:
    assert add_calendar_days(local(2026, 3, 20, 10, 15), 14) == local(2026, 4, 3, 10, 15)
    assert add_calendar_days(local(2026, 10, 20, 10, 15), 14) == local(2026, 11, 3, 10, 15)


def test_a_wall_clock_time_that_never_comes_is_an_hour_later() -> None:
    assert add_calendar_days(local(2026, 3, 15, 2, 30), 14) == local(2026, 3, 29, 3, 30)


def test_a_wall_clock_time_that_comes_twice_is_the_first_one() -> None:
    assert add_calendar_days(local(2026, 10, 11, 2, 30), 14) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_a_deadline_needs_at_least_one_working_day() -> None:
    with pytest.raises(ValueError, match="at least one day"):
        add_working_days(local(2026, 1, 15, 9, 0), 0, saturdays=False)


@pytest.mark.parametrize(
    ("moment", "age"),
    [
        (local(2026, 5, 16, 23, 59), 17),
        (local(2026, 5, 17, 0, 0), 18),
        (datetime(2026, 5, 16, 22, 30, tzinfo=UTC), 18),
    ],
)
def test_a_citizen_turns_eighteen_at_local_midnight(moment: datetime, age: int) -> None:
    assert age_on(date(2008, 5, 17), moment) == age


def test_somebody_born_on_29_february_is_older_on_1_march_in_a_common_year() -> None:
    assert age_on(date(2008, 2, 29), local(2026, 2, 28, 12, 0)) == 17
    assert age_on(date(2008, 2, 29), local(2026, 3, 1, 12, 0)) == 18
    assert age_on(date(2008, 2, 29), local(2028, 2, 29, 12, 0)) == 20


def test_a_birth_date_in_the_future_is_refused() -> None:
    with pytest.raises(ValueError, match="future"):
        age_on(date(2027, 1, 1), local(2026, 1, 1, 12, 0))


@given(
    minutes=st.integers(min_value=0, max_value=15 * 365 * 24 * 60),
    days=st.integers(min_value=1, max_value=40),
    saturdays=st.booleans(),
)
def test_exactly_so_many_working_days_lie_between_receipt_and_due(
    minutes: int, days: int, saturdays: bool
) -> None:
    moment = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    due = local_date(add_working_days(moment, days, saturdays=saturdays))
    first = local_date(moment)
    between = [date.fromordinal(n) for n in range(first.toordinal() + 1, due.toordinal() + 1)]
    assert sum(is_working_day(day, saturdays=saturdays) for day in between) == days
    assert due.weekday() != 6
    assert due not in public_holidays(due.year)


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2026-01-15 10:00", 4, "2026-05-15 10:00"),
        ("2025-10-31 10:00", 4, "2026-02-28 10:00"),
        ("2027-10-31 10:00", 4, "2028-02-29 10:00"),
        ("2026-08-31 09:00", 1, "2026-09-30 09:00"),
        ("2025-12-31 23:30", 12, "2026-12-31 23:30"),
        ("2025-12-29 02:30", 3, "2026-03-29 03:30"),
    ],
)
def test_months_keep_the_day_or_end_with_the_month(start: str, months: int, end: str) -> None:
    begun, over = (
        datetime.fromisoformat(text).replace(tzinfo=COPENHAGEN).astimezone(UTC) for text in (start, end)
    )
    assert add_months(begun, months) == over


@given(
    st.dates(date(2000, 1, 1), date(2099, 1, 1)),
    st.integers(min_value=1, max_value=120),
)
def test_months_land_in_the_right_month_and_never_skip_one(begun: date, months: int) -> None:
    over = local_date(add_months(local(begun.year, begun.month, begun.day, 9, 30), months))
    assert (over.year * 12 + over.month) - (begun.year * 12 + begun.month) == months
    assert over.day <= begun.day


def test_a_child_is_no_year_old_on_the_day_it_is_born() -> None:
    assert age_on(date(2026, 1, 1), local(2026, 1, 1, 12, 0)) == 0
