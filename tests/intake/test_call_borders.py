"""Where one call ends and the next of the same id begins: several restarts, several calls, several hours."""

import pytest

from services.intake.call_story.fold import (
    ANOTHER_CALL_AFTER_END,
    ANOTHER_CALL_AFTER_SILENCE,
    SILENCE,
    calls_of,
)
from tests.intake.test_call_state import at, event, fold, visits_of

FIRST = [event(0, "queued"), event(5, "abandoned")]


def test_another_call_begins_a_minute_after_an_end_and_four_hours_after_the_last_event() -> None:
    assert (ANOTHER_CALL_AFTER_END.total_seconds(), ANOTHER_CALL_AFTER_SILENCE.total_seconds()) == (60, 14400)


def test_each_of_two_restarts_ends_the_call_that_was_open_then() -> None:
    calls = calls_of([event(0, "queued"), event(20, "queued")], [at(30), at(10)])

    assert [(call.started_at, call.gone_at) for call in calls] == [(at(0), at(10)), (at(20), at(30))]


def test_a_queue_during_the_second_call_begins_no_third() -> None:
    calls = calls_of([*FIRST, event(3600, "queued"), event(3700, "queued", "b")])

    assert [visits_of(call) for call in calls] == [
        [("main", "abandoned", 5)],
        [("main", "transferred", 100), ("b", "waiting", None)],
    ]


def test_a_restart_ends_the_latest_call_and_what_follows_is_another() -> None:
    story = [*FIRST, event(3600, "queued")]

    assert [call.gone_at for call in calls_of(story, [at(3700)])] == [at(5), at(3700)]
    assert len(calls_of([*story, event(3710, "queued")], [at(3700)])) == 3


def test_silence_is_presumed_of_the_latest_call() -> None:
    silence = event(3600, "lost", None, cause=SILENCE)

    first, second = calls_of([*FIRST, event(3600, "queued"), silence])

    assert (first.inconsistencies, second.inconsistencies) == ([], ["end_untold"])
    assert (second.outcome, second.gone_at) == ("lost", at(3600))


def test_only_a_loss_with_the_cause_of_silence_is_no_report() -> None:
    assert visits_of(fold([event(0, "queued", cause=SILENCE)])) == [("main", "waiting", None)]
    stored = event(0, "lost", None).model_copy(update={"cause": "".join(["si", "lence"])})
    assert calls_of([stored]) == []


def test_many_events_of_one_moment_are_no_silence() -> None:
    offers = [event(1, "offered", delivery_id=f"d{number}") for number in range(300)]

    assert fold([event(0, "queued"), *offers]).gone_at is None


def test_an_answer_more_than_four_hours_after_the_end_begins_another_call() -> None:
    later = ANOTHER_CALL_AFTER_SILENCE.total_seconds() + 5

    assert len(calls_of([*FIRST, event(later, "answered")])) == 2
    assert len(calls_of([*FIRST, event(later + 1, "answered")])) == 2


@pytest.mark.parametrize(("here", "there"), [("a", "b"), ("b", "a")])
def test_an_answer_waits_for_the_move_into_its_queue_whatever_the_queues_are_called(
    here: str, there: str
) -> None:
    story = [event(0, "queued", here), event(5, "answered", there), event(5, "queued", there)]

    assert visits_of(fold(story)) == [(here, "transferred", 5), (there, "answered", 0)]


def test_an_early_end_is_of_the_queue_with_the_same_name() -> None:
    """Names that were read one by one are equal, and not one object."""
    queued = event(5, "queued").model_copy(update={"queue": "".join(["ma", "in"])})

    assert fold([event(0, "ended"), queued]).inconsistencies == ["end_before_beginning"]


def test_events_with_the_same_number_are_applied_as_they_make_sense() -> None:
    answered = event(0, "answered", sequence=1, delivery_id="a")
    queued = event(0, "queued", sequence=1, delivery_id="b")

    call = fold([answered, queued])

    assert (visits_of(call), call.inconsistencies) == ([("main", "answered", 0)], [])


def test_a_talk_that_began_as_an_overflow_ended_came_from_no_queue() -> None:
    call = fold(
        [
            event(0, "queued"),
            event(6, "overflowed", sequence=1),
            event(6, "answered", None, sequence=2),
            event(30, "ended", None, reported_talk_seconds=40),
        ]
    )

    assert (visits_of(call), call.inconsistencies) == ([("main", "overflowed", 6)], ["talk_disagrees"])


def test_a_talk_before_a_stay_that_was_given_up_came_from_no_queue() -> None:
    call = fold(
        [
            event(0, "answered", None, sequence=1),
            event(0, "transferred", None, sequence=2, reported_talk_seconds=40),
            event(0, "queued", sequence=3),
            event(0, "abandoned", sequence=4),
        ]
    )

    assert (visits_of(call), call.inconsistencies) == ([("main", "abandoned", 0)], ["talk_disagrees"])
