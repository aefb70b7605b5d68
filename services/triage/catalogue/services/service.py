"""How the catalogue is changed: an offer or organisation at a time, each change with author and moment."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from services.triage.catalogue import repository
from services.triage.catalogue.city_terms import city_terms
from services.triage.catalogue.offer_form import in_city_form
from services.triage.catalogue.offers.service import CatalogueCache
from services.triage.catalogue.schemas import Organization, Service, document_of
from services.triage.models import OfferRow, OrganizationRow
from services.triage.problems import ForeignEntry, UnknownOrganization, at_field
from shared.access import Principal
from shared.etags import require_version
from shared.ids import new_id
from shared.problems import FieldError
from shared.unit_of_work import UnitOfWork

Action = Literal["create", "update", "end"]

#: Of a field's value before and after, the trail keeps so many characters.
_MOST_KEPT = 2000


@dataclass(frozen=True)
class Author:
    """Who changes the catalogue, when, and with which import (None: by hand)."""

    who: Principal
    at: datetime
    source: str | None = None


@dataclass(frozen=True)
class Noted:
    """What the trail says of one change."""

    kind: str
    action: Action
    fields: list[dict[str, str]]


def author_of(work: UnitOfWork, who: Principal, source: str | None = None) -> Author:
    """The one who changes it now."""
    return Author(who, work.clock.now(), source)


async def put_service(
    work: UnitOfWork, who: Principal, id_: UUID, body: Service, if_match: str | None
) -> tuple[OfferRow, bool]:
    """The offer as it is from now on, and whether it is new.

    An organisation nested in it is not changed by it: it has a place of its own. Raises VersionRequired and
    StaleVersion for one that is there, and UnknownOrganization.
    """
    await repository.take_turn(work.session)
    row = await repository.find_offer(work.session, id_, locked=True)
    if row is not None:
        require_version(if_match, row.version)
    organization = await _organization_of(work, body)
    service = body.model_copy(update={"id": id_})
    await write_service(work, author_of(work, who), service, organization, row)
    kept = await repository.find_offer(work.session, id_)
    assert kept is not None  # noqa: S101 -- written a moment ago, in this transaction
    return kept, row is None


async def _organization_of(work: UnitOfWork, body: Service) -> OrganizationRow:
    key = body.organization_key
    found = None if key is None else await repository.find_organization(work.session, key)
    if found is None:
        raise UnknownOrganization(errors=at_field("/organization_id", "no such organisation: put it first"))
    return found


async def put_organization(
    work: UnitOfWork, who: Principal, id_: UUID, body: Organization, if_match: str | None
) -> tuple[OrganizationRow, bool]:
    """The organisation as it is from now on, and whether it is new. Raises VersionRequired, StaleVersion."""
    await repository.take_turn(work.session)
    row = await repository.find_organization(work.session, id_, locked=True)
    if row is not None:
        require_version(if_match, row.version)
    await write_organization(work, author_of(work, who), body.model_copy(update={"id": id_}), row)
    kept = await repository.find_organization(work.session, id_)
    assert kept is not None  # noqa: S101 -- written a moment ago, in this transaction
    return kept, row is None


def kept_form(work: UnitOfWork, service: Service) -> Service:
    """The service as it would stand in storage."""
    named = service.model_copy(update={"organization_id": service.organization_key, "organization": None})
    return in_city_form(named, city_terms())


async def write_service(
    work: UnitOfWork,
    author: Author,
    service: Service,
    organization: OrganizationRow | Organization,
    row: OfferRow | None,
    *,
    action: Action | None = None,
) -> bool:
    """Store the service and what changed in it; False when it stands so already.

    Raises ForeignEntry where a place of it has the id of another offer's place.
    """
    service = kept_form(work, service)
    await _refuse_places_elsewhere(work, service)
    changed = difference(row.document if row else {}, document_of(service))
    if row is not None and not changed and row.source == author.source:
        return False
    await repository.put_service(
        work.session,
        service,
        organization.name,
        author.source,
        version=row.version + 1 if row else 1,
        modified_at=author.at,
    )
    done = action or ("update" if row else "create")
    await _note(work, author, service.id, Noted("service", done, changed))
    _forget(work)
    return True


async def _refuse_places_elsewhere(work: UnitOfWork, service: Service) -> None:
    elsewhere = await repository.places_elsewhere(work.session, service)
    faults = [
        FieldError(
            pointer=f"/service_at_locations/{number}/id", message="another offer has a place with this id"
        )
        for number, place in enumerate(service.service_at_locations)
        if place.id in elsewhere
    ]
    if faults:
        raise ForeignEntry(errors=faults)


async def write_organization(
    work: UnitOfWork, author: Author, organization: Organization, row: OrganizationRow | None
) -> bool:
    """Store the organisation and what changed in it; False when it stands so already."""
    changed = difference(row.document if row else {}, document_of(organization))
    if row is not None and not changed:
        return False
    renamed = row is not None and row.name != organization.name
    await repository.put_organization(
        work.session,
        organization,
        source=author.source,
        version=row.version + 1 if row else 1,
        modified_at=author.at,
    )
    if renamed:
        await repository.rename_offers_of(work.session, organization.id, organization.name)
    noted = Noted("organization", "update" if row else "create", changed)
    await _note(work, author, organization.id, noted)
    _forget(work)
    return True


def difference(before: dict[str, Any], after: dict[str, Any]) -> list[dict[str, str]]:
    """Each field that is not as it was, with both values as JSON."""
    return [
        {"field": name, "before": _told(before.get(name)), "after": _told(after.get(name))}
        for name in sorted(before.keys() | after.keys())
        if before.get(name) != after.get(name)
    ]


def _told(value: Any) -> str:
    text = value if isinstance(value, str) else "" if value is None else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _MOST_KEPT else f"{text[: _MOST_KEPT - 1]}…"


async def _note(work: UnitOfWork, author: Author, id_: UUID, noted: Noted) -> None:
    await repository.add_change(
        work.session,
        id=new_id(),
        resource_id=id_,
        resource_type=noted.kind,
        action=noted.action,
        at=author.at,
        subject=author.who.subject,
        role=author.who.role,
        source=author.source,
        fields=noted.fields,
    )


def _forget(work: UnitOfWork) -> None:
    catalogue: CatalogueCache = work.state.catalogue
    catalogue.forget()
