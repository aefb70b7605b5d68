"""What routing takes and answers over HTTP."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from services.routing.deadlines.clocks import ClockState
from services.routing.entries.queue_order import OrderReason
from services.routing.states import EntryStatus, MoveKind, QueueKind
from services.routing.waits.estimate import EstimateMethod
from services.routing.waits.figures import ServiceLevelVariant
from shared.free_text import Reason
from shared.paging import Page
from shared.vocabulary import Channel, DestinationKind, ReasonCode, Urgency

#: Outcomes that a person can end an entry with; giving up has its own call.
Outcome = Literal["advised", "completed", "forwarded", "referred", "duplicate", "wrong_number"]


class Body(BaseModel):
    """Bodies name no field that is not known: a typing error should not pass unseen."""

    model_config = ConfigDict(extra="forbid")


class ReleaseBody(Body):
    reason: Reason | None = Field(None, examples=["Blev kaldt til møde"])


#: A counter as it is read out: `2`, `A`, `Lokale 3`.
Counter = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20)]


class TakeBody(Body):
    counter: Counter | None = Field(
        None, description="The counter that the holder of a ticket is called to", examples=["2"]
    )


class CompleteBody(Body):
    outcome: Outcome | None = Field(
        None, description="Default: advised at the reception, completed in a unit", examples=["completed"]
    )


class ReturnBody(Body):
    reason: Reason = Field(
        description="Why it is the wrong unit; triage reads it. No names or numbers",
        examples=["Borgeren er 31 år og hører til Voksenområdet"],
    )
    reason_code: ReasonCode | None = Field(
        None, description="The same in a word that can be counted", examples=["wrong_age"]
    )


class StartClockBody(Body):
    rule: str = Field(
        max_length=60, pattern=r"^[a-z0-9_]+$", description="Which deadline", examples=["child_assessment"]
    )
    starts_at: AwareDatetime | None = Field(
        None, description="When the need became known; default now", examples=["2026-03-09T14:00:00+01:00"]
    )


class TransferBody(Body):
    queue: str = Field(
        max_length=60,
        pattern=r"^[a-z0-9-]+$",
        description="Code of the queue it goes to",
        examples=["youth"],
    )
    reason: Reason | None = Field(None, examples=["Efter aftale med Ungeområdet"])


class AbandonBody(Body):
    reason: Reason | None = Field(None, examples=["Svarede ikke efter tre opkald"])


class UnitOut(BaseModel):
    """A unit in one period of its life, both dates included."""

    code: str = Field(examples=["youth"])
    name: str = Field(examples=["Ungeområdet (18-30)"])
    takes: str = Field(examples=["unge fra 18 til og med 30 år"])
    valid_from: date = Field(examples=["2025-01-01"])
    valid_to: date | None = Field(examples=[None])


class QuantileOut(BaseModel):
    """A quantile of waits. With `at_least` it is a lower bound: too many still wait to know it."""

    seconds: float = Field(examples=[142.0])
    at_least: bool = Field(examples=[False])


class AgeBandOut(BaseModel):
    """Those who have waited from `from_seconds` up to, not including, `to_seconds` (null: no end)."""

    from_seconds: float = Field(examples=[300.0])
    to_seconds: float | None = Field(examples=[900.0])
    count: int = Field(examples=[2])


class ServiceLevelOut(BaseModel):
    """The share answered within the target, of those that the variant names; null when it names nobody.

    `answered`: of those answered. `answered_or_abandoned_late`: and of those who gave up after the target.
    `answered_or_abandoned`: and of all who gave up. `everyone_due`: of those answered, those who gave up
    after the target and those who still wait past it.
    """

    variant: ServiceLevelVariant = Field(examples=["answered_or_abandoned_late"])
    share: float | None = Field(examples=[0.82])


class WaitFiguresOut(BaseModel):
    """Counts and waits. The quantiles count those still waiting in (Kaplan-Meier)."""

    entered: int = Field(description="All of them", examples=[151])
    answered: int = Field(description="Taken by somebody", examples=[120])
    abandoned: int = Field(description="Gave up", examples=[11])
    left: int = Field(description="Left without being taken: overflowed, moved, lost", examples=[3])
    waiting: int = Field(examples=[17])
    abandonment: float | None = Field(description="Share of those answered or gone", examples=[0.084])
    p50: QuantileOut | None
    p90: QuantileOut | None
    longest_seconds: float | None = Field(examples=[1260.0])
    service_levels: list[ServiceLevelOut]


class EstimateOut(BaseModel):
    """The wait from now, in clock time, as a range that holds with `probability`.

    All three times are null when the queue does not open again. The wait for opening is counted in.
    """

    queue: str = Field(examples=["reception-phone"])
    at: datetime
    low_seconds: float | None = Field(examples=[45.0])
    median_seconds: float | None = Field(examples=[170.0])
    high_seconds: float | None = Field(examples=[420.0])
    probability: float = Field(examples=[0.8])
    ahead: int = Field(description="How many will be taken before", examples=[1])
    seconds_until_open: float | None = Field(examples=[0.0])
    method: EstimateMethod = Field(examples=["pace"])
    observed: int = Field(description="How many observations it rests on", examples=[38])
    basis: str = Field(
        description="What it rests on and does not know, in Danish",
        examples=["Køen har endnu ingen historik; tallet bygger på den forudsatte betjeningstid. 0 foran."],
    )


class LiveOut(WaitFiguresOut):
    """A queue now. Counts and waits are of waits that ended since `since`, and of all who still wait."""

    at: datetime
    since: datetime
    is_open: bool = Field(examples=[True])
    opens_at: datetime | None = Field(description="When it opens; now when open; null: never again")
    taken: int = Field(description="Taken and not ended", examples=[3])
    past_due: int = Field(description="Wait though their due time has passed", examples=[0])
    oldest_wait_seconds: float | None = Field(examples=[412.0])
    age_bands: list[AgeBandOut]
    estimate: EstimateOut = Field(description="For someone who joins now")


class QueueOut(BaseModel):
    """A queue, as configured and as it is now."""

    code: str = Field(examples=["reception-phone"])
    name: str = Field(examples=["Indgangens telefon"])
    unit: str = Field(examples=["reception"])
    kind: QueueKind = Field(examples=["reception"])
    channel: Channel | None = Field(examples=["phone"])
    target_seconds: int = Field(description="The wait it aims at", examples=[300])
    valid_from: date = Field(examples=["2025-01-01"])
    valid_to: date | None = Field(examples=[None])
    live: LiveOut


class TicketOut(BaseModel):
    """A ticket of the day at an entrance. `called_at` (the last call) is null in the line."""

    ticket: str = Field(examples=["A17"])
    queue: str = Field(examples=["reception-desk"])
    entered_at: datetime
    called_at: datetime | None
    counter: str | None = Field(None, description="Where its holder is called to", examples=["2"])
    calls: int = Field(0, description="How often it was called since it was taken", examples=[1])


class BoardOut(BaseModel):
    """The whole picture at one moment. It names nobody."""

    at: datetime
    queues: list[QueueOut]
    called: list[TicketOut] = Field(description="The tickets called last, newest first")
    waiting: list[TicketOut] = Field(description="The tickets next in line")


class ClockOut(BaseModel):
    """A deadline of the contact. `remaining_seconds` is open time where `paused_when_closed`."""

    rule: str = Field(examples=["notification_assessment"])
    name: str = Field(examples=["24-timers vurdering af underretning"])
    legal_basis: str = Field(examples=["barnets lov § 136"])
    paused_when_closed: bool = Field(examples=[False])
    starts_at: datetime
    due_at: datetime
    state: ClockState = Field(examples=["running"])
    remaining_seconds: float = Field(examples=[50400.0])
    overdue_seconds: float = Field(examples=[0.0])


class RunningClockOut(ClockOut):
    """A deadline that somebody still has to meet, and where its contact is."""

    contact_id: UUID
    entry_id: UUID
    reference: str = Field(description="As it is read aloud", examples=["7F3K-9QTX"])
    queue: str = Field(description="Whose it is", examples=["children-amager"])
    status: EntryStatus = Field(description="Whether it waits or somebody has it", examples=["waiting"])
    taken_by: str | None = Field(examples=["alma"])


class RunningClocksPage(Page[RunningClockOut]):
    """One page of deadlines, and how many there are of all that the caller may see."""

    counting: int = Field(description="Still to be met", examples=[41])
    overdue: int = Field(description="Of these, past their moment", examples=[3])


class OrderOut(BaseModel):
    """Why the entry stands where it stands."""

    reason: OrderReason = Field(examples=["due"])
    due_at: datetime
    rule: str | None = Field(description="The deadline that decides", examples=["notification_assessment"])
    text: str = Field(examples=["Frist: 24-timers vurdering af underretning, senest 24.11.2026 kl. 10.00."])


class EntryOut(BaseModel):
    """One stay of a contact in one queue. Who the citizen is, only intake knows."""

    id: UUID
    contact_id: UUID
    reference: str = Field(description="As it is read aloud", examples=["7F3K-9QTX"])
    channel: Channel = Field(examples=["written"])
    queue: str = Field(examples=["children-amager"])
    origin: str | None = Field(
        description="What it was called where it came from, when that is not one of our queues",
        examples=[None],
    )
    ticket: str | None = Field(description="The walk-in's ticket number", examples=["A017"])
    kind: DestinationKind | None = Field(description="What triage decided; null before", examples=["unit"])
    kind_text: str | None = Field(examples=["Enheden har ansvaret."])
    decision: int = Field(description="The triage decision that sent it here; 0: none", examples=[1])
    urgency: Urgency = Field(examples=["day"])
    status: EntryStatus = Field(examples=["waiting"])
    position: int | None = Field(None, description="Its place in the queue, in lists", examples=[1])
    order: OrderOut
    clocks: list[ClockOut]
    received_at: datetime = Field(description="When the contact reached the city")
    entered_at: datetime = Field(description="When it entered this queue")
    taken_at: datetime | None
    taken_by: str | None = Field(description="Who has it", examples=["alma"])
    ended_at: datetime | None
    outcome: str | None = Field(examples=[None])
    counter: str | None = Field(None, description="Where the ticket's holder is called to", examples=["2"])
    called_at: datetime | None = Field(None, description="When it was called last")
    calls: int = Field(0, description="How often it was called since it was taken", examples=[1])
    no_shows: int = Field(0, description="How often nobody came when it was called", examples=[0])
    wait_seconds: float = Field(description="Until taken or left, or until now", examples=[3600.0])


class MoveOut(BaseModel):
    """One step of the trail."""

    at: datetime
    kind: MoveKind = Field(examples=["taken"])
    role: str = Field(description="The role, or the service that told of it", examples=["caseworker"])
    subject: str | None = Field(examples=["alma"])
    reason: str | None = Field(examples=[None])


class EntryWithTrail(EntryOut):
    trail: list[MoveOut]


class ComplianceOut(BaseModel):
    """Deadlines due in the period: how those due before now were kept, and how many others still count."""

    met: int = Field(examples=[41])
    missed: int = Field(description="Late, or still not met", examples=[3])
    stopped: int = Field(description="Fell away in time; not judged", examples=[1])
    open: int = Field(description="Not due yet, still to be met", examples=[0])
    share: float | None = Field(description="Met, of those met and missed", examples=[0.93])


class GroupOut(WaitFiguresOut):
    """The entries made in the period, in one group; only what it is grouped by is set."""

    starts_at: datetime | None = Field(description="Start of the local hour or day")
    queue: str | None = Field(examples=["reception-phone"])
    channel: Channel | None = Field(examples=[None])
    rule: str | None = Field(None, description="The deadlines' rule", examples=[None])
    deadlines: ComplianceOut


class StatisticsOut(BaseModel):
    """A period as a whole and in groups. Waits are as they stand at `at`."""

    model_config = ConfigDict(populate_by_name=True)

    from_: datetime = Field(alias="from")
    to: datetime
    at: datetime
    queue: str | None = Field(examples=[None])
    channel: Channel | None = Field(examples=["phone"])
    group_by: Literal["hour", "day", "queue", "channel", "rule"] | None = Field(examples=["queue"])
    total: GroupOut
    groups: list[GroupOut]
