"""The request's transaction, and what may be done in it.

`Writing` and `Reading` are the ways an endpoint reaches the database, and `Grouped` (group_commit.py) where
it does nothing but add rows. A writing request commits *before* its answer leaves (`scope="function"`), and
rolls back on any exception. Nothing below commits.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.datastructures import State

from shared.clock import Clock
from shared.contracts import Event
from shared.outbox import Outbox


@dataclass(frozen=True)
class Context:
    """What a service uses without storage: the clock, the outbox's routes, its `app.state`."""

    clock: Clock
    outbox: Outbox
    state: State


@dataclass(frozen=True)
class UnitOfWork(Context):
    """A unit of work: the service's context and the session of one transaction."""

    session: AsyncSession

    async def publish(self, *events: Event) -> None:
        """Write events to the outbox, in this transaction (style.md, habit 6)."""
        await self.outbox.add(self.session, events)


def unit_of_work(state: State, session: AsyncSession) -> UnitOfWork:
    """The unit of work over `session` in the service that `state` belongs to."""
    return UnitOfWork(session=session, clock=state.clock, outbox=state.outbox, state=state)


async def _reading(request: Request) -> AsyncIterator[UnitOfWork]:
    async with request.app.state.database.reading() as session:
        yield unit_of_work(request.app.state, session)


async def _writing(request: Request) -> AsyncIterator[UnitOfWork]:
    async with request.app.state.database.writing() as session:
        yield unit_of_work(request.app.state, session)


Reading = Annotated[UnitOfWork, Depends(_reading, scope="function")]
Writing = Annotated[UnitOfWork, Depends(_writing, scope="function")]
