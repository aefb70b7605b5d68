"""The offers of the catalogue, as this process last read them from storage."""

import time

from sqlalchemy.ext.asyncio import AsyncSession

from services.triage.catalogue import repository
from services.triage.catalogue.offers.offer import Catalogue

#: For this many seconds a process may not know of a change that another process made to the catalogue.
CATALOGUE_SECONDS = 30.0


class CatalogueCache:
    """Reads the catalogue again when it was changed here, or when it is older than CATALOGUE_SECONDS."""

    def __init__(self) -> None:
        self._catalogue = Catalogue(())
        self._read_at: float | None = None

    async def read(self, session: AsyncSession) -> Catalogue:
        """The catalogue, from storage when it may have changed."""
        now = time.monotonic()
        if self._read_at is None or now - self._read_at > CATALOGUE_SECONDS:
            self._catalogue = Catalogue(await repository.read_offers(session))
            self._read_at = now
        return self._catalogue

    def forget(self) -> None:
        """The catalogue was changed in this process: the next read goes to storage."""
        self._read_at = None
