"""What Twilio's voice requests mean.

A citizen's call is a call without a parent; whom it is put through to are legs, each with a `CallSid` of
its own and the citizen's as `ParentCallSid`. That Twilio itself picks up (`in-progress`, to play a
greeting) is no answer yet: only a leg's is.
"""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from services.intake.telephony.canonical import CallEvent, CallEventType
from services.intake.telephony.fields import Fields
from services.intake.telephony.forms import RawDelivery, Uninterpretable
from services.intake.telephony.telling import call_event, place_called, seconds_of

_PROGRESS = "call-progress-events"
#: A call and each of its legs count their events apart. Within a second the call's end comes last: the end of
#: a leg tells more, such as how long the talk was.
_AFTER_LEGS = 1000
_HERE = {"queued", "initiated", "ringing", "in-progress"}
_UNREACHED = {"busy", "no-answer", "failed", "canceled"}

#: How Twilio writes a number that was withheld: anonymous, restricted, blocked, unknown and unavailable, as
#: they lie on a telephone's keys (doorkeeper.jp/developer/blocking-phone-number-twilio). To anybody else
#: they look like numbers of Lesotho, Russia and China.
_WITHHELD = {"+266696687", "+7378742833", "+2562533", "+8656696", "+86282452253", "anonymous"}

#: What became of a stay in a queue. `bridged` is told once the two have hung up.
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


def twilio_event(delivery: RawDelivery, said: Fields, received_at: datetime) -> CallEvent | None:
    """The event; None for calls that are made from here, and for what is no news of where the caller is.

    Raises Uninterpretable.
    """
    if said.one("CallSid") is None:
        raise Uninterpretable("no-call-id")
    if said.one("Direction") in ("outbound-api", "outbound"):
        return None
    if said.one("QueueSid") is not None or said.one("QueueResult") is not None:
        return _of_a_queue(delivery, said, received_at)
    if said.one("ParentCallSid") is not None:
        return _of_a_leg(delivery, said, received_at)
    return _of_the_call(delivery, said, received_at)


def _of_the_call(delivery: RawDelivery, said: Fields, received_at: datetime) -> CallEvent | None:
    status = said.one("CallStatus")
    # Any other request than a status callback is Twilio asking what to do next, where the call is no news.
    if said.one("CallbackSource") != _PROGRESS and status not in {"ringing", "completed"}:
        return None
    if status in _HERE:
        return _event(delivery, CallEventType.QUEUED, said, received_at, queue=_queue(said, said.one("To")))
    if status == "completed":
        # Its duration counts the wait as well: it is the length of no talk.
        return _event(delivery, CallEventType.ENDED, said, received_at, cause=status, sequence=_AFTER_LEGS)
    if status in _UNREACHED:
        return _event(
            delivery, CallEventType.ABANDONED, said, received_at, cause=status, sequence=_AFTER_LEGS
        )
    raise Uninterpretable("unknown-status")


def _of_a_leg(delivery: RawDelivery, said: Fields, received_at: datetime) -> CallEvent | None:
    status = said.one("CallStatus")
    more: dict[str, Any] = {"agent": _agent(said), "leg_id": said.one("CallSid"), "queue": _queue(said, None)}
    if status in ("queued", "initiated", "ringing"):
        # Where the address names the queue, the first offer also tells in which one the caller waits.
        kind = CallEventType.OFFERED if more["queue"] is None else CallEventType.QUEUED
        return _event(delivery, kind, said, received_at, **more)
    if status == "in-progress":
        return _event(delivery, CallEventType.ANSWERED, said, received_at, **more)
    if status == "completed":
        more |= {
            "cause": status,
            "reported_talk_seconds": seconds_of(said.one("CallDuration")),
            "queue": None,
        }
        return _event(delivery, CallEventType.ENDED, said, received_at, **more)
    if status in _UNREACHED:
        return _event(delivery, CallEventType.OFFER_MISSED, said, received_at, cause=status, **more)
    raise Uninterpretable("unknown-status")


def _of_a_queue(delivery: RawDelivery, said: Fields, received_at: datetime) -> CallEvent | None:
    more: dict[str, Any] = {"queue": _queue(said, said.one("QueueSid"))}
    waited = seconds_of(said.one("QueueTime"))
    if said.one("DequeingCallSid") is not None:
        # Asked of the queue's `url`, just before the two are put through.
        more |= {"agent": said.one("agent") or said.one("DequeingCallSid"), "reported_wait_seconds": waited}
        return _event(delivery, CallEventType.ANSWERED, said, received_at, **more)
    result = said.one("QueueResult")
    if result in (None, "bridging-in-process"):
        return None
    if result not in _QUEUE_RESULTS:
        raise Uninterpretable("unknown-queue-result")
    more |= {"reported_wait_seconds": waited, "cause": f"queue-{result}"}
    return _event(delivery, _QUEUE_RESULTS[result], said, received_at, **more)


def _event(
    delivery: RawDelivery, kind: CallEventType, said: Fields, received_at: datetime, **more: Any
) -> CallEvent:
    caller, order = said.one("From"), seconds_of(said.one("SequenceNumber"))
    told: dict[str, Any] = {
        "from_": None if caller in _WITHHELD else caller,
        "to": None if said.one("ParentCallSid") else said.one("To"),
        "sequence": None if order is None else int(order),
    }
    call_id = said.one("ParentCallSid") or said.one("CallSid")
    return call_event(delivery, kind, _moment(said, received_at), call_id, **(told | more))


def _moment(said: Fields, received_at: datetime) -> datetime:
    """When it happened, by Twilio's clock (RFC 2822, whole seconds); only status callbacks tell it."""
    try:
        told = parsedate_to_datetime(said.one("Timestamp") or "")
    except ValueError:
        return received_at
    return told if told.tzinfo is not None else told.replace(tzinfo=UTC)


def _queue(said: Fields, otherwise: str | None) -> str | None:
    return said.one("queue") or place_called(otherwise)


def _agent(said: Fields) -> str | None:
    """Who was rung: the name that the address gives, else the number or the client's name."""
    rung = said.one("To") or ""
    return said.one("agent") or rung.removeprefix("client:").removeprefix("sip:") or None
