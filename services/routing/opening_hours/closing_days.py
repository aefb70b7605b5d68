"""What an administration (forvaltning) closes for all its units, and which units it has when.

A unit's opening hours that say `inherits_closing_days` are closed on its administration's closing days too,
each day by the administration that the unit belongs to on that day. A single day of the unit's own wins.
"""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from itertools import combinations
from typing import NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.routing.opening_hours.hours import OpeningHours, YearDay
from shared.problems import FieldError
from shared.vocabulary import Administration, Unit


class _Period(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Closing(_Period):
    """Closed from the first until the last of these days."""

    first: date
    last: date
    name: str = Field(min_length=1, max_length=120, examples=["Planlægningsdag"])

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last < self.first:
            raise ValueError("last lies before first")
        return self


class Membership(_Period):
    """A unit belongs to the administration between two days, both included."""

    unit: Unit
    valid_from: date
    valid_to: date | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise ValueError("valid_to lies before valid_from")
        return self

    def meets(self, other: "Membership") -> bool:
        """Whether both are about one unit on some day."""
        return (
            self.unit == other.unit
            and (other.valid_to is None or self.valid_from <= other.valid_to)
            and (self.valid_to is None or other.valid_from <= self.valid_to)
        )


class ClosingDays(BaseModel):
    """When the administration is closed: every year (`"12-24"`), and in single stretches of days."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    closing_days: dict[YearDay, str] = Field({}, examples=[{"12-24": "Juleaftensdag"}])
    closings: tuple[Closing, ...] = ()

    def closed_because(self, day: date) -> str | None:
        """What the closing is called, on a day when it is closed."""
        single = (closing.name for closing in self.closings if closing.first <= day <= closing.last)
        return next(single, self.closing_days.get(day.strftime("%m-%d")))


class AdministrationTerms(ClosingDays):
    """An administration as operations keep it."""

    units: tuple[Membership, ...] = ()


class AdministrationOut(AdministrationTerms):
    """An administration. `edition` is the ETag's number."""

    code: Administration
    edition: int


class Belonging(NamedTuple):
    """In that period the unit is closed with its administration; `calendar` is the JSON of `ClosingDays`."""

    valid_from: date
    valid_to: date | None
    calendar: str


def conflicts_of(units: Iterable[Membership], elsewhere: Iterable[Membership]) -> list[FieldError]:
    """Which units would belong to two administrations, or twice to one, on some day."""
    placed, others = list(enumerate(units)), list(elsewhere)
    twice = {later for (_, one), (later, other) in combinations(placed, 2) if one.meets(other)}
    taken = {place for place, one in placed if any(one.meets(other) for other in others)}
    return [
        FieldError(
            pointer=f"/units/{place}", message="the unit belongs somewhere already on one of these days"
        )
        for place in sorted(twice | taken)
    ]


@lru_cache(maxsize=1024)
def hours_of(definition: str, belongings: tuple[Belonging, ...] = ()) -> OpeningHours:
    """Parsed once for each definition and belonging: it keeps the open stretches of days it was asked for."""
    hours = OpeningHours.model_validate_json(definition)
    if not hours.inherits_closing_days or not belongings:
        return hours
    calendars = [(one, ClosingDays.model_validate_json(one.calendar)) for one in belongings]

    def inherited(day: date) -> str | None:
        for one, calendar in calendars:
            if one.valid_from <= day and (one.valid_to is None or day <= one.valid_to):
                return calendar.closed_because(day)
        return None

    return hours.closed_besides(inherited)
