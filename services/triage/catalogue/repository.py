"""The catalogue in storage: the statements, the same on SQLite and PostgreSQL. Nothing here commits."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.triage.catalogue.offer_form import offer_of
from services.triage.catalogue.offers.offer import Ages, Offer
from services.triage.catalogue.schemas import Organization, Service, document_of
from services.triage.models import CatalogueChange, OfferPlace, OfferRow, OfferTerm, OrganizationRow
from shared.database import table_of, upsert

ORGANIZATIONS = table_of(OrganizationRow)
OFFERS = table_of(OfferRow)
TERMS = table_of(OfferTerm)
PLACES = table_of(OfferPlace)
CHANGES = table_of(CatalogueChange)

#: What matching reads; the documents stay where they are.
_MATCHED = (
    "id",
    "name",
    "kind",
    "needs",
    "step",
    "valid_from",
    "valid_to",
    "open",
    "capacity",
    "districts",
    "languages",
    "hours",
    "source",
)
_MOST_SEARCHED = 20_000
#: PostgreSQL knows locks by number; nobody else here takes this one.
_TURN = 4_200_011


async def read_offers(session: AsyncSession) -> tuple[Offer, ...]:
    """The whole catalogue as matching sees it, by name."""
    rows = await session.execute(
        select(
            *(OFFERS.c[name] for name in _MATCHED),
            OFFERS.c.first_age,
            OFFERS.c.last_age,
            ORGANIZATIONS.c.name.label("organization"),
        )
        .join(ORGANIZATIONS, ORGANIZATIONS.c.id == OFFERS.c.organization_id)
        .order_by(OFFERS.c.name, OFFERS.c.id)
    )
    return tuple(_offer(dict(row)) for row in rows.mappings())


def _offer(row: dict[str, Any]) -> Offer:
    ages = Ages.model_validate({"from": row.pop("first_age"), "to": row.pop("last_age")})
    return Offer.model_validate({**row, "ages": ages})


async def take_turn(session: AsyncSession) -> None:
    """Nobody else changes the catalogue until this transaction ends: it is done rarely and never in haste."""
    if session.get_bind().dialect.name == "postgresql":
        await session.execute(select(func.pg_advisory_xact_lock(_TURN)))


async def places_elsewhere(session: AsyncSession, service: Service) -> set[UUID]:
    """Those of the service's places whose ids stand for a place of another one."""
    ids = [place.id for place in service.service_at_locations]
    found = await session.execute(
        select(PLACES.c.id).where(PLACES.c.id.in_(ids), PLACES.c.offer_id != service.id)
    )
    return set(found.scalars())


async def has_offers(session: AsyncSession) -> bool:
    return (await session.execute(select(OFFERS.c.id).limit(1))).first() is not None


async def find_offer(session: AsyncSession, id_: UUID, *, locked: bool = False) -> OfferRow | None:
    """The offer's row; with `locked`, nobody else's until this transaction ends."""
    found = select(OfferRow).where(OFFERS.c.id == id_).execution_options(populate_existing=True)
    return (await session.execute(found.with_for_update() if locked else found)).scalar_one_or_none()


async def find_offers(session: AsyncSession, ids: Iterable[UUID]) -> dict[UUID, OfferRow]:
    """Those of these offers that there are."""
    found = await session.execute(select(OfferRow).where(OFFERS.c.id.in_(list(ids))).with_for_update())
    return {row.id: row for row in found.scalars()}


async def find_organization(
    session: AsyncSession, id_: UUID, *, locked: bool = False
) -> OrganizationRow | None:
    """The organisation's row."""
    found = select(OrganizationRow).where(ORGANIZATIONS.c.id == id_).execution_options(populate_existing=True)
    return (await session.execute(found.with_for_update() if locked else found)).scalar_one_or_none()


async def find_organizations(session: AsyncSession, ids: Iterable[UUID]) -> dict[UUID, OrganizationRow]:
    """Those of these organisations that there are."""
    found = await session.execute(select(OrganizationRow).where(ORGANIZATIONS.c.id.in_(list(ids))))
    return {row.id: row for row in found.scalars()}


async def find_place(
    session: AsyncSession, id_: UUID
) -> tuple[dict[str, Any], OfferRow, OrganizationRow] | None:
    """A place where an offer is, with the offer and its organisation."""
    found = await session.execute(
        select(PLACES.c.document, OfferRow, OrganizationRow)
        .join(OfferRow, OFFERS.c.id == PLACES.c.offer_id)
        .join(OrganizationRow, ORGANIZATIONS.c.id == OFFERS.c.organization_id)
        .where(PLACES.c.id == id_)
    )
    row: Any = found.one_or_none()
    return None if row is None else (row[0], row[1], row[2])


async def offers_of_source(session: AsyncSession, source: str) -> Sequence[OfferRow]:
    """Every offer that came with this import."""
    found = await session.execute(
        select(OfferRow).where(OFFERS.c.source == source).order_by(OFFERS.c.name).with_for_update()
    )
    return found.scalars().all()


async def put_organization(session: AsyncSession, organization: Organization, **more: Any) -> None:
    """Store the organisation in place of what stood there."""
    values = {
        "id": organization.id,
        "name": organization.name,
        "searched": searched(organization.name, organization.alternate_name, organization.description),
        "document": document_of(organization),
        **more,
    }
    await session.execute(
        upsert(session, ORGANIZATIONS)
        .values(values)
        .on_conflict_do_update(index_elements=["id"], set_=values)
    )


async def put_service(
    session: AsyncSession, service: Service, organization: str, source: str | None, **more: Any
) -> None:
    """Store the service in place of what stood there, with what it is found and matched by."""
    offer = offer_of(service, organization, source)
    values = {
        **offer.model_dump(mode="json", include={"needs", "capacity", "districts", "languages", "hours"}),
        **offer.model_dump(
            include={"id", "name", "kind", "step", "valid_from", "valid_to", "open", "source"}
        ),
        "organization_id": service.organization_id,
        "first_age": offer.ages.first,
        "last_age": offer.ages.last,
        "searched": searched(service.name, service.alternate_name, service.description, organization),
        "document": document_of(service),
        **more,
    }
    await session.execute(
        upsert(session, OFFERS).values(values).on_conflict_do_update(index_elements=["id"], set_=values)
    )
    for table, rows in ((TERMS, _terms(service)), (PLACES, _places(service))):
        await session.execute(delete(table).where(table.c.offer_id == service.id))
        if rows:
            await session.execute(insert(table), rows)


async def rename_offers_of(session: AsyncSession, organization_id: UUID, name: str) -> None:
    """An organisation's new name is found with its offers as well."""
    rows = await session.execute(
        select(OFFERS.c.id, OFFERS.c.document).where(OFFERS.c.organization_id == organization_id)
    )
    for id_, document in rows.all():
        words = searched(document["name"], document.get("alternate_name"), document.get("description"), name)
        await session.execute(update(OFFERS).where(OFFERS.c.id == id_).values(searched=words))


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


def searched(*texts: str | None) -> str:
    """What a search looks through, in small letters."""
    return " ".join(text for text in texts if text).casefold()[:_MOST_SEARCHED]


def _terms(service: Service) -> list[dict[str, Any]]:
    found = {}
    for attribute in service.attributes:
        term = attribute.taxonomy_term
        if term is not None:
            taxonomy = term.taxonomy_detail.id if term.taxonomy_detail else term.taxonomy_id
            found[term.id] = {
                "offer_id": service.id,
                "term_id": term.id,
                "taxonomy_id": taxonomy,
                "term": document_of(term),
            }
    return list(found.values())


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
