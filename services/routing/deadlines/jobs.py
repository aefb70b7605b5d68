"""The job by which every replica knows the deadlines for applications that another one changed."""

from starlette.datastructures import State

from services.routing.deadlines.service import use_stored_areas
from shared.background import Job
from shared.known_configuration import INTERVAL_SECONDS


class StoredAreas(Job):
    """Reads the application areas again at intervals."""

    def __init__(self, state: State) -> None:
        super().__init__("stored application areas", INTERVAL_SECONDS)
        self._state = state

    async def drain(self) -> int:
        """Use what is stored; there is never a rest to be done."""
        async with self._state.database.reading() as session:
            await use_stored_areas(session)
        return 0
