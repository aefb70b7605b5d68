"""Contact creation as a share of what the same app does without a database, in one run."""

import asyncio
import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.load import Measured, press, request_bytes
from benchmarks.servers import intake_server
from shared.access import Tokens
from shared.settings import CommonSettings
from shared.vocabulary import Role
from tests.databases import PostgresDatabases, postgres_server

CONNECTIONS = 16
SECONDS = 6.0
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


@contextmanager
def databases(folder: Path) -> Iterator[dict[str, str]]:
    """A URL for each kind of database."""
    with postgres_server(folder / "pg") as url:
        postgres = asyncio.run(PostgresDatabases(url).fresh("intake"))
        yield {"SQLite": "", "PostgreSQL": postgres}


def measure(kind: str, data: Path, url: str) -> Measured:
    token = Tokens(CommonSettings(data=data)).for_development([Role.RECEPTION], [], "bench", 3600)
    with intake_server(kind, data, url) as port:

        def make(number: int) -> bytes:
            return request_bytes("/v1/contacts", token, letter(number))

        asyncio.run(press(port, make, CONNECTIONS, 1.0))
        return asyncio.run(press(port, make, CONNECTIONS, SECONDS))


def run(console: Console) -> None:
    """Floor and real one after the other, three rounds, the median of the ratios."""
    table = Table("database", "floor /s", "real /s", "share of floor", "failed", title="Contact creation")
    with tempfile.TemporaryDirectory(prefix="dsi-bench-") as name:
        folder = Path(name)
        with databases(folder) as urls:
            for kind, url in urls.items():
                rounds = []
                for number in range(ROUNDS):
                    data = folder / f"{kind}-{number}"
                    rounds.append((measure("floor", data, url), measure("real", data, url)))
                floor, real = sorted(rounds, key=lambda pair: pair[1].rate / pair[0].rate)[ROUNDS // 2]
                share = real.rate / floor.rate
                failed = sum(f.failed + r.failed for f, r in rounds)
                table.add_row(kind, f"{floor.rate:.0f}", f"{real.rate:.0f}", f"{share:.2f}", str(failed))
    console.print(table)
