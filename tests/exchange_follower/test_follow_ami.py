"""The follower of AMI between an exchange that misbehaves and an intake that is away: no event is lost or
doubled.
"""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, suppress
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from exchange_follower.ami import AmiFollower
from exchange_follower.ami_session import Exchange
from exchange_follower.spool import Spool
from shared.clock import SettableClock
from tests.conftest import TUESDAY
from tests.exchange_follower.asterisk_fakes import FakeExchange, FakeIntake, eventually, written
from tests.intake.recording import AMI, needs_recording

RECEIVED = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)


def join(number: int) -> dict[str, str]:
    call = {"Uniqueid": f"pbx-{number}.0", "Linkedid": f"pbx-{number}.0"}
    return {"Event": "QueueCallerJoin", "Timestamp": f"1795312303.{number:06}", **call, "Queue": "q"}


def hangup(number: int) -> dict[str, str]:
    return {**join(number), "Event": "Hangup"}


def channel(number: int, context: str) -> dict[str, str]:
    return {**join(number), "Event": "Newchannel", "Context": context}


def events_stored_by(intake: FakeIntake) -> list[dict[str, str]]:
    return [json.loads(line)["event"] for line in intake.stored.values()]


def spooled(spool: Spool) -> list[dict[str, str]]:
    return [json.loads(one.line)["event"] for one in spool.next(1000)]


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    with closing(Spool(tmp_path / "spool.db")) as kept:
        yield kept


@asynccontextmanager
async def following(exchange: Exchange, spool: Spool, intake: FakeIntake) -> AsyncIterator[list[float]]:
    """Run a follower; yields the pauses it makes between its sessions."""
    pauses = list[float]()

    async def pause(seconds: float) -> None:
        pauses.append(seconds)
        await asyncio.sleep(0.001)

    courier = intake.courier("asterisk-ami")
    follower = AmiFollower(exchange, spool, courier, SettableClock(TUESDAY), sleep=pause)
    running = asyncio.create_task(follower.run())
    try:
        yield pauses
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


async def test_it_logs_in_and_sends_intake_what_is_about_callers(spool: Spool) -> None:
    exchange, intake = FakeExchange([[written({"Event": "PeerStatus"}), written(join(1))]]), FakeIntake()
    async with exchange.listening() as where, following(where, spool, intake):
        await eventually(lambda: len(intake.stored) == 1 and spool.waiting == 0)
    assert events_stored_by(intake) == [join(1)]
    (login,) = exchange.logins
    assert (login["Action"], login["Username"], login["Events"]) == ("Login", "dsi", "agent,call,system")
    (request,) = intake.requests
    assert request.url.path == "/v1/telephony/asterisk-ami"
    assert json.loads(request.content)["heard_at"] == TUESDAY.isoformat()


async def test_a_connection_lost_in_the_middle_of_an_event_loses_only_that_event(spool: Spool) -> None:
    cut = written(join(2))[:40]
    exchange = FakeExchange([[written(join(1)), cut], [written(join(3))], [written(join(4))]])
    intake = FakeIntake()
    async with exchange.listening() as where, following(where, spool, intake) as pauses:
        await eventually(lambda: len(intake.stored) == 3)
    assert events_stored_by(intake) == [join(1), join(3), join(4)]
    assert exchange.sessions == 3
    assert all(pause <= 1 for pause in pauses)


async def test_packets_split_at_every_byte_give_the_same_events(spool: Spool) -> None:
    whole = b"".join(written(join(number)) for number in range(5))
    exchange = FakeExchange([[whole[at : at + 1] for at in range(len(whole))]])
    intake = FakeIntake()
    async with exchange.listening() as where, following(where, spool, intake):
        await eventually(lambda: len(intake.stored) == 5)
    assert events_stored_by(intake) == [join(number) for number in range(5)]


async def test_garbage_and_endless_lines_end_nothing(spool: Spool) -> None:
    garbage = [b"\x00\xff\xfe no protocol at all\r\n\r\n", b"Event: " + b"x" * 300_000 + b"\r\n\r\n"]
    exchange, intake = FakeExchange([[*garbage, written(join(1))]]), FakeIntake()
    async with exchange.listening() as where, following(where, spool, intake):
        await eventually(lambda: len(intake.stored) == 1)
    assert (events_stored_by(intake), exchange.sessions) == ([join(1)], 1)


async def test_a_refused_login_is_logged_and_tried_again_slowly(
    spool: Spool, capsys: pytest.CaptureFixture[str]
) -> None:
    exchange = FakeExchange(secret="another")
    async with exchange.listening() as where, following(where, spool, FakeIntake()) as pauses:
        await eventually(lambda: exchange.sessions >= 3)
    assert all(30 <= pause <= 60 for pause in pauses)
    logged = "".join(capsys.readouterr())
    assert "refuses the login" in logged
    assert "secret" not in logged


async def test_an_exchange_that_is_not_there_is_tried_with_growing_pauses(spool: Spool) -> None:
    async with FakeExchange().listening() as gone:
        pass
    async with following(gone, spool, FakeIntake()) as pauses:
        await eventually(lambda: len(pauses) > 8)
    assert pauses[0] <= 0.5
    assert 30 <= pauses[8] <= 60


async def test_a_silent_exchange_is_pinged_and_kept_when_it_answers(spool: Spool) -> None:
    exchange = FakeExchange([[]])
    async with exchange.listening(ping_seconds=0.02) as where, following(where, spool, FakeIntake()):
        await eventually(lambda: exchange.pings >= 3)
    assert exchange.sessions == 1


async def test_an_exchange_that_stays_silent_is_given_up_and_tried_again(spool: Spool) -> None:
    exchange = FakeExchange([[], []], answers_pings=False)
    async with exchange.listening(ping_seconds=0.02) as where, following(where, spool, FakeIntake()):
        await eventually(lambda: exchange.sessions >= 3)


async def test_events_of_an_outage_of_intake_arrive_afterwards_once_and_in_order(spool: Spool) -> None:
    intake = FakeIntake(lost_receipts=2)
    intake.answers = [lambda: httpx.Response(503) for _ in range(20)]
    exchange = FakeExchange([[written(join(number))] for number in range(6)])
    async with exchange.listening() as where, following(where, spool, intake):
        await eventually(lambda: len(intake.stored) == 6 and spool.waiting == 0)
    assert events_stored_by(intake) == [join(number) for number in range(6)]


async def test_a_follower_that_is_killed_finds_its_spool_again(tmp_path: Path) -> None:
    first = Spool(tmp_path / "spool.db")
    first.add([join(1), join(2)], RECEIVED)
    ids = [json.loads(one.line)["delivery_id"] for one in first.next(10)]
    again, intake = Spool(tmp_path / "spool.db"), FakeIntake()
    async with FakeExchange([[]]).listening() as where, following(where, again, intake):
        await eventually(lambda: again.waiting == 0)
    assert list(intake.stored) == ids
    first.close()
    assert (tmp_path / "spool.db").stat().st_mode & 0o777 == 0o600


async def test_a_full_spool_keeps_its_events_and_logs_that_others_are_lost(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    small, intake = Spool(tmp_path / "spool.db", bound=3), FakeIntake()
    intake.answers = [lambda: httpx.Response(503) for _ in range(100_000)]
    script = [[written(join(number)) for number in range(5)]]
    async with FakeExchange(script).listening() as where, following(where, small, intake):
        await eventually(lambda: small.without_room == 2)
    assert spooled(small) == [join(0), join(1), join(2)]
    assert "events are lost" in "".join(capsys.readouterr())
    assert small.oldest == TUESDAY.isoformat()


def test_only_callers_are_kept_track_of_not_all_the_exchanges_other_calls(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool.db", frozenset({"from-caller"}))
    refused = [channel(1, "from-caller"), hangup(1)]
    internal = [
        channel(2, "internal"),
        hangup(2),
        {"Event": "BlindTransfer", "TransfererLinkedid": "pbx-2.0"},
    ]
    queued = [join(3), {"Event": "BlindTransfer", "TransfererLinkedid": "pbx-3.0"}, hangup(3), hangup(3)]
    spool.add([*refused, *internal, *queued], RECEIVED)
    assert spooled(spool) == [*refused, *queued[:3]]


def test_an_end_is_known_to_be_a_callers_after_a_restart_of_the_follower(tmp_path: Path) -> None:
    Spool(tmp_path / "spool.db").add([join(1)], RECEIVED)
    again = Spool(tmp_path / "spool.db")
    again.add([hangup(1)], RECEIVED)
    assert spooled(again) == [join(1), hangup(1)]


def test_an_event_with_its_moment_has_one_id_for_ever_and_one_without_is_never_taken_for_another(
    tmp_path: Path,
) -> None:
    undated = {key: value for key, value in join(1).items() if key != "Timestamp"}
    spool = Spool(tmp_path / "spool.db")
    spool.add([join(1), join(1), undated, undated], RECEIVED)
    ids = Counter(json.loads(one.line)["delivery_id"] for one in spool.next(10))
    assert sorted(ids.values()) == [1, 1, 2]


@needs_recording
async def test_the_recorded_events_arrive_each_once(tmp_path: Path) -> None:
    recorded = [json.loads(line) for line in AMI.read_text().splitlines()]
    spool, intake = Spool(tmp_path / "spool.db", frozenset({"from-caller"})), FakeIntake(lost_receipts=3)
    half = len(recorded) // 2
    scripts = [[written(event) for event in part] for part in (recorded[:half], recorded[half:])]
    async with FakeExchange(scripts).listening() as where, following(where, spool, intake):
        await eventually(lambda: len(scripts) == 0 and spool.waiting == 0 and len(intake.stored) == 129)
    counts = Counter(event["Event"] for event in events_stored_by(intake))
    assert counts["QueueCallerJoin"] == 19
    assert counts["AgentConnect"] == 16
    assert counts["Hangup"] == 15
    assert counts["Newchannel"] == 18
