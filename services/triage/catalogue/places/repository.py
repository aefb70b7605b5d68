"""The statements on the places where offers are."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.triage.catalogue.filters import CatalogueFilter
from services.triage.catalogue.places.proximity import Point
from services.triage.catalogue.repository import OFFERS, ORGANIZATIONS, offer_conditions
from services.triage.models import OfferPlace, OfferRow, OrganizationRow
from shared.database import table_of

PLACES = table_of(OfferPlace)


async def positions(session: AsyncSession, filters: CatalogueFilter) -> Sequence[Any]:
    """Id, position and the offer's bydele of each place whose offer is in the list, by id."""
    found = await session.execute(
        select(PLACES.c.id, PLACES.c.latitude, PLACES.c.longitude, OFFERS.c.districts)
        .join(OFFERS, OFFERS.c.id == PLACES.c.offer_id)
        .where(*offer_conditions(filters))
        .order_by(PLACES.c.id)
    )
    return found.all()


async def read_places(session: AsyncSession, ids: Iterable[UUID]) -> Sequence[Any]:
    """The places' documents with their offers and organisations, by id."""
    found = await session.execute(
        select(PLACES.c.document, OfferRow, OrganizationRow)
        .join(OfferRow, OFFERS.c.id == PLACES.c.offer_id)
        .join(OrganizationRow, ORGANIZATIONS.c.id == OFFERS.c.organization_id)
        .where(PLACES.c.id.in_(list(ids)))
        .order_by(PLACES.c.id)
    )
    return found.all()


async def centre_of(session: AsyncSession, postcode: str) -> Point | None:
    """The middle of the places in this postcode; None where there are none with a position."""
    row = (
        await session.execute(
            select(func.avg(PLACES.c.latitude), func.avg(PLACES.c.longitude)).where(
                PLACES.c.postal_code == postcode, PLACES.c.latitude.is_not(None)
            )
        )
    ).one()
    return None if row[0] is None or row[1] is None else (float(row[0]), float(row[1]))
