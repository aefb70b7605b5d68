"""Deliveries and their problems, as operations read them."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from services.intake.call_story.state import Inconsistency
from services.intake.delivery_store.repository import DeliveryRow
from services.intake.delivery_store.states import DeliveryState


class DeliveryItem(BaseModel):
    """A stored delivery in a list, without its content and without the id that its sender gave it."""

    id: UUID
    source: str = Field(examples=["asterisk"])
    form: str = Field(examples=["asterisk"])
    state: DeliveryState
    reason: str | None = Field(description="Why it is set aside", examples=["unknown-verb"])
    received_at: datetime
    occurred_at: datetime | None = Field(description="The moment of its event")
    due_at: datetime | None = Field(description="When one whose event is in the future is interpreted again")


class DeliveryOut(DeliveryItem):
    """One delivery, with its content."""

    delivery_id: str = Field(description="The sender's name for it, or the hash of its content")
    text: str | None = Field(description="As it came; null when its key is gone")


class Rerun(BaseModel):
    """How many deliveries that were set aside are being interpreted again."""

    rerun: int = Field(examples=[3])


class SetAsideCount(BaseModel):
    """Deliveries of a form that could not be interpreted, for one reason."""

    form: str = Field(examples=["asterisk"])
    reason: str = Field(examples=["unknown-verb"])
    count: int = Field(examples=[3])


class InconsistentCount(BaseModel):
    """Calls with the same inconsistency."""

    inconsistency: Inconsistency = Field(examples=["wait_disagrees"])
    count: int = Field(examples=[2])


class TelephonySummary(BaseModel):
    """What telephone systems leave to be repaired, the most frequent first."""

    since: datetime = Field(description="Inconsistent calls are those begun since then")
    set_aside: list[SetAsideCount]
    unread: int = Field(description="Deliveries that wait to be interpreted", examples=[0])
    open_calls: int = Field(description="Calls whose caller may still be there", examples=[4])
    inconsistent: list[InconsistentCount]


class UnconfiguredQueueOut(BaseModel):
    """A queue of an exchange that calls were in and no line has: they were put on the main line."""

    source: str = Field(examples=["asterisk"])
    queue: str = Field(examples=["nobody"])
    first_seen_at: datetime
    last_seen_at: datetime


class UnconfiguredQueues(BaseModel):
    """All of them, the latest first."""

    items: list[UnconfiguredQueueOut]
    next_cursor: str | None = Field(None, description="Always null: there are few")


def delivery_item(row: DeliveryRow) -> DeliveryItem:
    """The delivery as lists show it."""
    return DeliveryItem.model_validate(row, from_attributes=True)


def delivery_document(row: DeliveryRow, text: str | None) -> DeliveryOut:
    """The whole delivery; `text` is its content."""
    return DeliveryOut(**delivery_item(row).model_dump(), delivery_id=row.delivery_id, text=text)
