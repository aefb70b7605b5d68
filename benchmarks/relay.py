"""Carrying events from the outbox to a peer's receipt: in batches of 100, against one post for each event.

Once to a peer that receipts at once and does nothing: the relay and the outbox alone. Once over a socket to
routing in a process of its own, which does its work with each event: makes an entry, and its trail.
"""

import asyncio
import statistics
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from rich.console import Console
from rich.table import Table

from benchmarks.storage import both_databases
from services.intake.app import service
from services.intake.settings import Settings
from shared.access import Tokens
from shared.contracts import ContactWaiting, EventBatch, EventReceipts, EventResult
from shared.database import Database
from shared.ids import new_id
from shared.outbox import Outbox
from shared.relay import BATCH, HttpTransport, Relay, Transport
from shared.settings import CommonSettings
from shared.vocabulary import Channel
from tests.conftest import TUESDAY
from tests.databases import Databases
from tests.routing.events import waiting
from tests.system.processes import Process, free_port

IN_BATCHES, SINGLY = 1_000, 100
ROUNDS = 5


class ReceiptsAtOnce:
    """A peer that takes everything and does nothing with it."""

    async def deliver(self, _peer: str, batch: EventBatch) -> EventReceipts:
        taken = [EventResult(id=event["id"], status="accepted") for event in batch.events]
        return EventReceipts(received_at=TUESDAY, results=taken)


def letter() -> ContactWaiting:
    """A letter that waits at the reception."""
    return waiting(new_id(), channel=Channel.WRITTEN)


@dataclass(frozen=True)
class Sender:
    """Intake's side of it."""

    database: Database
    outbox: Outbox
    transport: Transport

    async def rate(self, batch: int, count: int) -> float:
        """Events a second from outbox to receipt, `batch` in each post."""
        async with self.database.writing() as session:
            await self.outbox.add(session, [letter() for _ in range(count)])
        relay = Relay("intake", self.database, self.outbox, self.transport, batch=batch)
        started = time.perf_counter()
        carried = await relay.drain()
        seconds = time.perf_counter() - started
        assert carried == count
        return count / seconds

    async def measure(self) -> tuple[float, float]:
        """Events a second in batches and singly, in turn: medians of rounds."""
        await self.rate(BATCH, BATCH)
        rates = [(await self.rate(BATCH, IN_BATCHES), await self.rate(1, SINGLY)) for _ in range(ROUNDS)]
        return statistics.median(b for b, _ in rates), statistics.median(s for _, s in rates)


@asynccontextmanager
async def routing(made: Databases, data: Path) -> AsyncIterator[Transport]:
    """Routing in a process of its own, and the way there."""
    port = free_port()
    peer = Process(data, "routing", port, {"DSI_ROUTING_DATABASE_URL": await made.fresh("routing")})
    tokens = Tokens(CommonSettings(data=data))
    peer.start()
    try:
        await asyncio.to_thread(peer.wait_until_ready)
        async with httpx.AsyncClient(base_url=peer.url) as client:
            yield HttpTransport({"routing": client}, lambda: tokens.for_service("intake"))
    finally:
        peer.stop()


async def measure(made: Databases, data: Path) -> dict[str, tuple[float, float]]:
    """For each peer, events a second in batches and singly."""
    data.mkdir()
    outbox = Outbox(service(Settings(data=data)).tables.outbox, {"contact.waiting": ("routing",)})
    database = Database(await made.fresh("intake"))
    async with routing(made, data) as over_a_socket:
        found = {
            "receipts at once": await Sender(database, outbox, ReceiptsAtOnce()).measure(),
            "routing, over a socket": await Sender(database, outbox, over_a_socket).measure(),
        }
    await database.close()
    return found


def run(console: Console) -> None:
    """Batches and single posts in turn, five rounds."""
    table = Table(
        "database", "peer", f"batches of {BATCH} against one", "events/s", "singly /s", title="Relay"
    )
    with both_databases() as (folder, databases):
        for kind, made in databases.items():
            for peer, (batches, singles) in asyncio.run(measure(made, folder / kind)).items():
                table.add_row(kind, peer, f"{batches / singles:.1f}", f"{batches:.0f}", f"{singles:.0f}")
    console.print(table)
