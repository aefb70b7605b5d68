"""Events about contacts, as intake and routing would send them."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from shared.contracts import ContactClosed, ContactRegistered, EntryReturned, Facts
from shared.ids import new_id, reference_of
from shared.vocabulary import Channel, Unit

#: A Tuesday morning, half an hour before the tests' clock.
RECEIVED = datetime(2026, 3, 10, 8, 30, tzinfo=UTC)

#: A contact for the adults' authority.
FRIDA: dict[str, Any] = {"needs": ["support_at_home"], "age": 44, "district": 3}
#: A mother with a debt, and her child whom somebody worries about.
GRETE: dict[str, Any] = {
    "needs": ["debt"],
    "age": 34,
    "district": 1,
    "child_at_risk": True,
    "child_age": 7,
    "child_district": 9,
}


def registered(
    contact_id: UUID,
    facts: dict[str, Any],
    version: int = 1,
    *,
    citizen_key: str | None = None,
    received_at: datetime = RECEIVED,
) -> ContactRegistered:
    return ContactRegistered(
        id=new_id(),
        occurred_at=RECEIVED,
        contact_id=contact_id,
        version=version,
        reference=reference_of(contact_id),
        channel=Channel.PHONE,
        received_at=received_at,
        facts=Facts.model_validate(facts),
        citizen_key=citizen_key,
    )


def closed(contact_id: UUID, version: int = 2) -> ContactClosed:
    return ContactClosed(
        id=new_id(), occurred_at=RECEIVED, contact_id=contact_id, version=version, outcome="advised"
    )


def returned(contact_id: UUID, decision: int, unit: Unit = Unit.ADULTS) -> EntryReturned:
    return EntryReturned(
        id=new_id(),
        occurred_at=RECEIVED,
        contact_id=contact_id,
        entry_id=new_id(),
        queue=unit,
        unit=unit,
        decision=decision,
        reason="Borgeren hører til et andet sted",
    )
