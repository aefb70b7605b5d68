"""Deadlines that begin when a contact is received (domain.md § 6), by the rules of a rule set."""

from datetime import UTC, datetime, timedelta
from typing import Self

from pydantic import Field, model_validator

from services.triage.strict import Strict
from shared.contracts import Clock
from shared.working_days import add_calendar_days, add_working_days


class ClockRule(Strict):
    """How long a deadline is: in hours, calendar days or working days. Exactly one of them is given.

    Hours and calendar days run through nights, weekends and holidays. Working days end at local midnight
    and count Saturdays only when `saturdays` says so; public holidays never count.
    """

    hours: int | None = Field(None, ge=1)
    calendar_days: int | None = Field(None, ge=1)
    working_days: int | None = Field(None, ge=1)
    saturdays: bool = False
    legal_basis: str

    @model_validator(mode="after")
    def _one_length(self) -> Self:
        if sum(part is not None for part in (self.hours, self.calendar_days, self.working_days)) != 1:
            raise ValueError("exactly one of hours, calendar_days and working_days must stand")
        return self

    def due(self, received_at: datetime) -> datetime:
        """When the deadline ends, in UTC."""
        if self.hours is not None:
            return received_at.astimezone(UTC) + timedelta(hours=self.hours)
        if self.calendar_days is not None:
            return add_calendar_days(received_at, self.calendar_days)
        return add_working_days(received_at, self.working_days or 1, saturdays=self.saturdays)

    def start(self, name: str, received_at: datetime) -> Clock:
        """The clock of this rule for a contact received at that moment."""
        return Clock(
            rule=name,
            starts_at=received_at.astimezone(UTC),
            due_at=self.due(received_at),
            legal_basis=self.legal_basis,
            paused_when_closed=self.working_days is not None,
        )
