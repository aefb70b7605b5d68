"""The catalogue as it is answered: HSDS documents, with the city's own fields beside the standard's."""

import json
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, Literal
from uuid import UUID

from fastapi import Response
from pydantic import BaseModel, Field

from services.triage.catalogue.offers.offer import Capacity
from services.triage.catalogue.schemas import Organization, Service, ServiceAtLocation, Taxonomy, TaxonomyTerm
from services.triage.catalogue.services.repository import Slice
from services.triage.models import CatalogueChange, OfferRow, OrganizationRow
from services.triage.needs.vocabulary import Step
from services.triage.rules.case import OLDEST
from shared.vocabulary import Need

VERSION = "3.1"

Document = dict[str, Any]


class EligibilityOut(BaseModel):
    """Whom an offer takes; both ages are included, null means no limit."""

    minimum_age: int | None = Field(examples=[18])
    maximum_age: int | None = Field(examples=[None])
    needs: list[Need]
    districts: list[int] | None = Field(None, description="The bydele it is for; null: the whole city")


class ServiceOut(Service):
    """A service of HSDS, and beside it what the city keeps of an offer."""

    kind: Literal["low_threshold", "self_referral"]
    step: Step
    eligibility: EligibilityOut
    capacity: Capacity | None = None
    open_now: bool | None = Field(
        None, description="By its weekly hours, this minute; null where no hours are known"
    )


class PageOut(BaseModel):
    """The standard's page: its figures stand beside its contents."""

    total_items: int = Field(examples=[13])
    total_pages: int = Field(examples=[1])
    page_number: int = Field(examples=[1])
    size: int = Field(description="Entries on this page", examples=[13])
    first_page: bool
    last_page: bool
    empty: bool


class ServiceMark(BaseModel):
    """A service as `minimal` lists it: that it is there, and when it changed last."""

    id: UUID
    last_modified: str
    modified_date: str


class ServicePage(PageOut):
    """Services. `items` and `next_cursor` say the same in the form of the other lists of this API."""

    contents: list[ServiceOut | ServiceMark]
    items: list[ServiceOut] | None = Field(None, deprecated=True)
    next_cursor: str | None = Field(None, deprecated=True)


class OrganizationOut(Organization):
    """An organisation of HSDS; with `full` its services."""

    services: list[ServiceOut] = Field(default_factory=list)


class OrganizationPage(PageOut):
    contents: list[OrganizationOut]


class PlaceOut(ServiceAtLocation):
    """A service at a location, with the service."""

    service_id: UUID
    service: ServiceOut | None = None


class PlacePage(PageOut):
    contents: list[PlaceOut]


class TaxonomyPage(PageOut):
    contents: list[Taxonomy]


class TermPage(PageOut):
    contents: list[TaxonomyTerm]


def service_answer(row: OfferRow, organization: OrganizationRow, day: date, *, full: bool) -> Document:
    """The service that day: outside its validity it is not active, whatever its own status says."""
    document = row.document if full else _one_to_one(row.document)
    open_ = (row.valid_from is None or row.valid_from <= day) and (
        row.valid_to is None or day <= row.valid_to
    )
    return {
        **document,
        "status": "inactive" if document["status"] == "active" and not open_ else document["status"],
        "last_modified": row.modified_at.isoformat(),
        "organization": organization.document if full else organization_brief(organization),
        "kind": row.kind,
        "step": row.step,
        "eligibility": {
            "minimum_age": row.first_age or None,
            "maximum_age": None if row.last_age == OLDEST else row.last_age,
            "needs": row.needs,
            "districts": row.districts,
        },
        "valid_from": row.valid_from and row.valid_from.isoformat(),
        "valid_to": row.valid_to and row.valid_to.isoformat(),
        "capacity": row.capacity,
    }


def organization_brief(organization: OrganizationRow) -> Document:
    """Its fields of one value."""
    return _one_to_one(organization.document)


def organization_answer(row: OrganizationRow, services: Sequence[Document] | None, *, full: bool) -> Document:
    """The organisation, with its services where they are wanted."""
    document = row.document if full else organization_brief(row)
    return document if services is None else {**document, "services": list(services)}


def place_answer(
    place: Document, row: OfferRow, organization: OrganizationRow, day: date, *, full: bool
) -> Document:
    """The service at one location; the service does not list its locations again."""
    shown = {**(place if full else _one_to_one(place)), "service_id": str(row.id)}
    if not full:
        return shown
    service = service_answer(row, organization, day, full=True)
    return {**shown, "service": {k: v for k, v in service.items() if k != "service_at_locations"}}


def metadata_of(changes: Sequence[CatalogueChange]) -> list[Document]:
    """The trail as the standard writes it. The author is told by role; the name stays in the trail."""
    return [
        {
            "id": str(change.id),
            "resource_id": str(change.resource_id),
            "resource_type": change.resource_type,
            "last_action_date": change.at.date().isoformat(),
            "last_action_type": change.action,
            "field_name": field["field"],
            "previous_value": field["before"],
            "replacement_value": field["after"],
            "updated_by": change.role if change.source is None else f"import: {change.source}",
        }
        for change in changes
        for field in change.fields
    ]


def _one_to_one(document: Document) -> Document:
    return {name: value for name, value in document.items() if not isinstance(value, list)}


def page_answer(
    contents: Sequence[Document], total: int, part: Slice, more: Callable[[], Document] | None = None
) -> Document:
    """The standard's page."""
    pages = part.pages_of(total)
    return {
        "total_items": total,
        "total_pages": pages,
        "page_number": part.page,
        "size": len(contents),
        "first_page": part.page == 1,
        "last_page": part.page >= pages,
        "empty": not contents,
        "contents": list(contents),
        **(more() if more else {}),
    }


def as_json(document: Document | list[Document], headers: dict[str, str] | None = None) -> Response:
    """The document as it stands: nothing is left out of it or added."""
    return Response(json.dumps(document, ensure_ascii=False), 200, headers, media_type="application/json")


def as_lines(documents: Sequence[Document]) -> Response:
    """One document a line (`format=ndjson`)."""
    lines = "".join(json.dumps(document, ensure_ascii=False) + "\n" for document in documents)
    return Response(lines, media_type="application/x-ndjson")
