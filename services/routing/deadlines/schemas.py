"""Deadlines as they are answered over HTTP."""

from datetime import datetime
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel, Field

from services.routing.deadlines.clocks import ClockState, Deadline, read_clock
from services.routing.deadlines.repository import RunningClock
from services.routing.opening_hours.hours import OpeningHours
from services.routing.states import EntryStatus
from services.routing.wording import rule_name
from shared.ids import show_reference
from shared.paging import Page


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

    @classmethod
    def of(cls, clock: Deadline, hours: OpeningHours, now: datetime, **more: Any) -> Self:
        """The clock as it is at `now` in a queue with these opening hours."""
        reading = read_clock(clock, now, hours)
        return cls(
            rule=clock.rule,
            name=rule_name(clock.rule),
            legal_basis=clock.legal_basis,
            paused_when_closed=clock.paused_when_closed,
            starts_at=clock.starts_at,
            due_at=clock.due_at,
            state=reading.state,
            remaining_seconds=reading.remaining_seconds,
            overdue_seconds=reading.overdue_seconds,
            **more,
        )


class RunningClockOut(ClockOut):
    """A deadline that somebody still has to meet, and where its contact is."""

    contact_id: UUID
    entry_id: UUID
    reference: str = Field(description="As it is read aloud", examples=["7F3K-9QTX"])
    queue: str = Field(description="Whose it is", examples=["children-amager"])
    status: EntryStatus = Field(description="Whether it waits or somebody has it", examples=["waiting"])
    taken_by: str | None = Field(examples=["alma"])

    @classmethod
    def of_running(cls, running: RunningClock, hours: OpeningHours, now: datetime) -> Self:
        """A deadline in the list of those that run out."""
        place = running._asdict() | {"reference": show_reference(running.reference)}
        return cls.of(place.pop("deadline"), hours, now, **place)


class RunningClocksPage(Page[RunningClockOut]):
    """One page of deadlines, and how many there are of all that the caller may see."""

    counting: int = Field(description="Still to be met", examples=[41])
    overdue: int = Field(description="Of these, past their moment", examples=[3])
