"""Lines have dates: a moved phone line is another line's from its day on, and no caller is ever refused."""

from datetime import UTC, date, datetime

import pytest

from services.intake.lines import Line, Lines
from shared.vocabulary import Channel

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
