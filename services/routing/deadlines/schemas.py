"""A duty's deadline as it is answered over HTTP."""

from datetime import datetime
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel, Field

from services.routing.deadlines.clocks import ClockState, read_clock
from services.routing.models import DutyRow
from services.routing.opening_hours.hours import OpeningHours
from services.routing.wording import rule_name


class ClockOut(BaseModel):
    """A duty's deadline. `remaining_seconds` is open time where `paused_when_closed`."""

    id: UUID = Field(description="The duty's; acts are written on it")
    contact_id: UUID = Field(description="Whose it is: the contact's own, or a companion's not opened yet")
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
    def of(cls, clock: DutyRow, hours: OpeningHours, now: datetime, **more: Any) -> Self:
        """The clock as it is at `now` in a queue with these opening hours."""
        reading = read_clock(clock, now, hours)
        return cls(
            id=clock.id,
            contact_id=clock.contact_id,
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
