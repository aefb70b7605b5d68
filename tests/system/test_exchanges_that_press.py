"""Exchanges under load: two replicas, kills in the middle, bodies that are too large or too slow."""

import asyncio
import json
import random
from base64 import b64encode
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select
from standardwebhooks.webhooks import Webhook

from services.intake.callback_store.repository import CALLBACKS
from services.intake.calls.repository import CALLS
from services.intake.contacts.repository import CONTACTS
from services.intake.delivery_store.repository import DELIVERIES, count_unread
from shared.database import Database
from tests.databases import Databases
from tests.system.processes import Process, free_port

SECRET = "whsec_" + b64encode(b"a-test-secret-of-32-bytes-length").decode()
EVENTS = "/v1/telephony/events"
CALLERS, CALLS_OF_EACH, KILLS = 12, 10, 4
STORIES = (("queued", "abandoned"), ("queued", "answered", "ended"))
SETTLE_SECONDS = 30.0

Event = dict[str, Any]


def the_days_calls() -> list[Event]:
    """Two exchanges; callers who phone through both of them. Half of the callers give up each time."""
    events = list[Event]()
    for caller in range(CALLERS):
        for number in range(CALLS_OF_EACH):
            call = f"{caller}-{number}"
            named = {"source": f"pbx-{number % 2}", "call_id": call, "queue": "socialservice"}
            for step, kind in enumerate(STORIES[caller % 2]):
                moment = f"2026-03-10T09:{number:02}:{caller + step:02}Z"
                step_event = {"delivery_id": f"{call}-{kind}", "type": kind, "occurred_at": moment}
                events.append({**named, **step_event, "from": f"+45200000{caller:02}"})
    return events


def doubled_and_shuffled(events: Sequence[Event], seed: int) -> list[Event]:
    chance = random.Random(seed)
    sent = [*events, *chance.sample(events, len(events) // 2)]
    chance.shuffle(sent)
    return sent


class Sender:
    """Sends events, signed, until they are acknowledged; each request to the next of the addresses."""

    def __init__(self, urls: Sequence[str]) -> None:
        self._http = httpx.AsyncClient(timeout=20)
        self._urls = urls
        self._requests = 0
        self.answers: Counter[int] = Counter()

    async def send(self, content: Event | list[Event]) -> None:
        body = json.dumps(content)
        while True:
            status = await self._post(body)
            self.answers[status] += 1
            if status == 202:
                return
            assert status in (0, 503), status
            await asyncio.sleep(0.05)

    async def _post(self, body: str) -> int:
        """The status of the answer; 0 when there was none."""
        self._requests += 1
        try:
            answer = await self._http.post(
                self._urls[self._requests % len(self._urls)] + EVENTS, content=body, headers=signed(body)
            )
        except httpx.TransportError:
            return 0
        return answer.status_code

    async def send_all(self, events: Sequence[Event], clients: int) -> None:
        """Send all of them, by several clients at once, one by one and in lists."""

        async def client(mine: Sequence[Event]) -> None:
            half = len(mine) // 2
            for event in mine[:half]:
                await self.send(event)
            for first in range(half, len(mine), 10):
                await self.send(list(mine[first : first + 10]))

        await asyncio.gather(*(client(events[number::clients]) for number in range(clients)))

    async def close(self) -> None:
        await self._http.aclose()


def signed(body: str) -> dict[str, str]:
    now = datetime.now(UTC)
    return {
        "Content-Type": "application/json",
        "webhook-id": "m",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(SECRET).sign("m", now, body),
    }


@pytest.fixture
async def database(databases: Databases) -> AsyncIterator[Database]:
    database = Database(await databases.fresh("intake"))
    yield database
    await database.close()


@pytest.fixture
def intakes(database: Database, tmp_path: Path) -> Iterator[Callable[[], Process]]:
    """Starts an intake over the same database and keys as those before it."""
    url = database.engine.url.render_as_string(hide_password=False)
    settings = {"DSI_INTAKE_DATABASE_URL": url, "DSI_WEBHOOK_SECRETS": SECRET}

    @contextmanager
    def running() -> Iterator[Process]:
        process = Process(tmp_path, "intake", free_port(), settings)
        process.start()
        try:
            process.wait_until_ready()
            yield process
        finally:
            process.stop()

    with ExitStack() as stack:
        yield lambda: stack.enter_context(running())


async def all_is_derived(database: Database) -> None:
    """Every event once, every call once with one contact, every caller who gave up owed one call."""
    async with asyncio.timeout(SETTLE_SECONDS):
        while True:
            async with database.reading() as session:
                if not await count_unread(session):
                    break
            await asyncio.sleep(0.1)
    async with database.reading() as session:
        counted = [
            (await session.execute(select(func.count()).select_from(table))).scalar_one()
            for table in (DELIVERIES, CALLS, CONTACTS, CALLBACKS)
        ]
        outcomes = Counter((await session.execute(select(CALLS.c.outcome))).scalars())
        attempts = set((await session.execute(select(CALLBACKS.c.attempts))).scalars())
    calls = CALLERS * CALLS_OF_EACH
    assert counted == [len(the_days_calls()), calls, calls, CALLERS // 2]
    assert outcomes == {"abandoned": calls // 2, "answered": calls // 2}
    assert attempts == {CALLS_OF_EACH}


async def test_two_replicas_that_receive_the_same_at_once_make_each_call_once(
    database: Database, intakes: Callable[[], Process]
) -> None:
    replicas = [intakes(), intakes()]
    sender = Sender([replica.url for replica in replicas])
    await asyncio.gather(*(sender.send_all(doubled_and_shuffled(the_days_calls(), n), 4) for n in (1, 2)))
    await sender.close()

    assert set(sender.answers) == {202}
    await all_is_derived(database)
    for replica in replicas:
        assert '"level": "error"' not in replica.log()
        assert "[error" not in replica.log()


async def test_an_intake_that_is_killed_again_and_again_loses_and_doubles_nothing(
    database: Database, intakes: Callable[[], Process]
) -> None:
    intake, chance = intakes(), random.Random(3)
    sender = Sender([intake.url])
    slowly = doubled_and_shuffled(the_days_calls(), 3)
    for kill in range(KILLS):
        sending = asyncio.create_task(sender.send_all(slowly[kill::KILLS], 6))
        await asyncio.sleep(chance.uniform(0.02, 0.25))
        intake.kill()
        intake.start()
        await asyncio.to_thread(intake.wait_until_ready)
        await sending
    await sender.close()

    assert sender.answers[0] > 0
    await all_is_derived(database)


async def test_too_large_a_body_is_refused_at_once_and_slow_bodies_delay_no_other_request(
    database: Database, intakes: Callable[[], Process]
) -> None:
    intake = intakes()
    ten_thousand = json.dumps([{**the_days_calls()[0], "delivery_id": f"d{n}"} for n in range(10_000)])
    slow = [asyncio.create_task(send_slowly(intake.url, event)) for event in the_days_calls()[:200]]
    async with httpx.AsyncClient(base_url=intake.url) as client:
        await asyncio.sleep(0.2)
        refused = await client.post(EVENTS, content=ten_thousand, headers=signed(ten_thousand))
        assert (refused.status_code, refused.json()["type"]) == (413, "urn:dsi:problem:too-large")
        body = json.dumps(the_days_calls()[-1])
        answer = await asyncio.wait_for(client.post(EVENTS, content=body, headers=signed(body)), 5)
        assert answer.status_code == 202
        assert not any(one.done() for one in slow)
    assert set(await asyncio.gather(*slow)) == {b"HTTP/1.1 202 Accepted\r\n"}


async def send_slowly(url: str, event: Event) -> bytes:
    """Send a body in ten pieces, with pauses; returns the first line of the answer."""
    body = json.dumps(event)
    headers = {"Host": "intake", "Content-Length": str(len(body)), **signed(body)}
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    address = httpx.URL(url)
    reader, writer = await asyncio.open_connection(address.host, address.port)
    writer.write(f"POST {EVENTS} HTTP/1.1\r\n{head}\r\n".encode())
    size = len(body) // 10 + 1
    for first in range(0, len(body), size):
        writer.write(body[first : first + size].encode())
        await writer.drain()
        await asyncio.sleep(0.5)
    line = await reader.readline()
    writer.close()
    return line
