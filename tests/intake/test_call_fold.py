"""Which call an event belongs to, and the order in which events of one moment are applied."""

from itertools import permutations

import pytest

from services.intake.call_story.fold import ANOTHER_CALL_AFTER_SILENCE, SILENCE, calls_of
from tests.intake.test_call_state import at, event, fold, visits_of


def test_one_delivery_id_with_two_contents_gives_the_same_call_whichever_came_first() -> None:
    one = event(0, "queued", "a", delivery_id="d1")
    other = event(0, "queued", "b", delivery_id="d1")

    assert visits_of(fold([one, other])) == visits_of(fold([other, one])) == [("a", "waiting", None)]


def test_one_delivery_id_with_three_contents_counts_once_in_any_order() -> None:
    contents = [event(seconds, "queued", "a", delivery_id="d1") for seconds in (3, 1, 2)]

    for order in permutations(contents):
        assert fold(order).started_at == at(1)


def test_the_same_delivery_id_of_two_exchanges_is_two_deliveries() -> None:
    one = event(0, "queued", delivery_id="d1", source="one")
    other = event(5, "answered", delivery_id="d1", source="other")

    assert visits_of(fold([one, other])) == [("main", "answered", 5)]


def test_a_ring_is_applied_before_the_queue_of_the_same_moment() -> None:
    """Whether an early end belongs to this call is decided by the first event after it: here by the ring."""
    call = fold([event(0, "ended", "a"), event(5, "queued", "b"), event(5, "ringing", None)])

    assert (call.started_at, call.gone_at) == (at(5), at(5))
    assert call.inconsistencies == ["end_before_beginning"]


def test_a_ring_is_applied_after_the_queue_when_the_caller_was_in_a_queue_already() -> None:
    """The stay in `a`, of which only the end was reported, is a part of the call and no early end."""
    call = fold([event(0, "abandoned", "a"), event(5, "queued", "b"), event(5, "ringing", None)])

    assert visits_of(call) == [("a", "overflowed", 0), ("b", "waiting", None)]
    assert call.started_at == at(0)


def test_a_ring_during_a_talk_waits_for_the_end_of_the_talk() -> None:
    """The ring's number puts it before the transfer only; the end has no number, and fits a talk better."""
    story = [
        event(0, "answered", None),
        event(9, "ringing", None, sequence=0),
        event(9, "transferred", None, sequence=1),
        event(9, "ended", None),
    ]

    for order in permutations(story):
        assert [talk.ended_by for talk in fold(order).talks] == ["hung_up"]


@pytest.mark.parametrize(("end", "ended_by"), [("transferred", "transferred"), ("lost", "lost")])
def test_who_is_answered_and_transferred_or_lost_in_one_moment_is_answered_first(
    end: str, ended_by: str
) -> None:
    """Neither can happen to a caller who is nowhere yet."""
    call = fold([event(0, end, None), event(0, "answered", None)])

    assert [(talk.ended_by, talk.ended_at) for talk in call.talks] == [(ended_by, at(0))]


@pytest.mark.parametrize("end", ["transferred", "lost"])
def test_a_transfer_or_a_loss_in_another_queue_comes_after_the_move_into_that_queue(end: str) -> None:
    story = [
        event(0, "queued", "a"),
        event(5, "overflowed", "a"),
        event(5, end, "b"),
        event(5, "queued", "b"),
    ]

    for order in permutations(story):
        assert visits_of(fold(order)) == [("a", "overflowed", 5), ("b", end, 0)]


def test_an_answer_in_another_queue_comes_after_the_move_into_that_queue() -> None:
    story = [event(0, "queued", "a"), event(5, "answered", "b"), event(5, "queued", "b")]

    for order in permutations(story):
        assert visits_of(fold(order)) == [("a", "transferred", 5), ("b", "answered", 0)]


def test_equal_events_of_one_moment_are_applied_in_the_order_of_their_delivery_ids() -> None:
    events = [event(0, "queued", delivery_id="d0")]
    events += [event(1, "answered", agent=agent, delivery_id=agent) for agent in ("Bo", "Anna")]

    for order in permutations(events):
        assert [talk.agent for talk in fold(order).talks] == ["Anna", "Bo"]


def test_a_restart_at_the_moment_of_a_calls_first_event_does_not_end_it() -> None:
    assert fold([event(0, "queued")], [at(0)]).gone_at is None
    assert fold([event(0, "queued")], [at(0.001)]).gone_at == at(0.001)


def test_a_restart_at_the_moment_of_an_event_comes_before_it() -> None:
    calls = calls_of([event(0, "queued"), event(9, "queued")], [at(9)])

    assert [(call.occurrence, call.gone_at) for call in calls] == [(1, at(9)), (2, None)]


def test_an_end_in_another_queue_comes_after_the_move_into_that_queue() -> None:
    story = [
        event(0, "queued", "a"),
        event(1, "answered", "a"),
        event(9, "ended", "b"),
        event(9, "queued", "b"),
    ]

    for order in permutations(story):
        call = fold(order)
        assert visits_of(call) == [("a", "answered", 1), ("b", "abandoned", 0)]
        assert ([talk.ended_by for talk in call.talks], call.gone_at) == (["transferred"], at(9))


def test_who_is_answered_and_hangs_up_in_one_moment_is_answered_first() -> None:
    call = fold([event(0, "ended", None), event(0, "answered", None)])

    assert ([talk.ended_by for talk in call.talks], call.gone_at) == (["hung_up"], at(0))
    assert call.inconsistencies == []


def test_only_a_loss_is_presumed_from_silence() -> None:
    call = fold([event(0, "queued"), event(5, "ended", cause=SILENCE)])

    assert (call.gone_at, call.last_event_at, call.inconsistencies) == (at(5), at(5), [])
    # Stored presumptions have this cause.
    assert SILENCE == "silence"


def test_after_four_hours_of_silence_a_queue_begins_another_call() -> None:
    hours = ANOTHER_CALL_AFTER_SILENCE.total_seconds()

    assert hours == 4 * 3600
    assert len(calls_of([event(0, "queued"), event(hours - 1, "queued", "b")])) == 1
    assert len(calls_of([event(0, "queued"), event(hours, "queued", "b")])) == 2


def test_an_answer_long_after_the_end_begins_another_call_only_after_four_hours() -> None:
    hours = ANOTHER_CALL_AFTER_SILENCE.total_seconds()
    story = [event(0, "queued"), event(0, "ended")]

    assert len(calls_of([*story, event(hours - 1, "answered")])) == 1
    assert len(calls_of([*story, event(hours, "answered")])) == 2


def test_an_answer_after_four_hours_of_silence_is_of_the_same_call_when_no_end_was_reported() -> None:
    hours = ANOTHER_CALL_AFTER_SILENCE.total_seconds()

    assert visits_of(fold([event(0, "queued"), event(hours, "answered")])) == [("main", "answered", hours)]


def test_an_end_that_reports_a_wait_is_no_early_end() -> None:
    call = fold([event(5, "abandoned", reported_wait_seconds=3), event(10, "queued")])

    assert visits_of(call) == [("main", "overflowed", 3), ("main", "waiting", None)]
    assert (call.started_at, call.gone_at) == (at(2), None)


def test_an_end_that_reports_a_talk_is_no_early_end() -> None:
    call = fold([event(5, "ended", reported_talk_seconds=3), event(10, "queued")])

    assert ([talk.talk_seconds for talk in call.talks], call.gone_at) == ([3], None)


def test_an_end_is_early_only_when_a_beginning_follows() -> None:
    call = fold([event(0, "ended"), event(5, "offered", agent="Anna")])

    assert (call.started_at, call.gone_at, call.inconsistencies) == (at(0), at(0), ["never_queued"])


def test_who_was_lost_before_any_queue_did_not_hang_up_before_it() -> None:
    call = fold([event(0, "ringing", None)], [at(9)])

    assert (call.outcome, call.inconsistencies) == ("lost", [])


def test_a_talk_outside_every_queue_that_was_longer_than_it_can_have_been_disagrees() -> None:
    call = fold([event(0, "answered", None), event(30, "ended", None, reported_talk_seconds=40)])

    assert call.inconsistencies == ["talk_disagrees"]


def test_the_caller_and_the_number_called_are_the_first_that_are_reported() -> None:
    numbers = [("", ""), ("1", "9"), ("2", "8")]
    story = [
        event(second, "offered", **{"from": caller, "to": called})
        for second, (caller, called) in enumerate(numbers)
    ]

    assert (fold(story).caller, fold(story).called) == ("1", "9")
    assert (fold(story[:1]).caller, fold(story[:1]).called) == (None, None)


def test_phones_ring_only_while_the_caller_waits() -> None:
    story = [event(0, "queued"), event(2, "offered", agent="Bo"), event(3, "offered", agent="Anna")]

    assert fold(story).ringing_at == ["Anna", "Bo"]
    assert fold([*story, event(4, "offer_missed", agent="Bo")]).ringing_at == ["Anna"]
    assert fold([*story, event(4, "answered", agent="Anna")]).ringing_at == []
    assert fold([*story, event(4, "overflowed")]).ringing_at == []


@pytest.mark.parametrize(("seconds", "stays"), [(2, 1), (3, 2)])
def test_a_leave_is_reported_twice_only_within_two_seconds(seconds: float, stays: int) -> None:
    call = fold([event(0, "queued"), event(6, "abandoned"), event(6 + seconds, "overflowed")])

    assert len(call.visits) == stays
