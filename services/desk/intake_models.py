"""Intake's contacts, as the desk reads them."""

from typing import Literal

from pydantic import AwareDatetime

from services.desk.api_models import ApiModel
from shared.vocabulary import Channel


class Citizen(ApiModel):
    """Whom a contact is about. Roles without a task with the person receive None for all that names them."""

    cpr: str | None = None
    age: int | None = None
    name: str | None = None
    anonymous: bool
    address_protected: bool


class ContactPerson(ApiModel):
    """Who phones, writes or comes."""

    relation: Literal["self", "parent", "relative", "professional", "other"] | None = None
    name: str | None = None
    phone: str | None = None
    organisation: str | None = None


class ChildAtRisk(ApiModel):
    """A child at risk who is somebody else than the citizen."""

    age: int | None = None
    district: int | None = None
    postal_code: str | None = None


class Facts(ApiModel):
    """What triage decides by. One child may be in `child_*`, in place of `children`."""

    age: int | None = None
    district: int | None = None
    postal_code: str | None = None
    in_municipality: bool | None = None
    needs: tuple[str, ...] = ()
    applies_for_measure: bool | None = None
    acute_danger: bool = False
    child_at_risk: bool = False
    children: tuple[ChildAtRisk, ...] | None = None
    child_age: int | None = None
    child_district: int | None = None
    child_postal_code: str | None = None
    suspected_parental_abuse: bool = False
    honour_related: bool = False
    reporter_is_professional: bool = False
    measures_running: bool = False
    aftercare_running: bool = False
    existing_case_unit: str | None = None
    anonymous: bool = False
    cannot_be_known: tuple[str, ...] = ()

    @property
    def children_elsewhere(self) -> tuple[ChildAtRisk, ...]:
        """The children at risk who are somebody else than the citizen, in whichever way they are stored."""
        if self.children:
            return self.children
        child = ChildAtRisk(
            age=self.child_age, district=self.child_district, postal_code=self.child_postal_code
        )
        return () if child == ChildAtRisk() else (child,)


class Contact(ApiModel):
    """One approach by a citizen, as intake stores it. `version` is that of its events, not its ETag."""

    id: str
    reference: str
    version: int
    channel: Channel
    line: str
    received_at: AwareDatetime
    created_at: AwareDatetime
    status: Literal["waiting", "open", "registered", "triaged", "closed"]
    outcome: str | None = None
    closed_at: AwareDatetime | None = None
    close_reason: str | None = None
    ticket: str | None = None
    citizen: Citizen
    contact_person: ContactPerson
    summary: str | None = None
    facts: Facts | None = None
    companion_of: str | None = None
