"""The entities of HSDS 3.1 as they come in, are kept and go out (openreferral/specification, schema/).

Fields of a profile that is not ours are left out without a word, as the standard lets anybody add fields;
the fields of the standard are read strictly. Ids of parents are not kept where nesting says the same.
"""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.triage.catalogue.values import (
    ByDay,
    Clock,
    Day,
    Email,
    Line,
    Moment,
    Name,
    Number,
    Text,
    Uri,
    Whole,
    Years,
)

#: Of one kind of detail an entity has at most so many.
_MOST = 500


class Entity(BaseModel):
    """What every entity has: an id of its own."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: UUID


def many() -> Any:
    """A list of details, empty unless said otherwise."""
    return Field(default_factory=list, max_length=_MOST)


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


class Language(Entity):
    name: Name | None = Field(None, examples=["Dansk"])
    code: Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}$")] | None = Field(None, examples=["da"])
    note: Text | None = None


class Phone(Entity):
    number: Line = Field(examples=["+45 00 00 00 00"])
    extension: Number | None = None
    type: Line | None = None
    description: Text | None = None
    languages: list[Language] = many()


class Schedule(Entity):
    """When something is open, as a rule of iCalendar (RFC 5545)."""

    valid_from: Day | None = None
    valid_to: Day | None = None
    dtstart: Day | None = None
    timezone: Number | None = None
    until: Day | None = None
    count: Whole | None = None
    wkst: Literal["MO", "TU", "WE", "TH", "FR", "SA", "SU"] | None = None
    freq: Literal["WEEKLY", "MONTHLY"] | None = None
    interval: Whole | None = None
    byday: ByDay | None = Field(None, examples=["MO,TU,WE"])
    byweekno: Line | None = None
    bymonthday: Line | None = None
    byyearday: Line | None = None
    description: Text | None = None
    opens_at: Clock | None = Field(None, examples=["10:00"])
    closes_at: Clock | None = Field(None, examples=["16:00"])
    schedule_link: Uri | None = None
    attending_type: Line | None = None
    notes: Text | None = None


class ServiceArea(Entity):
    """Where the service is for; ours are named `urn:dsi:district:3`."""

    name: Name | None = Field(None, examples=["Nørrebro"])
    description: Text | None = None
    extent: Text | None = None
    extent_type: Line | None = None
    uri: Uri | None = None


class Contact(Entity):
    name: Name | None = None
    title: Line | None = None
    department: Line | None = None
    email: Email | None = None
    phones: list[Phone] = many()


class Address(Entity):
    attention: Line | None = None
    address_1: Line = Field(examples=["Eksempelgade 1"])
    address_2: Line | None = None
    city: Line = Field(examples=["København N"])
    region: Line | None = None
    state_province: Line = Field(examples=["Hovedstaden"])
    postal_code: Line = Field(examples=["2200"])
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] = Field(examples=["DK"])
    address_type: Literal["physical", "postal", "virtual"]


class Accessibility(Entity):
    description: Text | None = None
    details: Text | None = None
    url: Uri | None = None


class Location(Entity):
    location_type: Literal["physical", "postal", "virtual"]
    url: Uri | None = None
    name: Name | None = None
    alternate_name: Name | None = None
    description: Text | None = None
    transportation: Text | None = None
    latitude: Annotated[Number, Field(ge=-90, le=90)] | None = None
    longitude: Annotated[Number, Field(ge=-180, le=180)] | None = None
    external_identifier: Line | None = None
    external_identifier_type: Line | None = None
    languages: list[Language] = many()
    addresses: list[Address] = many()
    contacts: list[Contact] = many()
    accessibility: list[Accessibility] = many()
    phones: list[Phone] = many()
    schedules: list[Schedule] = many()


class ServiceAtLocation(Entity):
    location_id: UUID | None = None
    description: Text | None = None
    service_areas: list[ServiceArea] = many()
    contacts: list[Contact] = many()
    phones: list[Phone] = many()
    schedules: list[Schedule] = many()
    location: Location | None = None


class CostOption(Entity):
    valid_from: Day | None = None
    valid_to: Day | None = None
    option: Line | None = None
    currency: Annotated[str, Field(pattern=r"^[A-Za-z]{3}$")] | None = None
    amount: Number | None = None
    amount_description: Text | None = None


class RequiredDocument(Entity):
    document: Text | None = None
    uri: Uri | None = None


class Funding(Entity):
    source: Text | None = None


class Program(Entity):
    name: Name
    alternate_name: Name | None = None
    description: Text


class Url(Entity):
    label: Line | None = None
    url: Uri


class Unit(Entity):
    """What a capacity counts. Of scheme `dsi` are `place`, `site` and `waiting` (people who wait)."""

    name: Name = Field(examples=["Pladser"])
    scheme: Line | None = None
    identifier: Line | None = None
    uri: Uri | None = None


class Capacity(Entity):
    """How many of a unit there are now, and at most."""

    unit: Unit
    available: Annotated[Number, Field(ge=0, le=1_000_000)] = Field(examples=[4])
    maximum: Annotated[Number, Field(ge=0, le=1_000_000)] | None = None
    description: Text | None = None
    updated: Moment


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
    capacities: list[Capacity] = many()
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


def document_of(entity: Entity) -> dict[str, Any]:
    """The entity as it is kept and answered: JSON with nothing that is empty, as the schemas want it."""
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
