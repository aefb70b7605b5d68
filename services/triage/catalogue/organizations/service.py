"""Reading an organisation with its services, and changing it, with author and moment in the trail."""

from uuid import UUID

from services.triage.catalogue import repository as catalogue
from services.triage.catalogue.organizations import repository
from services.triage.catalogue.organizations.schemas import organization_document
from services.triage.catalogue.schemas import Document, Organization, document_of
from services.triage.catalogue.service import Author, Change, author_of, difference, record_change
from services.triage.catalogue.services.schemas import service_document
from services.triage.models import OrganizationRow
from shared.access import Principal
from shared.etags import require_version
from shared.problems import NotFound
from shared.unit_of_work import UnitOfWork


async def get_organization(work: UnitOfWork, organization_id: UUID) -> OrganizationRow:
    """The organisation as it is stored now. Raises NotFound."""
    row = await catalogue.find_organization(work.session, organization_id)
    if row is None:
        raise NotFound("No organisation has this id.")
    return row


async def whole_organization(work: UnitOfWork, row: OrganizationRow, *, full_service: bool) -> Document:
    """The organisation with its services; with `full_service` each of them has every detail."""
    offers, now = await repository.offers_of(work.session, row.id), work.clock.now()
    services = [service_document(offer, row, now, full=full_service) for offer in offers]
    return organization_document(row, services)


async def put_organization(
    work: UnitOfWork, who: Principal, id_: UUID, body: Organization, if_match: str | None
) -> tuple[OrganizationRow, bool]:
    """Store an organisation as a person wrote it; gives its row, and whether it is new.

    Raises VersionRequired and StaleVersion for one that is there already.
    """
    await catalogue.lock_catalogue(work.session)
    row = await catalogue.find_organization(work.session, id_, locked=True)
    if row is not None:
        require_version(if_match, row.version)
    await write_organization(work, author_of(work, who), body.model_copy(update={"id": id_}), row)
    return await get_organization(work, id_), row is None


async def write_organization(
    work: UnitOfWork, author: Author, organization: Organization, row: OrganizationRow | None
) -> bool:
    """Store the organisation and what changed in it; False when it is stored like that already.

    `row` is what is stored under its id.
    """
    fields = difference(row.document if row else {}, document_of(organization))
    if row is not None and not fields:
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
        await repository.rename_in_offers(work.session, organization.id, organization.name)
    change = Change("organization", organization.id, "update" if row else "create", fields)
    await record_change(work, author, change)
    return True
