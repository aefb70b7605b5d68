"""Asterisk's `queue_log`, line by line, as canonical call events.

`epoch|call|queue|agent|VERB|data...` (Asterisk documentation, "Queue Logs"). Traps, each seen in a real
recording: a call keeps its id over several queues; CONNECT tells its wait in the first field, ABANDON in
the third; COMPLETE is missing after a transfer, and a blind transfer may leave no line but the next
ENTERQUEUE; when the exchange is killed its calls get no line at all, only QUEUESTART follows.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime

from services.intake.telephony.asterisk.fields import named, restart, seconds_in
from services.intake.telephony.canonical import CallEvent, CallEventType, ExchangeRestart
from services.intake.telephony.forms import RawDelivery, Uninterpretable
from services.intake.telephony.telling import call_event

FORM = "asterisk"
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
#: What is told of agents and of the exchange itself: no news about a call.
_NO_NEWS = {
    "ADDMEMBER", "REMOVEMEMBER", "PAUSE", "UNPAUSE", "PAUSEALL", "UNPAUSEALL", "PENALTY", "RINGINUSE",
    "AGENTLOGIN", "AGENTLOGOFF", "AGENTCALLBACKLOGIN", "AGENTCALLBACKLOGOFF", "AGENTDUMP", "CONFIGRELOAD",
    "RINGCANCELED", "SYSCOMPAT", "DID", "INFO", "MEMBERSTATUS", "QUEUESTATUS",
}  # fmt: skip

_NOTHING = b"\r\n\0 "
_MOST_DIGITS = 11
_A_DAY = 86_400


def cut(body: bytes) -> Iterator[tuple[str, str]]:
    """Each line that is not blank, in order: its delivery id and its text.

    The id is made of the line's content and of how many equal lines stood before it: equal lines of the
    same second stay two, and the same lines read again are the same deliveries. Whoever sends a log in
    parts must therefore begin each part with all lines of the second before it, sent again (as the
    follower does), or not cut it within a second. A line without a time of its own belongs to the second
    of the line before it.
    """
    seen: Counter[str] = Counter()
    second = None
    for line in filter(None, (line.strip(_NOTHING) for line in body.split(b"\n"))):
        text, told = as_text(line), second_of(line)
        second = second if told is None else told
        content = text if told is not None or second is None else f"{second}\n{text}"
        seen[content] += 1
        yield f"{hashlib.sha256(content.encode()).hexdigest()[:32]}-{seen[content]}", text


def second_of(line: bytes) -> int | None:
    """The moment that a line begins with, in whole seconds since 1970; None for one that has none."""
    epoch, bar, _ = line.strip(_NOTHING).partition(b"|")
    return int(epoch) if bar and epoch.isdigit() and len(epoch) <= _MOST_DIGITS else None


def seconds_of(lines: Sequence[str]) -> list[int | None]:
    """The second that each line belongs to: its own, or that of the line before it.

    A moment a day or more from the line before it is a misprint, and no reason to forget that line.
    """
    seconds, current = list[int | None](), None
    for line in lines:
        told = second_of(line.encode())
        if told is not None and (current is None or abs(told - current) < _A_DAY):
            current = told
        seconds.append(current)
    return seconds


def as_text(line: bytes) -> str:
    """A line as text. One that is not UTF-8 is Latin-1, which every sequence of bytes can be."""
    with suppress(UnicodeDecodeError):
        return line.decode()
    return line.decode("latin-1")


def interpreted(delivery: RawDelivery) -> CallEvent | ExchangeRestart | None:
    """What a line means; None when it is no news about a call. Raises Uninterpretable."""
    epoch, *rest = delivery.text.split("|")
    if len(rest) < 4:
        raise Uninterpretable("not-a-queue-log-line")
    call_id, queue, agent, verb, *fields = rest
    if verb in _NO_NEWS:
        return None
    moment = _moment(epoch)
    if verb == RESTART:
        return restart(delivery, moment)
    if verb not in _VERBS:
        raise Uninterpretable("unknown-verb")
    kind, wait_at, talk_at = _VERBS[verb]
    return call_event(
        delivery,
        kind,
        moment,
        named(call_id),
        queue=named(queue),
        agent=named(agent),
        from_=_field(fields, 1) if verb == "ENTERQUEUE" else None,
        reported_wait_seconds=seconds_in(_field(fields, wait_at)),
        reported_talk_seconds=seconds_in(_field(fields, talk_at)),
        cause=verb.lower(),
    )


def _moment(epoch: str) -> datetime:
    try:
        return datetime.fromtimestamp(float(epoch), UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise Uninterpretable("impossible-moment") from error


def _field(fields: list[str], place: int | None) -> str | None:
    try:
        return None if place is None else fields[place]
    except IndexError:
        return None
