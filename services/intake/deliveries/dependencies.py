"""The transaction of a reader who must see what was acknowledged before: it waits for the interpreter.

An exchange that was told 202 and then asks, or a receptionist who was told of a call, finds it. The wait has
an end (interpreting.py): with a great backlog the answer is what is known by then.
"""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request

from services.intake.deliveries.jobs import Interpreter
from shared.unit_of_work import UnitOfWork, unit_of_work


async def _caught_up(request: Request) -> AsyncIterator[UnitOfWork]:
    state = request.app.state
    interpreter: Interpreter = state.interpreter
    await interpreter.catch_up()
    async with state.database.writing() as session:
        yield unit_of_work(state, session)


CaughtUp = Annotated[UnitOfWork, Depends(_caught_up, scope="function")]
