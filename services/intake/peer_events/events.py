"""Events of triage and routing, and how each changes its contact. They come in any order, and repeatedly.

Of two moves of an entry the one that happened later counts, and of two decisions the one with the higher
number; what arrives after a newer one changes nothing.
"""

from datetime import datetime
from uuid import UUID

from services.intake.contacts import contact_status, repository
from services.intake.contacts.contact_status import ContactState, ContactStatus
from services.intake.contacts.service import end_contact, find_contact
from services.intake.models import Contact
from shared.contracts import (
    ContactTriaged,
    EntryCompleted,
    EntryReleased,
    EntryReturned,
    EntryTaken,
    Event,
    TriagedCompanion,
)
from shared.ids import reference_of
from shared.inbox import Handler
from shared.unit_of_work import UnitOfWork


async def on_entry_taken(work: UnitOfWork, event: EntryTaken) -> None:
    """waiting → open."""
    contact = await _contact(work, event.contact_id)
    if _is_latest_move(contact, event.occurred_at):
        state = contact_status.after_taken(contact_status.state_of(contact))
        await _change(work, contact, state, event.occurred_at, entry_moved_at=event.occurred_at)


async def on_entry_released(work: UnitOfWork, event: EntryReleased) -> None:
    """open → waiting."""
    contact = await _contact(work, event.contact_id)
    if _is_latest_move(contact, event.occurred_at):
        state = contact_status.after_released(contact_status.state_of(contact))
        await _change(work, contact, state, event.occurred_at, entry_moved_at=event.occurred_at)


async def on_entry_completed(work: UnitOfWork, event: EntryCompleted) -> None:
    """The work is done: the contact closes, and triage learns from its event that no decision is needed."""
    contact = await _contact(work, event.contact_id)
    if contact.status != ContactStatus.CLOSED:
        outcome = contact_status.outcome_named(event.outcome)
        await end_contact(work, contact, contact_status.closed(outcome, "entry"), event.occurred_at)


async def on_entry_returned(work: UnitOfWork, event: EntryReturned) -> None:
    """The unit says it is not its own: registered again, until the next decision."""
    contact = await _contact(work, event.contact_id)
    if event.decision < contact.decision or event.decision <= contact.returned_decision:
        return
    state = contact_status.after_returned(contact_status.state_of(contact))
    await _change(work, contact, state, event.occurred_at, returned_decision=event.decision)


async def on_contact_triaged(work: UnitOfWork, event: ContactTriaged) -> None:
    """A person decided: the contact is triaged, and each of its companions becomes a contact."""
    contact = await _contact(work, event.contact_id)
    if event.decision > contact.decision:
        state = _after_decision(contact, event.decision)
        await _change(work, contact, state, event.occurred_at, decision=event.decision)
    for companion in event.companions:
        await _store_companion(work, contact, companion, event)


async def _contact(work: UnitOfWork, contact_id: UUID) -> Contact:
    # NotFound refuses the event, and the sender's outbox repeats it: an event about a companion's entry may
    # arrive before the decision that creates the companion.
    return await find_contact(work, contact_id, locked=True)


async def _change(
    work: UnitOfWork, contact: Contact, state: ContactState, at: datetime, **more: object
) -> None:
    columns = dict(more)
    if state != contact_status.state_of(contact):
        columns |= contact_status.state_columns(state, at)
        # Only `version`, which orders events. The ETag stays: no person's copy has become stale.
        columns["version"] = contact.version + 1
    if columns:
        await repository.change(work.session, contact, **columns)


def _is_latest_move(contact: Contact, occurred_at: datetime) -> bool:
    return contact.entry_moved_at is None or contact.entry_moved_at < occurred_at


def _after_decision(contact: Contact, decision: int) -> ContactState:
    now = contact_status.state_of(contact)
    # Triage and routing deliver independently: the return of this very decision may have arrived before it.
    return now if contact.returned_decision >= decision else contact_status.after_triaged(now)


async def _store_companion(
    work: UnitOfWork, parent: Contact, companion: TriagedCompanion, event: ContactTriaged
) -> None:
    """Create the companion's contact, or change its facts when this decision is a newer one."""
    facts = companion.facts.model_dump(mode="json")
    now = work.clock.now()
    new = Contact(
        id=companion.contact_id,
        reference=reference_of(companion.contact_id),
        channel=event.channel,
        line=parent.line,
        status=ContactStatus.TRIAGED,
        moved_by="person",
        received_at=event.received_at,
        created_at=now,
        changed_at=event.occurred_at,
        anonymous=companion.facts.anonymous,
        facts=facts,
        companion_of=parent.id,
        concerns=companion.concerns,
        decision=event.decision,
    )
    if await repository.add_contact_once(work.session, new):
        return
    known = await _contact(work, companion.contact_id)
    if event.decision > known.decision:
        state = _after_decision(known, event.decision)
        await _change(work, known, state, event.occurred_at, decision=event.decision, facts=facts)


HANDLERS: dict[type[Event], Handler] = {
    ContactTriaged: on_contact_triaged,
    EntryTaken: on_entry_taken,
    EntryReleased: on_entry_released,
    EntryCompleted: on_entry_completed,
    EntryReturned: on_entry_returned,
}
