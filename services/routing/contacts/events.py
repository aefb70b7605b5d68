"""What routing does with the events of intake and triage. Every event may come late, early or twice."""

from datetime import datetime
from uuid import UUID

from services.routing.contacts.repository import (
    decision_entry,
    lock_state,
    save_state,
    visit_entries,
    visit_entry,
)
from services.routing.contacts.state import UNSERVED, ContactState, VisitState, end_of, visit_states
from services.routing.deadlines.own_deadlines import own_clocks
from services.routing.deadlines.repository import end_clocks, list_areas, set_clocks
from services.routing.entries.repository import add_entry, add_move, change_entry, open_entry_of
from services.routing.models import EntryRow
from services.routing.states import FORWARDING, TRIAGED, EntryStatus, MoveKind
from services.routing.units.repository import get_queue, reception_queue, unit_queue
from services.routing.wording import own_target
from shared.contracts import (
    Clock,
    ContactClosed,
    ContactTriaged,
    ContactWaiting,
    Event,
    TriagedCompanion,
)
from shared.inbox import Handler
from shared.unit_of_work import UnitOfWork
from shared.vocabulary import DestinationKind, Unit

#: The columns of a visit's entry that intake alone decides.
_FROM_INTAKE = ("queue", "origin", "agent", "taken_by", "received_at", "entered_at", "order_at")


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


async def on_contact_triaged(work: UnitOfWork, event: ContactTriaged) -> None:
    """A person decided: the contact, and each companion, goes to the one responsible unit's queue."""
    await _apply_decision(work, event, event)
    for companion in event.companions:
        await _apply_decision(work, event, companion)


async def on_contact_closed(work: UnitOfWork, event: ContactClosed) -> None:
    """Nothing more is to be done: no entry stays open."""
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
    if state == before:
        return
    await save_state(session, contact_id, state)
    await _update_visits(work, contact_id, state)
    if (state.decision, state.decided_at) == (before.decision, before.decided_at):
        # An older decision that came late: it may be the first, but it does not say where the contact is now.
        return
    to_unit = decided.destination.kind is DestinationKind.UNIT
    queue = await unit_queue(session, decided.destination.unit if to_unit else Unit.RECEPTION, at)
    await _end_superseded(work, contact_id, at)
    wanted = [*decided.clocks, *(await _own_clocks(work, event) if is_own else ())]
    clocks = await set_clocks(session, contact_id, wanted, queue=queue.code, channel=event.channel, at=at)
    entry = decision_entry(event, decided, queue, clocks)
    await add_entry(session, entry)
    await add_move(session, entry.id, MoveKind.ENTERED, at, role="triage")
    await _close(work, contact_id, state)


async def _own_clocks(work: UnitOfWork, event: ContactTriaged) -> list[Clock]:
    """The municipality's own deadlines for this contact, beside the law's, which come with the decision."""
    return own_clocks(
        event,
        await list_areas(work.session),
        forwarding_days=work.state.settings.forwarding_working_days,
        forwarding_basis=own_target(FORWARDING),
    )


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
    """Once intake has closed the contact, end its open entry and its clocks."""
    if not state.is_closed or state.closed_at is None:
        return
    outcome = state.closed_outcome
    entry = await open_entry_of(work.session, contact_id)
    if entry is not None:
        status, move = end_of(outcome)
        at = max(state.closed_at, entry.entered_at)
        taken_at = None if outcome in UNSERVED else at
        await _end(work, entry, VisitState(status, move, taken_at, at, at, outcome))
    await end_clocks(work.session, contact_id, state.closed_at, met=outcome not in UNSERVED)


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
    ContactTriaged: on_contact_triaged,
    ContactClosed: on_contact_closed,
}
