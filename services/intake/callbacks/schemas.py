"""What intake is told about call-backs, and what it answers."""

from datetime import date, datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints, model_validator

from services.intake.callback_store.state import CallbackOutcome, CallbackStatus, DeedAction
from services.intake.wire import Closed, LineCode
from shared.moments import Moment
from shared.paging import Page

_CRITERIA = ("line", "since", "before", "waited_less_than_seconds", "short")


class AttemptIn(Closed):
    """Somebody called back, and was not answered."""

    next_try_at: Moment | None = Field(
        None, description="When to try again; default in an hour", examples=["2026-03-10T14:00:00+01:00"]
    )


class SettleIn(Closed):
    """Nobody need call back any more."""

    outcome: Literal[
        CallbackOutcome.REACHED,
        CallbackOutcome.HELPED_OTHERWISE,
        CallbackOutcome.WRONG_NUMBER,
        CallbackOutcome.NOT_REACHED,
    ] = Field(CallbackOutcome.REACHED, description="`not_reached`: tried often enough")
    contact_id: UUID | None = Field(None, description="The contact that came of it")


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
        """What was asked for, as it is kept in the trail."""
        return self.model_dump(mode="json", include=set(_CRITERIA), exclude_none=True)


class Cleared(BaseModel):
    """Which call-backs were cleared, or would be."""

    preview: bool
    clearing_id: UUID | None = Field(None, description="Null for a preview, or when there was nothing")
    count: int = Field(examples=[12])
    by_line: dict[str, int] = Field(examples=[{"hovednummer": 12}])
    callbacks: list[UUID]


class CallbackItem(BaseModel):
    """A call-back as lists show it."""

    id: UUID
    status: CallbackStatus
    line: str = Field(description="The line of the last attempt", examples=["hovednummer"])
    phone: str | None = Field(
        None, description="The number to call, for the reception alone", examples=["+4520000001"]
    )
    day: date = Field(description="Of Copenhagen")
    attempts: int = Field(description="How often the number gave up that day", examples=[2])
    first_attempt_at: datetime
    last_attempt_at: datetime
    waiting_since: datetime = Field(description="The first attempt that nothing has settled")
    longest_wait_seconds: float = Field(examples=[312])
    last_wait_seconds: float = Field(examples=[45])
    short: bool = Field(description="Gave up so soon that it may have been an accident")
    tries: int = Field(description="How often we called back in vain", examples=[1])
    next_try_at: datetime | None = None
    taken_by: str | None = Field(None, description="Staff id", examples=["alma"])
    due_at: datetime = Field(description="The order of the list")
    due_because: Literal["waiting_since", "next_try_at"] = Field(description="Why it is due at that moment")
    settled_at: datetime | None = None
    outcome: CallbackOutcome | None = None
    edition: int = Field(description="The ETag's number", examples=[1])


class CallbacksPage(Page[CallbackItem]):
    """One page of call-backs; those who withheld their number are counted only."""

    anonymous_today: int = Field(
        description="Callers without a number who gave up today, on the line asked for or on any",
        examples=[3],
    )


class NumberCallOut(BaseModel):
    """A call by the number since that day."""

    contact_id: UUID
    line: str = Field(examples=["hovednummer"])
    started_at: datetime
    answered_at: datetime | None = Field(None, description="Null when nobody answered")
    waited_seconds: float = Field(description="Of who gave up", examples=[45])
    short: bool


class DeedOut(BaseModel):
    """What somebody did about it."""

    at: datetime
    action: DeedAction
    subject: str = Field(description="Staff id", examples=["alma"])
    role: str = Field(examples=["reception"])
    outcome: CallbackOutcome | None = None
    next_try_at: datetime | None = None
    contact_id: UUID | None = None
    clearing_id: UUID | None = None


class CallbackOut(CallbackItem):
    """A call-back with its calls and its trail."""

    calls: list[NumberCallOut]
    trail: list[DeedOut]


class ClearingOut(BaseModel):
    """A group that was cleared: who, in which role, when, why, and which."""

    id: UUID
    at: datetime
    subject: str = Field(description="Staff id", examples=["alma"])
    role: str = Field(examples=["operations"])
    reason: str = Field(examples=["Telefoncentralen var nede; alle har fået en sms."])
    criteria: dict[str, Any] = Field(examples=[{"line": "hovednummer"}])
    cleared: int = Field(examples=[12])


class CallbackCount(BaseModel):
    """Call-backs of a line in a state."""

    line: str = Field(examples=["hovednummer"])
    status: CallbackStatus
    count: int = Field(examples=[4])
    first_due_at: datetime


class AnonymousCount(BaseModel):
    """Callers who withheld their number and gave up: nobody can call them back."""

    line: str = Field(examples=["hovednummer"])
    day: date
    count: int = Field(examples=[3])


class CallbackSummary(BaseModel):
    """How many call-backs there are: open ones of any day, the others since the day asked for."""

    since: date
    callbacks: list[CallbackCount]
    anonymous: list[AnonymousCount]
