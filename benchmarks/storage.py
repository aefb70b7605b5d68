"""Both kinds of database, empty for a benchmark, and how its results are printed."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.databases import Databases, PostgresDatabases, SqliteDatabases, postgres_server


@contextmanager
def both_databases() -> Iterator[tuple[Path, dict[str, Databases]]]:
    """A folder for the run, and both kinds of database by name; everything is gone afterwards."""
    with TemporaryDirectory(prefix="dsi-bench-") as name, postgres_server(Path(name) / "pg") as url:
        folder, postgres = Path(name), PostgresDatabases(url)
        yield folder, {"SQLite": SqliteDatabases(folder), "PostgreSQL": postgres}
        asyncio.run(postgres.drop_all())
