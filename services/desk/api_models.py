"""Answers of the services that several features read: only the fields that the desk uses.

tests/desk/test_api_models.py compares each model with the OpenAPI document of the service it is read from.
"""

from typing import Generic, Literal, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict

from shared.vocabulary import Channel, DestinationKind, Urgency


class ApiModel(BaseModel):
    """A part of a service's answer. Other fields than its own are ignored, so that services can add some."""

    model_config = ConfigDict(frozen=True, extra="ignore")


Item = TypeVar("Item")


class Listing(ApiModel, Generic[Item]):
    """One page of a list; `next_cursor` leads to the next one and is None on the last."""

    items: list[Item]
    next_cursor: str | None = None


class Quantile(ApiModel):
    """A wait in seconds; `at_least` when so many still wait that it is only a lower bound."""

    seconds: float
    at_least: bool


class ServiceLevel(ApiModel):
    """The share within the target in one way of counting; None without anyone to count."""

    variant: Literal["answered", "answered_or_abandoned_late", "answered_or_abandoned", "everyone_due"]
    share: float | None


class Figures(ApiModel):
    """Routing's figures of a queue over a period."""

    entered: int
    answered: int
    abandoned: int
    waiting: int
    abandonment: float | None
    p50: Quantile | None
    p90: Quantile | None
    service_levels: list[ServiceLevel]

    @property
    def service_level(self) -> float | None:
        """The share within the target of everyone who was due: waiting people are counted, not left out."""
        return next((level.share for level in self.service_levels if level.variant == "everyone_due"), None)


class Estimate(ApiModel):
    """The wait to expect, in seconds; None where routing cannot say."""

    low_seconds: float | None
    high_seconds: float | None
    basis: str


class LiveFigures(Figures):
    """A queue's figures of today, and its state now."""

    is_open: bool
    opens_at: AwareDatetime | None
    taken: int
    past_due: int
    oldest_wait_seconds: float | None
    estimate: Estimate


class Queue(ApiModel):
    """A queue of the reception or of a team."""

    code: str
    name: str
    unit: str
    kind: Literal["reception", "team"]
    channel: Channel | None
    live: LiveFigures


class Ticket(ApiModel):
    """A number of the day that waits or was called."""

    ticket: str
    queue: str
    called_at: AwareDatetime | None
    counter: str | None = None
    calls: int = 0


class Board(ApiModel):
    """All queues with their live figures, and the tickets that wait and were called."""

    at: AwareDatetime
    queues: list[Queue]
    called: list[Ticket]
    waiting: list[Ticket]


class Order(ApiModel):
    """Why an entry has its place in the queue."""

    reason: Literal["acute", "overdue", "due", "target", "past_target", "no_show"]
    text: str


class Clock(ApiModel):
    """A deadline of an entry."""

    rule: str
    name: str
    legal_basis: str
    paused_when_closed: bool
    due_at: AwareDatetime
    state: Literal["running", "paused", "overdue", "met", "missed", "stopped"]
    remaining_seconds: float
    overdue_seconds: float


class Entry(ApiModel):
    """A contact's place in a queue."""

    id: str
    contact_id: str
    reference: str
    channel: Channel
    queue: str
    origin: str | None
    ticket: str | None
    urgency: Urgency
    status: Literal["waiting", "taken", "completed", "abandoned", "returned", "transferred"]
    position: int | None = None
    order: Order
    clocks: list[Clock]
    received_at: AwareDatetime
    entered_at: AwareDatetime
    taken_at: AwareDatetime | None
    taken_by: str | None
    ended_at: AwareDatetime | None
    outcome: str | None
    counter: str | None = None
    called_at: AwareDatetime | None = None
    calls: int = 0
    no_shows: int = 0
    wait_seconds: float


class Move(ApiModel):
    """One step in an entry's trail."""

    at: AwareDatetime
    kind: str
    role: str
    subject: str | None
    reason: str | None


class EntryWithTrail(Entry):
    """An entry with all its steps."""

    trail: list[Move]


class Need(ApiModel):
    """A need code with its Danish label."""

    code: str
    label: str


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


class Facts(ApiModel):
    """What triage decides by."""

    age: int | None = None
    district: int | None = None
    postal_code: str | None = None
    in_municipality: bool | None = None
    needs: tuple[str, ...] = ()
    applies_for_measure: bool | None = None
    acute_danger: bool = False
    child_at_risk: bool = False
    child_age: int | None = None
    child_district: int | None = None
    child_postal_code: str | None = None
    suspected_parental_abuse: bool = False
    honour_related: bool = False
    reporter_is_professional: bool = False
    aftercare_running: bool = False
    existing_case_unit: str | None = None
    anonymous: bool = False
    cannot_be_known: tuple[str, ...] = ()

    def says_the_same_as(self, other: "Facts") -> bool:
        """Whether both lead to the same recommendation: the order of needs has no meaning."""
        mine, theirs = self.model_dump(), other.model_dump()
        lists = ("needs", "cannot_be_known")
        return all(
            sorted(mine[name]) == sorted(theirs[name]) if name in lists else mine[name] == theirs[name]
            for name in mine
        )


class Contact(ApiModel):
    """One approach by a citizen, as intake stores it."""

    id: str
    reference: str
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


class Created(ApiModel):
    """Something that was made just now."""

    id: str


class Destination(ApiModel):
    """Where a contact is sent."""

    kind: DestinationKind
    unit: str
    administration: str | None = None


class Reason(ApiModel):
    """Why a recommendation is what it is, in Danish."""

    text: str


class Question(ApiModel):
    """What triage would like to know."""

    fact: str
    text: str


class DueClock(ApiModel):
    """A deadline that a recommendation starts."""

    rule: str
    due_at: AwareDatetime
    legal_basis: str


class OfferSuggestion(ApiModel):
    """An offer that fits the facts."""

    id: str
    name: str
    why: str


class Advice(ApiModel):
    """A place, how soon, and why."""

    destination: Destination
    urgency: Urgency
    reasons: tuple[Reason, ...] = ()


class Companion(ApiModel):
    """A contact about a child that goes with the contact, with advice of its own."""

    recommendation: Advice


class Recommendation(Advice):
    """Where triage would send a contact, with all that goes with it."""

    ruleset: str
    warnings: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()
    clocks: tuple[DueClock, ...] = ()
    offers: tuple[OfferSuggestion, ...] = ()
    companions: tuple[Companion, ...] = ()


class Change(ApiModel):
    """A change of the facts that would lead elsewhere, in Danish."""

    text: str


class WhyNot(ApiModel):
    """Why another place was not recommended, and what would have to be different."""

    text: str
    change: Change


class Explanation(ApiModel):
    """Why here, why not elsewhere, and the smallest change of facts that leads elsewhere."""

    why: list[str]
    why_not: list[WhyNot]
    smallest_change: Change | None


class TraceRow(ApiModel):
    """A row of the rules, and whether its condition is true of the facts."""

    rule: str
    title: str
    holds: Literal["true", "false", "unknown"]


class ExplainedRecommendation(Recommendation):
    """A recommendation with its explanation."""

    trace: list[TraceRow] | None = None
    explanation: Explanation


class Decision(ApiModel):
    """What a person decided, and whether against the recommendation."""

    overridden: bool
    destination: Destination
    reason: str | None = None
    decided_at: AwareDatetime
    role: str
    companion: str | None = None


class Return(ApiModel):
    """A unit sent the contact back."""

    unit: str
    reason: str
    returned_at: AwareDatetime


class Assessment(ApiModel):
    """Triage's recommendation for a contact's facts, with what became of it."""

    id: str
    made_at: AwareDatetime
    status: Literal["undecided", "decided", "superseded", "closed"]
    facts: Facts
    recommendation: Recommendation
    decision: Decision | None = None
    returned: Return | None = None


class Health(ApiModel):
    """A service's readiness."""

    status: Literal["ok"] = "ok"
