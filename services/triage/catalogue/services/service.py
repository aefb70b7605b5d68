"""Changing the offers of the catalogue, each change with its author and moment in the trail."""

from uuid import UUID

from services.triage.catalogue import repository as catalogue
from services.triage.catalogue.offer_form import stored_form
from services.triage.catalogue.schemas import Document, Organization, Service, document_of
from services.triage.catalogue.service import (
    Action,
    Author,
    Change,
    author_of,
    difference,
    record_change,
)
from services.triage.catalogue.services import repository
from services.triage.catalogue.services.schemas import metadata_of, service_document_now
from services.triage.models import OfferRow, OrganizationRow
from services.triage.problems import ForeignEntry, UnknownOrganization, at_field
from shared.access import Principal
from shared.etags import require_version
from shared.problems import FieldError, NotFound
from shared.unit_of_work import UnitOfWork

#: The most changes of a service in its answer, the newest.
_MOST_CHANGES = 50


async def get_offer(work: UnitOfWork, service_id: UUID) -> OfferRow:
    """The offer as it is stored now. Raises NotFound."""
    row = await catalogue.find_offer(work.session, service_id)
    if row is None:
        raise NotFound("No offer has this id.")
    return row


async def whole_service(work: UnitOfWork, row: OfferRow) -> Document:
    """The service with every detail and the newest of its changes."""
    organization = await catalogue.find_organization(work.session, row.organization_id)
    assert organization is not None  # noqa: S101 -- the foreign key demands it
    changes = await catalogue.changes_of(work.session, row.id, _MOST_CHANGES)
    document = service_document_now(row, organization, work.clock.now(), full=True)
    return {**document, "metadata": metadata_of(changes)}


async def put_service(
    work: UnitOfWork, who: Principal, id_: UUID, body: Service, if_match: str | None
) -> tuple[OfferRow, bool]:
    """Store an offer as a person wrote it; gives its row, and whether it is new.

    An organisation nested in the body is not changed: organisations have endpoints of their own. Raises
    VersionRequired and StaleVersion for an offer that is there already, ForeignEntry and UnknownOrganization.
    """
    await catalogue.lock_catalogue(work.session)
    row = await catalogue.find_offer(work.session, id_, locked=True)
    if row is not None:
        require_version(if_match, row.version)
    organization = await _organization_of(work, body)
    service = body.model_copy(update={"id": id_})
    await write_service(work, author_of(work, who), service, organization, row)
    return await get_offer(work, id_), row is None


async def _organization_of(work: UnitOfWork, body: Service) -> OrganizationRow:
    key = body.organization_key
    found = None if key is None else await catalogue.find_organization(work.session, key)
    if found is None:
        raise UnknownOrganization(errors=at_field("/organization_id", "no such organisation: put it first"))
    return found


async def write_service(
    work: UnitOfWork,
    author: Author,
    service: Service,
    organization: OrganizationRow | Organization,
    row: OfferRow | None,
    *,
    action: Action | None = None,
) -> bool:
    """Store the service and what changed in it; False when it is stored like that already.

    `row` is what is stored under its id. Raises ForeignEntry where one of its places has the id of another
    offer's place.
    """
    service = stored_form(service)
    await _refuse_places_of_others(work, service)
    fields = difference(row.document if row else {}, document_of(service))
    if row is not None and not fields and row.source == author.source:
        return False
    await repository.put_service(
        work.session,
        service,
        organization.name,
        author.source,
        version=row.version + 1 if row else 1,
        modified_at=author.at,
    )
    change = Change("service", service.id, action or ("update" if row else "create"), fields)
    await record_change(work, author, change)
    return True


async def _refuse_places_of_others(work: UnitOfWork, service: Service) -> None:
    others = await repository.places_of_other_offers(work.session, service)
    faults = [
        FieldError(
            pointer=f"/service_at_locations/{number}/id", message="another offer has a place with this id"
        )
        for number, place in enumerate(service.service_at_locations)
        if place.id in others
    ]
    if faults:
        raise ForeignEntry(errors=faults)
