"""Periods of days: both ends belong to them, and an end that is not set is none."""

from collections import namedtuple
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.periods import Period, overlapping

MONDAY = date(2026, 3, 9)
TUESDAY, WEDNESDAY = MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)

#: Few enough days that generated periods often meet, touch and miss each other.
days = st.integers(0, 9).map(lambda number: MONDAY + timedelta(days=number))
ends = st.none() | days
periods = st.builds(Period, ends, ends).filter(lambda period: not period.is_reversed)


@pytest.mark.parametrize(
    ("period", "included"),
    [
        (Period(TUESDAY, TUESDAY), [TUESDAY]),
        (Period(MONDAY, TUESDAY), [MONDAY, TUESDAY]),
        (Period(TUESDAY), [TUESDAY, WEDNESDAY]),
        (Period(None, TUESDAY), [MONDAY, TUESDAY]),
        (Period(None), [MONDAY, TUESDAY, WEDNESDAY]),
        (Period(WEDNESDAY, MONDAY), []),
    ],
)
def test_both_ends_are_included_and_an_end_not_set_is_none(period: Period, included: list[date]) -> None:
    assert [day for day in (MONDAY, TUESDAY, WEDNESDAY) if period.includes(day)] == included


def test_two_periods_that_share_one_day_overlap_and_those_that_follow_each_other_do_not() -> None:
    assert Period(MONDAY, TUESDAY).overlaps(Period(TUESDAY, WEDNESDAY))
    assert not Period(MONDAY, MONDAY).overlaps(Period(TUESDAY, WEDNESDAY))
    assert not Period(TUESDAY).overlaps(Period(None, MONDAY))


@given(periods, periods)
def test_two_periods_overlap_exactly_when_a_day_is_in_both(one: Period, other: Period) -> None:
    # Days before and after all that is generated stand for the time without a beginning or an end.
    around = [MONDAY + timedelta(days=number) for number in range(-1, 11)]
    assert one.overlaps(other) is any(one.includes(day) and other.includes(day) for day in around)
    assert one.overlaps(other) is other.overlaps(one)


def test_only_a_last_day_before_the_first_is_reversed() -> None:
    assert Period(TUESDAY, MONDAY).is_reversed
    assert not Period(TUESDAY, TUESDAY).is_reversed
    assert not Period(MONDAY, TUESDAY).is_reversed
    assert not Period(None, MONDAY).is_reversed
    assert not Period(MONDAY).is_reversed


def test_of_several_the_later_one_of_each_overlap_is_named() -> None:
    first, second = Period(MONDAY, TUESDAY), Period(WEDNESDAY)
    assert overlapping([first, second]) == []
    assert overlapping([second, first, Period(TUESDAY)]) == [2]
    assert overlapping([first, first, first]) == [1, 2]


def test_a_period_is_read_from_anything_that_is_dated() -> None:
    row = namedtuple("row", ["valid_from", "valid_to"])
    assert Period.of(row(MONDAY, None)) == Period(MONDAY)
