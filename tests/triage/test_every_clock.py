"""Every clock is due when the text of the law says, whenever the contact was received (2020 to 2050)."""

from datetime import date, timedelta

import pytest

from services.triage.rules.ruleset import load_rulesets
from shared.working_days import public_holidays
from tests import second_calendar as second
from tests.triage.every_clock import BY_THE_TEXT, END, FIRST, differences

#: A prime, so that every minute of the day and every day of the year is met.
_STRIDE = 1579


def test_the_second_calendar_knows_every_clock() -> None:
    assert set(load_rulesets()[-1].clocks) == set(BY_THE_TEXT)


def test_a_sample_of_all_minutes_of_thirty_years_has_no_difference() -> None:
    assert differences(range(FIRST, END, _STRIDE)) == []


@pytest.mark.parametrize("year", range(2020, 2050))
def test_around_every_change_of_summer_time_no_minute_differs(year: int) -> None:
    for moment in second._summer(year):
        for before in (0, 1, 14, 28, 30, 31):
            around = moment - before * second.DAY
            assert differences(range(around - 130, around + 130, 7)) == []


@pytest.mark.parametrize("year", range(2020, 2051))
def test_the_holidays_are_those_of_the_law(year: int) -> None:
    sundays = {date(year, 1, 1) + timedelta(days=n) for n in range(366)}
    computed = {day for day in second.holidays(year) if day in sundays}
    assert {day for day in public_holidays(year) if day.weekday() < 6} == {
        day for day in computed if day.weekday() < 6
    }
