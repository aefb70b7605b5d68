"""What became of a call follows from the set of its events and from nothing else."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.intake.call_story.fold import SILENCE, calls_of
from services.intake.call_story.state import Call
from services.intake.telephony.canonical import CallEvent, CallEventType

NINE = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return NINE + timedelta(seconds=seconds)


def event(seconds: float, kind: str, queue: str | None = "main", **more: object) -> CallEvent:
    fields = {"source": "test", "delivery_id": f"{seconds}-{kind}-{queue}", "call_id": "c1", "queue": queue}
    return CallEvent.model_validate({**fields, "type": kind, "occurred_at": at(seconds), **more})


def fold(events: Iterable[CallEvent], restarts: Iterable[datetime] = ()) -> Call:
    """The one call that these events amount to."""
    (call,) = calls_of(events, restarts)
    return call


def visits_of(call: Call) -> list[tuple[str | None, str, float | None]]:
    return [(visit.queue, visit.outcome, visit.wait_seconds) for visit in call.visits]


def test_an_answered_call_waited_until_the_answer_and_talked_until_the_end() -> None:
    call = fold(
        [
            event(0, "queued", **{"from": "4520000001", "to": "33173317"}),
            event(4, "answered", agent="Anna", reported_wait_seconds=5),
            event(64, "ended", reported_talk_seconds=59),
        ]
    )

    assert call.outcome == "answered"
    assert visits_of(call) == [("main", "answered", 4)]
    assert (call.visits[0].reported_wait_seconds, call.visits[0].agent) == (5, "Anna")
    assert (call.talks[0].talk_seconds, call.talks[0].reported_talk_seconds) == (60, 59)
    assert (call.caller, call.called, call.gone_at) == ("4520000001", "33173317", at(64))


def test_a_caller_who_hangs_up_while_waiting_abandoned() -> None:
    for last in ("abandoned", "ended"):
        call = fold([event(0, "queued"), event(3, last)])

        assert (call.outcome, visits_of(call)) == ("abandoned", [("main", "abandoned", 3)])


def test_a_caller_still_in_the_queue_waits_and_one_not_yet_there_rings() -> None:
    assert fold([event(0, "ringing"), event(1, "queued")]).outcome == "waiting"
    assert fold([event(0, "ringing")]).outcome == "ringing"
    assert fold([event(0, "ringing", None), event(2, "ended", None)]).outcome == "abandoned"


def test_an_overflowed_call_is_one_call_with_two_visits_though_both_moves_bear_the_same_second() -> None:
    call = fold(
        [
            event(6, "queued", "second"),
            event(6, "overflowed"),
            event(0, "queued"),
            event(7, "answered", "second"),
        ]
    )

    assert visits_of(call) == [("main", "overflowed", 6), ("second", "answered", 1)]
    assert call.outcome == "answered"


def test_a_blind_transfer_that_nobody_reports_is_a_second_visit_of_the_same_call() -> None:
    call = fold(
        [event(0, "queued"), event(1, "answered"), event(3, "queued", "b"), event(8, "answered", "b")]
    )

    assert visits_of(call) == [("main", "answered", 1), ("b", "answered", 5)]
    assert [talk.ended_by for talk in call.talks] == ["transferred", None]


def test_a_reported_transfer_in_the_same_second_as_the_next_queue_is_the_same_story() -> None:
    call = fold(
        [
            event(0, "queued"),
            event(1, "answered"),
            event(3, "queued", "b"),
            event(3, "transferred", reported_talk_seconds=2),
        ]
    )

    assert visits_of(call) == [("main", "answered", 1), ("b", "waiting", None)]
    assert [(talk.ended_by, talk.reported_talk_seconds) for talk in call.talks] == [("transferred", 2)]


def test_a_caller_sent_on_after_the_talk_is_not_gone() -> None:
    call = fold([event(0, "queued"), event(1, "answered"), event(9, "ended"), event(9, "queued", "survey")])

    assert (call.gone_at, visits_of(call)[-1]) == (None, ("survey", "waiting", None))


def test_a_caller_moved_while_waiting_left_the_first_queue_by_transfer() -> None:
    moved = fold([event(0, "queued"), event(4, "queued", "b")])
    reported = fold([event(0, "queued"), event(4, "transferred"), event(4, "queued", "b")])

    assert visits_of(moved) == visits_of(reported) == [("main", "transferred", 4), ("b", "waiting", None)]


def test_missed_offers_are_counted_and_end_nothing() -> None:
    call = fold([event(0, "queued"), event(2, "offered"), event(3, "offer_missed"), event(6, "offer_missed")])

    assert (call.outcome, call.visits[0].missed_offers) == ("waiting", 2)


def test_a_restart_of_the_exchange_loses_who_waited_and_cuts_off_who_talked() -> None:
    waiting = fold([event(0, "queued")], [at(9)])
    talking = fold([event(0, "queued"), event(1, "answered")], [at(9)])

    assert (waiting.outcome, visits_of(waiting), waiting.gone_at) == ("lost", [("main", "lost", 9)], at(9))
    assert (talking.outcome, visits_of(talking)) == ("answered", [("main", "answered", 1)])
    assert (talking.talks[0].ended_by, talking.talks[0].talk_seconds) == ("lost", 8)


def test_a_restart_touches_neither_calls_over_before_it_nor_calls_begun_after_it() -> None:
    over = [event(0, "queued"), event(1, "answered"), event(5, "ended")]

    assert fold(over, [at(9)]) == fold(over)
    assert fold([event(0, "queued")], [at(-1), at(0)]) == fold([event(0, "queued")])


def test_a_loss_reported_for_one_call_is_like_a_restart_for_that_call() -> None:
    assert fold([event(0, "queued"), event(9, "lost")]).visits == fold([event(0, "queued")], [at(9)]).visits


def test_what_came_before_the_first_event_of_a_call_is_taken_from_its_reports() -> None:
    late = fold([event(10, "answered", reported_wait_seconds=4)])
    only_the_end = fold([event(70, "ended", reported_talk_seconds=60)])

    assert visits_of(late) == [("main", "answered", 4)]
    assert late.started_at == at(6)
    assert only_the_end.outcome == "answered"
    assert only_the_end.talks[0].started_at == at(10)


def test_events_of_one_moment_follow_the_sources_own_sequence() -> None:
    story = [
        event(0, "queued", sequence=1),
        event(0, "overflowed", sequence=2),
        event(0, "queued", "b", sequence=3),
        event(0, "abandoned", "b", sequence=4),
    ]

    assert visits_of(fold(reversed(story))) == [("main", "overflowed", 0), ("b", "abandoned", 0)]


CALL_EVENTS = st.builds(
    event,
    st.integers(0, 6) | st.integers(60, 66) | st.integers(4 * 3600, 4 * 3600 + 66),
    st.sampled_from([kind.value for kind in CallEventType]),
    st.sampled_from(["main", "b", None]),
    sequence=st.none() | st.integers(0, 3),
    reported_wait_seconds=st.none() | st.integers(0, 9),
    reported_talk_seconds=st.none() | st.integers(0, 9),
    cause=st.sampled_from([None, SILENCE]),
)
STORIES = st.lists(CALL_EVENTS, min_size=1, max_size=9)
RESTARTS = st.lists(st.integers(-1, 7).map(at), max_size=2)


@given(STORIES, RESTARTS, st.data())
def test_late_repeated_and_reordered_deliveries_give_the_same_calls(
    story: list[CallEvent], restarts: list[datetime], draw: st.DataObject
) -> None:
    repeated = story + draw.draw(st.lists(st.sampled_from(story), max_size=4))
    shuffled = draw.draw(st.permutations(repeated))

    assert calls_of(shuffled, [*restarts, *restarts]) == calls_of(story, restarts)


@given(STORIES, RESTARTS)
def test_nobody_is_in_two_places_and_time_does_not_run_backwards(
    story: list[CallEvent], restarts: list[datetime]
) -> None:
    calls = calls_of(story, restarts)

    assert [call.occurrence for call in calls] == list(range(1, len(calls) + 1))
    assert all(call.gone_at is not None for call in calls[:-1])
    for call in calls:
        assert [visit.position for visit in call.visits] == list(range(1, len(call.visits) + 1))
        assert all(visit.outcome != "waiting" for visit in call.visits[:-1])
        assert not (call.waiting and call.talking)
        assert all(visit.wait_seconds is None or visit.wait_seconds >= 0 for visit in call.visits)
        assert all(talk.talk_seconds is None or talk.talk_seconds >= 0 for talk in call.talks)
        assert call.gone_at is None or not (call.waiting or call.talking)
        assert call.inconsistencies == sorted(set(call.inconsistencies))
