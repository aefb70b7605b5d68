"""What each event does to a call: leaves that are reported twice, ends, and answers at the edge of a moment."""

from datetime import timedelta

import pytest

from services.intake.call_story.state import Call
from tests.intake.test_call_state import at, event, fold, visits_of


def test_a_call_is_the_first_with_its_id_where_nothing_else_is_known() -> None:
    assert Call(at(0), at(0)).occurrence == 1


def test_of_two_stays_it_is_the_last_one_that_is_reported_once_more() -> None:
    story = [
        event(0, "queued"),
        event(6, "overflowed"),
        event(10, "queued", "b"),
        event(20, "abandoned", "b"),
    ]

    call = fold([*story, event(21, "overflowed", "b")])

    assert visits_of(call) == [("main", "overflowed", 6), ("b", "overflowed", 10)]


def test_of_two_stays_it_is_the_last_one_that_the_caller_only_seemed_to_give_up() -> None:
    story = [
        event(0, "queued"),
        event(6, "overflowed"),
        event(10, "queued", "b"),
        event(20, "abandoned", "b"),
    ]

    call = fold([*story, event(30, "queued", "c")])

    assert [outcome for _, outcome, _ in visits_of(call)] == ["overflowed", "overflowed", "waiting"]
    assert call.inconsistencies == ["false_abandon"]


@pytest.mark.parametrize(
    ("first", "second", "kept"), [(4, None, 4), (4, 5, 5), (None, 5, 5), (None, None, None)]
)
def test_of_a_leave_reported_twice_the_last_wait_that_is_reported_counts(
    first: float | None, second: float | None, kept: float | None
) -> None:
    leave = event(4, "overflowed", reported_wait_seconds=first)
    answer = event(4.5, "answered", reported_wait_seconds=second)

    assert fold([event(0, "queued"), leave, answer]).visits[0].reported_wait_seconds == kept


@pytest.mark.parametrize("leave", ["abandoned", "overflowed", "transferred"])
def test_only_an_answer_gives_a_stay_an_agent(leave: str) -> None:
    assert fold([event(0, "queued"), event(4, leave, agent="Anna")]).visits[0].agent is None
    assert fold([event(0, "queued"), event(4, "answered", agent="Anna")]).visits[0].agent == "Anna"


def test_a_stay_whose_beginning_is_unknown_begins_no_earlier_than_the_talk_before_it_ended() -> None:
    story = [event(0, "queued"), event(1, "answered"), event(10, "transferred")]

    call = fold([*story, event(30, "answered", "b", reported_wait_seconds=100)])

    assert visits_of(call) == [("main", "answered", 1), ("b", "answered", 20)]


def test_an_answered_stay_stays_answered_when_the_caller_goes_on_after_the_end() -> None:
    call = fold([event(0, "queued"), event(1, "answered"), event(9, "ended"), event(9, "queued", "survey")])

    assert visits_of(call) == [("main", "answered", 1), ("survey", "waiting", None)]
    assert call.inconsistencies == []


def test_queues_and_agents_are_the_same_when_their_names_are_equal() -> None:
    """Names that were read one by one are equal, and not one object."""
    queue, agent = "".join(["ma", "in"]), "".join(["An", "na"])
    offered = event(2, "offered", agent="Anna")
    missed = event(3, "offer_missed").model_copy(update={"agent": agent})
    again = event(4, "queued").model_copy(update={"queue": queue})

    call = fold([event(0, "queued"), offered, missed, again])

    assert (visits_of(call), call.ringing_at) == ([("main", "waiting", None)], [])


def test_a_phone_that_stops_ringing_stops_no_other() -> None:
    ringing = [
        event(0, "queued"),
        event(2, "offered", agent="Anna"),
        event(2, "offered", agent="Bo", delivery_id="d"),
    ]

    assert fold([*ringing, event(4, "offer_missed", agent="Anna")]).ringing_at == ["Bo"]
    assert fold([*ringing, event(4, "offer_missed", agent="Bo")]).ringing_at == ["Anna"]


@pytest.mark.parametrize(("later", "doubts"), [(1, []), (2, []), (3, ["answered_after_end"])])
def test_an_answer_within_two_seconds_of_the_end_is_not_doubted(later: float, doubts: list[str]) -> None:
    call = fold(
        [event(0, "queued"), event(1, "answered"), event(9, "ended"), event(9 + later, "answered", None)]
    )

    assert call.inconsistencies == doubts


def test_an_answer_outside_every_queue_does_not_answer_the_stay_that_was_just_left() -> None:
    call = fold([event(0, "queued"), event(6, "abandoned"), event(7, "answered", None)])

    assert (visits_of(call), call.visits[0].agent) == ([("main", "overflowed", 6)], None)
    assert call.inconsistencies == ["false_abandon"]


def test_an_answer_that_names_no_queue_is_of_the_queue_the_caller_waits_in() -> None:
    call = fold([event(0, "queued"), event(5, "answered", None)])

    assert visits_of(call) == [("main", "answered", 5)]


def test_an_overflow_right_after_a_short_talk_changes_nothing() -> None:
    story = [event(0, "queued"), event(1, "answered"), event(2, "ended")]

    call = fold([*story, event(2.5, "overflowed")])

    assert (visits_of(call), call.gone_at) == ([("main", "answered", 1)], at(2))


@pytest.mark.parametrize("late", ["overflowed", "abandoned"])
def test_a_leave_reported_during_a_talk_is_no_further_stay(late: str) -> None:
    call = fold([event(0, "queued"), event(1, "answered"), event(30, late)])

    assert visits_of(call) == [("main", "answered", 1)]
    assert call.talks[0].ended_by == ("hung_up" if late == "abandoned" else None)


def test_a_hang_up_that_is_reported_twice_is_one_and_is_not_doubted() -> None:
    call = fold([event(0, "queued"), event(5, "ended"), event(6, "abandoned")])

    assert (visits_of(call), call.gone_at, call.inconsistencies) == ([("main", "abandoned", 5)], at(5), [])


def test_who_hangs_up_right_after_a_transfer_is_gone() -> None:
    call = fold([event(0, "queued"), event(4, "transferred"), event(5, "abandoned")])

    assert (visits_of(call), call.gone_at) == ([("main", "transferred", 4)], at(5))
    assert call.last_event_at - call.started_at == timedelta(seconds=5)
    assert call.inconsistencies == []
