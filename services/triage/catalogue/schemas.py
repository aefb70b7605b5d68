"""The entities of HSDS 3.1 as they are sent, stored and answered (openreferral/specification, schema/).

Fields of another profile are ignored, since the standard lets everyone add fields; the fields of the standard
are read strictly. Where an entity is nested in its parent, the parent's id is not stored in it.
"""

from collections.abc import Sequence
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field, model_validator

from services.triage.catalogue.details import (
    Contact,
    CostOption,
    Entity,
    Funding,
    Language,
    Location,
    Phone,
    Program,
    RequiredDocument,
    Schedule,
    ServiceArea,
    ServiceCapacity,
    Url,
    many,
)
from services.triage.catalogue.filters import PageRequest
from services.triage.catalogue.values import Day, Email, Line, Name, Number, Text, Uri, Years

#: An entity as JSON, without what is empty.
Document = dict[str, Any]


class Taxonomy(Entity):
    name: Name = Field(examples=["Behov"])
    description: Text
    uri: Uri | None = None
    version: Line | None = None


class TaxonomyTerm(Entity):
    code: Line | None = Field(None, examples=["loneliness"])
    name: Name = Field(examples=["Ensomhed, netværk"])
    description: Text
    parent_id: UUID | None = None
    taxonomy: Line | None = None
    taxonomy_detail: Taxonomy | None = None
    language: Line | None = None
    taxonomy_id: UUID | None = None
    term_uri: Uri | None = None


class Attribute(Entity):
    """What an entity is, by a term of a taxonomy."""

    link_id: UUID | None = None
    taxonomy_term_id: UUID | None = None
    link_type: Line | None = None
    link_entity: Line | None = None
    value: Text | None = None
    taxonomy_term: TaxonomyTerm | None = None
    label: Line | None = None

    @property
    def term_id(self) -> UUID | None:
        """The term, whether it is named or nested."""
        return self.taxonomy_term.id if self.taxonomy_term is not None else self.taxonomy_term_id


class ServiceAtLocation(Entity):
    location_id: UUID | None = None
    description: Text | None = None
    service_areas: list[ServiceArea] = many()
    contacts: list[Contact] = many()
    phones: list[Phone] = many()
    schedules: list[Schedule] = many()
    location: Location | None = None


class OrganizationIdentifier(Entity):
    identifier_scheme: Line | None = None
    identifier_type: Line
    identifier: Line


class Organization(Entity):
    name: Name = Field(examples=["Socialforvaltningen"])
    alternate_name: Name | None = None
    description: Text
    email: Email | None = None
    website: Uri | None = None
    additional_websites: list[Url] = many()
    year_incorporated: Number | None = None
    legal_status: Line | None = None
    logo: Line | None = None
    uri: Uri | None = None
    parent_organization_id: UUID | None = None
    funding: list[Funding] = many()
    contacts: list[Contact] = many()
    phones: list[Phone] = many()
    locations: list[Location] = many()
    programs: list[Program] = many()
    organization_identifiers: list[OrganizationIdentifier] = many()
    attributes: list[Attribute] = many()


Status = Literal["active", "inactive", "defunct", "temporarily closed"]


class Service(Entity):
    """An offer, whole. `valid_from` and `valid_to` are the city's own fields, both days included."""

    organization_id: UUID | None = None
    name: Name = Field(examples=["Café for alle"])
    alternate_name: Name | None = None
    description: Text | None = None
    url: Uri | None = None
    additional_urls: list[Url] = many()
    email: Email | None = None
    status: Status
    interpretation_services: Text | None = None
    application_process: Text | None = None
    fees_description: Text | None = None
    accreditations: Text | None = None
    eligibility_description: Text | None = None
    minimum_age: Years | None = None
    maximum_age: Years | None = None
    assured_date: Day | None = None
    assurer_email: Email | None = None
    alert: Text | None = None
    valid_from: Day | None = None
    valid_to: Day | None = None
    phones: list[Phone] = many()
    schedules: list[Schedule] = many()
    service_areas: list[ServiceArea] = many()
    service_at_locations: list[ServiceAtLocation] = many()
    languages: list[Language] = many()
    organization: Organization | None = None
    funding: list[Funding] = many()
    cost_options: list[CostOption] = many()
    program: Program | None = None
    required_documents: list[RequiredDocument] = many()
    contacts: list[Contact] = many()
    capacities: list[ServiceCapacity] = many()
    attributes: list[Attribute] = many()

    @model_validator(mode="after")
    def _in_order(self) -> "Service":
        """Ages and days run forwards."""
        if None not in (self.minimum_age, self.maximum_age) and self.minimum_age > self.maximum_age:  # type: ignore[operator]
            raise ValueError("minimum_age is above maximum_age")
        if self.valid_from is not None and self.valid_to is not None and self.valid_from > self.valid_to:
            raise ValueError("valid_from lies after valid_to")
        return self

    @property
    def organization_key(self) -> UUID | None:
        """The organisation, whether it is nested or named."""
        return self.organization.id if self.organization is not None else self.organization_id


def document_of(entity: Entity) -> Document:
    """The entity as it is stored and answered: without empty fields, as the standard's schemas demand."""
    return _without_empty(entity.model_dump(mode="json", exclude_none=True))


def _without_empty(value: dict[str, Any]) -> dict[str, Any]:
    return {
        name: [_without_empty(item) for item in part]
        if isinstance(part, list)
        else _without_empty(part)
        if isinstance(part, dict)
        else part
        for name, part in value.items()
        if part != []
    }


def without_lists(document: Document) -> Document:
    """The fields that have one value, which is what a list of entities has of each."""
    return {name: value for name, value in document.items() if not isinstance(value, list)}


class PageOut(BaseModel):
    """The standard's page: its figures are beside its contents."""

    total_items: int = Field(examples=[13])
    total_pages: int = Field(examples=[1])
    page_number: int = Field(examples=[1])
    size: int = Field(description="Entries on this page", examples=[13])
    first_page: bool
    last_page: bool
    empty: bool


def page_document(contents: Sequence[Document], total: int, page: PageRequest) -> Document:
    """The standard's page with these contents, of `total` entries in all."""
    pages = page.pages_of(total)
    return {
        "total_items": total,
        "total_pages": pages,
        "page_number": page.number,
        "size": len(contents),
        "first_page": page.number == 1,
        "last_page": page.number >= pages,
        "empty": not contents,
        "contents": list(contents),
    }
