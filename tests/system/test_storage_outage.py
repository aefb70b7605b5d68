"""The database stops in the middle of deliveries: exchanges are asked to retry, and nothing is lost."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from sqlalchemy.exc import SQLAlchemyError

from services.intake.calls.repository import CALLS
from services.intake.contacts.repository import CONTACTS
from services.intake.delivery_store.repository import DELIVERIES
from shared.clock import SettableClock
from shared.vocabulary import Role
from tests.bench import Bench, start_bench
from tests.databases import PostgresDatabases, StoppableServer, stoppable_postgres

EXCHANGE_CLIENTS, CALLS_OF_EACH = 6, 20
STORY = ("queued", "answered", "ended")


@pytest.fixture
def server() -> Iterator[StoppableServer]:
    """A PostgreSQL of this test's own."""
    with tempfile.TemporaryDirectory(prefix="dsi-out-") as folder, stoppable_postgres(Path(folder)) as server:
        yield server


@pytest.fixture
async def intake(server: StoppableServer, clock: SettableClock, tmp_path: Path) -> AsyncIterator[Bench]:
    async with start_bench("intake", PostgresDatabases(server.url), clock, tmp_path) as bench:
        yield bench


class Exchange:
    """Sends each event until it is acknowledged, as Retry-After asks."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client
        self.acknowledged = 0
        self.retries = 0

    async def send_calls(self, client: int) -> None:
        for number in range(CALLS_OF_EACH):
            for second, kind in enumerate(STORY):
                call = f"{client}-{number}"
                event = {"source": f"pbx-{client % 2}", "delivery_id": f"{call}-{kind}", "call_id": call}
                event |= {"type": kind, "occurred_at": f"2026-03-10T09:00:{second:02}Z"}
                await self._until_taken(event)

    async def _until_taken(self, event: dict[str, str]) -> None:
        while True:
            answer = await self._client.post("/v1/telephony/events", json=event)
            if answer.status_code == 202:
                self.acknowledged += 1
                return
            assert (answer.status_code, answer.json()["type"]) == (503, "urn:dsi:problem:unavailable")
            assert int(answer.headers["Retry-After"]) > 0
            self.retries += 1
            # Sooner than asked, so that many come while storage goes and comes back.
            await asyncio.sleep(0.05)


async def test_no_event_of_an_outage_is_lost_or_doubled(intake: Bench, server: StoppableServer) -> None:
    exchange = Exchange(intake.client(Role.TELEPHONY))
    interpreting = asyncio.create_task(interpret_on(intake))
    sending = asyncio.gather(*(exchange.send_calls(number) for number in range(EXCHANGE_CLIENTS)))
    while exchange.acknowledged < EXCHANGE_CLIENTS * CALLS_OF_EACH // 2:
        await asyncio.sleep(0.01)
    await asyncio.to_thread(server.stop)
    while exchange.retries < EXCHANGE_CLIENTS:
        await asyncio.sleep(0.01)
    await asyncio.to_thread(server.start)
    await sending
    interpreting.cancel()
    with suppress(asyncio.CancelledError):
        await interpreting

    calls = EXCHANGE_CLIENTS * CALLS_OF_EACH
    assert exchange.acknowledged == calls * len(STORY)
    assert await intake.count(DELIVERIES) == calls * len(STORY)
    assert await intake.count(CALLS) == await intake.count(CONTACTS) == calls
    listed = (await intake.client(Role.OPERATIONS).get("/v1/calls?outcome=answered&limit=200")).json()[
        "items"
    ]
    assert len(listed) == calls
    assert {call["visits"][0]["wait_seconds"] for call in listed if call["visits"]} <= {1.0}
    assert all(call["gone_at"] for call in listed)


async def interpret_on(bench: Bench) -> None:
    """Interpret deliveries, as the service's own job does; an outage costs it one round."""
    while True:
        with suppress(SQLAlchemyError, OSError):
            await bench.settle()
        await asyncio.sleep(0.05)
