"""What intake is told about calls, and what it answers."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from services.intake.call_story.state import CallOutcome, Inconsistency, TalkEnd, VisitOutcome
from shared.vocabulary import Administration


class VisitOut(BaseModel):
    """One stay in one queue. Computed and reported waits are kept apart."""

    position: int = Field(examples=[1])
    queue: str | None = Field(None, description="The exchange's name for it", examples=["socialservice"])
    configured: bool = Field(True, description="False for a queue that no line has")
    entered_at: datetime
    left_at: datetime | None = None
    outcome: VisitOutcome
    agent: str | None = Field(None, examples=["Anna"])
    missed_offers: int = Field(0, description="How often an agent's phone rang in vain")
    wait_seconds: float | None = Field(None, description="Computed from the moments", examples=[4])
    reported_wait_seconds: float | None = Field(None, description="As the exchange says", examples=[4])


class TalkOut(BaseModel):
    """One talk with one agent."""

    queue: str | None = None
    agent: str | None = Field(None, examples=["Anna"])
    started_at: datetime
    ended_at: datetime | None = None
    ended_by: TalkEnd | None = None
    talk_seconds: float | None = Field(None, description="Computed from the moments", examples=[120])
    reported_talk_seconds: float | None = None


class CallItem(BaseModel):
    """A call as lists show it."""

    source: str = Field(examples=["asterisk"])
    call_id: str = Field(examples=["pbx-1795312303.0"])
    occurrence: int = Field(description="Which of the calls that bore this id, from 1", examples=[1])
    contact_id: UUID
    line: str = Field(description="The line the caller chose", examples=["hovednummer"])
    answered_by: Administration | None = Field(
        None, description="The administration whose people answered; null when nobody did", examples=["KFF"]
    )
    outcome: CallOutcome
    started_at: datetime
    gone_at: datetime | None = Field(None, description="When the caller was gone; null while still there")
    visits: list[VisitOut]
    inconsistencies: list[Inconsistency] = Field(description="What in its story does not add up")


class CallOut(CallItem):
    """A call, as derived from all its events."""

    talks: list[TalkOut]
    caller: str | None = Field(None, description="E.164; null when withheld", examples=["+4520000001"])
