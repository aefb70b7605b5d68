"""Contact creation as a share of what the same app does without a database, in one run."""

import asyncio
import json
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.load import Measured, press, request_bytes
from benchmarks.servers import intake_server
from benchmarks.storage import both_databases
from shared.access import Tokens
from shared.settings import CommonSettings
from shared.vocabulary import Role

#: How many write at once: each of them sends its next contact when the last one is acknowledged.
WRITERS = (16, 64)
SECONDS = 4.0
ROUNDS = 3


def letter(number: int) -> bytes:
    """A letter about somebody who needs support, without facts: contact and one event."""
    return json.dumps(
        {
            "channel": "written",
            "citizen": {"cpr": f"7101{70 + number % 20}{4000 + number % 1000:04d}", "name": "Alma Lund"},
            "contact_person": {"relation": "self", "phone": "+4520000001"},
            "summary": "Beder om hjælp til at blive boende hjemme.",
        }
    ).encode()


def measure(kind: str, data: Path, url: str, writers: int) -> Measured:
    token = Tokens(CommonSettings(data=data)).for_development([Role.RECEPTION], [], "bench", 3600)
    with intake_server(kind, data, url) as port:

        def make(number: int) -> bytes:
            return request_bytes("/v1/contacts", token, letter(number))

        asyncio.run(press(port, make, writers, 1.0))
        return asyncio.run(press(port, make, writers, SECONDS))


def run(console: Console) -> None:
    """Floor and real one after the other, three rounds, the median of the ratios."""
    table = Table(
        "database", "writers", "share of floor", "floor /s", "real /s", "failed", title="Contact creation"
    )
    with both_databases() as (folder, databases):
        for kind, made in databases.items():
            url = asyncio.run(made.fresh("intake"))
            for writers in WRITERS:
                rounds = []
                for number in range(ROUNDS):
                    data = folder / f"{kind}-{writers}-{number}"
                    rounds.append((measure("floor", data, url, writers), measure("real", data, url, writers)))
                floor, real = sorted(rounds, key=lambda pair: pair[1].rate / pair[0].rate)[ROUNDS // 2]
                share = f"{real.rate / floor.rate:.2f}"
                failed = str(sum(f.failed + r.failed for f, r in rounds))
                table.add_row(kind, str(writers), share, f"{floor.rate:.0f}", f"{real.rate:.0f}", failed)
    console.print(table)
