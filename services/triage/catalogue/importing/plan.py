"""What the import of a source's file does, service by service, before any of it is done."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from services.triage.catalogue.offer_form import stored_form
from services.triage.catalogue.schemas import Document, Service, document_of
from services.triage.models import OfferRow


@dataclass(frozen=True)
class PlannedChange:
    """What the import does with a service. `row` is what is stored of it, `fields` are those that differ."""

    service: Service
    row: OfferRow | None
    fields: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """What the import does, before it is done."""

    new: list[PlannedChange] = field(default_factory=list)
    changed: list[PlannedChange] = field(default_factory=list)
    ended: list[PlannedChange] = field(default_factory=list)
    kept_by_hand: list[PlannedChange] = field(default_factory=list)
    unchanged: list[PlannedChange] = field(default_factory=list)


def plan_of(
    services: Iterable[Service], rows: Mapping[UUID, OfferRow], of_source: Iterable[OfferRow], day: date
) -> Plan:
    """The plan for the services of a file.

    `rows` are the stored offers with their ids, `of_source` those that the source's earlier files brought,
    and `day` is the first on which what is missing from this file is no longer valid.
    """
    plan, in_file = Plan(), set[UUID]()
    for service in services:
        in_file.add(service.id)
        row = rows.get(service.id)
        if row is None:
            plan.new.append(PlannedChange(service, None))
        elif row.source is None:
            plan.kept_by_hand.append(PlannedChange(service, row))
        else:
            fields = differing_fields(row.document, document_of(stored_form(service)))
            (plan.changed if fields else plan.unchanged).append(PlannedChange(service, row, fields))
    for row in of_source:
        if row.id not in in_file and row.document["status"] != "defunct":
            plan.ended.append(PlannedChange(_ended(Service.model_validate(row.document), day), row))
    return plan


def differing_fields(before: Document, after: Document) -> tuple[str, ...]:
    """The names of the fields that differ, sorted."""
    return tuple(sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name)))


def _ended(service: Service, day: date) -> Service:
    """The service once it has ended: the day before was its last, or its first if it had not begun."""
    last = day - timedelta(days=1)
    begun = service.valid_from
    return service.model_copy(
        update={"status": "defunct", "valid_to": last if begun is None else max(begun, last)}
    )
