"""The parts of HSDS 3.1 services and organisations: phones, addresses, hours, capacities and the like.

Named as the standard names them (openreferral/specification, schema/).
"""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

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
)

#: The most entries in a list of details of one entity.
_MOST = 500


class Entity(BaseModel):
    """What every entity has: an id of its own."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: UUID


def many() -> Any:
    """A list of details, empty by default."""
    return Field(default_factory=list, max_length=_MOST)


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


class CapacityUnit(Entity):
    """What a capacity counts. Of scheme `dsi` are `place`, `site` and `waiting` (people who wait)."""

    name: Name = Field(examples=["Pladser"])
    scheme: Line | None = None
    identifier: Line | None = None
    uri: Uri | None = None


class ServiceCapacity(Entity):
    """How many of a unit there are now, and at most."""

    unit: CapacityUnit
    available: Annotated[Number, Field(ge=0, le=1_000_000)] = Field(examples=[4])
    maximum: Annotated[Number, Field(ge=0, le=1_000_000)] | None = None
    description: Text | None = None
    updated: Moment
