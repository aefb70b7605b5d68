"""Wake-ups for what is displayed live, after each commit that changed it, in this process and in other
replicas.

A wake-up says only *that* something changed. Its receiver reads storage again, so a lost wake-up costs a
moment and never a wrong display. Replicas notify each other by PostgreSQL's LISTEN/NOTIFY, sent after the
commit and not in it: a transaction that notifies waits for all others that notify. Without PostgreSQL there
is one process; what a command writes beside it is found by reading again at intervals.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any, Generic, TypeVar

import structlog
from sqlalchemy.exc import SQLAlchemyError

from shared.database import Database

_CHANNEL = "live_changes"
#: Commits within this time are sent to the other replicas as one notification.
_TOGETHER_SECONDS = 0.05
_AGAIN_SECONDS = 1.0

log = structlog.get_logger("live")
_Seen = TypeVar("_Seen")


class Live:
    """The wake-ups of one service over one database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._changes = 0
        self._waiting: set[asyncio.Event] = set()
        self._listeners = 0
        self._listening: asyncio.Task[None] | None = None
        self._notifying: asyncio.Task[None] | None = None
        database.on_change = self.changed

    def changed(self) -> None:
        """Something that is displayed live was committed in this process."""
        self._wake()
        if not self._database.is_sqlite and self._notifying is None:
            self._notifying = asyncio.create_task(self._notify_others())

    def _wake(self) -> None:
        self._changes += 1
        for waiting in self._waiting:
            waiting.set()

    async def next_change(self, seen: int, patience: float) -> int:
        """Return once there were more changes than `seen`, or after `patience` seconds; gives how many."""
        if self._changes == seen:
            woken = asyncio.Event()
            self._waiting.add(woken)
            with suppress(TimeoutError):
                await asyncio.wait_for(woken.wait(), patience)
            self._waiting.discard(woken)
        return self._changes

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """While the block runs, other replicas' changes are received as well."""
        self._listeners += 1
        if self._listening is None and not self._database.is_sqlite:
            self._listening = asyncio.create_task(self._listen())
        try:
            yield
        finally:
            self._listeners -= 1
            if self._listeners == 0 and self._listening is not None:
                self._listening.cancel()
                self._listening = None

    async def stop(self) -> None:
        """Let nothing run on after the service."""
        running = [task for task in (self._listening, self._notifying) if task is not None]
        for task in running:
            task.cancel()
        if running:
            await asyncio.wait(running)

    async def _notify_others(self) -> None:
        await asyncio.sleep(_TOGETHER_SECONDS)
        self._notifying = None
        try:
            async with self._database.engine.connect() as connection:
                await connection.exec_driver_sql(f"NOTIFY {_CHANNEL}")
                await connection.commit()
        except (SQLAlchemyError, OSError) as error:
            log.info("other replicas not notified", error=type(error).__name__)

    async def _listen(self) -> None:
        while True:
            try:
                async with self._database.engine.connect() as connection:
                    await self._receive(await connection.get_raw_connection())
            except (SQLAlchemyError, OSError) as error:
                log.info("not listening for other replicas", error=type(error).__name__)
            await asyncio.sleep(_AGAIN_SECONDS)

    async def _receive(self, raw: Any) -> None:
        gone = asyncio.Event()
        connection = raw.driver_connection
        connection.add_termination_listener(lambda _connection: gone.set())

        def wake(*_notification: object) -> None:
            self._wake()

        await connection.add_listener(_CHANNEL, wake)
        # A change before the listener was registered sent no notification here.
        self._wake()
        try:
            await gone.wait()
        finally:
            if not connection.is_closed():
                await connection.remove_listener(_CHANNEL, wake)


class Latest(Generic[_Seen]):
    """The newest value of something, for any number of followers. A slow follower misses values in
    between.
    """

    def __init__(self) -> None:
        self._latest: tuple[int, _Seen] | None = None
        self._news = asyncio.Condition()

    async def put(self, seen: _Seen) -> None:
        """Store a newer value and wake the followers."""
        async with self._news:
            self._latest = (1 if self._latest is None else self._latest[0] + 1, seen)
            self._news.notify_all()

    async def newer_than(self, number: int) -> tuple[int, _Seen]:
        """The newest with its number, once there is one with a higher number."""
        async with self._news:
            while self._latest is None or self._latest[0] <= number:
                await self._news.wait()
            return self._latest


class Followed(Generic[_Seen]):
    """A value that one task fetches for any number of followers, and only while there is one.

    `fetch` puts values into the `Latest` it is given until it is cancelled, when the last follower leaves.
    """

    def __init__(self, fetch: Callable[[Latest[_Seen]], Awaitable[None]]) -> None:
        self._fetch = fetch
        self._latest: Latest[_Seen] = Latest()
        self._followers = 0
        self._fetching: asyncio.Future[None] | None = None

    async def follow(self) -> AsyncGenerator[_Seen, None]:
        """What is there now, and each newer one."""
        self._followers += 1
        if self._fetching is None:
            # The value that earlier followers got is out of date by now.
            self._latest = Latest()
            self._fetching = asyncio.ensure_future(self._fetch(self._latest))
        number = 0
        try:
            while True:
                number, seen = await self._latest.newer_than(number)
                yield seen
        finally:
            self._followers -= 1
            if self._followers == 0 and self._fetching is not None:
                self._fetching.cancel()
                self._fetching = None


class Broadcast(Followed[_Seen]):
    """A value that is read from storage once for all followers: fifty boards cost what one costs.

    `read` is called at each change, but at most every `least` and at least every `most` seconds.
    """

    def __init__(
        self, live: Live, read: Callable[[], Awaitable[_Seen]], *, least: float = 0.2, most: float = 5.0
    ) -> None:
        super().__init__(self._read_on)
        self._live, self._read = live, read
        self._least, self._most = least, most

    async def _read_on(self, latest: Latest[_Seen]) -> None:
        patience, changes = 0.0, 0
        async with self._live.listening():
            while True:
                # Counted before reading: a change during the read leads to another one.
                changes = await self._live.next_change(changes, patience)
                try:
                    await latest.put(await self._read())
                except (SQLAlchemyError, OSError) as error:
                    log.warning("not read", error=type(error).__name__)
                    await asyncio.sleep(_AGAIN_SECONDS)
                    continue
                patience = self._most
                await asyncio.sleep(self._least)
