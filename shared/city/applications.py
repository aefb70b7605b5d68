"""The municipality's published deadlines for applications, by area (retssikkerhedsloven § 3).

Retssikkerhedsloven § 3 has each municipality publish how soon it decides applications. An area covers some
units, or only some needs or KLE numbers in them; the narrower one wins. It applies to what is received
between two days, both included.
"""

from datetime import date
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from shared.city.codes import NeedCode, Strict, UnitCode

KleNumber = Annotated[str, StringConstraints(pattern=r"^[0-9]{2}\.[0-9]{2}\.[0-9]{2}$")]


class AreaTerms(Strict):
    """What applies in one period of an area. Weeks run through holidays; working days are office time."""

    name: str = Field(min_length=1, max_length=120, examples=["Støtte i egen bolig"])
    units: frozenset[UnitCode] = Field(min_length=1, examples=[["adults", "youth"]])
    needs: frozenset[NeedCode] = Field(
        frozenset(),
        description="Only applications for these needs; none: all",
        examples=[["support_at_home"]],
    )
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
            raise ValueError("exactly one of weeks and working_days must be given")
        return self


class ApplicationArea(AreaTerms):
    """An area in one period."""

    code: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+$", max_length=40)]
    valid_from: date

    def covers(self, need: NeedCode, kle: str | None) -> bool:
        """Whether an application for this need, or with this number, belongs to the area."""
        by_need = not self.needs or need in self.needs
        return by_need and (not self.kle or kle in self.kle)

    @property
    def narrowness(self) -> int:
        """How much the area says of what it covers: the highest number wins."""
        return 2 * bool(self.needs) + bool(self.kle)


class ApplicationAreasFile(Strict):
    """`application_areas.yaml`: the published deadlines for applications."""

    areas: tuple[ApplicationArea, ...] = ()
