"""What crosses a service's border: the facts of a contact, and the events about it.

One file, versioned by addition only: a field is added with a default, never renamed or removed, and
readers ignore what they do not know. No event carries a personal number, a name or a phone number.

Events carry the *whole* state of what they are about, with its `version`, so that a consumer that
missed one, or gets two in the wrong order, keeps the highest version and is right.
"""

from datetime import date, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from shared.city.applications import ApplicationArea
from shared.city.current import city
from shared.vocabulary import Administration, Channel, DestinationKind, Need, Unit, Urgency

#: Opaque, the same for every contact about one citizen, used only to see that a citizen came back.
#: Made from the blind index of the personal number (services/intake/contacts/contact_events.py); neither
#: can be got back from it. It is sent to no other system, and is never displayed or logged.
CitizenKey = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]

PostalCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}$")]
Age = Annotated[int, Field(ge=0, le=130, strict=True)]
District = Annotated[int, Field(ge=min(city().places.numbers), le=max(city().places.numbers), strict=True)]

#: A fact that may be unknown, and that a person can declare to stay so.
OpenFact = Literal[
    "age",
    "district",
    "postal_code",
    "in_municipality",
    "applies_for_measure",
    "child_age",
    "child_district",
    "child_postal_code",
    "existing_case_unit",
]


class ChildAtRisk(BaseModel):
    """A child at risk who is somebody else than the citizen. None means unknown."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    age: Age | None = Field(None, description="Age in whole years")
    district: District | None = Field(None, description="Bydel number")
    postal_code: PostalCode | None = Field(None, description="Four digits")


#: The short way to give one child at risk.
CHILD_FACTS: tuple[OpenFact, ...] = ("child_age", "child_district", "child_postal_code")


class Facts(BaseModel):
    """What triage looks at, as far as it is known (triage-policy.md). None means unknown."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    age: Age | None = Field(None, description="Age in whole years of the citizen the contact is about")
    district: District | None = Field(None, description="Bydel number")
    postal_code: PostalCode | None = Field(None, description="Four digits")
    in_municipality: bool | None = Field(
        None,
        description="Whether this municipality is the one that must act: where the citizen lives or usually "
        "stays, or that placed the citizen elsewhere (retssikkerhedsloven § 9). False: another one must",
    )
    needs: frozenset[Need] = Field(min_length=1, description="Need codes, at least one")
    applies_for_measure: bool | None = Field(
        None, description="The citizen asks for, or plainly needs, help that takes an assessment"
    )
    acute_danger: bool = Field(False, description="Life or health in danger now")
    child_at_risk: bool = Field(False, description="Concern for someone under 18, or unborn")
    children: tuple[ChildAtRisk, ...] | None = Field(
        None, max_length=10, description="The children at risk who are somebody else than the citizen"
    )
    child_age: Age | None = Field(None, description="Short for one child in `children`: its age")
    child_district: District | None = Field(None, description="Its bydel")
    child_postal_code: PostalCode | None = Field(None, description="Its postcode")
    suspected_parental_abuse: bool = False
    honour_related: bool = False
    reporter_is_professional: bool = False
    measures_running: bool = Field(
        False, description="The child already gets supportive measures, or is placed outside the home"
    )
    aftercare_running: bool = Field(False, description="The children's area runs an aftercare course")
    existing_case_unit: Unit | None = Field(None, description="The unit that already has the case")
    anonymous: bool = False
    cannot_be_known: frozenset[OpenFact] = Field(
        frozenset(),
        description="Unknown facts that will stay unknown: nobody asks again, reception takes the contact",
    )

    @model_validator(mode="after")
    def _hold_together(self) -> Self:
        for fact in sorted(self.cannot_be_known):
            if getattr(self, fact) is not None:
                message = f"{fact} is given, so it cannot also be in cannot_be_known"
                raise ValueError(message)
        if self.district is not None and self.in_municipality is False:
            message = "district is one of Copenhagen's ten, so in_municipality cannot be false"
            raise ValueError(message)
        if self.children and any(getattr(self, fact) is not None for fact in CHILD_FACTS):
            message = "children has every child: leave out child_age, child_district and child_postal_code"
            raise ValueError(message)
        return self

    @property
    def children_elsewhere(self) -> tuple[ChildAtRisk, ...]:
        """The children at risk who are somebody else than the citizen, in whichever way they were given."""
        if self.children:
            return self.children
        child = ChildAtRisk(
            age=self.child_age, district=self.child_district, postal_code=self.child_postal_code
        )
        return () if child == ChildAtRisk() else (child,)


class Clock(BaseModel):
    """A deadline set by law or by the municipality (domain.md § 6).

    `paused_when_closed` is true for office clocks, which count working days and opening hours; the
    24-hour clock of barnets lov § 136 is never paused.
    """

    rule: str
    starts_at: AwareDatetime
    due_at: AwareDatetime
    legal_basis: str
    paused_when_closed: bool


class Destination(BaseModel):
    """The one place that is responsible. `unit` is always exactly one unit."""

    kind: DestinationKind
    unit: Unit
    administration: Administration | None = None


class Event(BaseModel):
    """What every event has. `id` is what the inbox remembers; `occurred_at` is when the thing happened."""

    model_config = ConfigDict(extra="ignore")

    id: UUID
    occurred_at: AwareDatetime


class QueueVisit(BaseModel):
    """One stay in one reception queue. A call that overflows has two; a letter has one.

    `queue` is the routing queue; `origin` the name the telephone system used. `position` counts from 1.
    """

    position: int = Field(ge=1)
    queue: str
    origin: str | None = None
    entered_at: AwareDatetime
    left_at: AwareDatetime | None = None
    outcome: Literal["waiting", "answered", "abandoned", "overflowed", "transferred", "lost"] = "waiting"
    agent: str | None = None
    #: The subject of the member of staff who answered, where it is known who used the agent's phone.
    employee: str | None = None


class ContactWaiting(Event):
    """A contact waits at the reception, or its call moved on. intake → routing."""

    type: Literal["contact.waiting"] = "contact.waiting"
    contact_id: UUID
    version: int = Field(ge=1)
    reference: str
    channel: Channel
    line: str
    received_at: AwareDatetime
    ticket: str | None = Field(None, description="Ticket number of the day, as it is called out")
    visits: list[QueueVisit] = Field(min_length=1)


class ContactRegistered(Event):
    """The facts as the reception has them now. intake → triage."""

    type: Literal["contact.registered"] = "contact.registered"
    contact_id: UUID
    version: int = Field(ge=1)
    reference: str
    channel: Channel
    received_at: AwareDatetime
    facts: Facts
    citizen_key: CitizenKey | None = Field(
        None, description="Whose contact it is, as an opaque key; null without a personal number"
    )


class ConfiguredUnit(BaseModel):
    """A unit in one period of its life, both dates included."""

    code: str
    name: str
    takes: str
    valid_from: date
    valid_to: date | None = None
    districts: list[int] = []


class UnitsConfigured(Event):
    """All units in all their periods, with the number of the change. routing → triage, intake."""

    type: Literal["units.configured"] = "units.configured"
    edition: int = Field(ge=1)
    units: list[ConfiguredUnit]


class ApplicationAreasConfigured(Event):
    """The published deadlines for applications, all of them, with the number of the change.
    routing → triage.
    """

    type: Literal["application_areas.configured"] = "application_areas.configured"
    edition: int = Field(ge=1)
    areas: list[ApplicationArea]


class CitizenRekeyed(Event):
    """A citizen's key has changed with the index key; both are the same person. intake → triage."""

    type: Literal["citizen.rekeyed"] = "citizen.rekeyed"
    old_key: CitizenKey
    new_key: CitizenKey


class ContactClosed(Event):
    """Nothing more is to be done about this contact. intake → routing, triage."""

    type: Literal["contact.closed"] = "contact.closed"
    contact_id: UUID
    version: int = Field(ge=1)
    outcome: str


class AssessedCompanion(BaseModel):
    """A child at risk who needs a contact of their own, which a decision will open under this id."""

    contact_id: UUID
    concerns: Literal["child"]
    destination: Destination
    urgency: Urgency
    clocks: list[Clock] = []
    warnings: list[str] = []


class ContactAssessed(Event):
    """What the citizen is owed, as soon as facts are registered and again when they change. triage → routing.

    Nobody has decided yet: `destination` is the recommendation. `number` counts the contact's assessments
    from 1. All clocks begin when the contact was received.
    """

    type: Literal["contact.assessed"] = "contact.assessed"
    contact_id: UUID
    number: int = Field(ge=1)
    reference: str
    channel: Channel
    received_at: AwareDatetime
    ruleset: str
    destination: Destination
    urgency: Urgency
    clocks: list[Clock] = []
    warnings: list[str] = []
    companions: list[AssessedCompanion] = []
    #: Only to see whether two contacts can be about the same child; null without a personal number.
    citizen_key: CitizenKey | None = None


class TriagedCompanion(BaseModel):
    """A further contact, for another person: triage gives it its id, intake makes it, routing queues it."""

    contact_id: UUID
    concerns: Literal["child"]
    destination: Destination
    urgency: Urgency
    clocks: list[Clock] = []
    facts: Facts


class ContactTriaged(Event):
    """A person decided. triage → intake, routing. `decision` counts from 1 for each contact."""

    type: Literal["contact.triaged"] = "contact.triaged"
    contact_id: UUID
    decision: int = Field(ge=1)
    reference: str
    channel: Channel
    received_at: AwareDatetime
    ruleset: str
    overridden: bool
    destination: Destination
    urgency: Urgency
    clocks: list[Clock] = []
    companions: list[TriagedCompanion] = []
    #: For the municipality's own deadline of an application; the number is that of the recommendation.
    applies_for_measure: bool | None = None
    kle: str | None = None


class EntryTaken(Event):
    """A receptionist or caseworker has taken the entry. routing → intake."""

    type: Literal["entry.taken"] = "entry.taken"
    contact_id: UUID
    entry_id: UUID
    queue: str


class EntryReleased(Event):
    """The citizen waits again. routing → intake."""

    type: Literal["entry.released"] = "entry.released"
    contact_id: UUID
    entry_id: UUID
    queue: str


class EntryCompleted(Event):
    """The unit is done with it, or the citizen left the queue; the contact closes. routing → intake."""

    type: Literal["entry.completed"] = "entry.completed"
    contact_id: UUID
    entry_id: UUID
    queue: str
    outcome: str = Field(description="An outcome of contacts: advised, completed, abandoned, ...")


class EntryReturned(Event):
    """Wrong unit: back to triage for a new decision. routing → triage, intake."""

    type: Literal["entry.returned"] = "entry.returned"
    contact_id: UUID
    entry_id: UUID
    queue: str
    unit: Unit
    decision: int = Field(ge=0, description="The decision that sent it there; 0 when none did")
    reason: str
    reason_code: str | None = Field(
        None, max_length=40, description="A ReasonCode; text, so that a code of tomorrow can be read today"
    )


AnyEvent = Annotated[
    ContactWaiting
    | ContactRegistered
    | CitizenRekeyed
    | UnitsConfigured
    | ApplicationAreasConfigured
    | ContactClosed
    | ContactTriaged
    | ContactAssessed
    | EntryTaken
    | EntryReleased
    | EntryCompleted
    | EntryReturned,
    Field(discriminator="type"),
]


class EventBatch(BaseModel):
    """What a relay posts to a peer's `/v1/events`: at most 500 events, each read on its own.

    They are raw objects here, so that one event a peer cannot read does not stop the others.
    """

    source: str = Field(examples=["intake"])
    events: list[dict[str, object]] = Field(
        max_length=500,
        examples=[
            [
                {
                    "type": "contact.closed",
                    "id": "01a20698-3299-74b4-b173-af05db0d1cd2",
                    "occurred_at": "2026-03-10T09:00:00Z",
                    "contact_id": "01a20698-3354-738e-85ef-2090fbe79f30",
                    "version": 3,
                    "outcome": "advised",
                }
            ]
        ],
    )


class EventResult(BaseModel):
    """What became of one event: `accepted` (now or before), or `refused` with the reason."""

    id: UUID
    status: Literal["accepted", "refused"]
    reason: str | None = None


class EventReceipts(BaseModel):
    """The peer's answer to a batch, one result for each event."""

    received_at: datetime
    results: list[EventResult]
