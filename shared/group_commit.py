"""Group commit: rows that several requests add at the same time are committed in one transaction.

A commit costs the same for one contact as for a hundred. While one transaction is being written, new requests
wait, and all of them form the next one. A request never waits for others to join its batch, and none is
answered before its commit. A batch that fails is rolled back, and each of its requests tries alone
(docs/adr/0008).
"""

import asyncio
import contextvars
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated, Generic, TypeVar

import structlog
from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession

from shared.database import Database, is_out_of_reach
from shared.problems import Unavailable
from shared.row_batch import RowBatch
from shared.unit_of_work import Context, UnitOfWork, unit_of_work

#: Requests in one transaction: keeps it short, and few requests unanswered when the process is killed.
MOST_TOGETHER = 200
#: How long a stopping app waits for storage that does not answer, in seconds.
PATIENCE_SECONDS = 10.0

log = structlog.get_logger("grouped")


New = TypeVar("New")
Outcome = TypeVar("Outcome")
#: Writes what several requests add, in the caller's transaction; returns the outcome for each of them.
GroupWrite = Callable[[AsyncSession, Sequence[New]], Awaitable[Sequence[Outcome]]]


@dataclass(frozen=True)
class _Request(Generic[New, Outcome]):
    """A request that waits for what it adds to be committed."""

    new: New
    stored: asyncio.Future[Outcome | None]

    def answer(self, outcome: Outcome | Exception | None) -> None:
        # The request was cancelled meanwhile; what was committed stays, as after any lost answer.
        if self.stored.done():
            return
        if isinstance(outcome, Exception):
            self.stored.set_exception(outcome)
        else:
            self.stored.set_result(outcome)


class GroupCommitter(Generic[New, Outcome]):
    """Collects what requests add while a transaction is running, and writes it in the next one by `write`.

    One for each app and kind of row; idle while nothing waits.
    """

    def __init__(self, database: Database, write: GroupWrite[New, Outcome]) -> None:
        self._database = database
        self._written = write
        self._waiting: list[_Request[New, Outcome]] = []
        self._writer: asyncio.Task[None] | None = None

    async def stored(self, new: New) -> Outcome | None:
        """Wait until `new` is committed; None when its batch failed, and it has to be tried alone.

        Raises what `is_out_of_reach` knows when storage cannot be reached.
        """
        request = _Request[New, Outcome](new, asyncio.get_running_loop().create_future())
        self._waiting.append(request)
        if self._writer is None:
            # In a context of its own: the writer is not part of the request that started it.
            self._writer = asyncio.create_task(self._write_all(), context=contextvars.Context())
        return await request.stored

    async def stop(self) -> None:
        """Return when all waiting requests have been answered."""
        if self._writer is not None:
            await asyncio.wait([self._writer], timeout=PATIENCE_SECONDS)
        if self._writer is not None:
            self._writer.cancel()
            await asyncio.wait([self._writer])

    async def _write_all(self) -> None:
        batch: list[_Request[New, Outcome]] = []
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[:MOST_TOGETHER], self._waiting[MOST_TOGETHER:]
                # A request that was cancelled by now was never acknowledged: its rows are not written.
                batch = [request for request in batch if not request.stored.done()]
                for request, outcome in zip(batch, await self._write(batch), strict=True):
                    request.answer(outcome)
        finally:
            left, self._writer, self._waiting = [*batch, *self._waiting], None, []
            for request in left:
                request.answer(Unavailable(headers={"Retry-After": "5"}))

    async def _write(self, batch: Sequence[_Request[New, Outcome]]) -> Sequence[Outcome | Exception | None]:
        try:
            async with self._database.writing() as session:
                return await self._written(session, [request.new for request in batch])
        except Exception as error:
            if is_out_of_reach(error):
                return [error] * len(batch)
            # The type only: an error's text may quote what was sent.
            log.info("not stored together", requests=len(batch), error=type(error).__name__)
            return [None] * len(batch)


async def write_rows(session: AsyncSession, several: Sequence[RowBatch]) -> list[bool]:
    """Write the rows of several requests, one statement for each table."""
    await RowBatch.joined(several).write(session)
    return [True] * len(several)


@dataclass(frozen=True)
class GroupWriting(Context):
    """For a request that does nothing but add rows: together with others, or alone."""

    async def stored(self, rows: RowBatch) -> bool:
        """Whether `rows` are committed (see `GroupCommitter.stored`)."""
        group_committer: GroupCommitter[RowBatch, bool] = self.state.group_committer
        return await group_committer.stored(rows) is not None

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[UnitOfWork]:
        """A transaction of the request's own: committed when the block ends well."""
        async with self.state.database.writing() as session:
            yield unit_of_work(self.state, session)


async def _group_writing(request: Request) -> GroupWriting:
    state = request.app.state
    return GroupWriting(clock=state.clock, outbox=state.outbox, state=state)


Grouped = Annotated[GroupWriting, Depends(_group_writing)]
