"""What operations see of deliveries."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from services.intake.call_story.state import Inconsistency
from services.intake.delivery_store.states import DeliveryState


class DeliveryItem(BaseModel):
    """A stored delivery in a list: nothing of what it says, and no name that its sender gave it."""

    id: UUID
    source: str = Field(examples=["asterisk"])
    form: str = Field(examples=["asterisk"])
    state: DeliveryState
    reason: str | None = Field(description="Why it is set aside", examples=["unknown-verb"])
    received_at: datetime
    occurred_at: datetime | None = Field(description="When what it tells of happened")
    due_at: datetime | None = Field(description="When one that tells of the future is read again")


class DeliveryOut(DeliveryItem):
    """One delivery, with what came."""

    delivery_id: str = Field(description="The sender's name for it, or the hash of its content")
    text: str | None = Field(description="As it came; null when its key is gone")


class Rerun(BaseModel):
    """How many deliveries that were set aside are being read again."""

    rerun: int = Field(examples=[3])


class SetAsideCount(BaseModel):
    """Deliveries of a form that could not be interpreted, for one reason."""

    form: str = Field(examples=["asterisk"])
    reason: str = Field(examples=["unknown-verb"])
    count: int = Field(examples=[3])


class InconsistentCount(BaseModel):
    """Calls that show the same thing that does not add up."""

    inconsistency: Inconsistency = Field(examples=["wait_disagrees"])
    count: int = Field(examples=[2])


class TelephonySummary(BaseModel):
    """What telephone systems leave to be mended, most of it first."""

    since: datetime = Field(description="Inconsistent calls are those begun since then")
    set_aside: list[SetAsideCount]
    unread: int = Field(description="Deliveries that wait to be interpreted", examples=[0])
    open_calls: int = Field(description="Calls whose caller may still be there", examples=[4])
    inconsistent: list[InconsistentCount]


class UnconfiguredQueueOut(BaseModel):
    """A queue of an exchange that calls stood in and no line has: they were shown on the main line."""

    source: str = Field(examples=["asterisk"])
    queue: str = Field(examples=["nobody"])
    first_seen_at: datetime
    last_seen_at: datetime


class UnconfiguredQueues(BaseModel):
    """All of them, the latest first."""

    items: list[UnconfiguredQueueOut]
    next_cursor: str | None = Field(None, description="Always null: there are few")
