"""Deliveries of exchanges a second, until every call is derived, as a share of only storing them.

Both sides take the same signed requests from the same client, each in a process of its own on a database of
its own: events one by one, and in lists. The floor (bare_door.py) is done when it has answered; the real door
when the calls of all that it acknowledged are derived, their contacts made and their events written.
"""

import asyncio
import json
import time
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rich.console import Console
from rich.table import Table
from standardwebhooks.webhooks import Webhook

from benchmarks.load import press, request_bytes
from benchmarks.servers import bare_server, intake_server
from benchmarks.storage import both_databases
from services.intake.delivery_store.repository import count_unread
from shared.database import Database
from tests.databases import Databases

SECRET = "whsec_" + b64encode(b"benchmark" * 4).decode()
#: How many events are in one request; how many requests are on their way at once.
LISTS = (1, 50)
SENDERS = 16
SECONDS = 4.0
ROUNDS = 3
#: So many callers are there at once, each with four events.
AT_ONCE = 200
_STORY = ("ringing", "queued", "answered", "ended")
_NINE = datetime(2026, 3, 2, 8, tzinfo=UTC)


@dataclass(frozen=True)
class Done:
    """What one side did: deliveries a second until all was done, and until all was answered."""

    rate: float
    answered_rate: float
    failed: int


def event(number: int) -> dict[str, object]:
    """The number-th event of an exchange with `AT_ONCE` callers, whose events come in turn."""
    round_, caller = divmod(number, AT_ONCE)
    generation, step = divmod(round_, len(_STORY))
    fields: dict[str, object] = {
        "source": "bench",
        "delivery_id": f"d{number}",
        "call_id": f"call-{generation}-{caller}",
        "type": _STORY[step],
        "occurred_at": (_NINE + timedelta(seconds=30 * round_ + caller / AT_ONCE)).isoformat(),
        "queue": "socialservice",
        "from": f"+45200{caller:05d}",
    }
    return fields | ({"agent": "Anna", "reported_wait_seconds": 30} if step == 2 else {})


def signed_requests(size: int) -> Callable[[int], bytes]:
    """Makes the n-th request: `size` events, signed as by Standard Webhooks."""
    key = Webhook(SECRET)

    def make(number: int) -> bytes:
        events = [event((number - 1) * size + place) for place in range(size)]
        body = json.dumps(events[0] if size == 1 else events)
        now = datetime.now(UTC)
        signature = key.sign(f"r{number}", now, body)
        headers = (
            f"webhook-id: r{number}\r\nwebhook-timestamp: {int(now.timestamp())}\r\n"
            f"webhook-signature: {signature}\r\n"
        )
        return request_bytes("/v1/telephony/events", "none", body.encode(), headers)

    return make


async def _all_derived(database_url: str) -> None:
    database = Database(database_url)
    try:
        while True:
            async with database.reading() as session:
                if not await count_unread(session):
                    return
            await asyncio.sleep(0.05)
    finally:
        await database.close()


async def _done(port: int, size: int, until_done: Callable[[], object]) -> Done:
    started = time.perf_counter()
    measured = await press(port, signed_requests(size), SENDERS, SECONDS)
    waiting = until_done()
    if asyncio.iscoroutine(waiting):
        await waiting
    seconds = time.perf_counter() - started
    deliveries = measured.answered * size
    return Done(deliveries / seconds, deliveries / measured.seconds, measured.failed)


def floor(made: Databases, size: int) -> Done:
    """The bare door, on an empty database."""
    url = asyncio.run(made.fresh("intake"))
    with bare_server(url, SECRET) as port:
        return asyncio.run(_done(port, size, lambda: None))


def real(made: Databases, data: Path, size: int) -> Done:
    """Intake at work, on an empty database; until nothing that was delivered is left to interpret."""
    url = asyncio.run(made.fresh("intake"))
    with intake_server("working", data, url, DSI_WEBHOOK_SECRETS=SECRET) as port:
        return asyncio.run(_done(port, size, lambda: _all_derived(url)))


def run(console: Console) -> None:
    """Floor and real one after the other, three rounds, the median of the ratios."""
    table = Table(
        "database",
        "events a request",
        "share of floor",
        "floor /s",
        "real /s",
        "answered /s",
        "failed",
        title="Deliveries of exchanges",
    )
    with both_databases() as (folder, databases):
        for kind, made in databases.items():
            for size in LISTS:
                rounds = [
                    (floor(made, size), real(made, folder / f"{kind}-{size}-{number}", size))
                    for number in range(ROUNDS)
                ]
                bare, derived = sorted(rounds, key=lambda pair: pair[1].rate / pair[0].rate)[ROUNDS // 2]
                table.add_row(
                    kind,
                    str(size),
                    f"{derived.rate / bare.rate:.2f}",
                    f"{bare.rate:.0f}",
                    f"{derived.rate:.0f}",
                    f"{derived.answered_rate:.0f}",
                    str(sum(one.failed for pair in rounds for one in pair)),
                )
    console.print(table)
