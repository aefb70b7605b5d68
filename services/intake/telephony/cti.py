"""newCall, answer, hangup: the events that sipgate invented and Zammad's generic CTI took over.

They carry no moment of their own, so the moment of receipt is used. Sources: sipgate.io, "The POST request"
(github.com/sipgate/sipgate.io); Zammad documentation, "Generic CTI" (docs.zammad.org).
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from services.intake.telephony.canonical import CallEvent, CallEventType
from services.intake.telephony.forms import RawDelivery, Uninterpretable
from services.intake.telephony.request_fields import Fields
from services.intake.telephony.vendor_events import call_event, place_called

#: Events of one moment, in the only order in which they can happen.
_ORDER = {"newCall": 0, "answer": 1, "hangup": 2}
#: Events that say nothing about where the caller is: digits typed into a menu.
_IGNORED = {"dtmf"}

#: What a hangup means for the caller. A caller who was not put through is to be called back, whether the
#: caller gave up or the called party could not be reached. One who was forwarded goes on at a place that
#: is never reported, or in a new call: lost to us, and called back unless that one is answered.
_HANGUPS = {
    "cancel": CallEventType.ABANDONED,
    "busy": CallEventType.ABANDONED,
    "noAnswer": CallEventType.ABANDONED,
    "congestion": CallEventType.ABANDONED,
    "notFound": CallEventType.ABANDONED,
    "forwarded": CallEventType.LOST,
}


def cti_event(
    delivery: RawDelivery,
    fields: Fields,
    received_at: datetime,
    *,
    number: Callable[[str | None], str | None],
    agent_in: Sequence[str],
) -> CallEvent | None:
    """The event; None for an outgoing call. Raises Uninterpretable.

    `number` brings a number into one form; `agent_in` names the fields with the agent, the better one first.
    """
    event = fields.get("event")
    if event in _IGNORED:
        return None
    if event not in _ORDER:
        raise Uninterpretable("unknown-event")
    direction = fields.get("direction")
    if direction == "out":
        return None
    if direction != "in":
        raise Uninterpretable("unknown-direction")
    called = number(fields.get("to"))
    return call_event(
        delivery,
        _kind_of(event, fields.get("cause")),
        received_at,
        fields.get("callId"),
        from_=number(fields.get("from")),
        to=called,
        # A hangup ends the stay in whichever queue it is; with a queue of its own it would begin another.
        queue=None if event == "hangup" else fields.get("queue") or place_called(called),
        agent=_agent(fields, agent_in) if event == "answer" else None,
        cause=fields.get("cause"),
        sequence=_ORDER[event],
    )


def _kind_of(event: str, cause: str | None) -> CallEventType:
    if event == "hangup":
        return _HANGUPS.get(cause or "", CallEventType.ENDED)
    return CallEventType.ANSWERED if event == "answer" else CallEventType.QUEUED


def _agent(fields: Fields, names: Sequence[str]) -> str | None:
    """Who answered. Where a field has several values, it is not known which of them it was."""
    values = (fields.get_all(name) for name in names)
    return next((agents[0] for agents in values if len(agents) == 1), None)
