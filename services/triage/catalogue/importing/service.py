"""A source's file, taken whole: what is new, what changed, and what is no longer in it.

The same file again changes nothing. What disappeared from a source's newer file is marked as no longer
valid and stays; so does what somebody has taken to keep by hand since. Nobody's file changes what another
source keeps.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from services.triage.catalogue import repository
from services.triage.catalogue.importing.file_parsing import read_services
from services.triage.catalogue.schemas import Organization, Service, document_of
from services.triage.catalogue.services.service import (
    Author,
    author_of,
    difference,
    kept_form,
    write_organization,
    write_service,
)
from services.triage.models import OfferRow, OrganizationRow
from services.triage.problems import ForeignEntry
from shared.access import Principal
from shared.problems import FieldError
from shared.unit_of_work import UnitOfWork
from shared.working_days import local_date


@dataclass(frozen=True)
class Step:
    """What the import does with one service: the service, its row where there is one, and what changes."""

    service: Service
    row: OfferRow | None
    fields: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """What the import does, before it is done."""

    new: list[Step] = field(default_factory=list)
    changed: list[Step] = field(default_factory=list)
    ended: list[Step] = field(default_factory=list)
    kept_by_hand: list[Step] = field(default_factory=list)
    unchanged: list[Step] = field(default_factory=list)


async def import_services(
    work: UnitOfWork, who: Principal, source: str, raw: bytes, *, dry_run: bool
) -> Plan:
    """Take the file, or with `dry_run` only tell what taking it would do.

    Raises UnreadableCatalogue and ForeignEntry, with nothing of it taken.
    """
    services = read_services(raw)
    await repository.take_turn(work.session)
    rows = await repository.find_offers(work.session, (service.id for service in services.values()))
    _refuse_foreign(services, rows, source)
    author = author_of(work, who, source)
    plan = _plan(work, services, rows)
    there = {service.id for service in services.values()}
    day = local_date(author.at)
    for row in await repository.offers_of_source(work.session, source):
        if row.id not in there and row.document["status"] != "defunct":
            plan.ended.append(Step(_ended(Service.model_validate(row.document), day), row))
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


def _plan(work: UnitOfWork, services: Mapping[str, Service], rows: Mapping[UUID, OfferRow]) -> Plan:
    plan = Plan()
    for service in services.values():
        row = rows.get(service.id)
        if row is None:
            plan.new.append(Step(service, None))
        elif row.source is None:
            plan.kept_by_hand.append(Step(service, row))
        else:
            changed = difference(row.document, document_of(kept_form(work, service)))
            step = Step(service, row, tuple(each["field"] for each in changed))
            (plan.changed if changed else plan.unchanged).append(step)
    return plan


def _organizations_in(services: Mapping[str, Service]) -> dict[UUID, Organization]:
    """Each organisation of the file as the first of its services tells of it."""
    found: dict[UUID, Organization] = {}
    for service in services.values():
        if service.organization is not None:
            found.setdefault(service.organization.id, service.organization)
    return found


async def _apply(work: UnitOfWork, author: Author, plan: Plan, told: Mapping[UUID, Organization]) -> None:
    rows = await repository.find_organizations(work.session, told)
    for id_, organization in told.items():
        row = rows.get(id_)
        if row is None or row.source == author.source:
            await write_organization(work, author, organization, row)
    for step in (*plan.new, *plan.changed):
        owner = _owner(step.service, rows, told)
        await write_service(work, author, step.service, owner, step.row)
    for step in plan.ended:
        assert step.row is not None  # noqa: S101 -- what ends was there
        found = await repository.find_organization(work.session, step.row.organization_id)
        if found is not None:
            await write_service(work, author, step.service, found, step.row, action="end")


def _owner(
    service: Service, rows: Mapping[UUID, OrganizationRow], told: Mapping[UUID, Organization]
) -> OrganizationRow | Organization:
    key = service.organization_key or service.id
    kept = rows.get(key)
    return told[key] if kept is None else kept


def _ended(service: Service, day: date) -> Service:
    """The service as it stands once it has ended: the day before was its last."""
    last = day - timedelta(days=1)
    begun = service.valid_from
    return service.model_copy(
        update={"status": "defunct", "valid_to": last if begun is None else max(begun, last)}
    )
