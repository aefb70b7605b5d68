"""Asterisk's queue log: each verb with its own field order, and a real recording as the judge."""

from collections import Counter, defaultdict

import pytest

from services.intake.call_story.fold import calls_of
from services.intake.call_story.state import Call
from services.intake.telephony.asterisk_queue_log.lines import cut
from services.intake.telephony.canonical import CallEvent, ExchangeRestart
from services.intake.telephony.forms import Uninterpretable
from tests.intake.recording import QUEUE_LOG, meanings_of, needs_recording


def one(line: str) -> CallEvent:
    (event,) = meanings_of(line.encode())
    assert isinstance(event, CallEvent)
    return event


def calls_in(log: bytes) -> dict[str, Call]:
    events = meanings_of(log)
    by_id: dict[str, list[CallEvent]] = defaultdict(list)
    for event in events:
        if isinstance(event, CallEvent):
            by_id[event.call_id].append(event)
    restarts = [event.occurred_at for event in events if isinstance(event, ExchangeRestart)]
    return {call_id: calls_of(story, restarts)[0] for call_id, story in by_id.items()}


def test_entering_a_queue_has_the_caller() -> None:
    event = one("1795312303|pbx-1.0|socialservice|NONE|ENTERQUEUE||4520000001|1\n")

    assert (event.type, event.queue, event.from_, event.agent) == (
        "queued",
        "socialservice",
        "4520000001",
        None,
    )
    assert event.occurred_at.isoformat() == "2026-11-22T01:51:43+00:00"


VERBS = [
    ("CONNECT|5|pbx-1.2|1", "answered", 5, None),
    ("COMPLETEAGENT|5|61|1", "ended", None, 61),
    ("COMPLETECALLER|5|62|1", "ended", None, 62),
    ("ABANDON|1|2|33", "abandoned", 33, None),
    ("EXITWITHTIMEOUT|1|2|34", "overflowed", 34, None),
    ("EXITEMPTY|1|2|35", "overflowed", 35, None),
    ("EXITWITHKEY|9|1|2|36", "overflowed", 36, None),
    ("RINGNOANSWER|3000", "offer_missed", None, None),
    ("BLINDTRANSFER|8002|queues|5|63|1", "transferred", None, 63),
    ("ATTENDEDTRANSFER|BRIDGE|b1|5|64|1", "transferred", None, 64),
    ("CONNECT||pbx-1.2", "answered", None, None),
    ("ABANDON|1|2|-4", "abandoned", None, None),
]


@pytest.mark.parametrize(("line", "kind", "wait", "talk"), VERBS)
def test_each_verb_has_its_wait_and_talk_in_its_own_field(
    line: str, kind: str, wait: float | None, talk: float | None
) -> None:
    event = one(f"1795312303|pbx-1.0|socialservice|Anna|{line}")

    assert (event.type, event.reported_wait_seconds, event.reported_talk_seconds) == (kind, wait, talk)


UNKNOWN = [
    "1795312303|pbx-1.0|socialservice|Anna|SOMETHINGNEW|1",
    "yesterday|pbx-1.0|socialservice|Anna|CONNECT|1",
    "9999999999999999|pbx-1.0|socialservice|Anna|CONNECT|1",
    "nan|pbx-1.0|socialservice|Anna|CONNECT|1",
    "1795312303||socialservice|Anna|CONNECT|1",
    "5|NONE|NONE|NONE|QUEUESTART|",
    "not a queue log",
]


@pytest.mark.parametrize("line", UNKNOWN)
def test_a_line_that_cannot_be_understood_is_stored_as_it_came_and_uninterpretable(line: str) -> None:
    assert [text for _, text in cut(line.encode())] == [line]
    with pytest.raises(Uninterpretable):
        meanings_of(line.encode())


def test_lines_about_agents_and_about_the_exchange_itself_say_nothing_about_a_call() -> None:
    assert meanings_of(b"1795312303|NONE|NONE|Anna|PAUSE|\n1795312303|NONE|NONE|NONE|CONFIGRELOAD|\n") == [
        None,
        None,
    ]


def test_equal_lines_of_one_second_stay_two_and_reading_again_names_them_alike() -> None:
    line = b"1795312303|pbx-1.0|socialservice|Bo|RINGNOANSWER|1000\n"
    first, second = (delivery_id for delivery_id, _ in cut(line + line + b"\n"))

    assert first != second
    assert [delivery_id for delivery_id, _ in cut(line + line + b"\r\n\0\n" + line)][:2] == [first, second]


def test_a_line_without_a_moment_belongs_to_the_second_of_the_line_before_it() -> None:
    log = b"1|a|b|c|d\njunk\njunk\n2|a|b|c|d\njunk\n"
    ids = [delivery_id for delivery_id, text in cut(log) if text == "junk"]

    assert len(set(ids)) == 3
    assert [delivery_id for delivery_id, _ in cut(log[log.index(b"2|") :])][1] == ids[2]


def test_a_line_in_latin_1_has_the_text_and_the_id_that_it_has_in_utf_8() -> None:
    line = "1795312303|pbx-1.0|socialservice|Jørgen|CONNECT|1"

    assert list(cut(line.encode("latin-1"))) == list(cut(line.encode()))
    assert one(line).agent == "Jørgen"


@needs_recording
class TestTheRecordedExchange:
    """Two and a half minutes of a real exchange, killed in the middle."""

    def calls(self) -> dict[str, Call]:
        return calls_in(QUEUE_LOG.read_bytes())

    def by_caller(self, number: str) -> Call:
        (call,) = (call for call in self.calls().values() if call.caller == number)
        return call

    def test_has_18_calls_with_20_visits_of_which_16_were_answered(self) -> None:
        calls = self.calls().values()

        assert Counter(call.outcome for call in calls) == {"answered": 16, "abandoned": 1, "lost": 1}
        assert sum(len(call.visits) for call in calls) == 20

    def test_one_caller_gave_up_after_three_seconds(self) -> None:
        (visit,) = self.by_caller("4520000004").visits

        assert (visit.outcome, visit.wait_seconds, visit.reported_wait_seconds) == ("abandoned", 3, 3)

    def test_one_caller_was_lost_when_the_exchange_was_killed(self) -> None:
        assert [(visit.queue, visit.outcome) for visit in self.by_caller("4520000010").visits] == [
            ("nobody", "lost")
        ]
        assert self.by_caller("4520000011").talks[0].ended_by == "lost"

    def test_the_overflowed_call_waited_six_seconds_and_then_one(self) -> None:
        visits = self.by_caller("4520000008").visits

        assert [(v.queue, v.wait_seconds, v.reported_wait_seconds) for v in visits] == [
            ("nobody", 6, 6),
            ("socialservice", 1, 1),
        ]
        assert visits[0].missed_offers == 2

    def test_the_blind_transfer_is_one_call_in_two_queues(self) -> None:
        call = self.by_caller("4520000009")

        assert [(visit.queue, visit.outcome) for visit in call.visits] == [
            ("socialservice", "answered"),
            ("rotate", "answered"),
        ]
        assert [(talk.agent, talk.ended_by) for talk in call.talks] == [
            ("Anna", "transferred"),
            ("Carla", "lost"),
        ]

    def test_computed_waits_differ_from_reported_ones_by_a_second_at_most(self) -> None:
        visits = [
            visit
            for call in self.calls().values()
            for visit in call.visits
            if visit.reported_wait_seconds is not None
        ]

        assert len(visits) == 19
        assert all(abs((v.wait_seconds or 0) - (v.reported_wait_seconds or 0)) <= 1 for v in visits)
