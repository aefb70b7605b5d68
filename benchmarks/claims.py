"""Taking the next entry: how much dearer 100,000 waiting entries make it than 100, and why it is not.

Claims are made one after the other, each committed in a transaction of its own. The peer that shows why is
the same statement without its partial index.
"""

import asyncio
import random
import statistics
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from sqlalchemy import delete, insert, text

from benchmarks.storage import both_databases
from services.routing.entries.repository import claim_next
from services.routing.repository import ENTRIES
from services.routing.states import EntryStatus
from shared.clock import SettableClock
from shared.database import Database
from shared.ids import new_id
from tests.bench import start_bench
from tests.conftest import TUESDAY
from tests.databases import Databases

QUEUE = "housing-social"
FEW, MANY = 100, 100_000
CLAIMS = 50
ROUNDS = 9
AT_ONCE = 5_000


def waiting_entry(chance: random.Random) -> dict[str, Any]:
    """Somebody who waits in the queue, somewhere in its order."""
    entered_at: datetime = TUESDAY - timedelta(seconds=chance.randrange(10_000_000))
    return {
        "id": new_id(),
        "contact_id": new_id(),
        "reference": "7F3K9QTX",
        "channel": "written",
        "queue": QUEUE,
        "decision": 1,
        "urgency": "normal",
        "status": EntryStatus.WAITING,
        "rank": chance.choice((0, 1, 1, 1)),
        "order_at": entered_at + timedelta(days=chance.randrange(30)),
        "received_at": entered_at,
        "entered_at": entered_at,
        "by_person": False,
    }


async def fill(database: Database, count: int) -> None:
    """Exactly `count` entries wait, and nothing else is there."""
    chance = random.Random(count)
    async with database.writing() as session:
        await session.execute(delete(ENTRIES))
    for start in range(0, count, AT_ONCE):
        rows = [waiting_entry(chance) for _ in range(min(AT_ONCE, count - start))]
        async with database.writing() as session:
            await session.execute(insert(ENTRIES), rows)
    async with database.writing() as session:
        await session.execute(text("ANALYZE"))


async def rate(database: Database) -> float:
    """Claims a second, over `CLAIMS` of them."""
    started = time.perf_counter()
    for _ in range(CLAIMS):
        async with database.writing() as session:
            assert await claim_next(session, QUEUE, "bench", TUESDAY) is not None
    return CLAIMS / (time.perf_counter() - started)


async def measure(made: Databases, data: Path) -> tuple[float, float, float]:
    """Claims a second with few waiting, with many, and with many and no partial index: medians of rounds."""
    clock = SettableClock(TUESDAY)
    async with (
        start_bench("routing", made, clock, data) as small,
        start_bench("routing", made, clock, data) as large,
    ):
        few, many = small.app.state.database, large.app.state.database
        await fill(many, MANY)
        rates = []
        for _ in range(ROUNDS):
            await fill(few, FEW)
            rates.append((await rate(few), await rate(many)))
        async with many.writing() as session:
            await session.execute(text("DROP INDEX ix_entries_waiting"))
        return (
            statistics.median(few_rate for few_rate, _ in rates),
            statistics.median(many_rate for _, many_rate in rates),
            await rate(many),
        )


def run(console: Console) -> None:
    """Few and many in turn, nine rounds of 50 claims; then without the index."""
    table = Table(
        "database",
        f"{MANY:,} against {FEW}",
        "without the index",
        f"claims/s at {FEW}",
        f"at {MANY:,}",
        title="Taking the next entry",
    )
    with both_databases() as (folder, databases):
        for kind, made in databases.items():
            few, many, bare = asyncio.run(measure(made, folder / kind))
            table.add_row(kind, f"{many / few:.2f}", f"{bare / few:.3f}", f"{few:.0f}", f"{many:.0f}")
    console.print(table)
