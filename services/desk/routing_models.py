"""Routing's queues, entries and figures, as the desk reads them."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from pydantic import AwareDatetime

from services.desk.api_models import ApiModel
from shared.vocabulary import Channel, Urgency


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


@dataclass(frozen=True)
class ActField:
    """A field of an act's form: `kind` is `yes_no`, `text`, `choice` or `contact`."""

    name: str
    kind: str
    required: bool = True
    options: tuple[str, ...] | None = None


class Act(ApiModel):
    """An act that ends a duty: as it should (`done`), or without what is owed (`otherwise`).

    What must be given with it is in `requires`, with the answers that `how` allows.
    """

    act: str
    name: str
    ends: str
    requires: tuple[str, ...]
    how: tuple[str, ...]

    @property
    def needed(self) -> tuple[ActField, ...]:
        """The fields of its form."""
        own = tuple(ActField(name=name, kind=self._kind_of(name), options=self.how) for name in self.requires)
        # A reason can be given with each act; it is asked for where the duty ends without what is owed.
        if self.ends == "otherwise" and not self.requires:
            return (ActField(name="reason", kind="text", required=False),)
        return own

    def _kind_of(self, name: str) -> str:
        if name == "how":
            return "choice" if self.how else "text"
        return {"acute_help_needed": "yes_no", "duplicate_of": "contact"}.get(name, "text")


class Duty(ApiModel):
    """What is owed to a citizen, from the first word until its own act ends it."""

    id: str
    contact_id: str
    reference: str
    rule: str
    name: str
    legal_basis: str
    unit: str
    starts_at: AwareDatetime
    due_at: AwareDatetime
    state: Literal["running", "overdue", "met", "met_late", "ended_otherwise"]
    remaining_seconds: float = 0.0
    overdue_seconds: float = 0.0
    paused_when_closed: bool = False
    act: str | None = None
    reason: str | None = None
    ending_text: str | None = None
    ended_at: AwareDatetime | None = None
    ended_by: str | None = None
    entry_id: str | None = None
    acts: tuple[Act, ...] = ()

    @property
    def title(self) -> str:
        """The name as it begins a line."""
        return self.name[:1].upper() + self.name[1:]

    @property
    def is_open(self) -> bool:
        """Whether it still has to be met."""
        return self.state in {"running", "overdue"}

    @property
    def ending(self) -> str | None:
        """How it ended, in Danish; None where routing says it by the codes of the act and the reason only."""
        named = (one.name for one in self.acts if one.act == self.act)
        return self.ending_text or next(named, None)


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


class UnitPeriod(ApiModel):
    """A unit in one period of its life, both dates included."""

    code: str
    name: str
    valid_from: date
    valid_to: date | None

    def is_valid_on(self, day: date) -> bool:
        """Whether the period includes this day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)
