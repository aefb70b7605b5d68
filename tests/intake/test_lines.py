"""Lines by date: from a period's first day its queues are its own, and every call belongs to a line."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.lines.conflicts import conflicts_among, conflicts_of
from services.intake.lines.lines import Line, Lines
from shared.vocabulary import Administration, Channel

MARCH_31 = datetime(2026, 3, 31, 21, 59, tzinfo=UTC)
APRIL_1 = datetime(2026, 3, 31, 22, 0, tzinfo=UTC)  # midnight in Copenhagen


def line(
    code: str,
    valid_from: date,
    valid_to: date | None = None,
    *,
    channel: Channel = Channel.PHONE,
    is_default: bool = False,
) -> Line:
    queues = ("q",) if channel is Channel.PHONE else ()
    return Line(code, code, channel, "some-queue", is_default, queues, valid_from, valid_to)


BEFORE = line("before", date(2025, 1, 1), date(2026, 3, 31), is_default=True)
AFTER = line("after", date(2026, 4, 1), is_default=True)
DESK = line("desk", date(2025, 1, 1), channel=Channel.WALK_IN)
LINES = Lines([BEFORE, AFTER, DESK])


def test_the_default_line_changes_at_midnight_in_copenhagen() -> None:
    assert LINES.chosen(Channel.PHONE, None, MARCH_31) is BEFORE
    assert LINES.chosen(Channel.PHONE, None, APRIL_1) is AFTER


def test_a_line_is_chosen_for_its_own_channel_and_days_only() -> None:
    assert LINES.chosen(Channel.PHONE, "before", MARCH_31) is BEFORE
    assert LINES.chosen(Channel.PHONE, "before", APRIL_1) is None
    assert LINES.chosen(Channel.PHONE, "desk", MARCH_31) is None
    assert LINES.chosen(Channel.WRITTEN, None, MARCH_31) is None


def test_a_queue_of_the_exchange_belongs_to_the_line_open_that_day() -> None:
    assert LINES.of_telephony_queue("q", MARCH_31) is BEFORE
    assert LINES.of_telephony_queue("q", APRIL_1) is AFTER


def test_an_unknown_queue_and_a_closed_line_still_get_their_caller() -> None:
    assert LINES.of_telephony_queue("nobody", APRIL_1) is AFTER
    assert LINES.of_telephony_queue(None, APRIL_1) is AFTER
    assert Lines([BEFORE]).of_telephony_queue("q", APRIL_1) is BEFORE
    with pytest.raises(LookupError):
        Lines([DESK]).of_telephony_queue("q", APRIL_1)


def test_the_queue_of_one_exchange_goes_before_a_queues_name_and_that_before_the_number() -> None:
    main = replace(AFTER, telephony_queues=(), called_numbers=("+4520000000",))
    youth = replace(AFTER, code="youth", is_default=False, telephony_queues=("q",))
    other = replace(AFTER, code="other", is_default=False, queues_by_source={"pbx-2": ["q"]})
    third = replace(
        AFTER, code="third", is_default=False, telephony_queues=(), called_numbers=("+4520000003",)
    )
    lines = Lines([main, youth, other, third])

    def code(queue: str | None, source: str, called: str | None) -> str:
        return lines.of_telephony_queue(queue, APRIL_1, source=source, called=called).code

    assert code("q", "pbx-2", "+4520000003") == "other"
    assert code("q", "pbx-1", "+4520000003") == "youth"
    assert code("unknown", "pbx-1", "+4520000003") == "third"
    assert code(None, "pbx-1", "+4520000009") == "after"
    assert lines.is_claimed("q", "pbx-1", APRIL_1)
    assert not lines.is_claimed("unknown", "pbx-1", APRIL_1)


def test_an_exchange_without_queues_is_matched_by_the_called_number() -> None:
    numbered = replace(line("numbered", date(2025, 1, 1)), called_numbers=("+4533000000",))
    lines = Lines([BEFORE, numbered])

    assert lines.of_telephony_queue("+4533000000", MARCH_31) is numbered
    assert lines.is_claimed("+4533000000", "zammad", MARCH_31)
    assert not lines.is_claimed("+4533000001", "zammad", MARCH_31)


def test_who_answers_a_line_changes_with_its_period() -> None:
    sof = replace(BEFORE, administration=Administration.SOF)
    kff = replace(AFTER, code="before", administration=Administration.KFF)
    lines = Lines([sof, kff])

    assert lines.administration_at("before", MARCH_31) is Administration.SOF
    assert lines.administration_at("before", APRIL_1) is Administration.KFF
    assert lines.administration_at("after", APRIL_1) is None


CONFLICTS = [
    (replace(AFTER, code="before", valid_from=date(2026, 3, 31)), ["/valid_to"]),
    (replace(AFTER, valid_from=date(2026, 3, 31)), ["/is_default", "/telephony_queues/0"]),
    (replace(AFTER, valid_to=date(2026, 3, 1)), ["/valid_to"]),
    (replace(AFTER, is_default=False, telephony_queues=("p", "r")), []),
    (AFTER, []),
]


@pytest.mark.parametrize(("period", "pointers"), CONFLICTS)
def test_a_conflict_of_two_periods_names_its_field(period: Line, pointers: list[str]) -> None:
    assert [conflict.pointer for conflict in conflicts_of(period, [BEFORE])] == pointers


def test_a_queue_of_an_exchange_and_a_called_number_have_one_line_each() -> None:
    one = replace(AFTER, telephony_queues=(), queues_by_source={"p": ["x"]}, called_numbers=("+4520000000",))
    two = replace(one, code="two", is_default=False, queues_by_source={"o": ["x"], "p": ["y", "x"]})

    assert [(line.code, conflict.pointer) for line, conflict in conflicts_among([one, two])] == [
        ("two", "/queues_by_source/p/1"),
        ("two", "/called_numbers/0"),
    ]


_DAYS = st.integers(1, 28).map(lambda day: date(2026, 2, day))


@given(st.lists(st.tuples(st.sampled_from("ab"), _DAYS, st.none() | _DAYS), max_size=5))
def test_periods_conflict_exactly_when_a_day_has_two_of_them_or_one_is_reversed(
    drawn: list[tuple[str, date, date | None]],
) -> None:
    periods = [line(code, begins, ends, is_default=True) for code, begins, ends in drawn]
    crowded = any(
        sum(period.is_open_on(date(2026, 2, day)) for period in periods) > 1 for day in range(1, 29)
    )
    is_empty = any(period.valid_to is not None and period.valid_to < period.valid_from for period in periods)
    # Open-ended periods all meet after the last day that is checked.
    crowded = crowded or sum(period.valid_to is None for period in periods) > 1

    assert bool(conflicts_among(periods)) == (crowded or is_empty)
