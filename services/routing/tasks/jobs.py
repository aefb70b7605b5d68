"""The job that makes a task of each missed deadline of an application."""

from starlette.datastructures import State

from services.routing.tasks.repository import add_tasks, lapse, missed_without_task, tasks_to_lapse
from shared.background import Job

INTERVAL_SECONDS = 60.0
#: So many tasks a round: a long transaction would make every other writer wait (SQLite).
_MOST = 500


class MissedDeadlines(Job):
    """Runs once a minute. Several replicas may run it at once, since a duty has one task at most."""

    def __init__(self, state: State) -> None:
        super().__init__("missed deadlines", INTERVAL_SECONDS)
        self._state = state

    async def drain(self) -> int:
        """Make the tasks that are missing and lapse those whose duty has ended; returns how many of both."""
        database, now = self._state.database, self._state.clock.now()
        async with database.reading() as session:
            missed = await missed_without_task(session, now, _MOST)
            ended = await tasks_to_lapse(session)
        # Most rounds find nothing, and need no turn as a writer.
        if not missed and not ended:
            return 0
        async with database.writing() as session:
            made = await add_tasks(session, missed, now)
            return made + await lapse(session, ended, now)
