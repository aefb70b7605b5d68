"""Clocks that routing itself sets: those a caseworker starts, and those the municipality set itself.

All others come with triage's decision. Rules, lengths and legal bases are data: `duties.yaml` for what the
law says, the application areas (areas.py) and a setting for what the city says.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.routing.deadlines.own_deadlines import Area, area_of
from shared.contracts import Clock, ContactTriaged
from shared.problems import FieldError, InvalidInput
from shared.vocabulary import Channel, DestinationKind, Unit
from shared.working_days import add_months, add_working_days

FORWARDING = "forwarding"
#: How the rules of application areas begin.
APPLICATION_RULES = "application_"
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
            raise ValueError("exactly one of months and working_days must stand")
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


def begun_clock(rule: str, unit: str, starts_at: datetime, now: datetime) -> Clock:
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


def application_rule(area: Area) -> str:
    """The rule of an area's clocks."""
    return APPLICATION_RULES + area.code.replace("-", "_")


def is_application(rule: str) -> bool:
    """Whether a missed clock of this rule asks for a written notice (retssikkerhedsloven § 3)."""
    return rule.startswith(APPLICATION_RULES)


def own_clocks(
    event: ContactTriaged, areas: Iterable[Area], *, forwarding_days: int, forwarding_basis: str
) -> list[Clock]:
    """What the municipality has promised itself for a contact that goes there."""
    kind, at = event.destination.kind, event.received_at
    if kind is DestinationKind.OTHER_AUTHORITY and event.channel is Channel.WRITTEN:
        return [
            Clock(
                rule=FORWARDING,
                starts_at=at,
                due_at=add_working_days(at, forwarding_days, saturdays=False),
                legal_basis=forwarding_basis,
                paused_when_closed=True,
            )
        ]
    if kind is not DestinationKind.UNIT or event.applies_for_measure is not True:
        return []
    area = area_of(areas, event.destination.unit, event.kle, at)
    return [] if area is None else [area.start(application_rule(area), at)]
