"""Calls as they are answered."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field

from services.intake.call_story.state import CallOutcome, Inconsistency, TalkEnd, VisitOutcome
from services.intake.lines.lines import Lines
from services.intake.models import CallRecord
from shared.vocabulary import Administration


class VisitOut(BaseModel):
    """One stay in one queue, with its computed and its reported wait."""

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
    occurrence: int = Field(description="Which of the calls that had this id, from 1", examples=[1])
    contact_id: UUID
    line: str = Field(description="The line the caller chose", examples=["hovednummer"])
    answered_by: Administration | None = Field(
        None, description="The administration whose people answered; null when nobody did", examples=["KFF"]
    )
    outcome: CallOutcome
    started_at: datetime
    gone_at: datetime | None = Field(None, description="When the caller was gone; null while still there")
    visits: list[VisitOut]
    inconsistencies: list[Inconsistency] = Field(description="What in its events does not add up")


class CallOut(CallItem):
    """A call, as derived from all its events."""

    talks: list[TalkOut]
    caller: str | None = Field(None, description="E.164; null when withheld", examples=["+4520000001"])


def call_item(record: CallRecord, line: str, lines: Lines) -> CallItem:
    """The call as lists show it; `line` is that of its contact."""
    return CallItem.model_validate(_fields(record, line, lines))


def call_document(record: CallRecord, line: str, lines: Lines, caller: str | None) -> CallOut:
    """The whole call; `caller` only for readers who may see the person."""
    return CallOut.model_validate({**_fields(record, line, lines), "talks": record.talks, "caller": caller})


def _fields(record: CallRecord, line: str, lines: Lines) -> dict[str, Any]:
    answered_at = datetime.fromisoformat(record.talks[0]["started_at"]) if record.talks else None
    return {
        "source": record.source,
        "call_id": record.call_id,
        "occurrence": record.occurrence,
        "contact_id": record.contact_id,
        "line": line,
        "answered_by": None if answered_at is None else lines.administration_at(line, answered_at),
        "outcome": record.outcome,
        "started_at": record.started_at,
        "gone_at": record.gone_at,
        "visits": [{**visit, "configured": _is_configured(visit, record, lines)} for visit in record.visits],
        "inconsistencies": record.inconsistencies,
    }


def _is_configured(visit: dict[str, Any], record: CallRecord, lines: Lines) -> bool:
    """Whether a line had the queue then; true as well for a stay in no queue, which needs no line."""
    entered_at = datetime.fromisoformat(visit["entered_at"])
    return visit["queue"] is None or lines.is_claimed(visit["queue"], record.source, entered_at)
