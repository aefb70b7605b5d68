"""What Asterisk's two forms have in common: how a field says nothing, numbers, and restarts."""

from datetime import datetime

from pydantic import ValidationError

from services.intake.telephony.canonical import MOST_SECONDS, ExchangeRestart
from services.intake.telephony.forms import RawDelivery, Uninterpretable

_NOBODY = {"", "NONE", "<unknown>", "<null>"}


def named(text: str | None) -> str | None:
    """A name or a number; None where Asterisk writes that there is none."""
    return None if text is None or text in _NOBODY else text


def seconds_in(text: str | None) -> float | None:
    """The seconds a field tells, or None: one that is missing or senseless does not spoil the event."""
    try:
        seconds = None if text is None else float(text)
    except ValueError:
        return None
    return seconds if seconds is not None and 0 <= seconds <= MOST_SECONDS else None


def restart(delivery: RawDelivery, moment: datetime) -> ExchangeRestart:
    """The exchange ran anew from that moment. Raises Uninterpretable for one that cannot be meant."""
    try:
        return ExchangeRestart(source=delivery.source, delivery_id=delivery.delivery_id, occurred_at=moment)
    except ValidationError as error:
        raise Uninterpretable("impossible-moment") from error
