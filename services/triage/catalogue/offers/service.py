"""The offers of the catalogue, as this process last read them from storage, and those that fit a citizen."""

import time
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.triage.catalogue.offers import repository
from services.triage.catalogue.offers.matching import FittingOffer, NearMiss, Seeker, match
from services.triage.catalogue.offers.offer import Catalogue
from shared.city.current import city, geography_on
from shared.contracts import Facts
from shared.unit_of_work import UnitOfWork
from shared.working_days import local_date

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


async def match_offers(
    work: UnitOfWork, facts: Facts, language: str | None, at: datetime | None
) -> tuple[list[FittingOffer], list[NearMiss]]:
    """The offers that fit a citizen at that moment (default now), and those that nearly do."""
    moment = at or work.clock.now()
    seeker = Seeker(facts.needs, facts.age, _possible_districts(facts, moment), language, moment)
    cache: CatalogueCache = work.state.catalogue
    return match((await cache.read(work.session)).offers, seeker, city().needs)


def _possible_districts(facts: Facts, moment: datetime) -> frozenset[int] | None:
    """The bydele that the citizen may live in; None: any. A postcode can lie in several."""
    if facts.district is not None:
        return frozenset({facts.district})
    if facts.postal_code is not None:
        return frozenset(geography_on(local_date(moment)).locality(facts.postal_code).districts)
    return None
