"""The city that this process serves: its units, needs and deadlines for applications.

The needs, districts and postcodes are those of the folder in `DSI_CITY` (default: Copenhagen), read once when
the process starts. The units and the application areas begin as the folder has them;
routing owns them from then on, and `use_units` and `use_application_areas` are called with what it has stored
or published.
"""

import os
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from pathlib import Path

from shared.city.applications import ApplicationArea
from shared.city.codes import Need, Unit, UnitCode
from shared.city.places import Geography
from shared.city.reading import COPENHAGEN, City, read_city
from shared.city.units import Units

__all__ = [
    "Need",
    "Unit",
    "application_areas",
    "city",
    "geography_on",
    "unit_in_a_sentence",
    "unit_name",
    "units",
    "use_application_areas",
    "use_units",
]


class _Current:
    """The city of this process, and its units as they are known by now."""

    def __init__(self, city: City) -> None:
        self.city = city
        self.units = city.units
        self.application_areas = city.application_areas
        self.areas_edition = 0
        for need in city.needs.codes:
            Need._add(need)  # noqa: SLF001 -- codes are added here and nowhere else
        self.use(city.units)

    def use(self, units: Units) -> None:
        for code in units.codes:
            Unit._add(code)  # noqa: SLF001 -- as above; a code that was ever known stays readable
        self.units = units
        _geography_of.cache_clear()


@lru_cache(maxsize=64)
def _geography_of(days_before: int) -> Geography:
    units = _current.units
    day = units.days_of_change()[max(0, days_before - 1)]
    area_of = {number: Unit(code) for number, code in units.area_of_district(day).items()}
    return Geography(_current.city.places, area_of)


_current = _Current(read_city(Path(os.environ.get("DSI_CITY") or COPENHAGEN)))


def city() -> City:
    """The city as its files describe it."""
    return _current.city


def units() -> Units:
    """The units as they are known by now, in all their periods."""
    return _current.units


def use_units(known: Units) -> None:
    """From now on these are the units, unless newer ones are known."""
    if known.edition >= _current.units.edition:
        _current.use(known)


def application_areas() -> tuple[ApplicationArea, ...]:
    """The published deadlines for applications as they are known by now, in all their periods."""
    return _current.application_areas


def use_application_areas(known: Iterable[ApplicationArea], edition: int) -> None:
    """From now on these are the areas, unless a newer change is known."""
    if edition >= _current.areas_edition:
        _current.application_areas, _current.areas_edition = tuple(known), edition


def unit_name(code: UnitCode) -> str:
    """What the unit is called, in Danish; the same everywhere."""
    return _current.units.name_of(code)


def unit_in_a_sentence(code: UnitCode) -> str:
    """The unit's name within a sentence: without what it adds in brackets at its end."""
    return unit_name(code).partition(" (")[0]


def geography_on(day: date) -> Geography:
    """Districts, postcodes and the children's areas as they are on that day."""
    return _geography_of(sum(change <= day for change in _current.units.days_of_change()))
