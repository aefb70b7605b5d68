"""The job that does planned reorganisations when their day has come, and takes back those that are undone."""

import structlog
from starlette.datastructures import State

from services.routing.reorganisations import repository
from services.routing.reorganisations.peers import TriageUnreachable
from services.routing.reorganisations.service import do_next_batch
from shared.background import Job
from shared.working_days import local_date

INTERVAL_SECONDS = 30.0

log = structlog.get_logger("reorganisations")


class Reorganising(Job):
    """Looks twice a minute. Several replicas may work on one: each contact is moved once."""

    def __init__(self, state: State) -> None:
        super().__init__("reorganisations", INTERVAL_SECONDS)
        self._state = state

    async def drain(self) -> int:
        """Do what is due; returns how many contacts were looked at. What cannot go on now is tried again
        later.
        """
        async with self._state.database.reading() as session:
            due = await repository.to_do(session, local_date(self._state.clock.now()))
        done = 0
        for id_ in due:
            try:
                while count := await do_next_batch(self._state, id_):
                    done += count
            except TriageUnreachable as error:
                log.warning("reorganisation waits", error=type(error).__name__)
                async with self._state.database.writing() as session:
                    row = await repository.find(session, id_, locked=True)
                    if row is not None:
                        await repository.change(session, row, trouble="triage cannot be reached")
        return done
