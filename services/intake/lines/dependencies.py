"""The lines in memory, as requests use them, read again when they have changed in storage.

Lines change while the service runs, in this replica or in another. At most every two seconds one request
checks their version in storage; all others use the lines in memory, without a statement.
"""

from datetime import timedelta

from fastapi import Request
from starlette.datastructures import State

from services.intake.lines import repository
from services.intake.lines.lines import Lines
from shared.unit_of_work import Context

#: How old the lines in memory may be before their version is checked.
MOST_AGE = timedelta(seconds=2)


def lines_of(context: Context) -> Lines:
    """The lines in memory."""
    lines: Lines = context.state.lines
    return lines


async def keep_lines_fresh(request: Request) -> None:
    """For `Depends`: the route's lines are at most `MOST_AGE` old."""
    await refresh_lines(request.app.state)


async def refresh_lines(state: State) -> None:
    """Read the lines again if they were checked longer ago than `MOST_AGE`, and have changed."""
    now = state.clock.now()
    # abs: a clock that was set back must not keep old lines until it has caught up.
    if abs(now - state.lines_checked_at) < MOST_AGE:
        return
    # Set before the statement, so that requests arriving meanwhile do not check as well.
    state.lines_checked_at = now
    async with state.database.reading() as session:
        if await repository.lines_version(session) != state.lines.version:
            state.lines = await repository.read_lines(session)
