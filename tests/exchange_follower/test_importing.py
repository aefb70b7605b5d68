"""A whole queue log, brought in through the same door as live lines."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from exchange_follower.log_import import ImportCount, LinesRefusedError, batches, import_queue_log
from services.intake.delivery_store.repository import DELIVERIES
from services.intake.models import metadata
from shared.clock import SettableClock
from shared.vocabulary import Role
from tests.bench import Bench
from tests.intake.recording import QUEUE_LOG, needs_recording


@pytest.fixture(autouse=True)
def after_the_recording(clock: SettableClock) -> None:
    """What was recorded lies in the past."""
    clock.set(datetime(2026, 11, 30, tzinfo=UTC))


LOST_CALL = "1|pbx-1|socialservice|NONE|ENTERQUEUE||4520000010|1\n"


def log(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "queue_log"
    file.write_text(text.replace("1|", "1795312301|", 1) if text.startswith("1|") else text)
    return file


@needs_recording
async def test_the_recorded_exchange_gives_its_18_calls(intake: Bench) -> None:
    client = intake.client(Role.SERVICE)
    first = await import_queue_log(client, QUEUE_LOG)
    # The import accesses at the calls when it is done, and accesses are logged.
    kept = [table for table in metadata.sorted_tables if table.name != "access_log"]
    before = {table.name: await intake.count(table) for table in kept}
    second = await import_queue_log(client, QUEUE_LOG)

    assert first == ImportCount(18, 20, 16, 1, 1, new_deliveries=61, duplicates=0, uninterpretable=0)
    assert second == ImportCount(18, 20, 16, 1, 1, new_deliveries=0, duplicates=61, uninterpretable=0)
    assert {table.name: await intake.count(table) for table in kept} == before
    assert before["contacts"] == before["calls"] == 18


@needs_recording
async def test_the_recorded_calls_can_be_read_one_by_one(intake: Bench) -> None:
    await import_queue_log(intake.client(Role.SERVICE), QUEUE_LOG)
    client = intake.client(Role.RECEPTION)

    async def call_of(phone: str) -> dict[str, Any]:
        (contact,) = (await client.post("/v1/contacts/search", json={"phone": phone})).json()["items"]
        calls = (await client.get("/v1/calls?limit=100")).json()["items"]
        (call,) = (call for call in calls if call["contact_id"] == contact["id"])
        return {**call, "contact": contact}

    overflowed, transferred = await call_of("4520000008"), await call_of("4520000009")
    abandoned, lost = await call_of("4520000004"), await call_of("4520000010")
    assert [(v["queue"], v["wait_seconds"]) for v in overflowed["visits"]] == [
        ("nobody", 6),
        ("socialservice", 1),
    ]
    assert [v["queue"] for v in transferred["visits"]] == ["socialservice", "rotate"]
    assert (abandoned["visits"][0]["wait_seconds"], abandoned["contact"]["outcome"]) == (3, "abandoned")
    assert (lost["visits"][0]["outcome"], lost["contact"]["outcome"]) == ("lost", "lost")

    anonymous = (await client.get("/v1/calls/testpbx-1795312371.28")).json()
    assert (anonymous["caller"], anonymous["outcome"]) == (None, "answered")


@needs_recording
async def test_a_log_read_line_by_line_backwards_gives_the_same_calls(intake: Bench) -> None:
    client = intake.client(Role.SERVICE)
    for line in reversed(QUEUE_LOG.read_text().splitlines()):
        answer = await client.post(
            "/v1/telephony/asterisk", content=line, headers={"Content-Type": "text/plain"}
        )
        assert answer.json()["new"] == 1

    assert await import_queue_log(client, QUEUE_LOG) == ImportCount(18, 20, 16, 1, 1, 0, 61, 0)


async def test_a_restart_in_a_later_batch_loses_who_still_waited(intake: Bench, tmp_path: Path) -> None:
    client = intake.client(Role.SERVICE)
    file = log(tmp_path, LOST_CALL)
    assert (await import_queue_log(client, file)).lost == 0
    file.write_text(file.read_text() + "1795312434|NONE|NONE|NONE|QUEUESTART|\nwhat is this\n")
    count = await import_queue_log(client, file)

    assert (count.calls, count.lost, count.new_deliveries, count.duplicates, count.uninterpretable) == (
        1,
        1,
        2,
        1,
        1,
    )
    (event,) = await intake.published("contact.closed")
    assert event["outcome"] == "lost"
    assert await intake.count(DELIVERIES) == 3


async def test_who_may_not_report_calls_may_not_import_them(intake: Bench, tmp_path: Path) -> None:
    with pytest.raises(LinesRefusedError, match="403"):
        await import_queue_log(intake.client(Role.RECEPTION), log(tmp_path, LOST_CALL))
    assert await intake.count(DELIVERIES) == 0


def test_batches_are_never_cut_within_a_second() -> None:
    lines = [f"{second}|line" for second in range(600) for _ in range(3)]
    found = list(batches(lines))

    assert [line for batch in found for line in batch] == lines
    assert [len(batch) for batch in found] == [999, 801]
    assert list(batches([])) == []


def test_batches_stay_well_below_the_limit_of_a_body() -> None:
    found = list(batches([f"{second}|{'x' * 10_000}" for second in range(100)]))

    assert max(sum(map(len, batch)) for batch in found) < 500_000


def test_a_line_without_a_moment_stays_with_the_second_before_it() -> None:
    lines = [line for second in range(1000, 1334) for line in (f"{second}|line", "junk", "junk")]
    first, _second = batches(lines)

    assert len(first) == 999
    assert max(map(len, batches(["junk"] * 2500))) == 1000


async def test_a_log_in_latin_1_is_sent_as_the_follower_sends_it(intake: Bench, tmp_path: Path) -> None:
    file = tmp_path / "queue_log"
    file.write_bytes("1795312303|pbx-1|q|Jørgen|CONNECT|1\r\n\r\n".encode("latin-1"))
    counted = await import_queue_log(intake.client(Role.SERVICE), file)
    headers = {"Content-Type": "text/plain; charset=utf-8"}
    line = "1795312303|pbx-1|q|Jørgen|CONNECT|1"
    again = await intake.client(Role.SERVICE).post("/v1/telephony/asterisk", content=line, headers=headers)

    assert (counted.answered, counted.new_deliveries, counted.uninterpretable) == (1, 1, 0)
    assert again.json()["duplicates"] == 1
