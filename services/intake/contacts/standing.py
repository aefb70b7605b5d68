"""Where a contact stands, in its row; and the one way in which a contact ends."""

from datetime import datetime
from typing import Any

from services.intake.contacts import repository
from services.intake.contacts.contact_events import closed_event
from services.intake.contacts.contact_status import ContactStatus, Mover, Outcome, Standing
from services.intake.drafts.service import drop as drop_draft
from services.intake.models import Contact, ContactColumns
from shared.unit_of_work import UnitOfWork

_MOVERS: dict[str, Mover] = {"call": "call", "entry": "entry", "person": "person"}


def standing_of(contact: ContactColumns) -> Standing:
    """Where the contact stands."""
    mover: Mover = (
        "call" if contact.moved_by == "call" else "entry" if contact.moved_by == "entry" else "person"
    )
    outcome = None if contact.outcome is None else Outcome(contact.outcome)
    return Standing(ContactStatus(contact.status), outcome, mover)


def standing_columns(now: Standing, changed_at: datetime) -> dict[str, Any]:
    """The columns that say where a contact stands."""
    is_closed = now.status is ContactStatus.CLOSED
    return {
        "status": now.status,
        "outcome": now.outcome,
        "moved_by": now.moved_by,
        "closed_at": changed_at if is_closed else None,
        "changed_at": changed_at,
    }


async def end(
    work: UnitOfWork, contact: Contact, standing: Standing, at: datetime | None = None, **more: Any
) -> None:
    """Close the contact at that moment (default now), and tell routing and triage."""
    moment = at or work.clock.now()
    columns = standing_columns(standing, moment)
    await repository.change(work.session, contact, **columns, **more, version=contact.version + 1)
    await drop_draft(work.session, contact.id)
    await work.publish(closed_event(contact, standing.outcome or Outcome.COMPLETED, moment))
