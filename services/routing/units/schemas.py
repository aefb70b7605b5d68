"""Units as they are changed and answered over HTTP."""

from datetime import date, datetime

from pydantic import BaseModel, ConfigDict, Field

from shared.city.units import UnitPeriod
from shared.free_text import Reason
from shared.paging import Page


class UnitOut(BaseModel):
    """A unit in one period of its life, both dates included."""

    code: str = Field(examples=["youth"])
    name: str = Field(examples=["Ungeområdet (18-30)"])
    takes: str = Field(examples=["unge fra 18 til og med 30 år"])
    valid_from: date = Field(examples=["2025-01-01"])
    valid_to: date | None = Field(examples=[None])
    districts: list[int] = Field([], description="The districts whose children it takes", examples=[[9, 10]])


class UnitsPage(Page[UnitOut]):
    """All units, and the number of the change that made them what they are."""

    edition: int = Field(description="The ETag's number; a change takes it as If-Match", examples=[3])


class UnitsChange(BaseModel):
    """Periods of units, new or in place of those that begin on the same day; all of them at once, or none.

    A district changes hands by ending one unit's period and beginning another's: then no child is without a
    unit.
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "periods": [
                        {
                            "code": "night-team",
                            "name": "Natteamet",
                            "takes": "hjælp om natten",
                            "valid_from": "2027-01-01",
                        }
                    ],
                    "reason": "Nyt team fra nytår",
                }
            ]
        },
    )

    periods: list[UnitPeriod] = Field(min_length=1, max_length=500)
    reason: Reason


class UnitsChangeOut(BaseModel):
    """One change of the units in their trail."""

    edition: int
    at: datetime
    subject: str = Field(examples=["olga"])
    role: str = Field(examples=["operations"])
    reason: str
    changed: list[UnitPeriod] = Field(description="The periods as they were given")
