"""The statements on offers: each is stored as its HSDS document, beside what it is listed and matched by."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.triage.catalogue.filters import CatalogueFilter, PageRequest
from services.triage.catalogue.offer_form import offer_of
from services.triage.catalogue.repository import (
    OFFERS,
    ORGANIZATIONS,
    TERMS,
    cut_to_page,
    offer_conditions,
    searchable_text,
)
from services.triage.catalogue.schemas import Service, document_of
from services.triage.models import OfferPlace, OfferRow, OrganizationRow
from shared.database import table_of, upsert

PLACES = table_of(OfferPlace)


async def list_offers(
    session: AsyncSession, filters: CatalogueFilter, page: PageRequest
) -> tuple[int, Sequence[Any]]:
    """How many there are in all, and those of the page with their organisations, oldest first."""
    where = offer_conditions(filters)
    total = (await session.execute(select(func.count()).select_from(OFFERS).where(*where))).scalar_one()
    rows = (
        select(OfferRow, OrganizationRow)
        .join(OrganizationRow, ORGANIZATIONS.c.id == OFFERS.c.organization_id)
        .where(*where)
        # Ids sort by the time they were made.
        .order_by(OFFERS.c.id)
    )
    return total, (await session.execute(cut_to_page(rows, page))).all()


async def lock_offers(session: AsyncSession, ids: Iterable[UUID]) -> dict[UUID, OfferRow]:
    """Those of these offers that there are, locked until this transaction ends."""
    found = await session.execute(select(OfferRow).where(OFFERS.c.id.in_(list(ids))).with_for_update())
    return {row.id: row for row in found.scalars()}


async def lock_offers_of_source(session: AsyncSession, source: str) -> Sequence[OfferRow]:
    """Every offer that came with this source's file, by name, locked until this transaction ends."""
    found = await session.execute(
        select(OfferRow).where(OFFERS.c.source == source).order_by(OFFERS.c.name).with_for_update()
    )
    return found.scalars().all()


async def places_of_other_offers(session: AsyncSession, service: Service) -> set[UUID]:
    """Those ids of the service's places that are ids of another offer's places."""
    ids = [place.id for place in service.service_at_locations]
    found = await session.execute(
        select(PLACES.c.id).where(PLACES.c.id.in_(ids), PLACES.c.offer_id != service.id)
    )
    return set(found.scalars())


async def put_service(
    session: AsyncSession, service: Service, organization: str, source: str | None, **columns: Any
) -> None:
    """Store the service, in place of the one with its id where there is one."""
    offer = offer_of(service, organization, source)
    values = {
        **offer.model_dump(mode="json", include={"needs", "capacity", "districts", "languages", "hours"}),
        **offer.model_dump(
            include={"id", "name", "kind", "step", "valid_from", "valid_to", "open", "source"}
        ),
        "organization_id": service.organization_id,
        "first_age": offer.ages.first,
        "last_age": offer.ages.last,
        "searched": searchable_text(service.name, service.alternate_name, service.description, organization),
        "document": document_of(service),
        **columns,
    }
    await session.execute(
        upsert(session, OFFERS).values(values).on_conflict_do_update(index_elements=["id"], set_=values)
    )
    for table, rows in ((TERMS, _terms(service)), (PLACES, _places(service))):
        await session.execute(delete(table).where(table.c.offer_id == service.id))
        if rows:
            await session.execute(insert(table), rows)


def _terms(service: Service) -> list[dict[str, Any]]:
    rows = {}
    for attribute in service.attributes:
        term = attribute.taxonomy_term
        if term is not None:
            taxonomy = term.taxonomy_detail.id if term.taxonomy_detail else term.taxonomy_id
            # By id: two attributes can have the same term.
            rows[term.id] = {
                "offer_id": service.id,
                "term_id": term.id,
                "taxonomy_id": taxonomy,
                "term": document_of(term),
            }
    return list(rows.values())


def _places(service: Service) -> list[dict[str, Any]]:
    return [
        {
            "id": place.id,
            "offer_id": service.id,
            "postal_code": next((a.postal_code[:16] for a in addresses), None),
            "latitude": place.location.latitude if place.location else None,
            "longitude": place.location.longitude if place.location else None,
            "document": document_of(place),
        }
        for place in service.service_at_locations
        for addresses in [place.location.addresses if place.location else []]
    ]
