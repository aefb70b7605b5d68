"""The city that this process serves: its units and needs as codes, with the names they have everywhere.

The needs, districts and postcodes are those of the folder in `DSI_CITY` (default: Copenhagen), read once when
the process starts. The units begin as the folder has them; routing owns them from then on, and `use_units` is
called with what it has stored or published.
"""

import os
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Self, TypeVar

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from shared.city.codes import UnitCode
from shared.city.places import Geography
from shared.city.reading import COPENHAGEN, City, read_city
from shared.city.units import Units

_Member = TypeVar("_Member")


class _Codes(type):
    """Makes a class of codes behave as an enumeration does, with members that come from configuration."""

    _members: dict[str, Any]

    def __iter__(cls: type[_Member]) -> Iterator[_Member]:
        members: dict[str, _Member] = vars(cls)["_members"]
        return iter(list(members.values()))

    def __len__(cls) -> int:
        return len(cls._members)

    def __contains__(cls, code: object) -> bool:
        return code in cls._members

    def __getattr__(cls: type[_Member], name: str) -> _Member:
        """A member by its code in capitals with underscores: `Unit.HOUSING_SOCIAL` is `housing-social`."""
        members: dict[str, _Member] = vars(cls).get("_members", {})
        for code in (name.lower(), name.lower().replace("_", "-")):
            if name.isupper() and code in members:
                return members[code]
        raise AttributeError(f"{cls.__name__} has no code {name}")


class Code(str, metaclass=_Codes):
    """A code of the city's configuration. There is one object for each, so codes can be compared
    with `is`.
    """

    _members: dict[str, Self]

    def __init_subclass__(cls) -> None:
        cls._members = {}

    def __new__(cls, code: str) -> Self:
        if code not in cls._members:
            raise ValueError(f"{code!r} is not a valid {cls.__name__}")
        member: Self = cls._members[code]
        return member

    @property
    def value(self) -> str:
        """The code as plain text."""
        return str.__str__(self)

    @classmethod
    def _add(cls, code: str) -> None:
        if code not in cls._members:
            cls._members[code] = str.__new__(cls, code)

    @classmethod
    def _validated(cls, text: str) -> Self:
        if text not in cls._members:
            expected = ", ".join(f"'{code}'" for code in cls._members)
            raise PydanticCustomError("enum", "Input should be one of: {expected}", {"expected": expected})
        member: Self = cls._members[text]
        return member

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(
            cls._validated, core_schema.str_schema(), ref=f"{cls.__module__}.{cls.__qualname__}"
        )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        described = handler.resolve_ref_schema(handler(schema))
        described |= {
            "type": "string",
            "title": cls.__name__,
            "description": (cls.__doc__ or "").partition("\n")[0],
            "enum": [code.value for code in cls],
        }
        return described


class Need(Code):
    """What the citizen needs, as the reception understands it (domain.md § 7)."""


class Unit(Code):
    """A unit that can be responsible for a citizen's contact (domain.md § 2)."""


class _Current:
    """The city of this process, and its units as they are known by now."""

    def __init__(self, city: City) -> None:
        self.city = city
        self.units = city.units
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
    return Geography(_current.city.places, units.area_of_district(day))


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


def unit_name(code: UnitCode) -> str:
    """What the unit is called, in Danish; the same everywhere."""
    return _current.units.name_of(code)


def geography_on(day: date) -> Geography:
    """Districts, postcodes and the children's areas as they are on that day."""
    return _geography_of(sum(change <= day for change in _current.units.days_of_change()))
