"""Deadlines that begin when a contact is received (domain.md § 6), by the rules of a rule set."""

from datetime import UTC, datetime, timedelta
from typing import Self

from pydantic import Field, model_validator

from services.triage.strict import Strict
from shared.contracts import Clock
from shared.working_days import add_calendar_days, add_months, add_working_days

#: The units that a deadline may be written in.
LENGTHS = ("hours", "calendar_days", "weeks", "months", "working_days")


class ClockRule(Strict):
    """How long a deadline is: in hours, days, weeks, months or working days. Exactly one of them is given.

    All but working days run through nights, weekends and holidays. A month ends on the same day of the next
    one, or on its last. Working days end at local midnight and count Saturdays only when `saturdays` says so;
    public holidays never count.
    """

    hours: int | None = Field(None, ge=1)
    calendar_days: int | None = Field(None, ge=1)
    weeks: int | None = Field(None, ge=1)
    months: int | None = Field(None, ge=1)
    working_days: int | None = Field(None, ge=1)
    saturdays: bool = False
    legal_basis: str

    @model_validator(mode="after")
    def _one_length(self) -> Self:
        if sum(getattr(self, unit) is not None for unit in LENGTHS) != 1:
            raise ValueError(f"exactly one of {', '.join(LENGTHS[:-1])} and {LENGTHS[-1]} must stand")
        return self

    def within(self, longest: "ClockRule") -> bool:
        """Whether it is no longer than that one. Lengths in different units are not comparable."""
        for unit in LENGTHS:
            length, most = getattr(self, unit), getattr(longest, unit)
            if length is not None and most is not None:
                # A deadline that counts Saturdays ends earlier.
                return bool(length <= most) and (self.saturdays or not longest.saturdays)
        return False

    def due(self, received_at: datetime) -> datetime:
        """When the deadline ends, in UTC."""
        if self.hours is not None:
            return received_at.astimezone(UTC) + timedelta(hours=self.hours)
        if self.calendar_days is not None:
            return add_calendar_days(received_at, self.calendar_days)
        if self.weeks is not None:
            return add_calendar_days(received_at, 7 * self.weeks)
        if self.months is not None:
            return add_months(received_at, self.months)
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
