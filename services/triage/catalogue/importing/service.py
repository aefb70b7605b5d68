"""Importing a source's file into the catalogue: what is new, what changed, and what is no longer in the file.

The same file again changes nothing. What is missing from a source's newer file is marked as no longer valid
and stays in the catalogue; so does what a person has changed by hand since. The file of one source never
changes what another source's file brought.
"""

from collections.abc import Mapping
from uuid import UUID

from services.triage.catalogue.importing.file_parsing import parse_services
from services.triage.catalogue.importing.plan import Plan, plan_of
from services.triage.catalogue.organizations.repository import find_organizations
from services.triage.catalogue.organizations.service import write_organization
from services.triage.catalogue.repository import find_organization, lock_catalogue
from services.triage.catalogue.schemas import Organization, Service
from services.triage.catalogue.service import Author, author_of
from services.triage.catalogue.services.repository import lock_offers, lock_offers_of_source
from services.triage.catalogue.services.service import write_service
from services.triage.models import OfferRow, OrganizationRow
from services.triage.problems import ForeignEntry
from shared.access import Principal
from shared.problems import FieldError
from shared.unit_of_work import UnitOfWork
from shared.working_days import local_date


async def import_services(
    work: UnitOfWork, who: Principal, source: str, raw: bytes, *, dry_run: bool
) -> Plan:
    """Import the file, or with `dry_run` only plan it.

    Raises UnreadableCatalogue and ForeignEntry, with nothing imported.
    """
    services = parse_services(raw)
    await lock_catalogue(work.session)
    rows = await lock_offers(work.session, (service.id for service in services.values()))
    _refuse_foreign(services, rows, source)
    author = author_of(work, who, source)
    of_source = await lock_offers_of_source(work.session, source)
    plan = plan_of(services.values(), rows, of_source, local_date(author.at))
    if not dry_run:
        await _apply(work, author, plan, _organizations_in(services))
    return plan


def _refuse_foreign(services: Mapping[str, Service], rows: Mapping[UUID, OfferRow], source: str) -> None:
    faults = []
    for pointer, service in services.items():
        row = rows.get(service.id)
        if row is None or row.source is None:
            continue
        if row.source != source:
            faults.append(FieldError(pointer=f"{pointer}/id", message="another source keeps this offer"))
        elif row.organization_id != service.organization_key:
            message = "the offer belonged to another organisation until now: give it an id of its own"
            faults.append(FieldError(pointer=f"{pointer}/id", message=message))
    if faults:
        raise ForeignEntry(errors=faults)


def _organizations_in(services: Mapping[str, Service]) -> dict[UUID, Organization]:
    """Each organisation of the file, as it is nested in the first of its services."""
    found: dict[UUID, Organization] = {}
    for service in services.values():
        if service.organization is not None:
            found.setdefault(service.organization.id, service.organization)
    return found


async def _apply(work: UnitOfWork, author: Author, plan: Plan, in_file: Mapping[UUID, Organization]) -> None:
    stored = await find_organizations(work.session, in_file)
    for id_, organization in in_file.items():
        row = stored.get(id_)
        # An organisation that a person or another source keeps stays as it is.
        if row is None or row.source == author.source:
            await write_organization(work, author, organization, row)
    for change in (*plan.new, *plan.changed):
        owner = _owner(change.service, stored, in_file)
        await write_service(work, author, change.service, owner, change.row)
    for change in plan.ended:
        assert change.row is not None  # noqa: S101 -- what ends is stored
        found = await find_organization(work.session, change.row.organization_id)
        if found is not None:
            await write_service(work, author, change.service, found, change.row, action="end")


def _owner(
    service: Service, stored: Mapping[UUID, OrganizationRow], in_file: Mapping[UUID, Organization]
) -> OrganizationRow | Organization:
    key = service.organization_key or service.id
    row = stored.get(key)
    return in_file[key] if row is None else row
