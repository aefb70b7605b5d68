"""One database of one service: SQLite when embedded, PostgreSQL in production; the same statements."""

import asyncio
import random
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, nullcontext
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect, Table, TypeDecorator, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError, DisconnectionError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.util import await_only
from sqlmodel import SQLModel

from shared import inline_sqlite

#: How long a writer waits for another process's writer before it gives up, in seconds (SQLite).
BUSY_SECONDS = 15
_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    # FULL, not NORMAL: an acknowledged contact must survive a power cut, not only a killed process.
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    # The event loop is blocked meanwhile, so only for what is over at once (another process opens or closes);
    # a writer's turn is waited for in _begin_sqlite.
    "PRAGMA busy_timeout=250",
)

#: OSError: connections fail with it, too: a server that is down has no Unix socket, and maybe no route.
_OUT_OF_REACH = (OperationalError, InterfaceError, PoolTimeout, OSError)
#: 57P0x: the server is going down or coming up; 53300: it has too many connections; 0800x: the connection is
#: gone, also in the middle of an operation, which the driver notices before it counts as closed.
_LEAVING = {"57P01", "57P02", "57P03", "53300", "08000", "08001", "08003", "08006"}
#: PostgreSQL's serialization failure and deadlock: again, and it goes well.
_CROSSED = {"40001", "40P01"}


class UtcDateTime(TypeDecorator[datetime]):
    """A moment, stored in UTC and read back aware. SQLite drops the offset; this type restores it."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            message = "a moment is stored with its offset, never naive"
            raise ValueError(message)
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def table_of(model: type[SQLModel]) -> Table:
    """The Core table of a SQLModel class, for `insert()` and `update()` without the unit of work."""
    table: Table = model.__table__  # type: ignore[attr-defined]  # SQLModel adds it to table=True classes
    return table


def upsert(session: AsyncSession, table: Table) -> sqlite.Insert | postgresql.Insert:
    """The dialect's own `INSERT`, for `ON CONFLICT`, which both databases spell alike."""
    if session.get_bind().dialect.name == "sqlite":
        return sqlite.insert(table)
    return postgresql.insert(table)


def notify_after_commit(session: AsyncSession, peers: Iterable[str]) -> None:
    """Once the session's transaction is committed, `Database.on_publish` is called with these peers."""
    session.info.setdefault("published", set()).update(peers)


def refresh_live_after_commit(session: AsyncSession) -> None:
    """Once the session's transaction is committed, live displays are refreshed (live.py)."""
    session.info["refresh_live"] = True


def is_out_of_reach(error: Exception) -> bool:
    """Whether storage cannot be reached, so that the request is worth trying again later."""
    if isinstance(error, _OUT_OF_REACH):
        return True
    if not isinstance(error, DBAPIError):
        return False
    return error.connection_invalidated or sqlstate(error) in _LEAVING


def is_worth_another_try(error: Exception) -> bool:
    """Whether the same work can go well later: storage was out of reach, or two transactions crossed."""
    return is_out_of_reach(error) or (isinstance(error, DBAPIError) and sqlstate(error) in _CROSSED)


def sqlstate(error: DBAPIError) -> str:
    """PostgreSQL's code of the error; empty where there is none."""
    return str(getattr(error.orig, "sqlstate", None) or "")


class Database:
    """The engine, and the two ways to use it: `reading` and `writing`.

    `on_publish` is called after each commit of a transaction that published events, with the peers they
    are for; `on_change` after each commit that changed something that is displayed live.
    """

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        self.is_sqlite = url.startswith("sqlite")
        inline = {"connect_args": {"async_creator_fn": inline_sqlite.connect}} if self.is_sqlite else {}
        self.engine: AsyncEngine = create_async_engine(
            url, pool_size=pool_size, max_overflow=pool_size, **inline
        )
        self.on_publish: Callable[[Iterable[str]], None] = lambda _peers: None
        self.on_change: Callable[[], None] = lambda: None
        # One writer at a time in this process: SQLite has one anyway, and its own waiting is by polling.
        self._turn = asyncio.Lock() if self.is_sqlite else nullcontext()
        self._writer = self.engine.execution_options(begins_writing=True)
        if self.is_sqlite:
            event.listen(self.engine.sync_engine, "connect", _prepare_sqlite)
            event.listen(self.engine.sync_engine, "begin", _begin_sqlite)
        else:
            event.listen(self.engine.sync_engine, "checkout", _refuse_closed)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """A session for reading; nothing of it is committed."""
        async with AsyncSession(self.engine, expire_on_commit=False) as session:
            yield session

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncSession]:
        """A transaction: committed when the block ends well, rolled back when it raises."""
        async with self._turn, AsyncSession(self._writer, expire_on_commit=False) as session:
            yield session
            await session.commit()
        if peers := session.info.get("published"):
            self.on_publish(peers)
        if session.info.get("refresh_live"):
            self.on_change()

    async def close(self) -> None:
        await self.engine.dispose()


def _refuse_closed(connection: Any, _record: object, _proxy: object) -> None:
    # The driver notices when the server closes a connection, so no ping is needed before a transaction (it is
    # three round trips). A connection lost without a word fails at its first statement: nothing is stored,
    # the answer is 503, and the pool is recreated.
    if connection.driver_connection.is_closed():
        raise DisconnectionError


def _prepare_sqlite(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A deferred transaction that turns into a writer half-way fails at once with "busy" when another wrote.
    if not connection.get_execution_options().get("begins_writing", False):
        connection.exec_driver_sql("BEGIN")
        return
    until = time.monotonic() + BUSY_SECONDS
    while not _is_our_turn(connection):
        if time.monotonic() > until:
            # Once more, so that the failure is raised as SQLAlchemy wraps it.
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            return
        # Another process writes: let ours go on meanwhile.
        await_only(asyncio.sleep(random.uniform(0.002, 0.02)))  # noqa: S311 -- chance, not secrecy


def _is_our_turn(connection: Connection) -> bool:
    cursor = connection.connection.cursor()
    try:
        cursor.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
            raise
        return False
    finally:
        cursor.close()
    return True
