"""Units as they are answered over HTTP."""

from datetime import date

from pydantic import BaseModel, Field


class UnitOut(BaseModel):
    """A unit in one period of its life, both dates included."""

    code: str = Field(examples=["youth"])
    name: str = Field(examples=["Ungeområdet (18-30)"])
    takes: str = Field(examples=["unge fra 18 til og med 30 år"])
    valid_from: date = Field(examples=["2025-01-01"])
    valid_to: date | None = Field(examples=[None])
