"""What routing asks of contacts' facts, and what it is answered."""

from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from services.triage.rulesets.timetable import RulesetStatus

NeedText = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,59}$")]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class AgeRangeIn(_Body):
    """Ages in whole years, both ends included."""

    first: int = Field(0, ge=0, le=130, alias="from")
    last: int = Field(130, ge=0, le=130, alias="to")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last < self.first:
            raise ValueError("`to` is before `from`")
        return self


class GroupIn(_Body):
    """A group of contacts; all that is given must fit."""

    districts: list[int] = Field([], max_length=99)
    ages: AgeRangeIn | None = None
    needs: list[NeedText] = Field([], max_length=100, description="Any of these")


class MatchingIn(_Body):
    """Some contacts, and groups that each of them may be in."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "contact_ids": ["01a20698-3354-738e-85ef-2090fbe79f30"],
                    "groups": [{"districts": [9, 10], "ages": {"from": 0, "to": 17}, "needs": []}],
                }
            ]
        },
    )

    contact_ids: list[UUID] = Field(min_length=1, max_length=500)
    groups: list[GroupIn] = Field(min_length=1, max_length=50)


class MatchOut(BaseModel):
    """The groups that a contact is in, by their places from 0."""

    contact_id: UUID
    groups: list[int] = Field(examples=[[0]])


class MatchingOut(BaseModel):
    """One item for each contact that was asked for, in the same order."""

    items: list[MatchOut]


class NamingRowOut(BaseModel):
    """A row of a rule set that can send contacts to the unit."""

    version: str = Field(examples=["1"])
    status: RulesetStatus
    row: int = Field(examples=[12])
    title: str


class NamingRowsOut(BaseModel):
    """The rows of all rule sets that are not retired."""

    items: list[NamingRowOut]
