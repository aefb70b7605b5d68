"""Triage's offers (HSDS 3.1 services), as they are listed, rendered and read aloud."""

from datetime import date
from typing import Any, Literal

from services.desk.api_models import ApiModel

#: An offer as triage sent it, to be sent back with only the form's part changed: a model would lose the rest.
HsdsDocument = dict[str, Any]

Status = Literal["active", "inactive", "defunct", "temporarily closed"]
Kind = Literal["low_threshold", "self_referral"]


class Address(ApiModel):
    """A postal or physical address."""

    address_1: str
    postal_code: str
    city: str


class Location(ApiModel):
    """A place with its addresses."""

    addresses: tuple[Address, ...] = ()


class Phone(ApiModel):
    """A telephone number."""

    number: str


class Schedule(ApiModel):
    """Opening hours; `byday` are days by their codes of RFC 5545, with commas between."""

    byday: str | None = None
    opens_at: str | None = None
    closes_at: str | None = None


class OfferPlace(ApiModel):
    """One of the places where the offer is given."""

    phones: tuple[Phone, ...] = ()
    schedules: tuple[Schedule, ...] = ()
    location: Location | None = None


class Organisation(ApiModel):
    """Who gives the offer."""

    name: str


class Language(ApiModel):
    """A language that is spoken there."""

    name: str | None = None
    code: str | None = None


class Eligibility(ApiModel):
    """Whom the offer is for; `districts` is None for the whole city."""

    minimum_age: int | None
    maximum_age: int | None
    needs: list[str]
    districts: list[int] | None = None


class Capacity(ApiModel):
    """The room that is left."""

    places: int | None = None
    available: int | None = None
    waiting: int | None = None
    note: str | None = None


class CatalogueChange(ApiModel):
    """A field of the offer that was changed."""

    field_name: str
    last_action_date: date


class Offer(ApiModel):
    """An offer."""

    id: str
    name: str
    status: Status
    description: str | None = None
    organization: Organisation | None = None
    kind: Kind
    eligibility: Eligibility
    capacity: Capacity | None = None
    open_now: bool | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    languages: tuple[Language, ...] = ()
    phones: tuple[Phone, ...] = ()
    schedules: tuple[Schedule, ...] = ()
    service_at_locations: tuple[OfferPlace, ...] = ()

    def fits(self, district: str | None, *, open_now: bool, has_room: bool) -> bool:
        """Whether it passes the filters that triage's list does not have."""
        districts = self.eligibility.districts
        # An offer for the whole city is for each district.
        if district and districts is not None and district not in map(str, districts):
            return False
        if open_now and self.open_now is not True:
            return False
        return not has_room or self.capacity is None or self.capacity.available != 0


class OfferWithChanges(Offer):
    """One offer with the newest changes of it."""

    metadata: tuple[CatalogueChange, ...] = ()


class OfferPage(ApiModel):
    """One page of the catalogue."""

    total_items: int
    contents: list[Offer]


class ReferralOutcomes(ApiModel):
    """How many were referred to an offer, and what became of them."""

    referred: int
    came: int
    did_not_come: int
    unknown: int
    came_back: int
    did_not_come_back: int
    not_known_yet: int
    cannot_be_known: int


class ImportedOffer(ApiModel):
    """An offer of an imported file, and its fields that differ."""

    name: str
    fields: list[str]


class ImportPlan(ApiModel):
    """What importing a file did, or as a dry run would do."""

    dry_run: bool
    new: list[ImportedOffer]
    changed: list[ImportedOffer]
    ended: list[ImportedOffer]
    kept_by_hand: list[ImportedOffer]
    unchanged: int
