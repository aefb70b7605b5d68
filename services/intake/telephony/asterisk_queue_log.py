"""Asterisk's `queue_log`, line by line, as canonical call events.

`epoch|call|queue|agent|VERB|data...` (Asterisk documentation, "Queue Logs"). Traps, each seen in a real
recording: a call keeps its id over several queues; CONNECT tells its wait in the first field, ABANDON in
the third; COMPLETE is missing after a transfer, and a blind transfer may leave no line but the next
ENTERQUEUE; when the exchange is killed its calls get no line at all, only QUEUESTART follows.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

from fastapi import Response
from pydantic import ValidationError

from services.intake.telephony.canonical import MOST_SECONDS, CallEvent, CallEventType, ExchangeRestart
from services.intake.telephony.delivery import Delivery
from services.intake.telephony.forms import Incoming, RawDelivery, Uninterpretable
from services.intake.telephony.signatures import SignedOrToken

RESTART = "QUEUESTART"

#: Verb → type, and where in the data fields wait and talk stand (negative counts from the end).
_VERBS: dict[str, tuple[CallEventType, int | None, int | None]] = {
    "ENTERQUEUE": (CallEventType.QUEUED, None, None),
    "CONNECT": (CallEventType.ANSWERED, 0, None),
    "COMPLETEAGENT": (CallEventType.ENDED, None, 1),
    "COMPLETECALLER": (CallEventType.ENDED, None, 1),
    "ABANDON": (CallEventType.ABANDONED, 2, None),
    "EXITWITHTIMEOUT": (CallEventType.OVERFLOWED, 2, None),
    "EXITEMPTY": (CallEventType.OVERFLOWED, 2, None),
    "EXITWITHKEY": (CallEventType.OVERFLOWED, 3, None),
    "RINGNOANSWER": (CallEventType.OFFER_MISSED, None, None),
    "TRANSFER": (CallEventType.TRANSFERRED, None, -2),
    "BLINDTRANSFER": (CallEventType.TRANSFERRED, None, -2),
    "ATTENDEDTRANSFER": (CallEventType.TRANSFERRED, None, -2),
}


class QueueLogForm:
    """Lines of a queue_log, as they stand in the file. Signed (Standard Webhooks), or with a token."""

    name = "asterisk"

    def __init__(self, proof: SignedOrToken) -> None:
        self.admit = proof.admit

    def deliveries(self, incoming: Incoming) -> Sequence[RawDelivery]:
        """One for each line that is not blank."""
        lines = incoming.body.decode(errors="replace").split("\n")
        return [
            RawDelivery(incoming.source, delivery_id, self.name, line)
            for delivery_id, line in _numbered(lines)
        ]

    def interpret(self, delivery: RawDelivery, received_at: datetime) -> CallEvent | ExchangeRestart | None:
        """What the line means."""
        event = _interpreted(delivery.text, delivery.source, delivery.delivery_id)
        if event is None:
            raise Uninterpretable("not-understood")
        return event

    def answer(self, incoming: Incoming) -> Response | None:
        """The usual receipt."""
        return None


def read_queue_log(lines: Iterable[str], source: str = "asterisk") -> list[Delivery]:
    """Each line that is not blank, in order."""
    return [
        Delivery(source, delivery_id, line, _interpreted(line, source, delivery_id))
        for delivery_id, line in _numbered(lines)
    ]


def _numbered(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Each line that is not blank, behind its delivery id.

    The id is made of the line's content and of how many equal lines stood before it: equal lines of the
    same second stay two, and the same lines read again are the same deliveries. Whoever sends a log in
    parts must therefore not cut it within a second.
    """
    seen: Counter[str] = Counter()
    for line in filter(None, (line.strip("\r\n\0 ") for line in lines)):
        seen[line] += 1
        yield f"{hashlib.sha256(line.encode()).hexdigest()[:32]}-{seen[line]}", line


def _interpreted(line: str, source: str, delivery_id: str) -> CallEvent | ExchangeRestart | None:
    epoch, *rest = line.split("|")
    if len(rest) < 4:
        return None
    call_id, queue, agent, verb, *fields = rest
    try:
        moment = datetime.fromtimestamp(float(epoch), UTC)
        if verb == RESTART:
            return ExchangeRestart(source=source, delivery_id=delivery_id, occurred_at=moment)
        if verb not in _VERBS or call_id == "NONE":
            return None
        kind, wait_at, talk_at = _VERBS[verb]
        return CallEvent(
            source=source,
            delivery_id=delivery_id,
            call_id=call_id,
            type=kind,
            occurred_at=moment,
            queue=_named(queue),
            agent=_named(agent),
            from_=fields[1] if verb == "ENTERQUEUE" and len(fields) > 1 else None,
            reported_wait_seconds=_seconds(fields, wait_at),
            reported_talk_seconds=_seconds(fields, talk_at),
            cause=verb.lower(),
        )
    except (ValidationError, ValueError, OverflowError, OSError):
        return None


def _named(text: str) -> str | None:
    return None if text in ("", "NONE") else text


def _seconds(fields: list[str], place: int | None) -> float | None:
    """The number at that place, or None: a field that is missing or senseless does not spoil the event."""
    try:
        seconds = None if place is None else float(fields[place])
    except (IndexError, ValueError):
        return None
    return seconds if seconds is not None and 0 <= seconds <= MOST_SECONDS else None
