"""The statements on organisations."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.triage.catalogue.filters import CatalogueFilter, PageRequest
from services.triage.catalogue.repository import (
    OFFERS,
    ORGANIZATIONS,
    cut_to_page,
    has_terms,
    has_words,
    searchable_text,
)
from services.triage.catalogue.schemas import Organization, document_of
from services.triage.models import OfferRow, OrganizationRow
from shared.database import upsert


async def list_organizations(
    session: AsyncSession, filters: CatalogueFilter, page: PageRequest
) -> tuple[int, Sequence[OrganizationRow]]:
    """How many there are in all, and those of the page, by name. Terms are those of their offers."""
    where = has_words(ORGANIZATIONS.c.searched, filters)
    if filters.taxonomy_term_id or filters.taxonomy_id:
        of_them = OFFERS.c.organization_id == ORGANIZATIONS.c.id
        where.append(exists().where(of_them, *has_terms(OFFERS.c.id, filters)))
    count = select(func.count()).select_from(ORGANIZATIONS).where(*where)
    total = (await session.execute(count)).scalar_one()
    rows = select(OrganizationRow).where(*where).order_by(ORGANIZATIONS.c.name, ORGANIZATIONS.c.id)
    return total, (await session.execute(cut_to_page(rows, page))).scalars().all()


async def find_organizations(session: AsyncSession, ids: Iterable[UUID]) -> dict[UUID, OrganizationRow]:
    """Those of these organisations that there are."""
    found = await session.execute(select(OrganizationRow).where(ORGANIZATIONS.c.id.in_(list(ids))))
    return {row.id: row for row in found.scalars()}


async def offers_of(session: AsyncSession, organization_id: UUID) -> Sequence[OfferRow]:
    """An organisation's offers, by name."""
    rows = select(OfferRow).where(OFFERS.c.organization_id == organization_id)
    return (await session.execute(rows.order_by(OFFERS.c.name, OFFERS.c.id))).scalars().all()


async def put_organization(session: AsyncSession, organization: Organization, **columns: Any) -> None:
    """Store the organisation, in place of the one with its id where there is one."""
    values = {
        "id": organization.id,
        "name": organization.name,
        "searched": searchable_text(organization.name, organization.alternate_name, organization.description),
        "document": document_of(organization),
        **columns,
    }
    await session.execute(
        upsert(session, ORGANIZATIONS)
        .values(values)
        .on_conflict_do_update(index_elements=["id"], set_=values)
    )


async def rename_in_offers(session: AsyncSession, organization_id: UUID, name: str) -> None:
    """Let the organisation's offers be found by its new name, which is part of their searchable text."""
    rows = await session.execute(
        select(OFFERS.c.id, OFFERS.c.document).where(OFFERS.c.organization_id == organization_id)
    )
    for id_, document in rows.all():
        words = searchable_text(
            document["name"], document.get("alternate_name"), document.get("description"), name
        )
        await session.execute(update(OFFERS).where(OFFERS.c.id == id_).values(searched=words))
