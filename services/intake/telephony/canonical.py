"""The canonical call event (api.md): what every exchange's own form is turned into.

`(source, delivery_id)` identifies one delivery for ever; the same one received twice is the same event.
"""

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from shared.moments import Moment

Name = Annotated[str, StringConstraints(min_length=1, max_length=120, pattern=r"^[^\x00-\x1f]+$")]
Source = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
MOST_SECONDS = 1_000_000
Seconds = Annotated[float, Field(ge=0, le=MOST_SECONDS, allow_inf_nan=False)]


class CallEventType(StrEnum):
    """What can happen to a call, in the order it most naturally happens in."""

    RINGING = "ringing"
    QUEUED = "queued"
    OFFERED = "offered"
    OFFER_MISSED = "offer_missed"
    ANSWERED = "answered"
    TRANSFERRED = "transferred"
    OVERFLOWED = "overflowed"
    ABANDONED = "abandoned"
    ENDED = "ended"
    LOST = "lost"


class CallEvent(BaseModel):
    """One thing that happened to one call."""

    model_config = ConfigDict(
        frozen=True,
        populate_by_name=True,
        # Many exchanges count: an id or a cause that is a number is the text of it.
        coerce_numbers_to_str=True,
        json_schema_extra={
            "examples": [
                {
                    "source": "exchange-1",
                    "delivery_id": "018f-17",
                    "call_id": "pbx-1795312303.0",
                    "type": "queued",
                    "occurred_at": "2026-03-02T09:15:00+01:00",
                    "queue": "socialservice",
                    "from": "+4520000001",
                }
            ]
        },
    )

    source: Source = Field(description="The exchange that sent it")
    delivery_id: Name = Field(description="The source's own name for this delivery; remembered for ever")
    call_id: Name
    leg_id: Name | None = None
    type: CallEventType
    occurred_at: Moment
    queue: Name | None = Field(None, description="The queue's name in the exchange")
    agent: Name | None = None
    from_: str | None = Field(None, alias="from", max_length=120, description="The caller's number, if shown")
    to: str | None = Field(None, max_length=120, description="The number that was called")
    reported_wait_seconds: Seconds | None = None
    reported_talk_seconds: Seconds | None = None
    cause: str | None = Field(None, max_length=120)
    sequence: int | None = Field(
        None, ge=0, lt=2**53, description="The source's own order of events of the same moment"
    )


class ExchangeRestart(BaseModel):
    """The exchange started again: every call it had before is gone, and no end of these will be reported."""

    model_config = ConfigDict(frozen=True)

    source: Source
    delivery_id: Name
    occurred_at: Moment
