"""What Twilio's voice requests mean.

A citizen's call is a call without a parent. The calls that connect it to agents are its legs, each with a
`CallSid` of its own and the citizen's as `ParentCallSid`. When Twilio itself picks up (`in-progress`, to play
a greeting) the call is not answered yet: it is when a leg is.
"""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from services.intake.telephony.canonical import CallEvent, CallEventType
from services.intake.telephony.forms import RawDelivery, Uninterpretable
from services.intake.telephony.request_fields import Fields
from services.intake.telephony.vendor_events import call_event, place_called, seconds_of

_PROGRESS = "call-progress-events"
#: A call and each of its legs number their events independently. Within a second the call's end is put last:
#: the end of a leg has more, such as the length of the talk.
_AFTER_LEGS = 1000
_HERE = {"queued", "initiated", "ringing", "in-progress"}
_UNREACHED = {"busy", "no-answer", "failed", "canceled"}

#: How Twilio writes a number that was withheld: anonymous, restricted, blocked, unknown and unavailable,
#: typed on a telephone's keys (doorkeeper.jp/developer/blocking-phone-number-twilio). Taken for numbers they
#: would be of Lesotho, Russia and China.
_WITHHELD = {"+266696687", "+7378742833", "+2562533", "+8656696", "+86282452253", "anonymous"}

#: What became of a stay in a queue. `bridged` is sent once the two have hung up.
_QUEUE_RESULTS = {
    "bridged": CallEventType.ENDED,
    "hangup": CallEventType.ABANDONED,
    "leave": CallEventType.OVERFLOWED,
    "queue-full": CallEventType.OVERFLOWED,
    "error": CallEventType.OVERFLOWED,
    "system-error": CallEventType.OVERFLOWED,
    "redirected": CallEventType.TRANSFERRED,
    "redirected-from-bridged": CallEventType.TRANSFERRED,
}


def twilio_event(delivery: RawDelivery, fields: Fields, received_at: datetime) -> CallEvent | None:
    """The event; None for outgoing calls, and for requests that say nothing about where the caller is.

    Raises Uninterpretable.
    """
    if fields.get("CallSid") is None:
        raise Uninterpretable("no-call-id")
    if fields.get("Direction") in ("outbound-api", "outbound"):
        return None
    if fields.get("QueueSid") is not None or fields.get("QueueResult") is not None:
        return _of_a_queue(delivery, fields, received_at)
    if fields.get("ParentCallSid") is not None:
        return _of_a_leg(delivery, fields, received_at)
    return _of_the_call(delivery, fields, received_at)


def _of_the_call(delivery: RawDelivery, fields: Fields, received_at: datetime) -> CallEvent | None:
    status = fields.get("CallStatus")
    # Any other request than a status callback is Twilio asking what to do next: the call has not moved.
    if fields.get("CallbackSource") != _PROGRESS and status not in {"ringing", "completed"}:
        return None
    if status in _HERE:
        return _event(
            delivery, CallEventType.QUEUED, fields, received_at, queue=_queue(fields, fields.get("To"))
        )
    if status == "completed":
        # Its duration counts the wait as well: it is the length of no talk.
        return _event(delivery, CallEventType.ENDED, fields, received_at, cause=status, sequence=_AFTER_LEGS)
    if status in _UNREACHED:
        return _event(
            delivery, CallEventType.ABANDONED, fields, received_at, cause=status, sequence=_AFTER_LEGS
        )
    raise Uninterpretable("unknown-status")


def _of_a_leg(delivery: RawDelivery, fields: Fields, received_at: datetime) -> CallEvent | None:
    status = fields.get("CallStatus")
    more: dict[str, Any] = {
        "agent": _agent(fields),
        "leg_id": fields.get("CallSid"),
        "queue": _queue(fields, None),
    }
    if status in ("queued", "initiated", "ringing"):
        # Where the address names the queue, the first offer also shows in which one the caller waits.
        kind = CallEventType.OFFERED if more["queue"] is None else CallEventType.QUEUED
        return _event(delivery, kind, fields, received_at, **more)
    if status == "in-progress":
        return _event(delivery, CallEventType.ANSWERED, fields, received_at, **more)
    if status == "completed":
        more |= {
            "cause": status,
            "reported_talk_seconds": seconds_of(fields.get("CallDuration")),
            "queue": None,
        }
        return _event(delivery, CallEventType.ENDED, fields, received_at, **more)
    if status in _UNREACHED:
        return _event(delivery, CallEventType.OFFER_MISSED, fields, received_at, cause=status, **more)
    raise Uninterpretable("unknown-status")


def _of_a_queue(delivery: RawDelivery, fields: Fields, received_at: datetime) -> CallEvent | None:
    more: dict[str, Any] = {"queue": _queue(fields, fields.get("QueueSid"))}
    waited = seconds_of(fields.get("QueueTime"))
    if fields.get("DequeingCallSid") is not None:
        # Asked of the queue's `url`, just before the two are put through.
        more |= {
            "agent": fields.get("agent") or fields.get("DequeingCallSid"),
            "reported_wait_seconds": waited,
        }
        return _event(delivery, CallEventType.ANSWERED, fields, received_at, **more)
    result = fields.get("QueueResult")
    if result in (None, "bridging-in-process"):
        return None
    if result not in _QUEUE_RESULTS:
        raise Uninterpretable("unknown-queue-result")
    more |= {"reported_wait_seconds": waited, "cause": f"queue-{result}"}
    return _event(delivery, _QUEUE_RESULTS[result], fields, received_at, **more)


def _event(
    delivery: RawDelivery, kind: CallEventType, fields: Fields, received_at: datetime, **more: Any
) -> CallEvent:
    caller, order = fields.get("From"), seconds_of(fields.get("SequenceNumber"))
    common: dict[str, Any] = {
        "from_": None if caller in _WITHHELD else caller,
        "to": None if fields.get("ParentCallSid") else fields.get("To"),
        "sequence": None if order is None else int(order),
    }
    call_id = fields.get("ParentCallSid") or fields.get("CallSid")
    return call_event(delivery, kind, _moment(fields, received_at), call_id, **(common | more))


def _moment(fields: Fields, received_at: datetime) -> datetime:
    """When it happened, by Twilio's clock (RFC 2822, whole seconds); only status callbacks have it."""
    try:
        moment = parsedate_to_datetime(fields.get("Timestamp") or "")
    except ValueError:
        return received_at
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def _queue(fields: Fields, otherwise: str | None) -> str | None:
    return fields.get("queue") or place_called(otherwise)


def _agent(fields: Fields) -> str | None:
    """Who was rung: the name that the address gives, else the number or the client's name."""
    rung = fields.get("To") or ""
    return fields.get("agent") or rung.removeprefix("client:").removeprefix("sip:") or None
