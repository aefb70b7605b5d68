"""Application areas: the deadlines that the municipality published itself (retssikkerhedsloven § 3), dated.

An area covers some units, or only some KLE numbers in them; the narrower one wins. It holds for applications
received between two days, both included.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from shared.clock import COPENHAGEN
from shared.contracts import Clock
from shared.problems import FieldError
from shared.vocabulary import Unit
from shared.working_days import add_calendar_days, add_working_days, local_date

KleNumber = Annotated[str, StringConstraints(pattern=r"^[0-9]{2}\.[0-9]{2}\.[0-9]{2}$")]


class AreaTerms(BaseModel):
    """What holds in one period of an area. Weeks run through holidays; working days are office time."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1, max_length=120, examples=["Støtte i egen bolig"])
    units: frozenset[Unit] = Field(min_length=1, examples=[["adults", "youth"]])
    kle: frozenset[KleNumber] = Field(
        frozenset(), description="Only applications with these numbers; none: all", examples=[["27.36.12"]]
    )
    weeks: int | None = Field(None, ge=1, le=104, examples=[8])
    working_days: int | None = Field(None, ge=1, le=500, examples=[None])
    legal_basis: str = Field(min_length=1, max_length=200, examples=["retssikkerhedsloven § 3, stk. 2"])
    valid_to: date | None = Field(None, description="Its last day", examples=[None])

    @model_validator(mode="after")
    def _one_length(self) -> Self:
        if (self.weeks is None) == (self.working_days is None):
            raise ValueError("exactly one of weeks and working_days must stand")
        return self


class Area(AreaTerms):
    """An area in one period. `edition` is the number of the change that made it."""

    code: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+$", max_length=40)]
    valid_from: date
    edition: int = 0

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def covers(self, unit: Unit, kle: str | None) -> bool:
        return unit in self.units and (not self.kle or kle in self.kle)

    def start(self, rule: str, received_at: datetime) -> Clock:
        """The clock of an application received then: over at the end of its last day."""
        if self.working_days is not None:
            due_at = add_working_days(received_at, self.working_days, saturdays=False)
        else:
            last = local_date(add_calendar_days(received_at, 7 * (self.weeks or 1)))
            due_at = datetime.combine(last, time(23, 59, 59), COPENHAGEN).astimezone(UTC)
        return Clock(
            rule=rule,
            starts_at=received_at.astimezone(UTC),
            due_at=due_at,
            legal_basis=self.legal_basis,
            paused_when_closed=self.working_days is not None,
        )


def area_of(areas: Iterable[Area], unit: Unit, kle: str | None, received_at: datetime) -> Area | None:
    """The area of an application: one for its very number before one for all of the unit."""
    day = local_date(received_at)
    fitting = [area for area in areas if area.holds_on(day) and area.covers(unit, kle)]
    return max(fitting, key=lambda area: bool(area.kle), default=None)


def conflicts_of(area: Area, others: Iterable[Area]) -> list[FieldError]:
    """Why this period cannot stand beside `others`: then one application would have two deadlines."""
    found = list(_of_itself(area))
    for other in others:
        found += _between(area, other)
    return found


def _of_itself(area: Area) -> Iterator[FieldError]:
    if area.valid_to is not None and area.valid_to < area.valid_from:
        yield FieldError(pointer="/valid_to", message="lies before valid_from")


def _between(area: Area, other: Area) -> Iterator[FieldError]:
    if not _meet(area, other):
        return
    if area.code == other.code:
        yield FieldError(
            pointer="/valid_to", message=f"the period from {other.valid_from} holds at the same time"
        )
        return
    shared = area.units & other.units
    same_numbers = area.kle & other.kle if area.kle and other.kle else not area.kle and not other.kle
    if shared and same_numbers:
        message = f"{other.code} from {other.valid_from} covers {', '.join(sorted(shared))} in the same way"
        yield FieldError(pointer="/kle" if area.kle else "/units", message=message)


def _meet(area: Area, other: Area) -> bool:
    """Whether there is a day on which both hold."""
    return (other.valid_to is None or area.valid_from <= other.valid_to) and (
        area.valid_to is None or other.valid_from <= area.valid_to
    )
