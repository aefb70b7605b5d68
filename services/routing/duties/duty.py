"""Deadlines that run from the moment a caseworker became aware of something (`duties.yaml`).

All others come with triage's assessment, or the municipality set them itself (deadlines/own_deadlines.py).
"""

from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from shared.contracts import Clock
from shared.problems import FieldError, InvalidInput
from shared.vocabulary import Unit
from shared.working_days import add_months, add_working_days

#: A moment further back is a mistake in typing: no duty of the law is that long.
_LONGEST_AGO = timedelta(days=731)
_DUTIES_FILE = Path(__file__).parent / "duties.yaml"


class Duty(BaseModel):
    """A deadline that runs from the moment a caseworker became aware of something, in certain units only."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    months: int | None = Field(None, ge=1)
    working_days: int | None = Field(None, ge=1)
    legal_basis: str
    units: frozenset[Unit]

    @model_validator(mode="after")
    def _one_length(self) -> Self:
        if (self.months is None) == (self.working_days is None):
            raise ValueError("exactly one of months and working_days must be given")
        return self

    def start(self, rule: str, starts_at: datetime) -> Clock:
        """The clock of this duty from that moment. Months run through weekends and holidays."""
        if self.months is not None:
            due_at = add_months(starts_at, self.months)
        else:
            due_at = add_working_days(starts_at, self.working_days or 1, saturdays=False)
        return Clock(
            rule=rule,
            starts_at=starts_at,
            due_at=due_at,
            legal_basis=self.legal_basis,
            paused_when_closed=self.working_days is not None,
        )


@cache
def duties() -> dict[str, Duty]:
    """What a caseworker can start, by rule. Raises pydantic's ValidationError for a wrong file."""
    read = yaml.safe_load(_DUTIES_FILE.read_text(encoding="utf-8"))
    return {rule: Duty.model_validate(duty) for rule, duty in read.items()}


def started_clock(rule: str, unit: str, starts_at: datetime, now: datetime) -> Clock:
    """The clock that a caseworker of this unit starts. Raises InvalidInput with the field that is wrong."""
    duty = duties().get(rule)
    if duty is None or unit not in duty.units:
        raise InvalidInput(
            errors=[FieldError(pointer="/rule", message="no such deadline is started in this unit")]
        )
    if not now - _LONGEST_AGO <= starts_at <= now:
        message = "must be past, by two years at most"
        raise InvalidInput(errors=[FieldError(pointer="/starts_at", message=message)])
    return duty.start(rule, starts_at.astimezone(UTC))
