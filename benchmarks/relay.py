"""Carrying events to a peer over a socket: in batches of 100, against one post for each event.

Intake's outbox and relay run here; routing runs in a process of its own, and does its work with each event.
"""

import asyncio
import statistics
import time
from pathlib import Path

import httpx
from rich.console import Console
from rich.table import Table

from benchmarks.storage import both_databases
from services.intake.app import service
from services.intake.settings import Settings
from shared.access import Tokens
from shared.contracts import ContactWaiting
from shared.database import Database
from shared.ids import new_id
from shared.outbox import Outbox
from shared.relay import BATCH, HttpTransport, Relay
from shared.settings import CommonSettings
from shared.vocabulary import Channel
from tests.databases import Databases
from tests.routing.telling import waiting
from tests.system.processes import Process, free_port

IN_BATCHES, SINGLY = 1_000, 100
ROUNDS = 3


def letter() -> ContactWaiting:
    """A letter that waits at the reception."""
    return waiting(new_id(), channel=Channel.WRITTEN)


async def rate(url: str, database: Database, outbox: Outbox, tokens: Tokens, most: int, count: int) -> float:
    """Events a second from outbox to receipt, `most` in each post."""
    async with database.writing() as session:
        await outbox.add(session, [letter() for _ in range(count)])
    async with httpx.AsyncClient(base_url=url) as client:
        transport = HttpTransport({"routing": client}, lambda: tokens.for_service("intake"))
        relay = Relay("intake", database, outbox, transport, batch=most)
        started = time.perf_counter()
        carried = await relay.drain()
        seconds = time.perf_counter() - started
    assert carried == count
    return count / seconds


async def measure(made: Databases, data: Path) -> tuple[float, float]:
    """Events a second in batches and singly: medians of rounds."""
    data.mkdir()
    port = free_port()
    peer = Process(data, "routing", port, {"DSI_ROUTING_DATABASE_URL": await made.fresh("routing")})
    tokens = Tokens(CommonSettings(data=data))
    outbox = Outbox(service(Settings(data=data)).tables.outbox, {"contact.waiting": ("routing",)})
    database = Database(await made.fresh("intake"))
    peer.start()
    try:
        await asyncio.to_thread(peer.wait_until_ready)
        await rate(peer.url, database, outbox, tokens, BATCH, BATCH)
        rates = [
            (
                await rate(peer.url, database, outbox, tokens, BATCH, IN_BATCHES),
                await rate(peer.url, database, outbox, tokens, 1, SINGLY),
            )
            for _ in range(ROUNDS)
        ]
    finally:
        peer.stop()
        await database.close()
    return statistics.median(b for b, _ in rates), statistics.median(s for _, s in rates)


def run(console: Console) -> None:
    """Batches and single posts in turn, three rounds."""
    table = Table("database", f"batches of {BATCH} against one", "events/s", "singly /s", title="Relay")
    with both_databases() as (folder, databases):
        for kind, made in databases.items():
            batches, singles = asyncio.run(measure(made, folder / kind))
            table.add_row(kind, f"{batches / singles:.1f}", f"{batches:.0f}", f"{singles:.0f}")
    console.print(table)
