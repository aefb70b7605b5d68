"""What the other services tell, and what it does to a contact. In any order, any number of times.

An entry's moves are judged by the moment they happened, a decision by its number: older news about
either changes nothing.
"""

from datetime import datetime
from uuid import UUID

from services.intake.contacts import contact_status, repository
from services.intake.contacts.contact_status import ContactStatus, Standing
from services.intake.contacts.service import end_contact
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
from shared.problems import NotFound
from shared.unit_of_work import UnitOfWork


async def _contact(work: UnitOfWork, contact_id: UUID) -> Contact:
    contact = await repository.find(work.session, contact_id, locked=True)
    if contact is None:
        # A companion's entry can be told of before the decision that makes the companion: it comes again.
        raise NotFound("No contact has this id.")
    return contact


async def _move(work: UnitOfWork, contact: Contact, to: Standing, at: datetime, **more: object) -> None:
    columns = dict(more)
    if to != contact_status.standing_of(contact):
        columns |= contact_status.standing_columns(to, at)
        columns["version"] = contact.version + 1
    if columns:
        await repository.change(work.session, contact, **columns)


async def on_entry_taken(work: UnitOfWork, event: EntryTaken) -> None:
    """waiting → open."""
    contact = await _contact(work, event.contact_id)
    if _is_news(contact, event.occurred_at):
        to = contact_status.after_taken(contact_status.standing_of(contact))
        await _move(work, contact, to, event.occurred_at, entry_moved_at=event.occurred_at)


async def on_entry_released(work: UnitOfWork, event: EntryReleased) -> None:
    """open → waiting."""
    contact = await _contact(work, event.contact_id)
    if _is_news(contact, event.occurred_at):
        to = contact_status.after_released(contact_status.standing_of(contact))
        await _move(work, contact, to, event.occurred_at, entry_moved_at=event.occurred_at)


def _is_news(contact: Contact, occurred_at: datetime) -> bool:
    return contact.entry_moved_at is None or contact.entry_moved_at < occurred_at


async def on_entry_completed(work: UnitOfWork, event: EntryCompleted) -> None:
    """Done: the contact closes, and triage need not decide any more."""
    contact = await _contact(work, event.contact_id)
    if contact.status != ContactStatus.CLOSED:
        outcome = contact_status.outcome_named(event.outcome)
        await end_contact(work, contact, contact_status.closed(outcome, "entry"), event.occurred_at)


async def on_entry_returned(work: UnitOfWork, event: EntryReturned) -> None:
    """Wrong unit: registered again, until the next decision."""
    contact = await _contact(work, event.contact_id)
    if event.decision < contact.decision or event.decision <= contact.returned_decision:
        return
    to = contact_status.after_returned(contact_status.standing_of(contact))
    await _move(work, contact, to, event.occurred_at, returned_decision=event.decision)


async def on_contact_triaged(work: UnitOfWork, event: ContactTriaged) -> None:
    """A person decided: the contact is triaged, and its companions become contacts of their own."""
    contact = await _contact(work, event.contact_id)
    if event.decision > contact.decision:
        to = _after_decision(contact, event.decision)
        await _move(work, contact, to, event.occurred_at, decision=event.decision)
    for companion in event.companions:
        await _companion(work, contact, companion, event)


def _after_decision(contact: Contact, decision: int) -> Standing:
    now = contact_status.standing_of(contact)
    # The unit's return of this very decision can be told before the decision itself.
    return now if contact.returned_decision >= decision else contact_status.after_triaged(now)


async def _companion(
    work: UnitOfWork, parent: Contact, companion: TriagedCompanion, event: ContactTriaged
) -> None:
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
        to = _after_decision(known, event.decision)
        await _move(work, known, to, event.occurred_at, decision=event.decision, facts=facts)


HANDLERS: dict[type[Event], Handler] = {
    ContactTriaged: on_contact_triaged,
    EntryTaken: on_entry_taken,
    EntryReleased: on_entry_released,
    EntryCompleted: on_entry_completed,
    EntryReturned: on_entry_returned,
}
