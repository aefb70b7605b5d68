"""Calls as a call centre's statistics recorded them, one row each, and the events that they came from.

The columns are those of the "Anonymous Bank" file (Guedj and Mandelbaum, Technion, 2000): `call`, `service`,
`entered_at`, `menu_seconds`, `queued_at` (empty: never queued), `wait_seconds`, `outcome`, `talk_started_at`,
`talk_seconds`, `agent`. Moments are read as wall time of Copenhagen, whole seconds, without an offset.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from pydantic import TypeAdapter

from services.intake.call_story.moves import SAME_MOMENT
from services.intake.call_story.state import CallOutcome
from services.intake.telephony.canonical import MOST_SECONDS, CallEvent, CallEventType, Name
from shared.clock import COPENHAGEN
from shared.moments import Moment

_NAME, _MOMENT = TypeAdapter[str](Name), TypeAdapter[datetime](Moment)

#: A moment so long before the caller came is one of the next day: past midnight the file keeps the old date.
_PAST_MIDNIGHT = timedelta(hours=12)


class Flaw(StrEnum):
    """Why a row contradicts itself."""

    PHANTOM = "phantom"
    HUNG_UP_WITH_TALK = "hung_up_with_talk"
    ANSWERED_WITHOUT_TALK = "answered_without_talk"
    TALK_BEFORE_QUEUE_EXIT = "talk_before_queue_exit"
    TALK_AFTER_QUEUE_EXIT = "talk_after_queue_exit"
    TALK_BEFORE_ENTRY = "talk_before_entry"
    QUEUED_BEFORE_ENTRY = "queued_before_entry"
    WAIT_WITHOUT_QUEUE = "wait_without_queue"


class UnreadableRowError(ValueError):
    """The row is no call: a column is missing, or holds no number or moment."""


@dataclass(frozen=True, slots=True)
class RecordedCall:
    """One row. Its moments are instants; `exit_at` is when the queue, or the menu, let the caller go."""

    call: str
    queue: str
    entered_at: datetime
    queued_at: datetime | None
    wait_seconds: int
    exit_at: datetime
    outcome: str
    talk_started_at: datetime | None
    talk_seconds: int
    agent: str | None

    @property
    def first_at(self) -> datetime:
        """The earliest moment of the row; no event of the call is earlier."""
        moments = (self.entered_at, self.queued_at, self.exit_at, self.talk_started_at)
        return min(moment for moment in moments if moment is not None)

    @property
    def expected(self) -> tuple[CallOutcome, int]:
        """Outcome and seconds waited, as the file has them."""
        return "answered" if self.outcome == "answered" else "abandoned", self.wait_seconds

    @property
    def talk_ended_at(self) -> datetime | None:
        started = self.talk_started_at
        return None if started is None else started + timedelta(seconds=self.talk_seconds)


def read_call(row: Mapping[str, str | None]) -> RecordedCall:
    """Make a call of a row. Raises UnreadableRowError."""
    try:
        text = {name: value or "" for name, value in row.items()}
        came = datetime.fromisoformat(text["entered_at"])
        anchor = came.replace(tzinfo=COPENHAGEN).astimezone(UTC)
        queued_at = _instant(text["queued_at"], came, anchor)
        talk_started_at = _instant(text["talk_started_at"], came, anchor)
        wait = int(text["wait_seconds"])
        menu = max(int(text["menu_seconds"]), 0)
        talk = int(text["talk_seconds"])
        if not (0 <= wait <= MOST_SECONDS and 0 <= talk <= MOST_SECONDS):
            raise UnreadableRowError("a wait or a talk is negative, or too long to be one")
        inside = anchor + timedelta(seconds=menu) if queued_at is None else queued_at
        return RecordedCall(
            call=_NAME.validate_python(text["call"]),
            queue=_NAME.validate_python(text["service"]),
            entered_at=_MOMENT.validate_python(anchor),
            queued_at=queued_at,
            wait_seconds=wait,
            exit_at=inside + timedelta(seconds=wait),
            outcome=text["outcome"],
            talk_started_at=talk_started_at,
            talk_seconds=talk,
            agent=_NAME.validate_python(text["agent"]) if text["agent"] else None,
        )
    except (KeyError, ValueError, OverflowError, TypeError) as error:
        raise UnreadableRowError(str(error)) from error


def _instant(wall: str, came: datetime, anchor: datetime) -> datetime | None:
    """The instant of a moment of the row, counted from the moment the caller came.

    Only that one is looked up in the calendar. In the night of summer time the file's clock did not jump:
    durations are what it measured, and a moment in the hour that was skipped is an instant all the same.
    """
    if not wall:
        return None
    since = datetime.fromisoformat(wall) - came
    return anchor + (since if since > -_PAST_MIDNIGHT else since + timedelta(days=1))


def flaws_of(call: RecordedCall) -> list[Flaw]:
    """How the row contradicts itself; empty for a consistent one."""
    return [flaw for flaw, is_so in _judged(call).items() if is_so]


def _judged(call: RecordedCall) -> dict[Flaw, bool]:
    answered, started, ended = call.outcome == "answered", call.talk_started_at, call.talk_ended_at
    is_early = is_late = False
    if call.queued_at is not None and call.talk_seconds and started is not None and ended is not None:
        is_early = call.exit_at - started > SAME_MOMENT or ended < call.exit_at
        is_late = started - call.exit_at > SAME_MOMENT
    return {
        Flaw.PHANTOM: call.outcome == "phantom",
        Flaw.HUNG_UP_WITH_TALK: call.outcome == "hung_up" and started is not None,
        Flaw.ANSWERED_WITHOUT_TALK: answered and (started is None or not call.talk_seconds),
        Flaw.TALK_BEFORE_QUEUE_EXIT: is_early,
        Flaw.TALK_AFTER_QUEUE_EXIT: is_late,
        Flaw.TALK_BEFORE_ENTRY: started is not None and started < call.entered_at,
        Flaw.QUEUED_BEFORE_ENTRY: call.queued_at is not None and call.queued_at < call.entered_at,
        Flaw.WAIT_WITHOUT_QUEUE: call.queued_at is None and call.wait_seconds != 0,
    }


def events_of(call: RecordedCall, source: str) -> list[CallEvent]:
    """The events that the exchange must have sent of the call, in the order of the columns.

    The queue's exit is the answer or the giving up; a call that was never queued is answered when its talk
    starts, and who has neither hung up in the menu. Nothing is corrected: events of a flawed row are flawed.
    """
    queue, talk_ended = call.queue if call.queued_at is not None else None, call.talk_ended_at
    events: list[tuple[CallEventType, datetime, dict[str, Any]]] = [
        (CallEventType.RINGING, call.entered_at, {})
    ]
    if call.queued_at is not None:
        events.append((CallEventType.QUEUED, call.queued_at, {}))
    left = _leaving(call)
    if left is not None:
        events.append(left)
    if talk_ended is not None:
        events.append((CallEventType.ENDED, talk_ended, {"reported_talk_seconds": call.talk_seconds}))
    elif left is None or left[0] is CallEventType.ANSWERED:
        events.append((CallEventType.ENDED, call.exit_at, {}))
    return [
        CallEvent(
            source=source,
            delivery_id=f"{call.call}-{number}",
            call_id=call.call,
            type=kind,
            occurred_at=moment,
            queue=queue,
            **more,
        )
        for number, (kind, moment, more) in enumerate(events, 1)
    ]


def _leaving(call: RecordedCall) -> tuple[CallEventType, datetime, dict[str, Any]] | None:
    """How the caller left the queue, or was answered without one; None for who hung up in the menu."""
    answered = call.outcome == "answered" or (call.outcome == "phantom" and call.talk_started_at is not None)
    if call.queued_at is not None:
        kind = CallEventType.ANSWERED if answered else CallEventType.ABANDONED
        more = {"agent": call.agent if answered else None, "reported_wait_seconds": call.wait_seconds}
        return kind, call.exit_at, more
    if not answered:
        return None
    return CallEventType.ANSWERED, call.talk_started_at or call.exit_at, {"agent": call.agent}
