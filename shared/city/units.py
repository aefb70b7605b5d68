"""The units of a city over time, and which of them takes the children of a district.

A unit has periods: the same code, another `valid_from`. Both its first and its last day are included.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Self

from pydantic import Field, model_validator

from shared.city.codes import RECEPTION, DistrictNumber, Strict, UnitCode


class UnitPeriod(Strict):
    """A unit in one period of its life."""

    code: UnitCode
    name: str = Field(min_length=1, max_length=120, description="As staff and citizens read it, in Danish")
    takes: str = Field(max_length=300, description="What the unit takes, in a Danish phrase")
    valid_from: date
    valid_to: date | None = Field(None, description="Its last day; null while none is set")
    districts: frozenset[DistrictNumber] = Field(
        frozenset(), description="The districts whose children it takes (børneområde)"
    )

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise ValueError(f"{self.code}: valid_to is before valid_from")
        return self

    def is_valid_on(self, day: date) -> bool:
        """Whether the period includes this day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def overlaps(self, other: "UnitPeriod") -> bool:
        """Whether there is a day that both periods include."""
        return (other.valid_to is None or self.valid_from <= other.valid_to) and (
            self.valid_to is None or other.valid_from <= self.valid_to
        )


@dataclass(frozen=True)
class Conflict:
    """Why two periods, or all of them, contradict: the unit concerned, and how it can be corrected."""

    code: UnitCode
    field: str
    message: str


class Units:
    """All periods of all units. `edition` counts the changes of them, 0 for what a file says."""

    def __init__(self, periods: Iterable[UnitPeriod], edition: int = 0) -> None:
        self.periods = tuple(periods)
        self.edition = edition
        self._names = {
            period.code: period.name for period in sorted(self.periods, key=lambda one: one.valid_from)
        }

    def __iter__(self) -> Iterator[UnitPeriod]:
        return iter(self.periods)

    @property
    def codes(self) -> tuple[UnitCode, ...]:
        """Every code there is or was, in the order of the configuration."""
        return tuple(dict.fromkeys(period.code for period in self.periods))

    def valid_on(self, day: date) -> Mapping[UnitCode, UnitPeriod]:
        """The units of that day by code, in the order of the configuration."""
        return {period.code: period for period in self.periods if period.is_valid_on(day)}

    def name_of(self, code: UnitCode) -> str:
        """What the unit is called now, or was called last; the code itself for one that nobody configured."""
        return self._names.get(code, code)

    def area_of_district(self, day: date) -> Mapping[DistrictNumber, UnitCode]:
        """The unit that takes the children of each district on that day."""
        return {
            number: code for code, period in self.valid_on(day).items() for number in sorted(period.districts)
        }

    def days_of_change(self) -> tuple[date, ...]:
        """The days on which some unit begins or is no longer there, in order."""
        days = {period.valid_from for period in self.periods}
        days |= {
            date.fromordinal(period.valid_to.toordinal() + 1)
            for period in self.periods
            if period.valid_to is not None
        }
        return tuple(sorted(days))


def conflicts_of(units: Units, districts: Iterable[DistrictNumber]) -> list[Conflict]:
    """What must be mended before these units can hold: each unit once on each day, each district in one area.

    A district without an area on some day since the first unit began is a conflict too: a child who lives
    there would have no unit (barnets lov § 136).
    """
    return [
        *_overlapping(units),
        *_reception_missing(units),
        *_districts_not_in_one_area(units, tuple(districts)),
    ]


def _overlapping(units: Units) -> Iterator[Conflict]:
    for position, period in enumerate(units.periods):
        for other in units.periods[position + 1 :]:
            if period.code == other.code and period.overlaps(other):
                message = f"its periods from {period.valid_from} and {other.valid_from} overlap"
                yield Conflict(period.code, "valid_from", message)


def _reception_missing(units: Units) -> Iterator[Conflict]:
    for day in units.days_of_change():
        if RECEPTION not in units.valid_on(day):
            yield Conflict(RECEPTION, "valid_to", f"there is no reception on {day}")
            return


def _districts_not_in_one_area(units: Units, districts: tuple[DistrictNumber, ...]) -> Iterator[Conflict]:
    complained: set[DistrictNumber] = set()
    for day in units.days_of_change():
        valid = units.valid_on(day).values()
        for unit in valid:
            for number in sorted(unit.districts - set(districts)):
                yield Conflict(unit.code, "districts", f"there is no district {number}")
        for number in districts:
            areas = [unit.code for unit in valid if number in unit.districts]
            if len(areas) == 1 or number in complained:
                continue
            complained.add(number)
            if areas:
                message = f"district {number} is also in the area of {areas[0]} on {day}"
                yield Conflict(areas[1], "districts", message)
            else:
                yield Conflict(RECEPTION, "districts", f"district {number} is in no unit's area on {day}")
