"""What of the catalogue is listed: the standard's filters, which all hold at once, and its pages."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.triage.catalogue.city_terms import NEEDS, term_id
from services.triage.catalogue.repository import OFFERS, ORGANIZATIONS, PLACES, TERMS
from services.triage.models import OfferRow, OrganizationRow
from services.triage.problems import NoCentre, at_field
from services.triage.rules.geography import Geography
from shared.vocabulary import Need

#: Metres in one degree of latitude.
_METRES_A_DEGREE = 111_195.0


@dataclass(frozen=True)
class Wanted:
    """Which entries; None means any."""

    search: str | None = None
    modified_after: datetime | None = None
    taxonomy_term_id: UUID | None = None
    taxonomy_id: UUID | None = None
    organization_id: UUID | None = None
    need: Need | None = None
    age: int | None = None


@dataclass(frozen=True)
class Slice:
    """Which page: counted from 1, and at most so many a page (0: all of them on one)."""

    page: int
    per_page: int

    @property
    def offset(self) -> int:
        return (self.page - 1) * self.per_page

    def pages_of(self, total: int) -> int:
        """How many pages so many entries fill."""
        return math.ceil(total / self.per_page) if self.per_page else min(total, 1)


@dataclass(frozen=True)
class Near:
    """A postcode that must be served, and how far from it a place may be, in metres."""

    postcode: str
    proximity: float | None


def _has_term(of_offer: ColumnElement[Any], wanted: Wanted) -> list[ColumnElement[bool]]:
    sought = [
        *([TERMS.c.term_id == wanted.taxonomy_term_id] if wanted.taxonomy_term_id else []),
        *([TERMS.c.taxonomy_id == wanted.taxonomy_id] if wanted.taxonomy_id else []),
        *([TERMS.c.term_id == term_id(NEEDS, wanted.need)] if wanted.need else []),
    ]
    return [exists().where(TERMS.c.offer_id == of_offer, each) for each in sought]


def _words(column: ColumnElement[str], search: str | None) -> list[ColumnElement[bool]]:
    return [column.contains(word, autoescape=True) for word in (search or "").casefold().split()[:20]]


def _offers_where(wanted: Wanted) -> list[ColumnElement[bool]]:
    found = [*_words(OFFERS.c.searched, wanted.search), *_has_term(OFFERS.c.id, wanted)]
    if wanted.modified_after is not None:
        found.append(OFFERS.c.modified_at >= wanted.modified_after)
    if wanted.organization_id is not None:
        found.append(OFFERS.c.organization_id == wanted.organization_id)
    if wanted.age is not None:
        found += [OFFERS.c.first_age <= wanted.age, OFFERS.c.last_age >= wanted.age]
    return found


async def list_offers(session: AsyncSession, wanted: Wanted, part: Slice) -> tuple[int, Sequence[Any]]:
    """How many there are in all, and those of the page, in the order they were added."""
    where = _offers_where(wanted)
    total = (await session.execute(select(func.count()).select_from(OFFERS).where(*where))).scalar_one()
    rows = (
        select(OfferRow, OrganizationRow)
        .join(OrganizationRow, ORGANIZATIONS.c.id == OFFERS.c.organization_id)
        .where(*where)
        .order_by(OFFERS.c.id)
    )
    return total, (await session.execute(_cut(rows, part))).all()


async def list_organizations(
    session: AsyncSession, wanted: Wanted, part: Slice
) -> tuple[int, Sequence[OrganizationRow]]:
    """Organisations by name; a term is one that some offer of theirs has."""
    where = _words(ORGANIZATIONS.c.searched, wanted.search)
    if wanted.taxonomy_term_id or wanted.taxonomy_id:
        with_term = [OFFERS.c.organization_id == ORGANIZATIONS.c.id, *_has_term(OFFERS.c.id, wanted)]
        where.append(exists().where(*with_term))
    total = (
        await session.execute(select(func.count()).select_from(ORGANIZATIONS).where(*where))
    ).scalar_one()
    rows = select(OrganizationRow).where(*where).order_by(ORGANIZATIONS.c.name, ORGANIZATIONS.c.id)
    return total, (await session.execute(_cut(rows, part))).scalars().all()


async def offers_of(session: AsyncSession, organization_id: UUID) -> Sequence[OfferRow]:
    """An organisation's offers, by name."""
    rows = select(OfferRow).where(OFFERS.c.organization_id == organization_id)
    return (await session.execute(rows.order_by(OFFERS.c.name, OFFERS.c.id))).scalars().all()


async def list_places(
    session: AsyncSession, wanted: Wanted, part: Slice, near: Near | None, geography: Geography
) -> tuple[int, Sequence[Any]]:
    """Places where offers are. Raises NoCentre where a distance is asked for from nowhere."""
    light = (
        select(PLACES.c.id, PLACES.c.latitude, PLACES.c.longitude, OFFERS.c.districts)
        .join(OFFERS, OFFERS.c.id == PLACES.c.offer_id)
        .where(*_offers_where(wanted))
        .order_by(PLACES.c.id)
    )
    found = (await session.execute(light)).all()
    if near is not None:
        serves = _serves(near, geography)
        found = [row for row in found if serves(row.districts)]
        if near.proximity is not None:
            centre = await _centre_of(session, near.postcode)
            found = [row for row in found if _metres(centre, (row.latitude, row.longitude)) <= near.proximity]
    chosen = [row.id for row in found][part.offset :][: part.per_page or None]
    rows = await session.execute(
        select(PLACES.c.document, OfferRow, OrganizationRow)
        .join(OfferRow, OFFERS.c.id == PLACES.c.offer_id)
        .join(OrganizationRow, ORGANIZATIONS.c.id == OFFERS.c.organization_id)
        .where(PLACES.c.id.in_(chosen))
        .order_by(PLACES.c.id)
    )
    return len(found), rows.all()


async def other_terms(session: AsyncSession) -> list[dict[str, Any]]:
    """The terms that came with imports, each once."""
    rows = await session.execute(select(TERMS.c.term_id, TERMS.c.term).order_by(TERMS.c.term_id))
    return list({id_: term for id_, term in rows if term is not None}.values())


def _serves(near: Near, geography: Geography) -> Callable[[list[int] | None], bool]:
    """Whether an area of bydele may hold the postcode; the whole city holds those that may be in it."""
    locality = geography.locality(near.postcode)

    def serves(districts: list[int] | None) -> bool:
        if locality.inside is False:
            return False
        return districts is None or not set(locality.districts).isdisjoint(districts)

    return serves


async def _centre_of(session: AsyncSession, postcode: str) -> tuple[float, float]:
    # Nobody gives us the centres of postcodes: the middle of the places we know there stands for one.
    row = (
        await session.execute(
            select(func.avg(PLACES.c.latitude), func.avg(PLACES.c.longitude)).where(
                PLACES.c.postal_code == postcode, PLACES.c.latitude.is_not(None)
            )
        )
    ).one()
    if row[0] is None or row[1] is None:
        raise NoCentre(errors=at_field("/query/proximity", "no place with coordinates is known there"))
    return float(row[0]), float(row[1])


def _metres(one: tuple[float, float], other: tuple[float | None, float | None]) -> float:
    if other[0] is None or other[1] is None:
        return math.inf
    north = (other[0] - one[0]) * _METRES_A_DEGREE
    east = (other[1] - one[1]) * _METRES_A_DEGREE * math.cos(math.radians(one[0]))
    return math.hypot(north, east)


def _cut(rows: Any, part: Slice) -> Any:
    return rows.offset(part.offset).limit(part.per_page) if part.per_page else rows
