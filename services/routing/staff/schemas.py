"""Memberships of staff as they are answered."""

from datetime import date

from pydantic import BaseModel, Field


class MembershipOut(BaseModel):
    """That a member of staff works in a unit, in one period."""

    subject: str = Field(examples=["bo"])
    unit: str = Field(examples=["youth"])
    valid_from: date
    valid_to: date | None = Field(None, description="The last day; null when none is set")


class StaffFileResult(BaseModel):
    """What a file changed, or with `preview` would change."""

    preview: bool
    staff: int = Field(description="Members of staff that the file names", examples=[1200])
    memberships: int = Field(examples=[1250])
    changed: int = Field(description="Of these members of staff, how many get other units than before")


class MyUnits(BaseModel):
    """The units that the caller works in today, by the staff file or else by the token."""

    subject: str
    units: list[str] = Field(examples=[["youth"]])
    from_staff_file: bool
