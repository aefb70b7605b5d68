"""The events intake tells the others about a contact. None carries a number, a name or a phone number."""

from collections.abc import Iterable
from datetime import datetime

from services.intake.contacts.citizen_key import citizen_key_of
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


def waiting_event(contact: ContactColumns, visits: list[QueueVisit], now: datetime) -> ContactWaiting:
    """Tells routing where the contact waits."""
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
    """Tells triage what is known."""
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
    """Tells routing and triage that nothing more is to be done."""
    return ContactClosed(
        id=new_id(), occurred_at=now, contact_id=contact.id, version=contact.version, outcome=outcome
    )


def rekeyed_events(
    old_and_new: Iterable[tuple[str | None, str | None]], now: datetime
) -> list[CitizenRekeyed]:
    """Tell triage of each citizen whose blind index has changed, once."""
    changed = {(old, new) for old, new in old_and_new if old is not None and new is not None and old != new}
    return [
        CitizenRekeyed(
            id=new_id(), occurred_at=now, old_key=str(citizen_key_of(old)), new_key=str(citizen_key_of(new))
        )
        for old, new in sorted(changed)
    ]
