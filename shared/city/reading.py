"""Reads a city's configuration from its folder, and names the file, the line and the code of each fault.

The folder has `units.yaml`, `districts.yaml`, `needs.yaml` and `application_areas.yaml`.
Copenhagen's is the default; another city sets `DSI_CITY` to a folder of its own.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from shared.city.applications import ApplicationArea, ApplicationAreasFile
from shared.city.codes import Strict, UnitCode
from shared.city.needs import NeedVocabulary
from shared.city.places import Places
from shared.city.units import UnitPeriod, Units, conflicts_of
from shared.parsing.documents import Document, Place, UnreadableDocumentError, read_yaml

COPENHAGEN = Path(__file__).parent / "copenhagen"

Part = TypeVar("Part", bound=Strict)


class CityError(Exception):
    """The configuration cannot be used. Its text has one fault a line: `file, line N: what is wrong`."""

    def __init__(self, faults: Iterable[str]) -> None:
        super().__init__("\n".join(faults))


class QueueTerms(Strict):
    """How a queue is measured: opening hours by code, the wait it aims at and its figures, in seconds."""

    hours: str
    target_seconds: int
    figures_seconds: int
    age_bounds: tuple[int, ...]
    prior_interval_seconds: int


class QueueEntry(QueueTerms):
    """A queue of the reception, for one channel."""

    code: UnitCode
    name: str
    channel: str


class UnitEntry(Strict):
    """A unit in `units.yaml`: its first period unless it says otherwise, and its team queue's own terms."""

    code: UnitCode
    name: str
    takes: str
    valid_from: date | None = None
    valid_to: date | None = None
    districts: frozenset[int] = frozenset()
    queue: QueueTerms | None = None


class UnitsFile(Strict):
    """`units.yaml`: every unit, from when it is there, and how its queue is measured."""

    valid_from: date
    team_queue: QueueTerms
    reception_queues: tuple[QueueEntry, ...]
    units: tuple[UnitEntry, ...]

    def periods(self) -> list[UnitPeriod]:
        """The units' periods, in the order of the file."""
        return [
            UnitPeriod(
                code=unit.code,
                name=unit.name,
                takes=unit.takes,
                valid_from=unit.valid_from or self.valid_from,
                valid_to=unit.valid_to,
                districts=unit.districts,
            )
            for unit in self.units
        ]


@dataclass(frozen=True)
class City:
    """A city as its files describe it."""

    units: Units
    places: Places
    needs: NeedVocabulary
    application_areas: tuple[ApplicationArea, ...]
    units_file: UnitsFile
    folder: Path


def read_city(folder: Path = COPENHAGEN) -> City:
    """Read the folder. Raises CityError, which names every fault by file, line and code."""
    places, _ = _read(folder / "districts.yaml", Places)
    needs, _ = _read(folder / "needs.yaml", NeedVocabulary)
    units_file, document = _read(folder / "units.yaml", UnitsFile)
    try:
        units = Units(units_file.periods())
    except ValidationError as error:
        raise CityError(_faults(folder / "units.yaml", document, error)) from error
    if found := conflicts_of(units, places.numbers):
        raise CityError(
            _fault(
                folder / "units.yaml",
                document,
                _place_of_unit(units_file, one.code),
                f"{one.code}: {one.message}",
            )
            for one in found
        )
    areas = _application_areas(folder / "application_areas.yaml", units, needs)
    return City(units, places, needs, areas, units_file, folder)


def _application_areas(file: Path, units: Units, needs: NeedVocabulary) -> tuple[ApplicationArea, ...]:
    """The areas of the file, whose units and needs must be known; none without a file."""
    if not file.exists():
        return ()
    read, document = _read(file, ApplicationAreasFile)
    faults = [
        _fault(file, document, ("areas", place, field), f"{area.code}: there is no {what} {code}")
        for place, area in enumerate(read.areas)
        for field, what, codes in (
            ("units", "unit", area.units - set(units.codes)),
            ("needs", "need", area.needs - set(needs.codes)),
        )
        for code in sorted(codes)
    ]
    if faults:
        raise CityError(faults)
    return read.areas


def _read(file: Path, part: type[Part]) -> tuple[Part, Document]:
    try:
        document = read_yaml(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise CityError([f"{file}: cannot be read ({error.strerror})"]) from error
    except UnicodeDecodeError as error:
        raise CityError([f"{file}: is not UTF-8"]) from error
    except UnreadableDocumentError as error:
        raise CityError([_at(file, error.line, error.message)]) from error
    try:
        return part.model_validate(document.content), document
    except ValidationError as error:
        raise CityError(_faults(file, document, error)) from error


def _faults(file: Path, document: Document, error: ValidationError) -> list[str]:
    return [
        _fault(file, document, document.place_of(one["loc"]), _what(document.content, one))
        for one in error.errors(include_url=False)
    ]


def _what(content: Any, error: Any) -> str:
    """The fault in words, after the code and the field that it is about."""
    code = _code_at(content, error["loc"])
    field = ".".join(str(step) for step in error["loc"] if not isinstance(step, int))
    message = str(error["msg"]).removeprefix("Value error, ")
    return ": ".join(part for part in (code, field, message) if part)


def _code_at(content: Any, location: Place) -> str | None:
    """The `code` of the nearest entry around this place."""
    code = None
    for step in location:
        try:
            content = content[step]
        except (KeyError, IndexError, TypeError):
            break
        if isinstance(content, dict) and isinstance(content.get("code"), str):
            code = content["code"]
    return code


def _place_of_unit(file: UnitsFile, code: UnitCode) -> Place:
    return next((("units", n) for n, unit in enumerate(file.units) if unit.code == code), ("units",))


def _fault(file: Path, document: Document, place: Place, message: str) -> str:
    return _at(file, document.line_of(place), message)


def _at(file: Path, line: int | None, message: str) -> str:
    return f"{file}: {message}" if line is None else f"{file}, line {line}: {message}"
