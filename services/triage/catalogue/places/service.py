"""Listing the places where offers are, near a postcode or anywhere."""

from collections.abc import Sequence
from typing import Any

from services.triage.catalogue.filters import CatalogueFilter, Near, PageRequest
from services.triage.catalogue.places import repository
from services.triage.catalogue.places.proximity import metres_between, serves
from services.triage.problems import NoCentre, at_field
from shared.city.current import geography_on
from shared.unit_of_work import UnitOfWork
from shared.working_days import local_date


async def list_places(
    work: UnitOfWork, filters: CatalogueFilter, page: PageRequest, near: Near | None
) -> tuple[int, Sequence[Any]]:
    """How many there are in all, and those of the page: document, offer and organisation.

    Raises NoCentre where a distance is requested and no place of the postcode has a position.
    """
    found = await repository.positions(work.session, filters)
    if near is not None:
        geography = geography_on(local_date(work.clock.now()))
        found = [row for row in found if serves(row.districts, near.postcode, geography)]
        if near.proximity is not None:
            # The catalogue has no map of postcodes: the middle of the known places is the nearest to it.
            centre = await repository.centre_of(work.session, near.postcode)
            if centre is None:
                raise NoCentre(
                    errors=at_field("/query/proximity", "no place with coordinates is known there")
                )
            found = [
                row for row in found if metres_between(centre, row.latitude, row.longitude) <= near.proximity
            ]
    ids = [row.id for row in found][page.offset :][: page.per_page or None]
    return len(found), await repository.read_places(work.session, ids)
