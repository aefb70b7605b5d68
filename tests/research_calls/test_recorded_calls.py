"""Rows of a call centre's statistics: their events, with times, and the contradictions in them."""

from datetime import UTC, datetime
from typing import Any

import pytest

from research_calls.recorded_calls import UnreadableRowError, events_of, flaws_of, read_call
from services.intake.call_story.fold import calls_of
from services.intake.telephony.canonical import CallEvent

ANSWERED = {
    "call": "17",
    "line": "AA0101",
    "service": "PS",
    "priority": "0",
    "entered_at": "1999-01-04 10:00:00",
    "menu_seconds": "6",
    "queued_at": "1999-01-04 10:00:06",
    "wait_seconds": "50",
    "outcome": "answered",
    "talk_started_at": "1999-01-04 10:00:55",
    "talk_seconds": "120",
    "agent": "agent-005",
}
HUNG_UP = {**ANSWERED, "outcome": "hung_up", "talk_started_at": "", "talk_seconds": "0", "agent": ""}
UNQUEUED = {**ANSWERED, "queued_at": "", "wait_seconds": "0", "talk_started_at": "1999-01-04 10:00:05"}


def row(base: dict[str, str], **more: str) -> dict[str, str | None]:
    return {**base, **more}


def story(recorded: dict[str, str | None]) -> list[tuple[str, str, Any]]:
    call = read_call(recorded)
    return [(e.type, f"{e.occurred_at:%H:%M:%S}", e.queue) for e in events_of(call, "csv-test")]


def test_an_answered_row_has_ring_queue_answer_and_end() -> None:
    assert story(row(ANSWERED)) == [
        ("ringing", "09:00:00", "PS"),
        ("queued", "09:00:06", "PS"),
        ("answered", "09:00:56", "PS"),
        ("ended", "09:02:55", "PS"),
    ]
    (call,) = calls_of(events_of(read_call(row(ANSWERED)), "csv-test"))
    assert (call.outcome, call.visits[0].wait_seconds, call.visits[0].agent) == ("answered", 50, "agent-005")
    assert (call.visits[0].reported_wait_seconds, call.talks[0].reported_talk_seconds) == (50, 120)


def test_who_hangs_up_in_the_queue_abandoned_it_and_who_hangs_up_in_the_menu_was_never_queued() -> None:
    assert story(row(HUNG_UP))[1:] == [("queued", "09:00:06", "PS"), ("abandoned", "09:00:56", "PS")]
    in_the_menu = row(HUNG_UP, queued_at="", wait_seconds="0")
    assert story(in_the_menu) == [("ringing", "09:00:00", None), ("ended", "09:00:06", None)]
    assert read_call(in_the_menu).expected == ("abandoned", 0)


def test_who_is_answered_without_a_queue_is_answered_when_the_talk_starts() -> None:
    assert story(row(UNQUEUED))[1:] == [("answered", "09:00:05", None), ("ended", "09:02:05", None)]


def test_every_row_names_its_deliveries_apart_and_the_same_row_names_them_alike() -> None:
    names = [event.delivery_id for event in events_of(read_call(row(ANSWERED)), "csv-test")]

    assert names == ["17-1", "17-2", "17-3", "17-4"]
    assert {event.call_id for event in events_of(read_call(row(ANSWERED)), "csv-test")} == {"17"}


@pytest.mark.parametrize("recorded", [ANSWERED, HUNG_UP, UNQUEUED])
def test_a_rows_events_are_valid_for_intake(recorded: dict[str, str]) -> None:
    for event in events_of(read_call(row(recorded)), "csv-test"):
        assert CallEvent.model_validate_json(event.model_dump_json(by_alias=True)) == event


def test_past_midnight_the_old_date_is_the_next_day() -> None:
    recorded = row(
        ANSWERED,
        entered_at="1999-01-09 23:59:23",
        queued_at="1999-01-09 23:59:28",
        wait_seconds="35",
        talk_started_at="1999-01-09 00:00:03",
    )
    call = read_call(recorded)

    assert call.talk_started_at == call.exit_at == datetime(1999, 1, 9, 23, 0, 3, tzinfo=UTC)
    assert flaws_of(call) == []


def test_moments_are_wall_time_of_copenhagen() -> None:
    winter, summer = row(ANSWERED), row(ANSWERED, entered_at="1999-04-04 10:00:00")

    assert read_call(winter).entered_at == datetime(1999, 1, 4, 9, tzinfo=UTC)
    assert read_call(summer).entered_at == datetime(1999, 4, 4, 8, tzinfo=UTC)


def test_a_row_across_the_beginning_of_summer_time_keeps_its_durations() -> None:
    recorded = row(
        ANSWERED,
        entered_at="1999-03-28 01:59:40",
        queued_at="1999-03-28 01:59:50",
        wait_seconds="30",
        talk_started_at="1999-03-28 02:00:20",
    )
    call = read_call(recorded)

    assert call.entered_at == datetime(1999, 3, 28, 0, 59, 40, tzinfo=UTC)
    assert call.talk_started_at == call.exit_at == datetime(1999, 3, 28, 1, 0, 20, tzinfo=UTC)


def test_a_caller_who_came_in_the_hour_that_was_skipped_came_all_the_same() -> None:
    skipped = read_call(
        row(UNQUEUED, entered_at="1999-03-28 02:30:00", talk_started_at="1999-03-28 02:30:05")
    )

    assert skipped.entered_at == datetime(1999, 3, 28, 1, 30, tzinfo=UTC)
    assert flaws_of(skipped) == []


def test_a_caller_who_came_in_the_hour_that_was_there_twice_came_the_first_time() -> None:
    twice = read_call(row(UNQUEUED, entered_at="1999-10-31 02:30:00", talk_started_at="1999-10-31 02:30:05"))

    assert twice.entered_at == datetime(1999, 10, 31, 0, 30, tzinfo=UTC)


FLAWED = [
    (row(ANSWERED, outcome="phantom"), ["phantom"]),
    (row(ANSWERED, outcome="hung_up"), ["hung_up_with_talk"]),
    (row(ANSWERED, talk_started_at="", talk_seconds="0"), ["answered_without_talk"]),
    (row(ANSWERED, talk_started_at="1999-01-04 10:00:53"), ["talk_before_queue_exit"]),
    (row(ANSWERED, talk_started_at="1999-01-04 10:00:54", talk_seconds="1"), ["talk_before_queue_exit"]),
    (row(ANSWERED, talk_started_at="1999-01-04 10:00:59"), ["talk_after_queue_exit"]),
    (row(UNQUEUED, talk_started_at="1999-01-04 09:59:59"), ["talk_before_entry"]),
    (row(HUNG_UP, queued_at="1999-01-04 09:59:23", menu_seconds="-37"), ["queued_before_entry"]),
    (row(UNQUEUED, wait_seconds="27"), ["wait_without_queue"]),
    (row(ANSWERED, talk_started_at="1999-01-04 10:00:54"), []),
    (row(ANSWERED, talk_started_at="1999-01-04 10:00:58"), []),
]


@pytest.mark.parametrize(("recorded", "flaws"), FLAWED)
def test_a_row_that_cannot_be_true_says_why(recorded: dict[str, str | None], flaws: list[str]) -> None:
    assert flaws_of(read_call(recorded)) == flaws
    assert calls_of(events_of(read_call(recorded), "csv-test"))


UNREADABLE = [
    {},
    row(ANSWERED, entered_at="yesterday"),
    row(ANSWERED, entered_at="1999-01-04T10:00:00+02:00"),
    row(ANSWERED, wait_seconds=""),
    row(ANSWERED, wait_seconds="-1"),
    row(ANSWERED, talk_seconds="-1"),
    row(ANSWERED, talk_seconds="9" * 30),
    row(ANSWERED, queued_at="9999-99-99 10:00:00"),
    row(ANSWERED, call=""),
    row(ANSWERED, call="1\x001"),
    row(ANSWERED, agent="x" * 200),
    row(ANSWERED, service="x" * 200),
    row(ANSWERED, entered_at="0001-01-01 00:00:00"),
    {**ANSWERED, "agent": None, "talk_seconds": None},
]


@pytest.mark.parametrize("recorded", UNREADABLE)
def test_a_row_that_is_no_call_is_unreadable(recorded: dict[str, str | None]) -> None:
    with pytest.raises(UnreadableRowError):
        read_call(recorded)
