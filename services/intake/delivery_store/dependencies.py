"""The transaction of a reader that must see what was acknowledged before: it waits for the interpreter.

A telephone system that got a 202 and then reads the call finds it. The wait is bounded (deliveries/jobs.py):
behind a great backlog the answer is what has been interpreted by then.
"""

from collections.abc import AsyncIterator
from typing import Annotated, Protocol

from fastapi import Depends, Request

from shared.unit_of_work import UnitOfWork, unit_of_work


class CatchesUp(Protocol):
    """What interprets stored deliveries; `app.state.interpreter` is one."""

    async def catch_up(self) -> None: ...


async def _caught_up(request: Request) -> AsyncIterator[UnitOfWork]:
    state = request.app.state
    interpreter: CatchesUp = state.interpreter
    await interpreter.catch_up()
    async with state.database.writing() as session:
        yield unit_of_work(state, session)


CaughtUp = Annotated[UnitOfWork, Depends(_caught_up, scope="function")]
