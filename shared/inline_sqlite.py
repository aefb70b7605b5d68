"""SQLite on the event loop's own thread, behind SQLAlchemy's aiosqlite dialect.

aiosqlite hands every call to a thread and back. For a statement that takes SQLite some 20 microseconds the
way there and back costs more than the work, several times over (docs/adr/0009-inline-sqlite.md has the
measurement). Here the call is simply made; the event loop is blocked for as long as SQLite works, which in an
embedded installation is a short while. Only a commit, which waits for the disk, is made in a thread.

The classes have the names and the manners that the dialect expects of aiosqlite.
"""

import asyncio
import sqlite3
from typing import Any, Self


class InlineCursor:
    """A cursor whose calls are awaited, and are over when they are made."""

    def __init__(self, cursor: sqlite3.Cursor) -> None:
        self._cursor = cursor
        self.arraysize = cursor.arraysize

    async def __aenter__(self) -> Self:
        return self

    @property
    def description(self) -> Any:
        return self._cursor.description

    @property
    def rowcount(self) -> int:
        return self._cursor.rowcount

    @property
    def lastrowid(self) -> int | None:
        return self._cursor.lastrowid

    async def execute(self, statement: str, parameters: Any = ()) -> Self:
        self._cursor.execute(statement, parameters)
        return self

    async def executemany(self, statement: str, rows: Any) -> Self:
        self._cursor.executemany(statement, rows)
        return self

    async def fetchall(self) -> list[Any]:
        return self._cursor.fetchall()

    async def close(self) -> None:
        self._cursor.close()


class InlineConnection:
    """A connection in autocommit mode: `shared/database.py` says BEGIN itself."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        # The dialect asks for this name, to know whether the connection is open.
        self._connection = connection

    def cursor(self) -> InlineCursor:
        return InlineCursor(self._connection.cursor())

    async def commit(self) -> None:
        committing = asyncio.get_running_loop().run_in_executor(None, self._connection.commit)
        try:
            await asyncio.shield(committing)
        finally:
            # A cancelled caller must not touch the connection before the thread is done with it.
            await asyncio.wait([committing])

    async def rollback(self) -> None:
        self._connection.rollback()

    async def create_function(self, *arguments: Any, **options: Any) -> None:
        self._connection.create_function(*arguments, **options)

    async def close(self) -> None:
        self._connection.close()

    def stop(self) -> None:
        """Close without ceremony: a connection that the pool gives up."""
        self._connection.close()


async def connect(path: str, **options: Any) -> InlineConnection:
    """Open the file; `options` are those of `sqlite3.connect`."""
    settings = {**options, "isolation_level": None, "check_same_thread": False}
    return InlineConnection(sqlite3.connect(path, **settings))
