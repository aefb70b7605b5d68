"""What the catalogue's features read in common, the trail of its changes, and the conditions of its lists."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.triage.catalogue.city_terms import NEEDS, term_id
from services.triage.catalogue.filters import CatalogueFilter, PageRequest
from services.triage.models import CatalogueChange, OfferRow, OfferTerm, OrganizationRow
from shared.database import table_of

ORGANIZATIONS = table_of(OrganizationRow)
OFFERS = table_of(OfferRow)
TERMS = table_of(OfferTerm)
CHANGES = table_of(CatalogueChange)

_MOST_SEARCHED = 20_000
#: PostgreSQL's advisory locks have numbers; this one is the catalogue's.
_CATALOGUE_LOCK = 4_200_011


async def lock_catalogue(session: AsyncSession) -> None:
    """Let no other transaction change the catalogue until this one ends: changes are rare and never urgent.

    SQLite has one writer at a time anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        await session.execute(select(func.pg_advisory_xact_lock(_CATALOGUE_LOCK)))


async def has_offers(session: AsyncSession) -> bool:
    return (await session.execute(select(OFFERS.c.id).limit(1))).first() is not None


async def find_offer(session: AsyncSession, id_: UUID, *, locked: bool = False) -> OfferRow | None:
    """The offer's row; with `locked`, no other transaction changes it until this one ends."""
    found = select(OfferRow).where(OFFERS.c.id == id_).execution_options(populate_existing=True)
    return (await session.execute(found.with_for_update() if locked else found)).scalar_one_or_none()


async def find_organization(
    session: AsyncSession, id_: UUID, *, locked: bool = False
) -> OrganizationRow | None:
    """The organisation's row; with `locked`, no other transaction changes it until this one ends."""
    found = select(OrganizationRow).where(ORGANIZATIONS.c.id == id_).execution_options(populate_existing=True)
    return (await session.execute(found.with_for_update() if locked else found)).scalar_one_or_none()


async def add_change(session: AsyncSession, **columns: Any) -> None:
    await session.execute(insert(CHANGES).values(columns))


async def changes_of(session: AsyncSession, resource_id: UUID, most: int) -> Sequence[CatalogueChange]:
    """The newest changes of an entity, newest first."""
    found = await session.execute(
        select(CatalogueChange)
        .where(CHANGES.c.resource_id == resource_id)
        .order_by(CHANGES.c.at.desc(), CHANGES.c.id.desc())
        .limit(most)
    )
    return found.scalars().all()


def searchable_text(*texts: str | None) -> str:
    """What a search compares its words with."""
    return " ".join(text for text in texts if text).casefold()[:_MOST_SEARCHED]


def has_words(column: ColumnElement[str], filters: CatalogueFilter) -> list[ColumnElement[bool]]:
    """That the searchable text has every word of the search."""
    return [column.contains(word, autoescape=True) for word in filters.words]


def has_terms(offer_id: ColumnElement[Any], filters: CatalogueFilter) -> list[ColumnElement[bool]]:
    """That the offer has the term, a term of the taxonomy, and the need's term."""
    terms = [
        *([TERMS.c.term_id == filters.taxonomy_term_id] if filters.taxonomy_term_id else []),
        *([TERMS.c.taxonomy_id == filters.taxonomy_id] if filters.taxonomy_id else []),
        *([TERMS.c.term_id == term_id(NEEDS, filters.need)] if filters.need else []),
    ]
    return [exists().where(TERMS.c.offer_id == offer_id, each) for each in terms]


def offer_conditions(filters: CatalogueFilter) -> list[ColumnElement[bool]]:
    """What an offer must meet to be in the list."""
    found = [*has_words(OFFERS.c.searched, filters), *has_terms(OFFERS.c.id, filters)]
    if filters.modified_after is not None:
        found.append(OFFERS.c.modified_at >= filters.modified_after)
    if filters.organization_id is not None:
        found.append(OFFERS.c.organization_id == filters.organization_id)
    if filters.age is not None:
        found += [OFFERS.c.first_age <= filters.age, OFFERS.c.last_age >= filters.age]
    return found


def cut_to_page(rows: Any, page: PageRequest) -> Any:
    """Of an ordered selection, the rows of this page."""
    return rows.offset(page.offset).limit(page.per_page) if page.per_page else rows
