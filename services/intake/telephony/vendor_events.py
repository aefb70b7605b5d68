"""From the fields of a vendor's delivery to a canonical call event."""

import hashlib
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from services.intake.telephony.canonical import CallEvent, CallEventType
from services.intake.telephony.forms import RawDelivery, Uninterpretable
from shared.phone_numbers import normalised_phone

_LONGEST_NAME = 120


def call_event(
    delivery: RawDelivery, kind: CallEventType, occurred_at: datetime | str, call_id: str | None, **more: Any
) -> CallEvent:
    """The event. Raises Uninterpretable where there is no call id, or a field has an impossible value."""
    if call_id is None:
        raise Uninterpretable("no-call-id")
    names = {"call_id": call_id, "queue": more.get("queue"), "agent": more.get("agent")}
    try:
        return CallEvent(
            source=delivery.source,
            delivery_id=delivery.delivery_id,
            type=kind,
            occurred_at=occurred_at,
            **(more | {name: _short(text) for name, text in names.items()}),
        )
    except ValidationError:
        raise Uninterpretable("impossible-field") from None


def place_called(number: str | None) -> str | None:
    """The number that was called, as the name of a queue: what lines list where a vendor has no queues."""
    return normalised_phone(number) or number


def with_plus(number: str | None) -> str | None:
    """`+4520000001` for `4520000001`, of a vendor that sends numbers in full but without the plus."""
    is_full = number is not None and number.isascii() and number.isdecimal() and not number.startswith("0")
    return f"+{number}" if is_full else number


def seconds_of(text: str | None) -> float | None:
    """A length in whole seconds; None where it is missing or senseless, which does not spoil the event."""
    return float(text) if text and text.isascii() and text.isdecimal() and len(text) <= 6 else None


def _short(name: str | None) -> str | None:
    # A vendor's names may be longer than our columns (Zammad: 250 characters). Two long names that begin
    # alike must stay two names: a hash of the whole takes the place of the rest.
    if name is None or len(name) <= _LONGEST_NAME:
        return name
    return f"{name[:80]}~{hashlib.sha256(name.encode('utf-8', 'replace')).hexdigest()[:32]}"
