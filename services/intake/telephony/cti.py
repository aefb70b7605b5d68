"""newCall, answer, hangup: the events that sipgate invented and Zammad's generic CTI took over.

They bear no moment, so the moment they were received counts. Sources: sipgate.io, "The POST request"
(github.com/sipgate/sipgate.io); Zammad documentation, "Generic CTI" (docs.zammad.org).
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from services.intake.telephony.canonical import CallEvent, CallEventType
from services.intake.telephony.fields import Fields
from services.intake.telephony.forms import RawDelivery, Uninterpretable
from services.intake.telephony.telling import call_event, place_called

#: Events of one moment, in the order in which they can only happen.
_ORDER = {"newCall": 0, "answer": 1, "hangup": 2}
#: What is no news of where the caller is: digits typed into a menu.
_NO_NEWS = {"dtmf"}

#: What a hangup means for the caller. Whoever was not put through is to be called back, whether the
#: caller gave up or the called party could not be reached. One who was forwarded goes on at a place that
#: is never told of, or in a new call: lost to us, and called back unless that one is answered.
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
    said: Fields,
    received_at: datetime,
    *,
    number: Callable[[str | None], str | None],
    agent_in: Sequence[str],
) -> CallEvent | None:
    """The event; None for a call that somebody here makes. Raises Uninterpretable.

    `number` brings a number into one form; `agent_in` names the fields that the agent is told in, the
    better one first.
    """
    event = said.one("event")
    if event in _NO_NEWS:
        return None
    if event not in _ORDER:
        raise Uninterpretable("unknown-event")
    direction = said.one("direction")
    if direction == "out":
        return None
    if direction != "in":
        raise Uninterpretable("unknown-direction")
    called = number(said.one("to"))
    return call_event(
        delivery,
        _kind_of(event, said.one("cause")),
        received_at,
        said.one("callId"),
        from_=number(said.one("from")),
        to=called,
        # A hangup ends the stay wherever it is; by naming a place it would only tell of another one.
        queue=None if event == "hangup" else said.one("queue") or place_called(called),
        agent=_agent(said, agent_in) if event == "answer" else None,
        cause=said.one("cause"),
        sequence=_ORDER[event],
    )


def _kind_of(event: str, cause: str | None) -> CallEventType:
    if event == "hangup":
        return _HANGUPS.get(cause or "", CallEventType.ENDED)
    return CallEventType.ANSWERED if event == "answer" else CallEventType.QUEUED


def _agent(said: Fields, fields: Sequence[str]) -> str | None:
    """Who answered. Of several names none is known to be the one."""
    told = (said.every(field) for field in fields)
    return next((names[0] for names in told if len(names) == 1), None)
