"""The job that publishes what is owed to contacts that were assessed before this was published."""

import structlog
from pydantic import ValidationError
from starlette.datastructures import State

from services.triage.assessments.repository import unpublished_courses
from services.triage.assessments.service import publish_unpublished
from shared.background import Job
from shared.problems import Problem
from shared.unit_of_work import unit_of_work

INTERVAL_SECONDS = 3600.0
#: So many contacts are looked up at a time.
_BATCH = 200

log = structlog.get_logger("triage")


class UnpublishedAssessments(Job):
    """Runs at the start, and each hour, which finds nothing once every open contact was published.

    Each contact has a transaction of its own, with its course locked: several replicas may run it at once,
    and a stop in the middle loses nothing.
    """

    def __init__(self, state: State) -> None:
        super().__init__("unpublished assessments", INTERVAL_SECONDS)
        self._state = state
        self.wake()

    async def drain(self) -> int:
        """Publish what is missing; returns how many contacts that were."""
        published, after = 0, None
        while True:
            async with self._state.database.reading() as session:
                contacts = await unpublished_courses(session, after, _BATCH)
            for contact_id in contacts:
                try:
                    async with self._state.database.writing() as session:
                        work = unit_of_work(self._state, session)
                        published += await publish_unpublished(work, contact_id)
                except (Problem, ValidationError) as error:
                    # It stays unpublished and is tried again in the next round; the others go on.
                    log.warning(
                        "contact not published", contact_id=str(contact_id), error=type(error).__name__
                    )
            if len(contacts) < _BATCH:
                return published
            after = contacts[-1]
