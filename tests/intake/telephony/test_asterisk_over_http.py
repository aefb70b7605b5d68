"""Asterisk's two doors over HTTP: each trap of a real exchange by its name, and the recording
through both.
"""

import json
from datetime import UTC, datetime, timedelta
from itertools import zip_longest
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from exchange_follower.spool import Spool
from services.intake.delivery_store.repository import DELIVERIES
from shared.clock import SettableClock
from shared.vocabulary import Role
from tests.bench import Bench
from tests.conftest import StartService
from tests.intake.recording import AMI, QUEUE_LOG, needs_recording

BASE = 1_795_312_000
CALL = "pbx-1795312000.7"
Event = dict[str, str]


@pytest.fixture
async def intake(start_service: StartService, clock: SettableClock) -> Bench:
    """Intake ten minutes after the stories begin: over but for those that are still going on."""
    clock.set(datetime.fromtimestamp(BASE + 600, UTC))
    return await start_service("intake")


async def post(intake: Bench, door: str, body: str | bytes, source: str) -> httpx.Response:
    headers = {"Content-Type": "text/plain; charset=utf-8"}
    content = body.encode() if isinstance(body, str) else body
    answer = await intake.client(Role.TELEPHONY).post(
        f"/v1/telephony/{door}", content=content, headers=headers, params={"source": source}
    )
    await intake.settle()
    return answer


async def log(intake: Bench, *lines: tuple[float, str], call: str = CALL) -> None:
    """Send lines of a queue_log: the second, and what follows the call."""
    text = "\n".join(f"{BASE + int(second)}|{call}|{rest}" for second, rest in lines)
    assert (await post(intake, "asterisk", text, "by-log")).status_code == 202


async def ami(intake: Bench, *events: tuple[float, str, Event], call: str = CALL) -> None:
    """Send events of the caller's channel, unless they name another."""
    lines = []
    for number, (second, name, fields) in enumerate(events):
        event = {
            "Event": name,
            "Timestamp": f"{BASE + second:.6f}",
            "Uniqueid": call,
            "Linkedid": call,
        } | fields
        lines.append(json.dumps({"delivery_id": f"{call}-{second}-{number}", "event": event}))
    assert (await post(intake, "asterisk-ami", "\n".join(lines), "by-ami")).status_code == 202


async def read(intake: Bench, source: str, call: str = CALL) -> dict[str, Any]:
    answer = await intake.client(Role.RECEPTION).get(f"/v1/calls/{call}", params={"source": source})
    found: dict[str, Any] = answer.raise_for_status().json()
    return found


def stays(call: dict[str, Any]) -> list[tuple[str, str, float]]:
    return [(visit["queue"], visit["outcome"], visit["wait_seconds"]) for visit in call["visits"]]


JOIN, ANNA, BO = (
    {"Queue": "first"},
    {"Queue": "first", "MemberName": "Anna"},
    {"Queue": "next", "MemberName": "Bo"},
)
OVERFLOW_IN_LOG = [
    (0, "first|NONE|ENTERQUEUE||4520000001|1"),
    (6, "first|NONE|EXITWITHTIMEOUT|1|1|6"),
    (6, "next|NONE|ENTERQUEUE||4520000001|1"),
    (8, "next|Bo|CONNECT|2|x|1"),
    (20, "next|Bo|COMPLETECALLER|2|12|1"),
]
OVERFLOW_IN_AMI = [
    (0.2, "QueueCallerJoin", JOIN),
    (6.2, "QueueCallerAbandon", JOIN | {"HoldTime": "6"}),
    (6.2004, "QueueCallerLeave", JOIN),
    (6.2006, "QueueCallerJoin", {"Queue": "next"}),
    (8.2, "QueueCallerLeave", {"Queue": "next"}),
    (8.2003, "AgentConnect", BO | {"HoldTime": "2"}),
    (20.2, "AgentComplete", BO | {"TalkTime": "12", "Reason": "caller"}),
    (20.201, "Hangup", {}),
]


async def test_one_call_keeps_its_id_over_several_queues(intake: Bench) -> None:
    await log(intake, *OVERFLOW_IN_LOG)
    await ami(intake, *OVERFLOW_IN_AMI)
    for source in ("by-log", "by-ami"):
        call = await read(intake, source)
        assert [visit["queue"] for visit in call["visits"]] == ["first", "next"]
        assert (call["outcome"], len(call["talks"])) == ("answered", 1)


async def test_amis_abandon_on_a_time_out_overflow_is_no_abandon(intake: Bench) -> None:
    await ami(intake, *OVERFLOW_IN_AMI[:2])
    assert (await read(intake, "by-ami"))["outcome"] == "abandoned"
    await ami(intake, *OVERFLOW_IN_AMI)
    call = await read(intake, "by-ami")
    assert stays(call)[0] == ("first", "overflowed", 6)
    assert (call["outcome"], call["inconsistencies"]) == ("answered", ["false_abandon"])
    await log(intake, *OVERFLOW_IN_LOG)
    assert stays(await read(intake, "by-log"))[0] == ("first", "overflowed", 6)


async def test_amis_leave_on_an_answer_is_the_answer_and_no_second_stay(intake: Bench) -> None:
    await ami(
        intake, (0, "QueueCallerJoin", JOIN), (4, "QueueCallerLeave", JOIN), (4.0003, "AgentConnect", ANNA)
    )
    call = await read(intake, "by-ami")
    assert [(visit["outcome"], visit["agent"]) for visit in call["visits"]] == [("answered", "Anna")]


async def test_a_blind_transfer_replaces_the_complete(intake: Bench) -> None:
    await log(
        intake,
        (0, "first|NONE|ENTERQUEUE||4520000001|1"),
        (1, "first|Anna|CONNECT|1|x|1"),
        (9, "first|Anna|BLINDTRANSFER|200|internal|1|8|1"),
    )
    await ami(
        intake,
        (0, "QueueCallerJoin", JOIN),
        (1, "AgentConnect", ANNA),
        (9, "BlindTransfer", {"TransfereeLinkedid": CALL, "Result": "Success", "Extension": "200"}),
    )
    for source in ("by-log", "by-ami"):
        (talk,) = (await read(intake, source))["talks"]
        assert (talk["ended_by"], talk["talk_seconds"]) == ("transferred", 8)


async def test_a_blind_transfer_may_leave_no_trace_but_the_next_queue(intake: Bench) -> None:
    await log(
        intake,
        (0, "first|NONE|ENTERQUEUE||4520000001|1"),
        (1, "first|Anna|CONNECT|1|x|1"),
        (9, "next|NONE|ENTERQUEUE||4520000001|1"),
    )
    await ami(
        intake,
        (0, "QueueCallerJoin", JOIN),
        (1, "AgentConnect", ANNA),
        (9, "QueueCallerJoin", {"Queue": "next"}),
    )
    for source in ("by-log", "by-ami"):
        call = await read(intake, source)
        assert [(visit["queue"], visit["outcome"]) for visit in call["visits"]] == [
            ("first", "answered"),
            ("next", "waiting"),
        ]
        assert call["talks"][0]["ended_by"] == "transferred"


async def test_an_abandons_wait_is_its_third_field_and_a_connects_its_first(intake: Bench) -> None:
    await log(intake, (0, "q|NONE|ENTERQUEUE||1|1"), (33, "q|NONE|ABANDON|1|2|33"))
    await log(intake, (0, "q|NONE|ENTERQUEUE||2|1"), (5, "q|Anna|CONNECT|5|x|1"), call="pbx-2.0")
    (gave_up,) = (await read(intake, "by-log"))["visits"]
    (answered,) = (await read(intake, "by-log", "pbx-2.0"))["visits"]
    assert (gave_up["outcome"], gave_up["reported_wait_seconds"], gave_up["wait_seconds"]) == (
        "abandoned",
        33,
        33,
    )
    assert (answered["outcome"], answered["reported_wait_seconds"]) == ("answered", 5)


async def test_lines_of_one_second_make_sense_in_any_order(intake: Bench) -> None:
    same_second = [
        (0, "q|Anna|COMPLETEAGENT|0|0|1"),
        (0, "q|Anna|CONNECT|0|x|1"),
        (0, "q|NONE|ENTERQUEUE||1|1"),
    ]
    await log(intake, *same_second)
    call = await read(intake, "by-log")
    assert stays(call) == [("q", "answered", 0)]
    assert (len(call["talks"]), call["outcome"]) == (1, "answered")


async def test_a_refused_join_leaves_no_queue_line_and_ami_reports_the_caller_all_the_same(
    intake: Bench,
) -> None:
    rang = {"CallerIDNum": "4520000007", "Exten": "8003", "Context": "from-caller"}
    await ami(intake, (0, "Newchannel", rang), (0.5, "Hangup", {"Cause": "16"}))
    call = await read(intake, "by-ami")
    assert (call["visits"], call["inconsistencies"], call["caller"]) == ([], ["never_queued"], "+4520000007")


async def test_a_killed_exchange_reports_nothing_but_its_next_start(intake: Bench) -> None:
    await log(intake, (0, "q|NONE|ENTERQUEUE||1|1"), (2, "q|Bo|RINGNOANSWER|2000"))
    await log(intake, (9, "NONE|NONE|QUEUESTART|"), call="NONE")
    await ami(intake, (0, "QueueCallerJoin", JOIN), (2, "AgentRingNoAnswer", ANNA))
    await ami(intake, (15, "FullyBooted", {"Uptime": "6"}), call="")
    for source in ("by-log", "by-ami"):
        call = await read(intake, source)
        assert [
            (visit["outcome"], visit["wait_seconds"], visit["missed_offers"]) for visit in call["visits"]
        ] == [("lost", 9, 1)]
        assert call["outcome"] == "lost"


async def test_the_channels_to_agents_end_without_ending_the_call(intake: Bench) -> None:
    agents = {"Uniqueid": "pbx-1795312000.8", "Linkedid": CALL, "Channel": "Local/a1@agents-00000000;1"}
    await ami(intake, (0, "QueueCallerJoin", JOIN), (3, "AgentRingNoAnswer", ANNA), (3.001, "Hangup", agents))
    call = await read(intake, "by-ami")
    assert (call["outcome"], call["gone_at"]) == ("waiting", None)


async def test_an_id_that_comes_back_the_same_day_is_another_call(intake: Bench) -> None:
    hours = 5 * 3600
    intake.clock.advance(timedelta(seconds=hours))
    await log(intake, (0, "q|NONE|ENTERQUEUE||1|1"), (3, "q|NONE|ABANDON|1|1|3"))
    await log(intake, (hours, "q|NONE|ENTERQUEUE||2|1"), (hours + 4, "q|Anna|CONNECT|4|x|1"))
    await ami(intake, (0, "QueueCallerJoin", JOIN), (3, "QueueCallerAbandon", JOIN), (3.001, "Hangup", {}))
    await ami(intake, (hours, "QueueCallerJoin", JOIN), (hours + 4, "AgentConnect", ANNA))
    calls = (await intake.client(Role.RECEPTION).get("/v1/calls?limit=50")).json()["items"]
    for source in ("by-log", "by-ami"):
        of_source = sorted((c["occurrence"], c["outcome"]) for c in calls if c["source"] == source)
        assert of_source == [(1, "abandoned"), (2, "answered")]


@pytest.mark.parametrize(
    ("night", "wait"),
    [
        (datetime(2026, 3, 29, 1, 59, 50, tzinfo=ZoneInfo("Europe/Copenhagen")), 20),
        (datetime(2026, 10, 25, 2, 59, 50, tzinfo=ZoneInfo("Europe/Copenhagen")), 20),
        (datetime(2026, 3, 10, 23, 59, 50, tzinfo=ZoneInfo("Europe/Copenhagen")), 20),
    ],
)
async def test_a_wait_over_midnight_or_over_a_change_of_the_clocks_is_as_long_as_it_was(
    intake: Bench, night: datetime, wait: float
) -> None:
    start = night.timestamp() - BASE
    await log(intake, (start, "q|NONE|ENTERQUEUE||1|1"), (start + wait, "q|Anna|CONNECT|20|x|1"))
    await ami(intake, (start, "QueueCallerJoin", JOIN), (start + wait, "AgentConnect", ANNA))
    for source in ("by-log", "by-ami"):
        assert (await read(intake, source))["visits"][0]["wait_seconds"] == wait


async def test_an_event_without_a_moment_has_the_moment_it_was_received(intake: Bench) -> None:
    event = {"Event": "QueueCallerJoin", "Uniqueid": CALL, "Linkedid": CALL, "Queue": "first"}
    line = json.dumps({"delivery_id": "1", "heard_at": "2026-11-22T02:00:00+00:00", "event": event})
    await post(intake, "asterisk-ami", line, "by-ami")
    assert (await read(intake, "by-ami"))["started_at"] == "2026-11-22T02:00:00Z"


BAD_BODIES = [
    b"\xff\xfe\x00",
    b"{",
    b'{"event": {"Event": 1}}',
    b'{"event": {}}',
    b'{"event": {"Event": "X"}}',
]


@pytest.mark.parametrize("body", BAD_BODIES)
async def test_what_is_no_event_is_stored_and_listed_and_changes_nothing(intake: Bench, body: bytes) -> None:
    answer = await post(intake, "asterisk-ami", body, "by-ami")
    assert (answer.status_code, answer.json()["new"]) == (202, 1)
    listed = (await intake.client(Role.OPERATIONS).get("/v1/telephony/deliveries?state=set_aside")).json()[
        "items"
    ]
    assert [(item["form"], bool(item["reason"])) for item in listed] == [("asterisk-ami", True)]


@pytest.mark.parametrize("door", ["asterisk", "asterisk-ami"])
async def test_a_request_without_a_proof_and_one_with_too_much_are_refused(intake: Bench, door: str) -> None:
    assert (await intake.client(None).post(f"/v1/telephony/{door}", content=b"x")).status_code == 401
    assert (
        await intake.client(Role.RECEPTION).post(f"/v1/telephony/{door}", content=b"x")
    ).status_code == 403
    too_much = await post(intake, door, "\n".join(map(str, range(10_000))), "pbx")
    assert too_much.json()["type"] == "urn:dsi:problem:too-many-events"
    assert await intake.count(DELIVERIES) == 0


@needs_recording
async def test_the_recording_gives_the_same_calls_through_both_doors(intake: Bench, tmp_path: Path) -> None:
    assert (await post(intake, "asterisk", QUEUE_LOG.read_bytes(), "by-log")).json()["new"] == 61
    spool = Spool(tmp_path / "spool.db", frozenset({"from-caller"}))
    events = [json.loads(line) for line in AMI.read_text().splitlines()]
    spool.add(
        [*events, {"Event": "FullyBooted", "Timestamp": "1795312440.5", "Uptime": "6"}], datetime.now(UTC)
    )
    lines = "\n".join(one.line for one in spool.next(1000))
    assert (await post(intake, "asterisk-ami", lines, "by-ami")).json()["new"] == spool.waiting
    spool.close()
    items = (await intake.client(Role.RECEPTION).get("/v1/calls?limit=100")).json()["items"]
    by_log, by_ami = ({c["call_id"]: c for c in items if c["source"] == s} for s in ("by-log", "by-ami"))
    assert (len(by_log), len(by_ami), len(by_log.keys() & by_ami.keys())) == (18, 18, 17)
    for call_id in by_log.keys() & by_ami.keys():
        one, other = by_log[call_id], by_ami[call_id]
        assert one["outcome"] == other["outcome"]
        for a, b in zip_longest(stays(one), stays(other)):
            assert (*a[:2], pytest.approx(a[2], abs=1)) == b
