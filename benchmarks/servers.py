"""Intake in a process of its own: as it is, or with storage that keeps nothing (the floor)."""

import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import httpx
import uvicorn

from services.intake.app import create_app
from services.intake.settings import Settings
from shared.gc_tuning import freeze_startup_objects
from shared.log import configure_logging
from shared.row_batch import RowBatch
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


class NoGroupCommitter:
    """In place of `GroupCommitter`: each request is answered at once, as if its rows were stored."""

    async def stored(self, _rows: RowBatch) -> bool:
        return True

    async def stop(self) -> None:
        """Nobody waits."""


def intake_server(
    kind: str, data: Path, database_url: str, **environment: str
) -> AbstractContextManager[int]:
    """Intake as `floor`, `real`, or `working` (does its jobs as well, without peers); returns its port."""
    port = free_port()
    return _served(port, ["benchmarks.servers", kind, str(port), str(data), database_url], environment)


def bare_server(database_url: str, secret: str) -> AbstractContextManager[int]:
    """What only stores deliveries (bare_door.py); gives its port."""
    port = free_port()
    return _served(port, ["benchmarks.bare_door", str(port), database_url, secret], {})


@contextmanager
def _served(port: int, module: list[str], environment: Mapping[str, str]) -> Iterator[int]:
    """Start a server in a process of its own, and stop it by its process id."""
    command = [sys.executable, "-m", *module]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environment})
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
    """`python -m benchmarks.servers floor|real|working PORT DATA DATABASE_URL`."""
    kind, port, data, database_url = sys.argv[1:5]
    configure_logging("error")
    app = create_app(Settings(data=Path(data), intake_database_url=database_url or None), relay=False)
    if kind == "floor":
        lifespan = app.router.lifespan_context

        @asynccontextmanager
        async def without_storage(inner: Any) -> AsyncIterator[None]:
            async with lifespan(inner):
                inner.state.database, kept = NoDatabase(), inner.state.database
                inner.state.group_committer = NoGroupCommitter()
                yield
                inner.state.database = kept

        app.router.lifespan_context = without_storage
    if kind == "working":
        at_rest = app.router.lifespan_context

        @asynccontextmanager
        async def at_work(inner: Any) -> AsyncIterator[None]:
            async with at_rest(inner):
                for job in inner.state.jobs:
                    job.start()
                freeze_startup_objects()
                yield

        app.router.lifespan_context = at_work
    uvicorn.run(app, port=int(port), log_config=None, access_log=False)


if __name__ == "__main__":
    main()
