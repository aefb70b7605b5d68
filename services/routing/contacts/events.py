"""What routing does with the events of intake and triage. Every event may come late, early or twice."""

from datetime import datetime
from uuid import UUID

from services.routing.contacts.repository import (
    decision_entry,
    lock_state,
    lock_states,
    save_state,
    visit_entries,
    visit_entry,
)
from services.routing.contacts.service import (
    follow_entry,
    owe_assessed,
    owe_decided,
    owe_dropped,
    owe_own,
    owe_reading,
    record_reading,
)
from services.routing.contacts.state import UNSERVED, ContactState, VisitState, end_of, visit_states
from services.routing.duties.repository import (
    Place,
    carry_duties,
    running_duties,
    unopened_companions,
)
from services.routing.entries.repository import add_entry, add_move, change_entry, open_entry_of
from services.routing.entries.service import reorder_open_entry
from services.routing.models import EntryRow
from services.routing.states import TRIAGED, EntryStatus, MoveKind
from services.routing.units.repository import get_queue, reception_queue, unit_queue
from shared.contracts import (
    AssessedCompanion,
    ContactAssessed,
    ContactClosed,
    ContactTriaged,
    ContactWaiting,
    Event,
    TriagedCompanion,
)
from shared.inbox import Handler
from shared.unit_of_work import UnitOfWork
from shared.vocabulary import Channel, DestinationKind, Unit

#: The columns of a visit's entry that intake alone decides.
_FROM_INTAKE = ("queue", "origin", "agent", "taken_by", "received_at", "entered_at")


async def on_contact_waiting(work: UnitOfWork, event: ContactWaiting) -> None:
    """A citizen waits, or their call moved on: one entry for each visit that the newest version reports."""
    before = await lock_state(work.session, event.contact_id)
    state = before.with_waiting(event)
    if state is before:
        return
    await save_state(work.session, event.contact_id, state)
    entries = await visit_entries(work.session, event.contact_id)
    for visit, current in visit_states(state):
        queue = await reception_queue(work.session, visit.queue, event.channel, event.occurred_at)
        reported = visit_entry(event, visit, current, queue)
        if visit.position in entries:
            await _update_visit(work, entries[visit.position], current, reported)
        else:
            await _add_visit(work, reported, current)
    if event.channel is Channel.WRITTEN:
        await owe_reading(work, event, state)
    if event.channel is Channel.WRITTEN or state.may_have_duties:
        await follow_entry(work, event.contact_id)


async def on_contact_assessed(work: UnitOfWork, event: ContactAssessed) -> None:
    """Facts were registered: the contact, and each companion, is owed what follows from receipt on."""
    session = work.session
    assessed: dict[UUID, ContactAssessed | AssessedCompanion] = {
        **{companion.contact_id: companion for companion in event.companions},
        event.contact_id: event,
    }
    unopened = await unopened_companions(session, event.contact_id)
    before = await lock_states(session, {*assessed, *unopened})
    after = {
        contact_id: state.with_assessment(
            event.number,
            event.occurred_at,
            own=contact_id == event.contact_id,
            citizen_key=event.citizen_key,
        )
        for contact_id, state in before.items()
    }
    await record_reading(work, event.channel, event.contact_id, after[event.contact_id])
    # A companion that only a late assessment names may be new, and is still not what is owed now.
    is_newest = after[event.contact_id].assessment == event.number
    for contact_id, state in after.items():
        changed = state != before[contact_id]
        if changed:
            await save_state(session, contact_id, state)
        if contact_id in assessed:
            newest = is_newest and changed
            await owe_assessed(work, event, assessed[contact_id], state, is_newest=newest)
        elif is_newest and changed:
            await owe_dropped(work, event, contact_id)
    for contact_id in after:
        await reorder_open_entry(work, contact_id)


async def on_contact_triaged(work: UnitOfWork, event: ContactTriaged) -> None:
    """A person decided: the contact, and each companion, goes to the one responsible unit's queue.

    The companions first: from then on their duties are no longer among those that order the contact's entry.
    """
    decided: list[ContactTriaged | TriagedCompanion] = [*event.companions, event]
    await lock_states(work.session, {one.contact_id for one in decided})
    for one in decided:
        await _apply_decision(work, event, one)


async def on_contact_closed(work: UnitOfWork, event: ContactClosed) -> None:
    """Intake is done with it: no entry stays open. What is still owed stays owed."""
    before = await lock_state(work.session, event.contact_id)
    state = before.with_closed(event)
    if state is before:
        return
    await save_state(work.session, event.contact_id, state)
    await _update_visits(work, event.contact_id, state)
    await _close(work, event.contact_id, state)


async def _apply_decision(
    work: UnitOfWork, event: ContactTriaged, decided: ContactTriaged | TriagedCompanion
) -> None:
    session, at, contact_id = work.session, event.occurred_at, decided.contact_id
    is_own = decided is event
    before = await lock_state(session, contact_id)
    state = before.with_decision(event.decision, at, own=is_own)
    if state != before:
        await save_state(session, contact_id, state)
        await _update_visits(work, contact_id, state)
    # An older decision that came late may be the first, but does not say where the contact is now.
    is_newest = (state.decision, state.decided_at) != (before.decision, before.decided_at)
    if is_newest:
        await _end_superseded(work, contact_id, at)
    is_owed_so = is_newest and not state.assessment
    await owe_decided(work, event, contact_id, decided.clocks, is_newest=is_owed_so)
    if is_own:
        await owe_own(work, event, is_newest=is_newest)
    await record_reading(work, event.channel, contact_id, state)
    if not is_newest:
        await reorder_open_entry(work, contact_id)
        return
    to_unit = decided.destination.kind is DestinationKind.UNIT
    queue = await unit_queue(session, decided.destination.unit if to_unit else Unit.RECEPTION, at)
    await carry_duties(session, contact_id, Place(queue.code, queue.row.unit, contact_id))
    entry = decision_entry(event, decided, queue, await running_duties(session, contact_id))
    await add_entry(session, entry)
    await add_move(session, entry.id, MoveKind.ENTERED, at, role="triage")
    await _close(work, contact_id, state)


async def _add_visit(work: UnitOfWork, entry: EntryRow, current: VisitState) -> None:
    """A visit reported for the first time, which may be over already."""
    if not current.is_over:
        await _end_elsewhere(work, entry)
    await add_entry(work.session, entry)
    await add_move(work.session, entry.id, MoveKind.ENTERED, entry.entered_at, role="intake")
    if current.move is not MoveKind.ENTERED:
        await _write_trail(work, entry, current)


async def _update_visits(work: UnitOfWork, contact_id: UUID, state: ContactState) -> None:
    """Bring the entries of the contact's visits to what follows from its state."""
    entries = await visit_entries(work.session, contact_id)
    for visit, current in visit_states(state):
        entry = entries[visit.position]
        await _update_visit(work, entry, current, entry)


async def _update_visit(work: UnitOfWork, entry: EntryRow, current: VisitState, reported: EntryRow) -> None:
    """Bring a visit's entry to its current state, and to what is `reported` of it now.

    A late event can report that the visit began earlier, or elsewhere.
    """
    if entry.by_person:
        # What a person did here is kept; only an end still reaches an entry that a person left open.
        if entry.is_open and current.is_over:
            await _end(work, entry, current)
        return
    values = {
        **{name: getattr(reported, name) for name in _FROM_INTAKE},
        "status": current.status,
        "taken_at": current.taken_at,
        "left_at": current.left_at,
        "ended_at": current.ended_at,
        "outcome": current.outcome,
    }
    if all(getattr(entry, name) == value for name, value in values.items()):
        return
    if (entry.queue, entry.entered_at) != (reported.queue, reported.entered_at):
        values["order_at"] = reported.order_at
    if not current.is_over:
        await _end_elsewhere(work, entry)
    await change_entry(work.session, entry, **values)
    await _write_trail(work, entry, current)


async def _end_elsewhere(work: UnitOfWork, entry: EntryRow) -> None:
    """The contact waits in `entry` now, so another entry that is open ends."""
    other = await open_entry_of(work.session, entry.contact_id)
    if other is not None and other.id != entry.id:
        at = max(entry.entered_at, other.left_at or other.entered_at)
        end = VisitState(EntryStatus.TRANSFERRED, MoveKind.OVERFLOWED, left_at=at, ended_at=at)
        await _end(work, other, end)


async def _end_superseded(work: UnitOfWork, contact_id: UUID, at: datetime) -> None:
    """A decision ends what was open: at the reception the wait is over by it, in a unit it is a move."""
    entry = await open_entry_of(work.session, contact_id)
    if entry is None:
        return
    queue = await get_queue(work.session, entry.queue)
    at = max(at, entry.entered_at)
    if queue.is_receptions:
        end = VisitState(EntryStatus.COMPLETED, MoveKind.SUPERSEDED, at, at, at, TRIAGED)
    else:
        end = VisitState(EntryStatus.TRANSFERRED, MoveKind.SUPERSEDED, None, at, at, TRIAGED)
    await _end(work, entry, end)


async def _close(work: UnitOfWork, contact_id: UUID, state: ContactState) -> None:
    """Once intake has closed the contact, end its open entry. Its duties go on."""
    if not state.is_closed or state.closed_at is None:
        return
    outcome = state.closed_outcome
    entry = await open_entry_of(work.session, contact_id)
    if entry is not None:
        status, move = end_of(outcome)
        at = max(state.closed_at, entry.entered_at)
        taken_at = None if outcome in UNSERVED else at
        await _end(work, entry, VisitState(status, move, taken_at, at, at, outcome))


async def _end(work: UnitOfWork, entry: EntryRow, end: VisitState) -> None:
    """End an open entry. What it has of its own wait is kept: when it was taken and when it left the line."""
    ended_at = max(moment for moment in (end.ended_at, entry.left_at, entry.entered_at) if moment)
    await change_entry(
        work.session,
        entry,
        status=end.status,
        taken_at=entry.taken_at or end.taken_at,
        left_at=entry.left_at or end.left_at,
        ended_at=ended_at,
        outcome=end.outcome,
    )
    await _write_trail(work, entry, end)


async def _write_trail(work: UnitOfWork, entry: EntryRow, current: VisitState) -> None:
    at = current.ended_at or current.left_at or entry.entered_at
    role = "triage" if current.move is MoveKind.SUPERSEDED else "intake"
    await add_move(work.session, entry.id, current.move, at, role=role, reason=current.outcome)


HANDLERS: dict[type[Event], Handler] = {
    ContactWaiting: on_contact_waiting,
    ContactAssessed: on_contact_assessed,
    ContactTriaged: on_contact_triaged,
    ContactClosed: on_contact_closed,
}
