"""The live board as it is answered over HTTP."""

from datetime import datetime
from typing import Self

from pydantic import BaseModel, Field

from services.routing.models import EntryRow
from services.routing.queues.schemas import QueueOut


class TicketOut(BaseModel):
    """A ticket of the day at an entrance. `called_at` (the last call) is null in the line."""

    ticket: str = Field(examples=["A17"])
    queue: str = Field(examples=["reception-desk"])
    entered_at: datetime
    called_at: datetime | None
    counter: str | None = Field(None, description="Where its holder is called to", examples=["2"])
    calls: int = Field(0, description="How often it was called since it was taken", examples=[1])

    @classmethod
    def of(cls, entry: EntryRow) -> Self:
        return cls(
            ticket=entry.ticket or "",
            queue=entry.queue,
            entered_at=entry.entered_at,
            called_at=entry.taken_at and (entry.called_at or entry.taken_at),
            counter=entry.counter,
            calls=entry.calls,
        )


class BoardOut(BaseModel):
    """All queues and tickets at one moment. It names no person."""

    at: datetime
    queues: list[QueueOut]
    called: list[TicketOut] = Field(description="The tickets called last, newest first")
    waiting: list[TicketOut] = Field(description="The tickets next in line")
