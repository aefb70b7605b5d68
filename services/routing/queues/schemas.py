"""Queues with their live figures as they are answered over HTTP."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Self

from pydantic import BaseModel, Field

from services.routing.states import QueueKind
from services.routing.units.repository import Queue
from services.routing.waits.schemas import EstimateOut, WaitFiguresOut
from services.routing.waits.service import LiveFigures
from shared.vocabulary import Channel


class AgeBandOut(BaseModel):
    """Those who have waited from `from_seconds` up to, not including, `to_seconds` (null: no end)."""

    from_seconds: float = Field(examples=[300.0])
    to_seconds: float | None = Field(examples=[900.0])
    count: int = Field(examples=[2])


class LiveOut(WaitFiguresOut):
    """A queue now. Counts and waits are of waits that ended since `since`, and of all who still wait."""

    at: datetime
    since: datetime
    is_open: bool = Field(examples=[True])
    opens_at: datetime | None = Field(description="When it opens; now when open; null: never again")
    taken: int = Field(description="Taken and not ended", examples=[3])
    past_due: int = Field(description="Wait though their due time has passed", examples=[0])
    oldest_wait_seconds: float | None = Field(examples=[412.0])
    age_bands: list[AgeBandOut]
    estimate: EstimateOut = Field(description="For someone who joins now")

    @classmethod
    def of(cls, queue: str, figures: LiveFigures) -> Self:
        return cls.of_waits(
            figures.waits,
            at=figures.at,
            since=figures.since,
            is_open=figures.is_open,
            opens_at=figures.opens_at,
            taken=figures.taken,
            past_due=figures.past_due,
            oldest_wait_seconds=figures.oldest_wait_seconds,
            age_bands=[asdict(band) for band in figures.bands],
            estimate=EstimateOut.of(queue, figures.estimate, figures.at),
        )


class QueueOut(BaseModel):
    """A queue, as configured and as it is now."""

    code: str = Field(examples=["reception-phone"])
    name: str = Field(examples=["Indgangens telefon"])
    unit: str = Field(examples=["reception"])
    kind: QueueKind = Field(examples=["reception"])
    channel: Channel | None = Field(examples=["phone"])
    target_seconds: int = Field(description="The wait it aims at", examples=[300])
    valid_from: date = Field(examples=["2025-01-01"])
    valid_to: date | None = Field(examples=[None])
    live: LiveOut

    @classmethod
    def of(cls, queue: Queue, figures: LiveFigures) -> Self:
        configured = queue.row.model_dump(include=set(cls.model_fields) - {"live"})
        return cls(**configured, live=LiveOut.of(queue.code, figures))
