"""SQLite's async driver with one visit to its thread for each statement, where aiosqlite makes four.

A visit is two thread switches and costs several times what most statements do. So a statement is
executed, its rows fetched and its cursor closed in one go. Nothing else of aiosqlite is changed.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any, Self

import aiosqlite

#: Statements that stay prepared on each connection.
PREPARED_STATEMENTS = 512


class OneVisitConnection(aiosqlite.Connection):
    """An aiosqlite connection whose cursors do everything in one visit."""

    def cursor(self) -> "OneVisitCursor":  # type: ignore[override]  # what SQLAlchemy needs of a cursor
        return OneVisitCursor(self)

    async def visit(self, statement: partial[sqlite3.Cursor], cursor: "OneVisitCursor") -> None:
        """Execute in the connection's thread, and keep what came of it in `cursor`."""

        def execute() -> None:
            done = statement()
            cursor.description, cursor.rowcount = done.description, done.rowcount
            cursor.lastrowid = done.lastrowid
            cursor.rows = done.fetchall() if done.description else []
            done.close()

        await self._execute(execute)

    @property
    def connection(self) -> sqlite3.Connection:
        """The connection in the thread; only for use in there."""
        return self._conn


class OneVisitCursor:
    """A cursor as SQLAlchemy's adapter uses it, all of its rows already here (PEP 249, made async)."""

    def __init__(self, connection: OneVisitConnection) -> None:
        self._connection = connection
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None
        self.arraysize = 1
        self.rows: list[Any] = []

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, statement: str, parameters: Sequence[Any] = ()) -> Self:
        connection = self._connection
        await connection.visit(partial(connection.connection.execute, statement, parameters), self)
        return self

    async def executemany(self, statement: str, parameters: Iterable[Sequence[Any]]) -> Self:
        connection = self._connection
        await connection.visit(partial(connection.connection.executemany, statement, parameters), self)
        return self

    async def fetchall(self) -> list[Any]:
        return self.rows

    async def close(self) -> None:
        """It is closed already."""


def connect_sqlite(database: str, **options: Any) -> OneVisitConnection:
    """What SQLAlchemy takes as `async_creator_fn`: a connection to be awaited."""
    connector = partial(sqlite3.connect, database, cached_statements=PREPARED_STATEMENTS, **options)
    connection = OneVisitConnection(connector, iter_chunk_size=64)
    # As SQLAlchemy does for connections of its own making: a lost one must not keep the process alive.
    connection._thread.daemon = True  # noqa: SLF001 -- there is no other way
    return connection
