"""What an event of Asterisk's manager interface (AMI) means, as a canonical call event.

A call is named by its `Linkedid`, which all its channels share, also the Local channels to its agents, and
which it keeps over several queues. Traps, each seen in a real recording (Asterisk 22):
- `QueueCallerAbandon` is told of everybody who leaves without an answer, also on a time-out to another
  queue. Whether it was a false one shows what follows, and is for the fold to see (call_moves.py).
- `QueueCallerLeave` is told on an answer too, before it: it is no news.
- After a blind transfer no AgentComplete comes; only the next QueueCallerJoin, or the caller's Hangup.
- A join that is refused (full, or nobody there) has no event: a ring and a hangup, and nothing between.
- When the exchange is killed nothing comes. After the next login FullyBooted tells since when it runs.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from services.intake.telephony.asterisk.fields import named, restart, seconds_in
from services.intake.telephony.canonical import CallEvent, CallEventType, ExchangeRestart
from services.intake.telephony.forms import RawDelivery, Uninterpretable
from services.intake.telephony.telling import call_event

AmiEvent = Mapping[str, str]


def interpreted(
    event: AmiEvent, delivery: RawDelivery, heard_at: datetime
) -> CallEvent | ExchangeRestart | None:
    """What the event means; None when it is no news about a call. Raises Uninterpretable.

    `heard_at` is its moment where the exchange writes none (manager.conf: `timestampevents`).
    """
    name = event.get("Event", "")
    try:
        moment = moment_of(event) or heard_at
    except (ValueError, OverflowError) as error:
        raise Uninterpretable("impossible-moment") from error
    if name in _RESTARTS:
        return _restart(event, delivery, moment)
    if name not in _MEANINGS:
        raise Uninterpretable("unknown-event")
    told = _MEANINGS[name](event)
    if told is None:
        return None
    kind, more = told
    common = {
        "cause": name.lower(),
        "leg_id": named(event.get("Uniqueid")),
        "queue": named(event.get("Queue")),
    }
    agent = named(event.get("MemberName"))
    return call_event(delivery, kind, moment, call_of(event), **common, agent=agent, **more)


def moment_of(event: AmiEvent) -> datetime | None:
    """The `Timestamp`, to the microsecond, where there is one. Raises ValueError for a senseless one."""
    told = event.get("Timestamp")
    if told is None:
        return None
    seconds, _, fraction = told.partition(".")
    return datetime.fromtimestamp(int(seconds), UTC) + timedelta(microseconds=int(f"{fraction:0<6}"[:6]))


def call_of(event: AmiEvent) -> str | None:
    """The call an event speaks of. A transfer's own event names it by the transferred, or who transferred."""
    return next((named(event[key]) for key in _CALL_KEYS if named(event.get(key))), None)


_CALL_KEYS = ("Linkedid", "TransfereeLinkedid", "TransfererLinkedid", "OrigTransfererLinkedid")


def is_callers_channel(event: AmiEvent) -> bool:
    """Whether the event is of the call's first channel: the caller's own. Others come and go with agents."""
    return bool(event.get("Uniqueid")) and event.get("Uniqueid") == event.get("Linkedid")


def _restart(event: AmiEvent, delivery: RawDelivery, moment: datetime) -> ExchangeRestart | None:
    """When the exchange began to run: at the event's moment it was up for so long, or ends now."""
    uptime = 0.0 if event["Event"] == "Shutdown" else seconds_in(event.get("Uptime"))
    if uptime is None:
        return None
    return restart(delivery, moment - timedelta(seconds=uptime))


#: A type, and what else the event tells.
_Told = tuple[CallEventType, dict[str, Any]] | None


def _ringing(event: AmiEvent) -> _Told:
    to = named(event.get("Exten"))
    return (CallEventType.RINGING, _caller(event) | {"to": to}) if is_callers_channel(event) else None


def _caller(event: AmiEvent) -> dict[str, Any]:
    return {"from_": named(event.get("CallerIDNum"))}


def _wait(event: AmiEvent) -> dict[str, Any]:
    return {"reported_wait_seconds": seconds_in(event.get("HoldTime"))}


def _completed(event: AmiEvent) -> _Told:
    kind = CallEventType.TRANSFERRED if event.get("Reason") == "transfer" else CallEventType.ENDED
    return kind, {"reported_talk_seconds": seconds_in(event.get("TalkTime"))}


def _hung_up(event: AmiEvent) -> _Told:
    return (CallEventType.ENDED, {}) if is_callers_channel(event) else None


def _transferred(event: AmiEvent) -> _Told:
    return (CallEventType.TRANSFERRED, {}) if event.get("Result", "Success") == "Success" else None


_RESTARTS = {"FullyBooted", "Shutdown"}
_MEANINGS: dict[str, Callable[[AmiEvent], _Told]] = {
    "Newchannel": _ringing,
    "QueueCallerJoin": lambda event: (CallEventType.QUEUED, _caller(event)),
    "AgentCalled": lambda _event: (CallEventType.OFFERED, {}),
    "AgentRingNoAnswer": lambda _event: (CallEventType.OFFER_MISSED, {}),
    "AgentConnect": lambda event: (CallEventType.ANSWERED, _wait(event)),
    "AgentComplete": _completed,
    "QueueCallerAbandon": lambda event: (CallEventType.ABANDONED, _wait(event)),
    "QueueCallerLeave": lambda _event: None,
    "Hangup": _hung_up,
    "BlindTransfer": _transferred,
    "AttendedTransfer": _transferred,
}
