"""Bydele, postcodes and children's areas (domain.md § 4), from `data/geography.yaml`."""

from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Literal

import yaml
from pydantic import Field

from services.triage.strict import Strict
from shared.vocabulary import Unit

GEOGRAPHY_FILE = Path(__file__).parents[1] / "data" / "geography.yaml"


class District(Strict):
    """One bydel and the children's area that it belongs to."""

    number: int = Field(ge=1, le=10)
    name: str
    area: Unit


class PostcodeRange(Strict):
    """Postcodes in the same place. `areas` is each area's share of their addresses, as information."""

    first: int = Field(alias="from", ge=0, le=9999)
    last: int = Field(alias="to", ge=0, le=9999)
    inside: Literal["wholly", "partly", "outside"]
    areas: dict[Unit, float] = Field({})


@dataclass(frozen=True, slots=True)
class Locality:
    """What follows from a postcode: whether it lies in 0101 (None: in part), its area, its districts."""

    inside: bool | None
    area: Unit | None
    districts: tuple[int, ...]


class Geography(Strict):
    """The city's districts, and the postcodes that lie in them."""

    districts: tuple[District, ...]
    postcodes: tuple[PostcodeRange, ...]

    @cached_property
    def area_of(self) -> dict[int, Unit]:
        """The children's area of each bydel."""
        return {district.number: district.area for district in self.districts}

    @cached_property
    def nowhere(self) -> Locality:
        """No postcode at all: any district is possible."""
        return Locality(inside=None, area=None, districts=tuple(sorted(self.area_of)))

    @cached_property
    def _localities(self) -> dict[str, Locality]:
        return {
            f"{code:04}": self._of_range(span)
            for span in self.postcodes
            for code in range(span.first, span.last + 1)
        }

    @cached_property
    def _elsewhere(self) -> Locality:
        return Locality(inside=False, area=None, districts=self.nowhere.districts)

    def locality(self, postal_code: str | None) -> Locality:
        """What follows from this postcode. One that is not in the table lies outside the municipality."""
        if postal_code is None:
            return self.nowhere
        return self._localities.get(postal_code, self._elsewhere)

    def _of_range(self, span: PostcodeRange) -> Locality:
        districts = tuple(n for n, area in sorted(self.area_of.items()) if area in span.areas)
        return Locality(
            inside={"wholly": True, "partly": None, "outside": False}[span.inside],
            area=next(iter(span.areas)) if len(span.areas) == 1 else None,
            districts=districts or self.nowhere.districts,
        )


@cache
def load_geography(path: Path = GEOGRAPHY_FILE) -> Geography:
    """Read the geography file. Raises pydantic.ValidationError for an invalid one."""
    return Geography.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
