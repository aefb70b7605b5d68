"""What AMI's events mean, and a real recording that has the same calls as the queue log of that
exchange.
"""

import json
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pytest

from exchange_follower.spool import Spool
from services.intake.call_story.fold import calls_of
from services.intake.call_story.state import Call, Inconsistency
from services.intake.telephony.asterisk_ami.meaning import ami_event, moment_of
from services.intake.telephony.canonical import CallEvent, ExchangeRestart
from services.intake.telephony.forms import RawDelivery, Uninterpretable
from tests.intake.recording import AMI, QUEUE_LOG, meanings_of, needs_recording

RECEIVED_AT = datetime(2026, 11, 22, 1, 51, 43, tzinfo=UTC)
CALLER = {"Uniqueid": "pbx-1.0", "Linkedid": "pbx-1.0"}
AGENT = {"Uniqueid": "pbx-1.2", "Linkedid": "pbx-1.0"}


def delivered(delivery_id: str) -> RawDelivery:
    return RawDelivery("pbx", delivery_id, "asterisk-ami", "")


def meaning(name: str, **fields: str) -> CallEvent | ExchangeRestart | None:
    return ami_event({"Event": name, **fields}, delivered("1"), RECEIVED_AT)


def one(name: str, **fields: str) -> CallEvent:
    event = meaning(name, **fields)
    assert isinstance(event, CallEvent)
    return event


def test_the_moment_is_exact_to_the_microsecond_or_that_of_the_receipt() -> None:
    assert moment_of({"Timestamp": "1795312303.382475"}) == RECEIVED_AT + timedelta(microseconds=382_475)
    assert moment_of({"Timestamp": "1795312303"}) == RECEIVED_AT
    assert one("QueueCallerJoin", **CALLER, Queue="q").occurred_at == RECEIVED_AT
    with pytest.raises(Uninterpretable):
        meaning("QueueCallerJoin", **CALLER, Queue="q", Timestamp="yesterday")


def test_joining_a_queue_has_the_caller_and_the_call_is_named_by_what_its_channels_share() -> None:
    event = one("QueueCallerJoin", **AGENT, Queue="q", CallerIDNum="4520000001")
    assert (event.type, event.call_id, event.leg_id, event.queue, event.from_) == (
        "queued", "pbx-1.0", "pbx-1.2", "q", "4520000001",
    )  # fmt: skip


def test_a_caller_who_withholds_the_number_has_none() -> None:
    assert one("QueueCallerJoin", **CALLER, Queue="q", CallerIDNum="<unknown>").from_ is None


MEANINGS = [
    ("AgentCalled", {"MemberName": "Anna"}, "offered", None, None),
    ("AgentRingNoAnswer", {"MemberName": "Anna", "RingTime": "3000"}, "offer_missed", None, None),
    ("AgentConnect", {"MemberName": "Anna", "HoldTime": "5"}, "answered", 5, None),
    ("AgentComplete", {"TalkTime": "61", "HoldTime": "5", "Reason": "agent"}, "ended", None, 61),
    ("AgentComplete", {"TalkTime": "61", "HoldTime": "5", "Reason": "transfer"}, "transferred", None, 61),
    ("AgentConnect", {"HoldTime": "soon"}, "answered", None, None),
    ("QueueCallerAbandon", {"HoldTime": "7"}, "abandoned", 7, None),
    ("Hangup", {"Cause": "16"}, "ended", None, None),
]


@pytest.mark.parametrize(("name", "fields", "kind", "wait", "talk"), MEANINGS)
def test_each_event_has_its_wait_and_talk_in_a_field_of_its_own(
    name: str, fields: dict[str, str], kind: str, wait: float | None, talk: float | None
) -> None:
    event = one(name, **CALLER, Queue="q", **fields)
    assert (event.type, event.reported_wait_seconds, event.reported_talk_seconds) == (kind, wait, talk)
    assert event.cause == name.lower()


@pytest.mark.parametrize("name", ["Hangup", "Newchannel"])
def test_the_channels_to_agents_come_and_go_without_ending_or_beginning_the_call(name: str) -> None:
    assert meaning(name, **AGENT, Channel="Local/a1@agents-00000000;1") is None
    assert meaning(name, Channel="PJSIP/x") is None


def test_leaving_a_queue_is_ignored_because_it_is_sent_on_an_answer_too() -> None:
    assert meaning("QueueCallerLeave", **CALLER, Queue="q") is None


def test_a_transfer_is_of_the_transferred_and_only_when_it_was_done() -> None:
    fields = {"TransfererLinkedid": "pbx-1.9", "TransfereeLinkedid": "pbx-1.0"}
    assert one("BlindTransfer", **fields, Result="Success").call_id == "pbx-1.0"
    assert one("AttendedTransfer", OrigTransfererLinkedid="pbx-1.0", Result="Success").type == "transferred"
    assert meaning("BlindTransfer", **fields, Result="Fail") is None


def test_a_boot_is_as_long_ago_as_the_exchange_is_up_and_a_shutdown_is_now() -> None:
    booted, shut = meaning("FullyBooted", Uptime="90"), meaning("Shutdown", Restart="False")
    assert isinstance(booted, ExchangeRestart)
    assert isinstance(shut, ExchangeRestart)
    assert (booted.occurred_at, shut.occurred_at) == (RECEIVED_AT - timedelta(seconds=90), RECEIVED_AT)
    assert meaning("FullyBooted", Status="Fully Booted") is None


BROKEN: list[dict[str, Any]] = [
    {"Event": "PeerStatus"},
    {},
    {"Event": "QueueCallerJoin", "Queue": "q"},
    {"Event": "QueueCallerJoin", **CALLER, "Queue": "q\x01"},
    {"Event": "QueueCallerJoin", **CALLER, "Timestamp": "99999999999999999999.1"},
    {"Event": "QueueCallerJoin", **CALLER, "Timestamp": "1795312303.xyz"},
    {"Event": "FullyBooted", "Uptime": "1", "Timestamp": "-99999999999"},
    {"Event": "FullyBooted", "Uptime": "1", "Timestamp": "5"},
]


@pytest.mark.parametrize("event", BROKEN)
def test_what_cannot_be_meant_is_uninterpretable(event: dict[str, str]) -> None:
    with pytest.raises(Uninterpretable):
        ami_event(event, delivered("1"), RECEIVED_AT)


def by_call(events: list[CallEvent | ExchangeRestart | None]) -> dict[str, Call]:
    by_id: dict[str, list[CallEvent]] = defaultdict(list)
    for event in events:
        if isinstance(event, CallEvent):
            by_id[event.call_id].append(event)
    restarts = [event.occurred_at for event in events if isinstance(event, ExchangeRestart)]
    return {call_id: calls_of(story, restarts)[0] for call_id, story in by_id.items()}


@needs_recording
class TestTheRecordedExchangeThroughBothDoors:
    """The same two and a half minutes, as `queue_log` and as AMI report them.

    They may differ in this, and do in nothing else:
    - AMI reports one caller more: who was refused by a queue, which `queue_log` never reports.
    - AMI lacks what happened while nobody was logged in: the last call, after the exchange was killed.
    - `queue_log` knows whole seconds; each of its moments is AMI's, cut or rounded to a second.
    """

    def from_log(self) -> dict[str, Call]:
        return by_call(meanings_of(QUEUE_LOG.read_bytes()))

    def from_ami(self, tmp_path: Path) -> dict[str, Call]:
        """What the follower stores of it, and the boot that is reported when it has logged in again."""
        spool = Spool(tmp_path / "spool.db", frozenset({"from-caller"}))
        for line in AMI.read_text().splitlines():
            assert spool.add([json.loads(line)], RECEIVED_AT) == 0
        spool.add([{"Event": "FullyBooted", "Timestamp": "1795312440.5", "Uptime": "6"}], RECEIVED_AT)
        lines = [json.loads(one.line) for one in spool.next(1000)]
        spool.close()
        return by_call([ami_event(x["event"], delivered(x["delivery_id"]), RECEIVED_AT) for x in lines])

    def test_they_know_the_same_calls_but_for_who_was_refused_and_who_came_unheard(
        self, tmp_path: Path
    ) -> None:
        log, ami = self.from_log(), self.from_ami(tmp_path)
        assert {log[call_id].caller for call_id in log.keys() - ami.keys()} == {"4520000012"}
        (refused,) = (ami[call_id] for call_id in ami.keys() - log.keys())
        assert (refused.caller, refused.called, refused.visits) == ("4520000007", "8003", [])
        assert refused.inconsistencies == [Inconsistency.NEVER_QUEUED]

    def test_they_give_the_same_visits_outcomes_waits_and_talks(self, tmp_path: Path) -> None:
        log, ami = self.from_log(), self.from_ami(tmp_path)
        both = sorted(log.keys() & ami.keys())
        assert len(both) == 17
        for call_id in both:
            one, other = log[call_id], ami[call_id]
            assert (one.outcome, one.caller, one.gone_by) == (other.outcome, other.caller, other.gone_by), (
                call_id
            )
            for a, b in zip_longest(one.visits, other.visits):
                by_log = (a.queue, a.outcome, a.agent, a.missed_offers, a.reported_wait_seconds)
                assert by_log == (b.queue, b.outcome, b.agent, b.missed_offers, b.reported_wait_seconds), (
                    call_id
                )
                assert a.wait_seconds == pytest.approx(b.wait_seconds, abs=1)
            for x, y in zip_longest(one.talks, other.talks):
                assert (x.queue, x.agent, x.ended_by) == (y.queue, y.agent, y.ended_by), call_id
                assert x.talk_seconds == pytest.approx(y.talk_seconds, abs=1)

    def test_the_false_abandon_of_the_overflowed_call_is_seen_through(self, tmp_path: Path) -> None:
        (call,) = (call for call in self.from_ami(tmp_path).values() if call.caller == "4520000008")
        assert [(visit.queue, visit.outcome) for visit in call.visits] == [
            ("nobody", "overflowed"),
            ("socialservice", "answered"),
        ]
        assert Inconsistency.FALSE_ABANDON in call.inconsistencies
