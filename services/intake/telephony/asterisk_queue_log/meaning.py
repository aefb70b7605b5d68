"""What a line of Asterisk's `queue_log` means, as a canonical call event.

`epoch|call|queue|agent|VERB|data...` (Asterisk documentation, "Queue Logs"). Traps, each seen in a real
recording: a call keeps its id over several queues; CONNECT has its wait in the first field, ABANDON in
the third; COMPLETE is missing after a transfer, and a blind transfer may leave no line but the next
ENTERQUEUE; when the exchange is killed its calls get no line at all, only QUEUESTART follows.
"""

from datetime import UTC, datetime

from services.intake.telephony.asterisk_fields import name_in, restart_at, seconds_in
from services.intake.telephony.canonical import CallEvent, CallEventType, ExchangeRestart
from services.intake.telephony.forms import RawDelivery, Uninterpretable
from services.intake.telephony.vendor_events import call_event

_RESTART = "QUEUESTART"

#: Verb → type, and the positions of the wait and of the talk among the data fields (negative: from the end).
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
#: Verbs about agents and about the exchange itself, which say nothing about a call.
_IGNORED = {
    "ADDMEMBER", "REMOVEMEMBER", "PAUSE", "UNPAUSE", "PAUSEALL", "UNPAUSEALL", "PENALTY", "RINGINUSE",
    "AGENTLOGIN", "AGENTLOGOFF", "AGENTCALLBACKLOGIN", "AGENTCALLBACKLOGOFF", "AGENTDUMP", "CONFIGRELOAD",
    "RINGCANCELED", "SYSCOMPAT", "DID", "INFO", "MEMBERSTATUS", "QUEUESTATUS",
}  # fmt: skip


def queue_log_event(delivery: RawDelivery) -> CallEvent | ExchangeRestart | None:
    """The event of a line; None when it says nothing about a call. Raises Uninterpretable."""
    epoch, *rest = delivery.text.split("|")
    if len(rest) < 4:
        raise Uninterpretable("not-a-queue-log-line")
    call_id, queue, agent, verb, *fields = rest
    if verb in _IGNORED:
        return None
    moment = _moment(epoch)
    if verb == _RESTART:
        return restart_at(delivery, moment)
    if verb not in _VERBS:
        raise Uninterpretable("unknown-verb")
    kind, wait_at, talk_at = _VERBS[verb]
    return call_event(
        delivery,
        kind,
        moment,
        name_in(call_id),
        queue=name_in(queue),
        agent=name_in(agent),
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


def _field(fields: list[str], position: int | None) -> str | None:
    try:
        return None if position is None else fields[position]
    except IndexError:
        return None
