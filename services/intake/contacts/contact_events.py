"""The events that intake publishes about a contact. None carries a personal number, a name or a
phone number.
"""

import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime

from services.intake.contacts.contact_status import Outcome
from services.intake.models import ContactColumns
from shared.contracts import (
    CitizenRekeyed,
    ContactClosed,
    ContactRegistered,
    ContactWaiting,
    Facts,
    QueueVisit,
)
from shared.ids import new_id
from shared.vocabulary import Channel

_CITIZEN_KEY_PURPOSE = b"dsi:citizen-key:1"


def citizen_key_of(cpr_index: str | None) -> str | None:
    """The key by which other services recognise that two contacts are about one citizen: 64 hex digits.

    None when no personal number is known. It is the HMAC-SHA256 (RFC 2104) of a fixed text with the blind
    index as the key: it leads back neither to the index nor to the number, and the number need not be
    decrypted to compute it. It changes with DSI_INDEX_KEY.
    """
    if cpr_index is None:
        return None
    return hmac.new(bytes.fromhex(cpr_index), _CITIZEN_KEY_PURPOSE, hashlib.sha256).hexdigest()


def waiting_event(contact: ContactColumns, visits: list[QueueVisit], now: datetime) -> ContactWaiting:
    """For routing: in which queues the contact waits or has waited."""
    return ContactWaiting(
        id=new_id(),
        occurred_at=now,
        contact_id=contact.id,
        version=contact.version,
        reference=contact.reference,
        channel=Channel(contact.channel),
        line=contact.line,
        received_at=contact.received_at,
        ticket=contact.ticket,
        visits=visits,
    )


def registered_event(contact: ContactColumns, facts: Facts, now: datetime) -> ContactRegistered:
    """For triage: the facts as they are known now."""
    return ContactRegistered(
        id=new_id(),
        occurred_at=now,
        contact_id=contact.id,
        version=contact.version,
        reference=contact.reference,
        channel=Channel(contact.channel),
        received_at=contact.received_at,
        facts=facts,
        citizen_key=citizen_key_of(contact.cpr_index),
    )


def closed_event(contact: ContactColumns, outcome: Outcome, now: datetime) -> ContactClosed:
    """For routing and triage: nothing more is to be done."""
    return ContactClosed(
        id=new_id(), occurred_at=now, contact_id=contact.id, version=contact.version, outcome=outcome
    )


def rekeyed_events(
    old_and_new: Iterable[tuple[str | None, str | None]], now: datetime
) -> list[CitizenRekeyed]:
    """For triage: one event for each citizen whose blind index has changed, given pairs of old and new."""
    changed = {(old, new) for old, new in old_and_new if old is not None and new is not None and old != new}
    return [
        CitizenRekeyed(
            id=new_id(), occurred_at=now, old_key=str(citizen_key_of(old)), new_key=str(citizen_key_of(new))
        )
        for old, new in sorted(changed)
    ]
