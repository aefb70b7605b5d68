"""What an event of Asterisk's manager interface (AMI) means, as a canonical call event.

A call is named by its `Linkedid`, which all its channels share, also the Local channels to its agents, and
which it keeps over several queues. Traps, each seen in a real recording (Asterisk 22):
- `QueueCallerAbandon` is sent for every caller who leaves without an answer, also on a time-out to another
  queue. Whether it was a false one is seen from what follows, when the call is derived.
- `QueueCallerLeave` is sent on an answer too, before it: it is ignored.
- After a blind transfer no AgentComplete comes; only the next QueueCallerJoin, or the caller's Hangup.
- A join that is refused (full, or nobody there) has no event: a ring and a hangup, and nothing between.
- When the exchange is killed nothing comes. After the next login FullyBooted says how long it has been up.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from services.intake.telephony.asterisk_fields import name_in, restart_at, seconds_in
from services.intake.telephony.canonical import CallEvent, CallEventType, ExchangeRestart
from services.intake.telephony.forms import RawDelivery, Uninterpretable
from services.intake.telephony.vendor_events import call_event

AmiEvent = Mapping[str, str]


def ami_event(
    event: AmiEvent, delivery: RawDelivery, received_at: datetime
) -> CallEvent | ExchangeRestart | None:
    """The event as a canonical one; None when it says nothing about a call. Raises Uninterpretable.

    `received_at` is its moment where the exchange writes none (manager.conf: `timestampevents`).
    """
    name = event.get("Event", "")
    try:
        moment = moment_of(event) or received_at
    except (ValueError, OverflowError) as error:
        raise Uninterpretable("impossible-moment") from error
    if name in _RESTARTS:
        return _restart(event, delivery, moment)
    if name not in _MEANINGS:
        raise Uninterpretable("unknown-event")
    meaning = _MEANINGS[name](event)
    if meaning is None:
        return None
    kind, more = meaning
    common = {
        "cause": name.lower(),
        "leg_id": name_in(event.get("Uniqueid")),
        "queue": name_in(event.get("Queue")),
    }
    agent = name_in(event.get("MemberName"))
    return call_event(delivery, kind, moment, call_of(event), **common, agent=agent, **more)


def moment_of(event: AmiEvent) -> datetime | None:
    """The `Timestamp`, to the microsecond, where there is one. Raises ValueError for a senseless one."""
    timestamp = event.get("Timestamp")
    if timestamp is None:
        return None
    seconds, _, fraction = timestamp.partition(".")
    return datetime.fromtimestamp(int(seconds), UTC) + timedelta(microseconds=int(f"{fraction:0<6}"[:6]))


def call_of(event: AmiEvent) -> str | None:
    """The event's call. The event of a transfer names that of the transferred, or of who transferred."""
    return next((name_in(event[key]) for key in _CALL_KEYS if name_in(event.get(key))), None)


_CALL_KEYS = ("Linkedid", "TransfereeLinkedid", "TransfererLinkedid", "OrigTransfererLinkedid")


def is_callers_channel(event: AmiEvent) -> bool:
    """Whether the event is about the call's first channel, the caller's own; the others are the agents'."""
    return bool(event.get("Uniqueid")) and event.get("Uniqueid") == event.get("Linkedid")


def _restart(event: AmiEvent, delivery: RawDelivery, moment: datetime) -> ExchangeRestart | None:
    """The moment the exchange started: the event's moment less its uptime. A shutdown loses its calls now."""
    uptime = 0.0 if event["Event"] == "Shutdown" else seconds_in(event.get("Uptime"))
    if uptime is None:
        return None
    return restart_at(delivery, moment - timedelta(seconds=uptime))


#: The canonical type, and further fields of the canonical event.
_Meaning = tuple[CallEventType, dict[str, Any]] | None


def _ringing(event: AmiEvent) -> _Meaning:
    to = name_in(event.get("Exten"))
    return (CallEventType.RINGING, _caller(event) | {"to": to}) if is_callers_channel(event) else None


def _caller(event: AmiEvent) -> dict[str, Any]:
    return {"from_": name_in(event.get("CallerIDNum"))}


def _wait(event: AmiEvent) -> dict[str, Any]:
    return {"reported_wait_seconds": seconds_in(event.get("HoldTime"))}


def _completed(event: AmiEvent) -> _Meaning:
    kind = CallEventType.TRANSFERRED if event.get("Reason") == "transfer" else CallEventType.ENDED
    return kind, {"reported_talk_seconds": seconds_in(event.get("TalkTime"))}


def _hung_up(event: AmiEvent) -> _Meaning:
    return (CallEventType.ENDED, {}) if is_callers_channel(event) else None


def _transferred(event: AmiEvent) -> _Meaning:
    return (CallEventType.TRANSFERRED, {}) if event.get("Result", "Success") == "Success" else None


_RESTARTS = {"FullyBooted", "Shutdown"}
_MEANINGS: dict[str, Callable[[AmiEvent], _Meaning]] = {
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
