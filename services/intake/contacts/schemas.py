"""What intake is told about contacts, and what it answers."""

from datetime import date, datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator
from pydantic.config import JsonDict

from services.intake.contacts.contact_status import ContactStatus, Outcome
from services.intake.lines.lines import Lines
from services.intake.models import ContactColumns
from services.intake.vault import PersonalData
from services.intake.wire import Closed, LineCode
from shared.clock import COPENHAGEN
from shared.contracts import Age, Facts
from shared.cpr import Cpr, age_at
from shared.ids import show_reference
from shared.moments import Moment
from shared.vocabulary import Administration, Channel

PersonName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Phone = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
CprText = Annotated[str, StringConstraints(max_length=20)]
Relation = Literal["self", "parent", "relative", "professional", "other"]

_FACTS: JsonDict = {"needs": ["loneliness", "debt"], "district": 3}


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
        if sum(told is not None for told in (self.cpr, self.birth_date, self.age)) > 1:
            raise ValueError("give at most one of cpr, birth_date and age")
        return self


class ContactPerson(Closed):
    """Who phones, writes or comes (henvender)."""

    relation: Relation | None = Field(None, examples=["parent"])
    name: PersonName | None = Field(None, examples=["Bo Andersen"])
    phone: Phone | None = Field(None, examples=["+4520000001"])
    organisation: PersonName | None = None


Summary = Annotated[str, StringConstraints(max_length=4000)]


def _nothing_told(part: object) -> object:
    """A part that is sent as null tells as much as one that is left out."""
    return {} if part is None else part


class ContactIn(Closed):
    """A contact to register."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "channel": "walk_in",
                    "citizen": {"age": 36, "name": "Alma Andersen"},
                    "contact_person": {"relation": "self"},
                    "summary": "Vil gerne tale med nogen om sin gæld.",
                    "facts": _FACTS,
                }
            ]
        }
    )

    channel: Channel = Field(examples=["phone"])
    received_at: Moment | None = Field(
        None, description="Default now; the past is allowed, more than 5 minutes ahead is not"
    )
    line: LineCode | None = Field(None, description="Default: the channel's own", examples=["hovednummer"])
    citizen: Annotated[CitizenIn, BeforeValidator(_nothing_told, CitizenIn | None)] = CitizenIn()
    contact_person: Annotated[ContactPerson, BeforeValidator(_nothing_told, ContactPerson | None)] = (
        ContactPerson()
    )
    summary: Summary | None = Field(None, examples=["Vil gerne tale med nogen om sin gæld."])
    facts: Facts | None = Field(None, description="As far as known (triage-policy.md)", examples=[_FACTS])


class FactsIn(Facts):
    """The facts, bare or as `{"facts": {...}}`, which is how they stand everywhere else."""

    @model_validator(mode="before")
    @classmethod
    def _unwrap(cls, body: Any) -> Any:
        return body["facts"] if isinstance(body, dict) and body.keys() == {"facts"} else body


class ContactChange(Closed):
    """What is known better now. Each part that is given replaces the whole part; the rest stays.

    A phone number that is left out stays as well, since a call shows its own; null takes it away.
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
    """One criterion. It stands in the body, and only its kind is ever logged."""

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
        if sum(told is not None for told in (self.cpr, self.phone, self.reference, self.name)) != 1:
            raise ValueError("give exactly one of cpr, phone, reference and name")
        return self


class CitizenOut(BaseModel):
    """The citizen. Who has no task with the person gets neither name, number nor birth date."""

    cpr: str | None = Field(None, examples=["6101901234"])
    cpr_is_replacement: bool = Field(False, description="A replacement number (erstatnings-CPR)")
    birth_date: date | None = None
    age: int | None = Field(None, description="On the day the contact was received", examples=[36])
    name: str | None = Field(None, examples=["Alma Andersen"])
    anonymous: bool
    address_protected_until: date | None = None
    address_protected: bool = Field(description="Whether the protection holds today")


class ContactItem(BaseModel):
    """A contact as lists show it: nothing that names a person."""

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
    """A contact that a search found."""

    name: str | None = Field(None, examples=["Alma Andersen"])


class ContactOut(BaseModel):
    """A contact as its reader may see it."""

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


def is_protected(contact: ContactColumns, now: datetime) -> bool:
    """Whether name and address protection holds; its date is the last day of it."""
    until = contact.address_protected_until
    return until is not None and now.astimezone(COPENHAGEN).date() <= until


def present(
    contact: ContactColumns, said: PersonalData, *, with_person: bool, now: datetime, lines: Lines
) -> ContactOut:
    """The whole contact."""
    shown = said if with_person else PersonalData(relation=said.relation)
    return ContactOut(
        id=contact.id,
        reference=show_reference(contact.reference),
        channel=contact.channel,
        line=contact.line,
        answered_by=lines.administration_at(contact.line, contact.received_at),
        received_at=contact.received_at,
        created_at=contact.created_at,
        changed_at=contact.changed_at,
        status=contact.status,
        outcome=contact.outcome,
        closed_at=contact.closed_at,
        close_reason=shown.close_reason,
        ticket=contact.ticket,
        citizen=_citizen(contact, shown, now),
        contact_person=ContactPerson(
            relation=shown.relation,
            name=shown.contact_name,
            phone=shown.phone,
            organisation=shown.organisation,
        ),
        summary=shown.summary,
        facts=Facts.model_validate(contact.facts) if with_person and contact.facts else None,
        companion_of=contact.companion_of,
        concerns=contact.concerns,
        edition=contact.edition,
    )


def _citizen(contact: ContactColumns, shown: PersonalData, now: datetime) -> CitizenOut:
    cpr = None if shown.cpr is None else Cpr.parse(shown.cpr)
    born = cpr.birth_date if cpr is not None else shown.birth_date
    return CitizenOut(
        cpr=shown.cpr,
        cpr_is_replacement=cpr is not None and cpr.is_replacement,
        birth_date=born,
        age=shown.age if born is None else age_at(born, contact.received_at),
        name=shown.name,
        anonymous=contact.anonymous,
        address_protected_until=contact.address_protected_until,
        address_protected=is_protected(contact, now),
    )


def present_item(contact: ContactColumns, now: datetime, lines: Lines) -> ContactItem:
    """The contact in a list."""
    return ContactItem(
        id=contact.id,
        reference=show_reference(contact.reference),
        channel=contact.channel,
        line=contact.line,
        answered_by=lines.administration_at(contact.line, contact.received_at),
        received_at=contact.received_at,
        status=contact.status,
        outcome=contact.outcome,
        ticket=contact.ticket,
        anonymous=contact.anonymous,
        address_protected=is_protected(contact, now),
        companion_of=contact.companion_of,
    )


def present_found(contact: ContactColumns, said: PersonalData, now: datetime, lines: Lines) -> FoundContact:
    """The contact as a search shows it, so that the right one of several can be told."""
    return FoundContact(**present_item(contact, now, lines).model_dump(), name=said.name)
