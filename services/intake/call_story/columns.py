"""A call as the columns of its row."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services.intake.call_story.state import Call, Talk, Visit


@dataclass(frozen=True)
class StoredCall:
    """A call as it was derived and stored before. `columns` are those of `columns_of`."""

    contact_id: UUID
    call_id: str
    started_at: datetime
    last_event_at: datetime
    columns: dict[str, Any]


#: The names of what `columns_of` returns.
DERIVED = (
    "occurrence",
    "outcome",
    "started_at",
    "last_event_at",
    "gone_at",
    "visits",
    "talks",
    "inconsistencies",
    "ringing_at",
)


def columns_of(call: Call) -> dict[str, Any]:
    """The columns that the call's events decide."""
    return {
        "occurrence": call.occurrence,
        "outcome": call.outcome,
        "started_at": call.started_at,
        "last_event_at": call.last_event_at,
        "gone_at": call.gone_at,
        "visits": [_visit(visit) for visit in call.visits],
        "talks": [_talk(talk) for talk in call.talks],
        "inconsistencies": call.inconsistencies,
        "ringing_at": call.ringing_at,
    }


def _visit(visit: Visit) -> dict[str, Any]:
    return {
        "position": visit.position,
        "queue": visit.queue,
        "entered_at": _text(visit.entered_at),
        "left_at": _text(visit.left_at),
        "outcome": visit.outcome,
        "agent": visit.agent,
        "missed_offers": visit.missed_offers,
        "reported_wait_seconds": visit.reported_wait_seconds,
        "wait_seconds": visit.wait_seconds,
    }


def _talk(talk: Talk) -> dict[str, Any]:
    return {
        "queue": talk.queue,
        "agent": talk.agent,
        "started_at": _text(talk.started_at),
        "ended_at": _text(talk.ended_at),
        "ended_by": talk.ended_by,
        "reported_talk_seconds": talk.reported_talk_seconds,
        "talk_seconds": talk.talk_seconds,
    }


def _text(moment: datetime | None) -> str | None:
    # Moments of calls are in UTC (canonical.py).
    return None if moment is None else moment.isoformat().replace("+00:00", "Z")
