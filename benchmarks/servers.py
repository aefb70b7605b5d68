"""Intake in a process of its own: as it is, or with storage that keeps nothing (the floor)."""

import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import httpx
import uvicorn

from services.intake.app import create_app
from services.intake.settings import Settings
from shared.log import configure_logging
from shared.new_rows import NewRows
from tests.system.processes import free_port

ROOT = Path(__file__).parent.parent


class NoSession:
    """A session whose statements all go well at once, and keep nothing."""

    def __init__(self) -> None:
        self.info: dict[str, Any] = {}

    async def execute(self, *_: object, **__: object) -> "NoSession":
        return self


class NoDatabase:
    """In place of `shared.database.Database`: what FastAPI, validation, access and sealing cost alone."""

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[NoSession]:
        yield NoSession()


class NoGatherer:
    """In place of `shared.gathering.Gatherer`: everybody is told at once that their rows are stored."""

    async def stored(self, _rows: NewRows) -> bool:
        return True

    async def stop(self) -> None:
        """Nobody waits."""


@contextmanager
def intake_server(kind: str, data: Path, database_url: str) -> Iterator[int]:
    """Start intake as `floor` or `real`; gives its port, and stops it by its process id."""
    port = free_port()
    command = [sys.executable, "-m", "benchmarks.servers", kind, str(port), str(data), database_url]
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        _wait(port)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait(port: int) -> None:
    for _ in range(400):
        try:
            if httpx.get(f"http://127.0.0.1:{port}/health/live", timeout=2).is_success:
                return
        except httpx.HTTPError:
            time.sleep(0.05)
    message = "the benchmarked server did not start"
    raise RuntimeError(message)


def main() -> None:
    """`python -m benchmarks.servers floor|real PORT DATA DATABASE_URL`."""
    kind, port, data, database_url = sys.argv[1:5]
    configure_logging("error")
    app = create_app(Settings(data=Path(data), intake_database_url=database_url or None), relay=False)
    if kind == "floor":
        lifespan = app.router.lifespan_context

        @asynccontextmanager
        async def without_storage(inner: Any) -> AsyncIterator[None]:
            async with lifespan(inner):
                inner.state.database, kept = NoDatabase(), inner.state.database
                inner.state.gatherer = NoGatherer()
                yield
                inner.state.database = kept

        app.router.lifespan_context = without_storage
    uvicorn.run(app, port=int(port), log_config=None, access_log=False)


if __name__ == "__main__":
    main()
