"""What exchanges are known to report wrongly, late or not at all: each trap by its name."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from services.intake.call_story.fold import ANOTHER_CALL_AFTER_END, SILENCE, calls_of
from services.intake.call_story.state import Call
from services.intake.telephony.canonical import CallEvent
from tests.intake.test_call_state import at, event, fold, visits_of

HOURS = 3600


def lost_by_silence(seconds: float) -> CallEvent:
    return event(seconds, "lost", None, cause=SILENCE)


def outcomes(calls: list[Call]) -> list[tuple[int, str, datetime | None]]:
    return [(call.occurrence, call.outcome, call.gone_at) for call in calls]


def test_amis_false_abandon_on_overflow_does_not_end_a_call_answered_elsewhere() -> None:
    false = [event(0, "queued"), event(6, "abandoned", reported_wait_seconds=6)]
    elsewhere = [event(6, "queued", "b"), event(7, "answered", "b"), event(12, "ended", "b")]

    call = fold(false + elsewhere)

    assert fold(false).outcome == "abandoned"
    assert (call.outcome, call.gone_at) == ("answered", at(12))
    assert visits_of(call) == [("main", "overflowed", 6), ("b", "answered", 1)]
    assert call.inconsistencies == ["false_abandon"]


def test_amis_false_abandon_does_not_end_a_call_that_a_phone_outside_every_queue_answers() -> None:
    call = fold([event(0, "queued"), event(6, "abandoned"), event(40, "answered", None)])

    assert (call.outcome, call.gone_at, visits_of(call)) == ("answered", None, [("main", "overflowed", 6)])


@pytest.mark.parametrize("first", ["overflowed", "abandoned"])
def test_an_overflow_reported_also_as_an_abandon_is_an_overflow_whichever_comes_first(first: str) -> None:
    second = "abandoned" if first == "overflowed" else "overflowed"
    call = fold([event(0, "queued"), event(6, first), event(6.001, second)])

    assert (visits_of(call), call.gone_at) == ([("main", "overflowed", 6)], None)


@pytest.mark.parametrize("leave", [3.999, 4, 4.001])
def test_a_leave_reported_on_answer_is_the_answer(leave: float) -> None:
    call = fold([event(0, "queued"), event(leave, "overflowed"), event(4, "answered", agent="Anna")])

    assert (visits_of(call), call.visits[0].agent) == ([("main", "answered", 4)], "Anna")
    assert (len(call.talks), call.inconsistencies) == (1, [])


def test_a_blind_transfer_ends_the_talk_but_not_the_call() -> None:
    story = [event(0, "queued"), event(1, "answered"), event(9, "transferred", reported_talk_seconds=8)]
    call = fold([*story, event(60 * 5, "queued", "b"), event(60 * 6, "answered", "b")])

    assert visits_of(call) == [("main", "answered", 1), ("b", "answered", 60)]
    assert [(talk.ended_by, talk.talk_seconds) for talk in call.talks] == [("transferred", 8), (None, None)]


def test_an_attended_transfer_goes_on_with_a_colleague_whom_no_queue_found() -> None:
    story = [event(0, "queued"), event(1, "answered", agent="Anna"), event(30, "transferred")]
    call = fold([*story, event(30, "answered", None, agent="Bo"), event(90, "ended", None)])

    assert [(talk.agent, talk.talk_seconds, talk.ended_by) for talk in call.talks] == [
        ("Anna", 29, "transferred"),
        ("Bo", 60, "hung_up"),
    ]
    assert (len(call.visits), call.gone_at) == (1, at(90))


def test_a_refused_join_leaves_no_queue_line_and_is_a_caller_who_was_there_all_the_same() -> None:
    call = fold([event(0, "ringing", None), event(2, "ended", None)])

    assert (call.outcome, call.visits, call.gone_at) == ("abandoned", [], at(2))
    assert call.inconsistencies == ["never_queued"]


@pytest.mark.parametrize("beginning", ["ringing", "queued"])
def test_an_id_that_comes_back_the_same_day_is_another_call(beginning: str) -> None:
    morning = [event(0, "queued"), event(5, "answered"), event(65, "ended")]
    noon = [event(3 * HOURS, beginning), event(3 * HOURS + 9, "abandoned")]

    calls = calls_of(noon + morning)

    assert outcomes(calls) == [(1, "answered", at(65)), (2, "abandoned", at(3 * HOURS + 9))]
    assert (calls[0].last_event_at, calls[1].started_at) == (at(65), at(3 * HOURS))
    assert calls[0] == fold(morning)


def test_an_id_that_comes_back_within_a_minute_of_its_end_is_the_same_call() -> None:
    """A survey, a voice menu, the next queue: the caller has only gone on."""
    again = ANOTHER_CALL_AFTER_END.total_seconds()
    story = [event(0, "queued"), event(1, "answered"), event(9, "ended")]

    assert len(calls_of([*story, event(9 + again - 1, "queued", "survey")])) == 1
    assert len(calls_of([*story, event(9 + again, "queued", "survey")])) == 2


@pytest.mark.parametrize("onward", ["overflowed", "transferred"])
def test_a_queue_after_an_overflow_or_a_transfer_is_the_same_call_however_long_it_takes(onward: str) -> None:
    call = fold([event(0, "queued"), event(60, onward), event(3 * HOURS, "queued", "b")])

    assert visits_of(call) == [("main", onward, 60), ("b", "waiting", None)]


def test_a_late_end_shows_that_one_call_was_two() -> None:
    open_call = [event(0, "queued"), event(5, "answered"), event(2 * HOURS, "queued")]

    assert len(calls_of(open_call)) == 1
    assert outcomes(calls_of([*open_call, event(65, "ended")])) == [
        (1, "answered", at(65)),
        (2, "waiting", None),
    ]


def test_an_id_that_comes_back_after_hours_ends_the_call_whose_end_was_not_reported() -> None:
    calls = calls_of([event(0, "queued"), event(5 * HOURS, "queued")])

    assert outcomes(calls) == [(1, "lost", at(0)), (2, "waiting", None)]
    assert calls[0].inconsistencies == ["end_untold"]


def test_a_wait_across_midnight_is_as_long_as_it_was() -> None:
    before = datetime(2026, 3, 10, 23, 59, 30, tzinfo=ZoneInfo("Europe/Copenhagen"))
    start = (before.astimezone(UTC) - at(0)).total_seconds()

    call = fold([event(start, "queued"), event(start + 45, "answered"), event(start + 75, "ended")])

    assert (visits_of(call), call.talks[0].talk_seconds) == ([("main", "answered", 45)], 30)


@pytest.mark.parametrize(
    ("rings", "is_answered", "waited"),
    [
        ("2026-03-29T01:59:50+01:00", "2026-03-29T03:00:20+02:00", 30),
        ("2026-10-25T02:59:50+02:00", "2026-10-25T02:00:20+01:00", 30),
        ("2026-10-25T02:10:00+02:00", "2026-10-25T02:10:00+01:00", 3600),
    ],
)
def test_a_wait_in_a_night_of_summer_time_is_as_long_as_it_was(
    rings: str, is_answered: str, waited: float
) -> None:
    call = fold([event(0, "queued", occurred_at=rings), event(1, "answered", occurred_at=is_answered)])

    assert visits_of(call) == [("main", "answered", waited)]


def test_a_whole_call_within_one_second_is_applied_in_the_order_that_makes_sense() -> None:
    story = [event(0, kind) for kind in ("ended", "answered", "offered", "queued", "ringing")]

    call = fold(story)

    assert (visits_of(call), call.talks[0].talk_seconds) == ([("main", "answered", 0)], 0)
    assert (call.outcome, call.gone_at, call.inconsistencies) == ("answered", at(0), [])


@pytest.mark.parametrize("end", ["ended", "abandoned"])
def test_an_end_before_its_beginning_is_an_end_and_is_doubted(end: str) -> None:
    call = fold([event(10, "queued"), event(5, end)])

    assert (visits_of(call), call.gone_at) == ([("main", "abandoned", 0)], at(10))
    assert call.inconsistencies == ["end_before_beginning"]
    assert (call.started_at, call.outcome) == (at(10), "abandoned")


def test_an_end_before_its_beginning_gives_way_to_an_end_that_is_reported_rightly() -> None:
    call = fold([event(5, "ended"), event(10, "queued"), event(12, "answered"), event(72, "ended")])

    assert (visits_of(call), call.gone_at) == ([("main", "answered", 2)], at(72))


def test_the_exchange_killed_in_the_middle_cuts_off_what_was_open_and_uses_its_ids_again() -> None:
    calls = calls_of([event(0, "queued"), event(20, "queued"), event(25, "abandoned")], [at(9)])

    assert outcomes(calls) == [(1, "lost", at(9)), (2, "abandoned", at(25))]


def test_an_end_after_the_exchange_was_killed_begins_no_call() -> None:
    call = fold([event(0, "queued"), event(20, "ended")], [at(9)])

    assert (call.outcome, call.gone_at) == ("lost", at(9))


def test_a_silent_call_is_taken_for_lost_at_the_last_moment_that_is_known_of_it() -> None:
    story = [event(0, "queued"), event(3, "offered")]

    call = fold([*story, lost_by_silence(fold(story).last_event_at.timestamp() - at(0).timestamp())])

    assert (call.outcome, visits_of(call), call.gone_at) == ("lost", [("main", "lost", 3)], at(3))
    assert (call.last_event_at, call.inconsistencies) == (at(3), ["end_untold"])


@pytest.mark.parametrize("when", [3, 500, 9 * HOURS])
def test_a_call_taken_for_lost_ends_rightly_when_its_end_arrives_later(when: float) -> None:
    story = [event(0, "queued"), event(3, "offered"), event(when, "ended")]

    assert fold([*story, lost_by_silence(3)]) == fold(story)


def test_a_call_taken_for_lost_is_open_again_when_an_event_of_it_arrives() -> None:
    call = fold([event(0, "queued"), lost_by_silence(0), event(600, "answered")])

    assert (call.outcome, visits_of(call), call.gone_at) == ("answered", [("main", "answered", 600)], None)


def test_a_call_taken_for_lost_stays_lost_when_its_id_comes_back_another_day() -> None:
    calls = calls_of([event(0, "queued"), lost_by_silence(0), event(24 * HOURS, "queued")])

    assert outcomes(calls) == [(1, "lost", at(0)), (2, "waiting", None)]


def test_a_talk_that_by_its_length_began_before_the_queue_let_go_is_doubted() -> None:
    story = [event(0, "queued"), event(60, "answered", reported_wait_seconds=60)]

    assert fold([*story, event(90, "ended", reported_talk_seconds=32)]).inconsistencies == []
    assert fold([*story, event(90, "ended", reported_talk_seconds=33)]).inconsistencies == [
        "talk_before_queue_exit"
    ]
    assert fold([*story, event(90, "ended", reported_talk_seconds=27)]).inconsistencies == ["talk_disagrees"]


@pytest.mark.parametrize(("reported", "doubts"), [(58, []), (62, []), (57, ["wait_disagrees"])])
def test_a_reported_wait_that_differs_by_more_than_two_seconds_is_doubted(
    reported: float, doubts: list[str]
) -> None:
    call = fold([event(0, "queued"), event(60, "answered", reported_wait_seconds=reported)])

    assert (call.visits[0].wait_seconds, call.visits[0].reported_wait_seconds) == (60, reported)
    assert call.inconsistencies == doubts


def test_an_answer_long_after_the_end_is_the_same_call_and_is_doubted() -> None:
    call = fold([event(0, "queued"), event(5, "ended"), event(30, "answered")])

    assert (call.outcome, call.gone_at) == ("answered", None)
    assert "answered_after_end" in call.inconsistencies


@pytest.mark.parametrize("kind", ["offered", "queued", "overflowed", "ended"])
def test_thousands_of_events_of_one_moment_from_a_faulty_exchange_are_one_call(kind: str) -> None:
    events = [event(0, kind, queue, delivery_id=f"{n}") for n in range(4000) for queue in ("main", "b")]

    assert len(calls_of(events)) == 1


def test_no_event_is_no_call() -> None:
    assert calls_of([]) == []
    assert calls_of([lost_by_silence(0)], [at(timedelta(seconds=3).total_seconds())]) == []
