"""Which group of call-backs is to be cleared, and what was cleared."""

from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints, model_validator

from services.intake.wire import Closed, LineCode
from shared.moments import Moment

_CRITERIA = ("line", "since", "before", "waited_less_than_seconds", "short")


class ClearingIn(Closed):
    """A group of waiting call-backs, by at least one criterion, and why it is cleared."""

    line: LineCode | None = Field(None, examples=["hovednummer"])
    since: Moment | None = Field(None, description="Last attempt then or later")
    before: Moment | None = Field(
        None, description="Last attempt earlier than that", examples=["2026-03-10T08:00:00+01:00"]
    )
    waited_less_than_seconds: float | None = Field(
        None, gt=0, le=86_400, description="Never waited so long", examples=[10]
    )
    short: bool | None = Field(None, description="Those that may have been accidents, or those that not")
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=400)] = Field(
        examples=["Telefoncentralen var nede; alle har fået en sms."]
    )
    preview: bool = Field(False, description="Only say which they are")
    expected: int | None = Field(
        None, ge=0, description="How many the preview showed: refused when it is another number now"
    )

    @model_validator(mode="after")
    def _not_everything(self) -> Self:
        if not self.criteria():
            raise ValueError(f"give at least one of {', '.join(_CRITERIA)}")
        return self

    def criteria(self) -> dict[str, Any]:
        """The criteria of the request, as they are stored in the trail."""
        return self.model_dump(mode="json", include=set(_CRITERIA), exclude_none=True)


class Cleared(BaseModel):
    """Which call-backs were cleared, or would be."""

    preview: bool
    clearing_id: UUID | None = Field(None, description="Null for a preview, or when there was nothing")
    count: int = Field(examples=[12])
    by_line: dict[str, int] = Field(examples=[{"hovednummer": 12}])
    callbacks: list[UUID]


class ClearingOut(BaseModel):
    """A group that was cleared: who, in which role, when, why, and which."""

    id: UUID
    at: datetime
    subject: str = Field(description="Staff id", examples=["alma"])
    role: str = Field(examples=["operations"])
    reason: str = Field(examples=["Telefoncentralen var nede; alle har fået en sms."])
    criteria: dict[str, Any] = Field(examples=[{"line": "hovednummer"}])
    cleared: int = Field(examples=[12])
