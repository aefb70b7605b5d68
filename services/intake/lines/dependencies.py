"""The lines as each request may use them, read again when they have changed.

Lines change while the service runs, here or in another replica. Their version is looked up at most every two
seconds, by whichever request comes next; the other requests use the lines in memory without a statement.
"""

from datetime import timedelta

from fastapi import Request
from starlette.datastructures import State

from services.intake.lines import repository
from services.intake.lines.lines import Lines
from shared.unit_of_work import Context


def lines_of(context: Context) -> Lines:
    """The lines of this city."""
    lines: Lines = context.state.lines
    return lines


LINES_HOLD = timedelta(seconds=2)


async def keep_lines_fresh(request: Request) -> None:
    """A route's dependency: the lines at hand are at most so old as `LINES_HOLD` says."""
    await refresh_lines(request.app.state)


async def refresh_lines(state: State) -> None:
    """Read the lines anew when it is time to look, and they have changed."""
    now = state.clock.now()
    if abs(now - state.lines_seen_at) < LINES_HOLD:
        return
    # Before storage is asked, so that whoever comes meanwhile does not ask as well.
    state.lines_seen_at = now
    async with state.database.reading() as session:
        if await repository.lines_version(session) != state.lines.version:
            state.lines = await repository.read_lines(session)
