"""What intake receives about call-backs, and what it answers."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from services.intake.callback_store.state import ActionKind, CallbackOutcome, CallbackStatus, NumberCall
from services.intake.models import CallbackActionRow, CallbackRow
from services.intake.wire import Closed
from shared.moments import Moment
from shared.paging import Page


class AttemptIn(Closed):
    """A call back that was not answered."""

    next_try_at: Moment | None = Field(
        None, description="When to try again; default in an hour", examples=["2026-03-10T14:00:00+01:00"]
    )


class SettleIn(Closed):
    """The call-back is done."""

    outcome: Literal[
        CallbackOutcome.REACHED,
        CallbackOutcome.HELPED_OTHERWISE,
        CallbackOutcome.WRONG_NUMBER,
        CallbackOutcome.NOT_REACHED,
    ] = Field(CallbackOutcome.REACHED, description="`not_reached`: tried often enough")
    contact_id: UUID | None = Field(None, description="The contact that came of it")


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


class CallbackActionOut(BaseModel):
    """What a member of staff did about it."""

    at: datetime
    action: ActionKind
    subject: str = Field(description="Staff id", examples=["alma"])
    role: str = Field(examples=["reception"])
    outcome: CallbackOutcome | None = None
    next_try_at: datetime | None = None
    contact_id: UUID | None = None
    clearing_id: UUID | None = None


class CallbackOut(CallbackItem):
    """A call-back with its calls and its trail."""

    calls: list[NumberCallOut]
    trail: list[CallbackActionOut]


class CallbackCount(BaseModel):
    """Call-backs of a line in a state."""

    line: str = Field(examples=["hovednummer"])
    status: CallbackStatus
    count: int = Field(examples=[4])
    first_due_at: datetime


class AnonymousCount(BaseModel):
    """Callers who withheld their number and gave up: they cannot be called back."""

    line: str = Field(examples=["hovednummer"])
    day: date
    count: int = Field(examples=[3])


class CallbackSummary(BaseModel):
    """How many call-backs there are: open ones of any day, the others since the day asked for."""

    since: date
    callbacks: list[CallbackCount]
    anonymous: list[AnonymousCount]


def callback_item(row: CallbackRow, phone: str | None) -> CallbackItem:
    """The call-back as lists show it; `phone` only for readers who may call."""
    return CallbackItem(
        **row.model_dump(exclude={"caller_id", "is_short", "last_contact_id", "created_at"}),
        phone=phone,
        short=row.is_short,
        due_because="next_try_at" if row.next_try_at == row.due_at else "waiting_since",
    )


def callback_document(
    item: CallbackItem, calls: Iterable[NumberCall], actions: Iterable[CallbackActionRow]
) -> CallbackOut:
    """The whole call-back."""
    return CallbackOut(
        **item.model_dump(),
        calls=[
            NumberCallOut(
                contact_id=call.contact_id,
                line=call.line,
                started_at=call.started_at,
                answered_at=call.answered_at,
                waited_seconds=call.waited_seconds,
                short=call.is_short,
            )
            for call in calls
        ],
        trail=[CallbackActionOut.model_validate(action.model_dump()) for action in actions],
    )
