"""What Asterisk's two forms have in common: empty names, numbers, and restarts."""

from datetime import datetime

from pydantic import ValidationError

from services.intake.telephony.canonical import MOST_SECONDS, ExchangeRestart
from services.intake.telephony.forms import RawDelivery, Uninterpretable

_EMPTY = {"", "NONE", "<unknown>", "<null>"}


def name_in(text: str | None) -> str | None:
    """A name or a number; None for the texts that Asterisk writes where there is none."""
    return None if text is None or text in _EMPTY else text


def seconds_in(text: str | None) -> float | None:
    """The seconds in a field; None where it is missing or senseless, which does not spoil the event."""
    try:
        seconds = None if text is None else float(text)
    except ValueError:
        return None
    return seconds if seconds is not None and 0 <= seconds <= MOST_SECONDS else None


def restart_at(delivery: RawDelivery, moment: datetime) -> ExchangeRestart:
    """A restart of the exchange at that moment. Raises Uninterpretable for an impossible moment."""
    try:
        return ExchangeRestart(source=delivery.source, delivery_id=delivery.delivery_id, occurred_at=moment)
    except ValidationError as error:
        raise Uninterpretable("impossible-moment") from error
