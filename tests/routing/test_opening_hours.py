"""Opening hours over lunch, weekends, holidays and the two nights of summer time."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from services.routing.opening_hours.hours import ALWAYS_OPEN, OpeningHours
from tests.routing.hours import OFFICE, local

HOUR = 3600.0
# Hypothesis takes naive bounds and adds the zone itself.
MOMENTS = st.datetimes(
    datetime(2025, 10, 20),  # noqa: DTZ001  - see above
    datetime(2027, 4, 10),  # noqa: DTZ001  - see above
    timezones=st.just(UTC),
)


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-11-23 08:59", False),
        ("2026-11-23 09:00", True),
        ("2026-11-23 12:00", False),
        ("2026-11-23 12:29", False),
        ("2026-11-23 12:30", True),
        ("2026-11-23 15:00", False),
        ("2026-11-26 16:59", True),
        ("2026-11-28 10:00", False),
    ],
)
def test_a_monday_is_open_from_nine_closes_for_lunch_and_the_weekend_is_closed(
    moment: str, is_open: bool
) -> None:
    assert OFFICE.is_open(local(moment)) is is_open


@pytest.mark.parametrize(
    "day",
    [
        "2026-12-24",
        "2026-12-25",
        "2026-12-31",
        "2026-01-01",
        "2026-06-05",
        "2026-04-02",
        "2026-04-03",
        "2026-05-14",
    ],
)
def test_christmas_eve_constitution_day_and_public_holidays_are_closed_all_day(day: str) -> None:
    assert OFFICE.spans_on(local(f"{day} 12:00").date()) == ()


def test_great_prayer_day_is_an_ordinary_friday_since_2024() -> None:
    assert OFFICE.is_open(local("2026-05-01 10:00"))


def test_a_single_date_can_have_hours_of_its_own_or_none() -> None:
    assert OFFICE.is_open(local("2026-11-27 10:30"))
    assert not OFFICE.is_open(local("2026-11-27 09:30"))
    assert not OFFICE.is_open(local("2026-11-30 10:00"))


def test_before_its_hours_became_valid_it_is_not_open() -> None:
    assert not OFFICE.is_open(local("2025-10-31 10:00"))


def test_a_later_week_takes_over_on_its_date() -> None:
    hours = OpeningHours.model_validate(
        {
            "weeks": [
                {"valid_from": "2025-01-01", "wednesday": ["09:00-15:00"]},
                {"valid_from": "2026-04-01", "wednesday": ["10:00-14:00"]},
            ]
        }
    )
    assert hours.is_open(local("2026-03-25 09:30"))
    assert not hours.is_open(local("2026-04-08 09:30"))


def test_friday_afternoon_opens_next_on_monday() -> None:
    assert OFFICE.next_opening(local("2026-11-20 13:00")) == local("2026-11-23 09:00")


def test_the_eve_of_christmas_eve_opens_next_after_the_christmas_days() -> None:
    assert OFFICE.next_opening(local("2026-12-23 15:00")) == local("2026-12-28 09:00")


def test_when_open_the_next_opening_is_now() -> None:
    assert OFFICE.next_opening(local("2026-11-23 10:15")) == local("2026-11-23 10:15")


def test_a_place_whose_hours_have_run_out_never_opens_again() -> None:
    gone = OpeningHours.model_validate(
        {"weeks": [{"valid_from": "2025-01-01", "valid_to": "2025-12-31", "monday": ["09:00-15:00"]}]}
    )
    assert gone.next_opening(local("2026-11-23 10:00")) is None
    assert gone.add_open_seconds(local("2026-11-23 10:00"), 60) is None


def test_a_weekend_between_holds_only_the_hours_that_were_open() -> None:
    friday, monday = local("2026-11-20 12:00"), local("2026-11-23 10:00")
    assert OFFICE.open_seconds_between(friday, monday) == 2 * HOUR


def test_an_end_before_the_start_holds_no_open_time() -> None:
    assert OFFICE.open_seconds_between(local("2026-11-23 11:00"), local("2026-11-23 10:00")) == 0


def test_three_open_hours_from_late_friday_end_on_monday_morning() -> None:
    assert OFFICE.add_open_seconds(local("2026-11-20 12:00"), 3 * HOUR) == local("2026-11-23 11:00")


def test_open_hours_that_end_with_the_day_end_at_closing_time() -> None:
    assert OFFICE.add_open_seconds(local("2026-11-23 14:00"), HOUR) == local("2026-11-23 15:00")


def test_no_open_seconds_from_a_closed_moment_is_the_next_opening() -> None:
    assert OFFICE.add_open_seconds(local("2026-11-21 12:00"), 0) == local("2026-11-23 09:00")


def test_the_night_summer_time_begins_is_an_hour_short() -> None:
    saturday_evening, sunday_morning = local("2026-03-28 22:00"), local("2026-03-29 06:00")
    assert ALWAYS_OPEN.open_seconds_between(saturday_evening, sunday_morning) == 7 * HOUR


def test_the_night_summer_time_ends_is_an_hour_long() -> None:
    saturday_evening, sunday_morning = local("2026-10-24 22:00"), local("2026-10-25 06:00")
    assert ALWAYS_OPEN.open_seconds_between(saturday_evening, sunday_morning) == 9 * HOUR


def test_a_night_desk_that_closes_at_half_past_two_stays_open_through_both_of_them() -> None:
    night = OpeningHours.model_validate({"weeks": [{"valid_from": "2026-01-01", "sunday": ["00:00-02:30"]}]})
    assert night.is_open(local("2026-10-25 02:15", fold=0))
    assert night.is_open(local("2026-10-25 02:15", fold=1))
    assert not night.is_open(local("2026-10-25 02:30", fold=1))


def test_always_open_is_open_on_new_years_day_too() -> None:
    assert ALWAYS_OPEN.is_open(local("2027-01-01 03:00"))


@given(MOMENTS, st.floats(0, 40 * HOUR))
def test_open_seconds_added_are_the_open_seconds_between(start: datetime, seconds: float) -> None:
    end = OFFICE.add_open_seconds(start, seconds)
    assert end is not None
    assert OFFICE.open_seconds_between(start, end) == pytest.approx(seconds, abs=1e-3)


@given(MOMENTS, MOMENTS, MOMENTS)
def test_open_time_adds_up_over_a_moment_between(first: datetime, second: datetime, third: datetime) -> None:
    start, middle, end = sorted((first, second, third))
    parts = OFFICE.open_seconds_between(start, middle) + OFFICE.open_seconds_between(middle, end)
    assert OFFICE.open_seconds_between(start, end) == pytest.approx(parts)


@given(MOMENTS)
def test_at_its_next_opening_it_is_open_and_was_not_before(moment: datetime) -> None:
    opening = OFFICE.next_opening(moment)
    assert opening is not None
    assert OFFICE.is_open(opening)
    assert OFFICE.open_seconds_between(moment, opening) == 0
    assert opening == moment or not OFFICE.is_open(opening - timedelta(microseconds=1))


@pytest.mark.parametrize(
    "day",
    [
        ["15:00-09:00"],
        ["09:00"],
        ["09:00-25:00"],
        ["09:00-12:00", "11:00-15:00"],
        ["12:00-15:00", "09:00-11:00"],
    ],
)
def test_hours_that_make_no_sense_are_refused(day: list[str]) -> None:
    with pytest.raises(ValidationError):
        OpeningHours.model_validate({"weeks": [{"valid_from": "2026-01-01", "monday": day}]})


def test_hours_written_out_read_back_the_same() -> None:
    again = OpeningHours.model_validate_json(OFFICE.model_dump_json())
    assert again.model_dump() == OFFICE.model_dump()
