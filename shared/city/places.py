"""Districts (bydele) and postcodes, and what a postcode says about where somebody lives (domain.md § 4)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Literal, Self

from pydantic import Field, model_validator

from shared.city.codes import DistrictNumber, Strict, Unit


class District(Strict):
    """One district (bydel) of the municipality."""

    number: DistrictNumber
    name: str = Field(min_length=1, max_length=120)


class PostcodeRange(Strict):
    """Postcodes that say the same. `districts` are those that such a postcode can lie in."""

    first: int = Field(alias="from", ge=0, le=9999)
    last: int = Field(alias="to", ge=0, le=9999)
    inside: Literal["wholly", "partly", "outside"]
    districts: tuple[DistrictNumber, ...] = ()

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        if self.last < self.first:
            raise ValueError("`to` is before `from`")
        if self.inside == "wholly" and not self.districts:
            raise ValueError("a postcode inside the municipality lies in some district")
        return self


@dataclass(frozen=True, slots=True)
class Locality:
    """What a postcode says: whether it is in the municipality (None: partly), its area, its districts."""

    inside: bool | None
    area: Unit | None
    districts: tuple[DistrictNumber, ...]


class Places(Strict):
    """The municipality's districts, and what each postcode says about them."""

    districts: tuple[District, ...] = Field(min_length=1)
    postcodes: tuple[PostcodeRange, ...]

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        numbers = self.numbers
        if len(set(numbers)) != len(numbers):
            raise ValueError("two districts have the same number")
        for span in self.postcodes:
            if unknown := sorted(set(span.districts) - set(numbers)):
                raise ValueError(f"postcodes from {span.first}: there is no district {unknown[0]}")
        in_order = sorted(self.postcodes, key=lambda span: span.first)
        for span, following in pairwise(in_order):
            if following.first <= span.last:
                raise ValueError(f"the postcode {following.first} is in two ranges")
        return self

    @cached_property
    def numbers(self) -> tuple[DistrictNumber, ...]:
        """The districts' numbers, in the order of the configuration."""
        return tuple(district.number for district in self.districts)

    @cached_property
    def names(self) -> Mapping[DistrictNumber, str]:
        """The districts' names."""
        return {district.number: district.name for district in self.districts}


class Geography:
    """Where a contact belongs while the children's areas are as `area_of` says: pure look-ups."""

    def __init__(self, places: Places, area_of: Mapping[DistrictNumber, Unit]) -> None:
        self.places = places
        self.area_of = dict(area_of)
        every = tuple(sorted(places.numbers))
        #: Without a postcode any district is possible.
        self.no_postcode = Locality(inside=None, area=None, districts=every)
        self._elsewhere = Locality(inside=False, area=None, districts=every)
        self._localities = {
            f"{code:04}": self._locality_of(span)
            for span in places.postcodes
            for code in range(span.first, span.last + 1)
        }

    def locality(self, postal_code: str | None) -> Locality:
        """What this postcode says. One that is not in the table is outside the municipality."""
        if postal_code is None:
            return self.no_postcode
        return self._localities.get(postal_code, self._elsewhere)

    def _locality_of(self, span: PostcodeRange) -> Locality:
        areas = {self.area_of[number] for number in span.districts if number in self.area_of}
        return Locality(
            inside={"wholly": True, "partly": None, "outside": False}[span.inside],
            area=next(iter(areas)) if len(areas) == 1 else None,
            districts=tuple(sorted(span.districts)) or self.no_postcode.districts,
        )
