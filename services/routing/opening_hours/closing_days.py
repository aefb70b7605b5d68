"""The days on which an administration (forvaltning) is closed, and which units it has when.

A unit's opening hours that say `inherits_closing_days` are closed on its administration's closing days too,
each day by the administration that the unit belongs to on that day. A single day of the unit's own wins.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.routing.opening_hours.hours import OpeningHours, YearDay
from shared.periods import Period
from shared.problems import FieldError
from shared.vocabulary import Unit


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Closing(_Strict):
    """Closed from the first until the last of these days."""

    first: date
    last: date
    name: str = Field(min_length=1, max_length=120, examples=["Planlægningsdag"])

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last < self.first:
            raise ValueError("last lies before first")
        return self


class Membership(_Strict):
    """A unit belongs to the administration between two days, both included."""

    unit: Unit
    valid_from: date
    valid_to: date | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if Period.of(self).is_reversed:
            raise ValueError("valid_to lies before valid_from")
        return self

    def overlaps(self, other: "Membership") -> bool:
        """Whether both are about one unit on some day."""
        return self.unit == other.unit and Period.of(self).overlaps(Period.of(other))


class ClosingDays(_Strict):
    """When the administration is closed: every year (`"12-24"`), and in single stretches of days."""

    closing_days: dict[YearDay, str] = Field({}, examples=[{"12-24": "Juleaftensdag"}])
    closings: tuple[Closing, ...] = ()

    def closed_because(self, day: date) -> str | None:
        """What the closing is called, on a day when it is closed."""
        single = (closing.name for closing in self.closings if closing.first <= day <= closing.last)
        return next(single, self.closing_days.get(day.strftime("%m-%d")))


class AdministrationTerms(ClosingDays):
    """What operations set for an administration: its closing days and its units."""

    units: tuple[Membership, ...] = ()


class Belonging(NamedTuple):
    """In that period the unit is closed with its administration; `calendar` is the JSON of `ClosingDays`."""

    valid_from: date
    valid_to: date | None
    calendar: str


def conflicts_of(units: Sequence[Membership], elsewhere: Iterable[Membership]) -> list[FieldError]:
    """Which units would belong to two administrations, or twice to one, on some day."""
    others = list(elsewhere)
    return [
        FieldError(
            pointer=f"/units/{place}", message="the unit belongs somewhere already on one of these days"
        )
        for place, one in enumerate(units)
        if any(one.overlaps(other) for other in (*units[:place], *others))
    ]


@lru_cache(maxsize=1024)
def hours_of(definition: str, belongings: tuple[Belonging, ...] = ()) -> OpeningHours:
    """The hours whose JSON is `definition`, with the closing days of `belongings` where they inherit them.

    Cached, because `OpeningHours` remembers the open stretches of each day that it has worked out.
    """
    hours = OpeningHours.model_validate_json(definition)
    if not hours.inherits_closing_days or not belongings:
        return hours
    calendars = [(Period.of(one), ClosingDays.model_validate_json(one.calendar)) for one in belongings]

    def inherited(day: date) -> str | None:
        return next((days.closed_because(day) for period, days in calendars if period.includes(day)), None)

    return hours.closed_also_on(inherited)
