"""Entries as they are answered over HTTP, and the bodies of the requests that change them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.routing.deadlines.schemas import ClockOut
from services.routing.entries.queue_order import OrderReason, Placing, placing
from services.routing.models import DutyRow, EntryRow
from services.routing.states import EntryStatus, MoveKind
from services.routing.units.repository import Queue
from services.routing.wording import kind_text, order_text
from shared.free_text import Reason
from shared.ids import show_reference
from shared.vocabulary import Channel, DestinationKind, ReasonCode, Urgency

#: Outcomes that a person can end an entry with; giving up has a request of its own.
Outcome = Literal["advised", "completed", "forwarded", "referred", "duplicate", "wrong_number"]
#: A counter as it is read out: `2`, `A`, `Lokale 3`.
Counter = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20)]


class Body(BaseModel):
    """Fields that are not known are refused: a typing error should not pass unnoticed."""

    model_config = ConfigDict(extra="forbid")


class ReleaseBody(Body):
    reason: Reason | None = Field(None, examples=["Blev kaldt til møde"])


class TakeBody(Body):
    counter: Counter | None = Field(
        None, description="The counter that the holder of a ticket is called to", examples=["2"]
    )


class ReturnBody(Body):
    reason: Reason = Field(
        description="Why it is the wrong unit; triage reads it. No names or numbers",
        examples=["Borgeren er 31 år og hører til Voksenområdet"],
    )
    reason_code: ReasonCode | None = Field(
        None, description="The same in a word that can be counted", examples=["wrong_age"]
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


class OrderOut(BaseModel):
    """Why the entry has its place."""

    reason: OrderReason = Field(examples=["due"])
    due_at: datetime
    rule: str | None = Field(description="The deadline that decides", examples=["notification_assessment"])
    text: str = Field(examples=["Frist: 24-timers vurdering af underretning, senest 24.11.2026 kl. 10.00."])

    @classmethod
    def of(cls, place: Placing) -> Self:
        text = order_text(place.reason, place.rule, place.due_at, has_deadline=place.has_deadline)
        return cls(reason=place.reason, due_at=place.due_at, rule=place.rule, text=text)


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
    clocks: list[ClockOut] = Field(description="Its duties, and those of companions that wait to be opened")
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

    @classmethod
    def of(
        cls,
        entry: EntryRow,
        queue: Queue,
        duties: Sequence[DutyRow],
        now: datetime,
        position: int | None = None,
    ) -> Self:
        """An entry as it is at `now`; of an open one only the duties that run."""
        place = placing(Urgency(entry.urgency), duties, entry.entered_at, queue.target, now)
        if entry.no_shows and place.rule is None:
            place = replace(place, reason=OrderReason.NO_SHOW)
        relevant = [duty for duty in duties if duty.ended_at is None or not entry.is_open]
        return cls.model_validate(
            {
                **{name: getattr(entry, name) for name in EntryOut.model_fields if hasattr(entry, name)},
                "reference": show_reference(entry.reference),
                "kind_text": kind_text(entry.kind),
                "position": position,
                "order": OrderOut.of(place),
                "clocks": [ClockOut.of(duty, queue.hours, now) for duty in relevant],
                "wait_seconds": max(((entry.left_at or now) - entry.entered_at).total_seconds(), 0.0),
            }
        )


class MoveOut(BaseModel):
    """One step of the trail."""

    at: datetime
    kind: MoveKind = Field(examples=["taken"])
    role: str = Field(description="The role, or the service that reported it", examples=["caseworker"])
    subject: str | None = Field(examples=["alma"])
    reason: str | None = Field(examples=[None])


class EntryWithTrail(EntryOut):
    trail: list[MoveOut]
