"""Gathered writing: what several requests add at the same moment is committed once for all of them.

A commit costs the same for one contact as for a hundred. So while one transaction is being written, those
who come meanwhile wait, and all of them are the next one. Nobody waits for company: whoever comes alone is
written at once. Nobody is answered before the commit, and nobody is harmed by another's rows: a
transaction that is refused is undone, and each of its requests tries alone (docs/adr/0008).
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from contextvars import Context
from dataclasses import dataclass
from typing import Annotated

import structlog
from fastapi import Depends, Request

from shared.database import Database, is_out_of_reach
from shared.new_rows import NewRows
from shared.problems import Unavailable
from shared.work import AtHand, Work, work_on

#: Keeps a transaction short, and what a killed process leaves unanswered small.
MOST_TOGETHER = 200
#: How long a stopping app waits for storage that does not answer, in seconds.
PATIENCE_SECONDS = 10.0

log = structlog.get_logger("gathering")


@dataclass(frozen=True)
class _Request:
    """A request that waits for its rows to be committed."""

    rows: NewRows
    stored: asyncio.Future[bool]

    def answer(self, outcome: bool | Exception) -> None:
        # Whoever went away meanwhile is not told; what was committed stays, as after any lost answer.
        if self.stored.done():
            return
        if isinstance(outcome, Exception):
            self.stored.set_exception(outcome)
        else:
            self.stored.set_result(outcome)


class Gatherer:
    """Writes what came together. One for each app; rests while nothing waits."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: list[_Request] = []
        self._writer: asyncio.Task[None] | None = None

    async def stored(self, rows: NewRows) -> bool:
        """Wait until `rows` are committed; False when nothing of them is, and they are to be tried alone.

        Raises what `is_out_of_reach` knows when storage cannot be reached.
        """
        request = _Request(rows, asyncio.get_running_loop().create_future())
        self._waiting.append(request)
        if self._writer is None:
            # In a context of its own: the writer is no part of the request that happened to start it.
            self._writer = asyncio.create_task(self._write_all(), context=Context())
        return await request.stored

    async def stop(self) -> None:
        """Return when everybody who waited has been answered."""
        if self._writer is not None:
            await asyncio.wait([self._writer], timeout=PATIENCE_SECONDS)
        if self._writer is not None:
            self._writer.cancel()
            await asyncio.wait([self._writer])

    async def _write_all(self) -> None:
        batch: list[_Request] = []
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[:MOST_TOGETHER], self._waiting[MOST_TOGETHER:]
                # Whoever has gone away by now never was acknowledged: their rows are not written.
                batch = [request for request in batch if not request.stored.done()]
                outcome = await self._write(batch)
                for request in batch:
                    request.answer(outcome)
        finally:
            left, self._writer, self._waiting = [*batch, *self._waiting], None, []
            for request in left:
                request.answer(Unavailable(headers={"Retry-After": "5"}))

    async def _write(self, batch: Sequence[_Request]) -> bool | Exception:
        try:
            async with self._database.writing() as session:
                await NewRows.joined(request.rows for request in batch).write(session)
        except Exception as error:
            if is_out_of_reach(error):
                return error
            # The type only: an error's text may quote what was sent.
            log.info("not stored together", requests=len(batch), error=type(error).__name__)
            return False
        return True


@dataclass(frozen=True)
class Gathering(AtHand):
    """For a request that does nothing but add rows: together with others, or alone."""

    async def stored(self, rows: NewRows) -> bool:
        """See `Gatherer.stored`."""
        gatherer: Gatherer = self.state.gatherer
        return await gatherer.stored(rows)

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[Work]:
        """A transaction of the request's own: committed when the block ends well."""
        async with self.state.database.writing() as session:
            yield work_on(self.state, session)


async def _gathering(request: Request) -> Gathering:
    state = request.app.state
    return Gathering(clock=state.clock, outbox=state.outbox, state=state)


Gathered = Annotated[Gathering, Depends(_gathering)]
