"""Contacts on the wire: what callers send to change and find them, and what each role gets to read."""

from datetime import date, datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from services.intake.contacts.contact_status import ContactStatus, Outcome
from services.intake.lines.lines import Lines
from services.intake.models import ContactColumns
from services.intake.vault import PersonalData
from services.intake.wire import Closed
from shared.contracts import Age, Facts
from shared.cpr import Cpr, age_at
from shared.ids import show_reference
from shared.vocabulary import Administration, Channel
from shared.working_days import local_date

PersonName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Phone = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
CprText = Annotated[str, StringConstraints(max_length=20)]
Relation = Literal["self", "parent", "relative", "professional", "other"]


class CitizenIn(Closed):
    """The person the contact is about. At most one of `cpr`, `birth_date` and `age`."""

    cpr: CprText | None = Field(
        None, description="ddmmyy-xxxx or ten digits; replacement numbers too", examples=["610190-1234"]
    )
    birth_date: date | None = Field(None, examples=["1990-01-01"])
    age: Age | None = Field(None, examples=[36])
    name: PersonName | None = Field(None, examples=["Alma Andersen"])
    anonymous: bool = Field(False, description="The citizen's right in counselling; no personal number then")
    address_protected_until: date | None = Field(
        None, description="Last day of name and address protection (CPR-loven § 28)"
    )

    @model_validator(mode="after")
    def _one_way_to_the_age(self) -> Self:
        if sum(value is not None for value in (self.cpr, self.birth_date, self.age)) > 1:
            raise ValueError("give at most one of cpr, birth_date and age")
        return self


class ContactPerson(Closed):
    """Who phones, writes or comes (henvender)."""

    relation: Relation | None = Field(None, examples=["parent"])
    name: PersonName | None = Field(None, examples=["Bo Andersen"])
    phone: Phone | None = Field(None, examples=["+4520000001"])
    organisation: PersonName | None = None


Summary = Annotated[str, StringConstraints(max_length=4000)]


class FactsIn(Facts):
    """The facts, either bare or as `{"facts": {...}}`, as they are in every other body."""

    @model_validator(mode="before")
    @classmethod
    def _unwrap(cls, body: Any) -> Any:
        return body["facts"] if isinstance(body, dict) and body.keys() == {"facts"} else body


class ContactChange(Closed):
    """A correction. Each part that is given replaces the whole part; the others stay.

    A phone number that is left out stays as well, because a call brings its own; null deletes it.
    """

    citizen: CitizenIn | None = None
    contact_person: ContactPerson | None = None
    summary: Summary | None = Field(None, examples=["Ringer igen i morgen."])


class Closing(Closed):
    """Why nothing more is to be done."""

    outcome: Outcome = Field(examples=["advised"])
    reason: Annotated[str, StringConstraints(max_length=1000)] | None = Field(
        None, examples=["Fik vejledning om gældsrådgivning."]
    )


class Search(Closed):
    """One criterion. It is in the body, never in the URL; of it only the kind is logged."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reference": "7F3K-9QTX"}]})

    cpr: CprText | None = Field(None, examples=["610190-1234"])
    phone: Phone | None = Field(None, examples=["20 00 00 01"])
    reference: Annotated[str, StringConstraints(min_length=8, max_length=12)] | None = Field(
        None, examples=["7F3K-9QTX"]
    )
    name: PersonName | None = Field(None, description="Whole words, in any order", examples=["andersen alma"])
    purpose: Annotated[str, StringConstraints(min_length=3, max_length=200)] | None = Field(
        None, examples=["Borgeren ringer om sin henvendelse"]
    )
    limit: int = Field(50, ge=1, le=100)
    cursor: str | None = Field(None, max_length=400)

    @model_validator(mode="after")
    def _one_criterion(self) -> Self:
        if sum(value is not None for value in (self.cpr, self.phone, self.reference, self.name)) != 1:
            raise ValueError("give exactly one of cpr, phone, reference and name")
        return self


class CitizenOut(BaseModel):
    """The citizen. A role that does not work with the person gets no name, number or birth date."""

    cpr: str | None = Field(None, examples=["6101901234"])
    cpr_is_replacement: bool = Field(False, description="A replacement number (erstatnings-CPR)")
    birth_date: date | None = None
    age: int | None = Field(None, description="On the day the contact was received", examples=[36])
    name: str | None = Field(None, examples=["Alma Andersen"])
    anonymous: bool
    address_protected_until: date | None = None
    address_protected: bool = Field(description="Whether the protection holds today")


class ContactItem(BaseModel):
    """A contact in a list: nothing that identifies a person."""

    id: UUID
    reference: str = Field(description="As it is read aloud", examples=["7F3K-9QTX"])
    channel: Channel
    line: str = Field(examples=["hovednummer"])
    answered_by: Administration | None = Field(
        None, description="The administration whose people answer that line at that time", examples=["KFF"]
    )
    received_at: datetime
    status: ContactStatus
    outcome: Outcome | None = None
    ticket: str | None = Field(None, description="Number of the day at the entrance", examples=["A17"])
    anonymous: bool
    address_protected: bool
    companion_of: UUID | None = Field(None, description="The contact during which this person was spoken of")


class FoundContact(ContactItem):
    """A contact found by a search."""

    name: str | None = Field(None, examples=["Alma Andersen"])


class ContactOut(BaseModel):
    """A contact, with as much of the person as the reader's role may see."""

    id: UUID
    reference: str = Field(description="As it is read aloud", examples=["7F3K-9QTX"])
    channel: Channel
    line: str = Field(examples=["hovednummer"])
    answered_by: Administration | None = Field(
        None, description="The administration whose people answer that line at that time", examples=["KFF"]
    )
    received_at: datetime
    created_at: datetime
    changed_at: datetime
    status: ContactStatus
    outcome: Outcome | None = None
    closed_at: datetime | None = None
    close_reason: str | None = None
    ticket: str | None = Field(None, description="Number of the day at the entrance", examples=["A17"])
    citizen: CitizenOut
    contact_person: ContactPerson
    summary: str | None = None
    facts: Facts | None = None
    companion_of: UUID | None = None
    concerns: str | None = Field(None, description="Who a companion contact is about", examples=["child"])
    edition: int = Field(description="The ETag's number", examples=[1])
    version: int = Field(
        description="The version that its events carry, and that a decision in triage names", examples=[1]
    )


def is_protected(contact: ContactColumns, now: datetime) -> bool:
    """Whether name and address protection applies; the stored date is the last day of it (CPR-loven § 28)."""
    until = contact.address_protected_until
    return until is not None and local_date(now) <= until


def contact_out(
    contact: ContactColumns, personal: PersonalData, *, with_person: bool, now: datetime, lines: Lines
) -> ContactOut:
    """The whole contact; without the person for a role that does not work with people."""
    visible = personal if with_person else PersonalData(relation=personal.relation)
    return ContactOut(
        **_impersonal_fields(contact, lines),
        created_at=contact.created_at,
        changed_at=contact.changed_at,
        closed_at=contact.closed_at,
        close_reason=visible.close_reason,
        citizen=_citizen_out(contact, visible, now),
        contact_person=ContactPerson(
            relation=visible.relation,
            name=visible.contact_name,
            phone=visible.phone,
            organisation=visible.organisation,
        ),
        summary=visible.summary,
        facts=Facts.model_validate(contact.facts) if with_person and contact.facts else None,
        concerns=contact.concerns,
        edition=contact.edition,
        version=contact.version,
    )


def _citizen_out(contact: ContactColumns, visible: PersonalData, now: datetime) -> CitizenOut:
    cpr = None if visible.cpr is None else Cpr.parse(visible.cpr)
    born = cpr.birth_date if cpr is not None else visible.birth_date
    return CitizenOut(
        cpr=visible.cpr,
        cpr_is_replacement=cpr is not None and cpr.is_replacement,
        birth_date=born,
        # The age on the day of the contact, which does not change when it is read years later.
        age=visible.age if born is None else age_at(born, contact.received_at),
        name=visible.name,
        anonymous=contact.anonymous,
        address_protected_until=contact.address_protected_until,
        address_protected=is_protected(contact, now),
    )


def contact_item(contact: ContactColumns, now: datetime, lines: Lines) -> ContactItem:
    """The contact in a list."""
    return ContactItem(
        **_impersonal_fields(contact, lines),
        anonymous=contact.anonymous,
        address_protected=is_protected(contact, now),
    )


def _impersonal_fields(contact: ContactColumns, lines: Lines) -> dict[str, Any]:
    """The fields that lists and the whole contact share; none identifies a person."""
    return {
        "id": contact.id,
        "reference": show_reference(contact.reference),
        "channel": contact.channel,
        "line": contact.line,
        "answered_by": lines.administration_at(contact.line, contact.received_at),
        "received_at": contact.received_at,
        "status": contact.status,
        "outcome": contact.outcome,
        "ticket": contact.ticket,
        "companion_of": contact.companion_of,
    }


def found_contact(contact: ContactColumns, name: str | None, now: datetime, lines: Lines) -> FoundContact:
    """The contact in the results of a search, with the name, so that the right one can be recognised."""
    return FoundContact(**contact_item(contact, now, lines).model_dump(), name=name)
