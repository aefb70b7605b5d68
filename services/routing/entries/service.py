"""The life of an entry: taken, released, completed, returned, transferred, abandoned.

Each step checks the caller, changes the entry only if it is still as it was read, writes its trail and
publishes its event, all in the caller's transaction. None of them ends a duty, except that taking a letter
is reading it: what is still owed when an entry ends stays the unit's.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from services.routing.duties.repository import Place, carry_duties, mark_read, running_duties
from services.routing.entries.queue_order import order_at
from services.routing.entries.repository import (
    add_entry,
    add_move,
    change_entry,
    claim_next,
    find_entry,
    lock_contact,
    open_entry_of,
)
from services.routing.models import DutyRow, EntryRow
from services.routing.permissions import (
    demand_free_or_held,
    demand_held,
    demand_move,
    demand_open,
    demand_work,
)
from services.routing.problems import (
    AlreadyTaken,
    NotReturnable,
    SameQueue,
    UnknownQueue,
)
from services.routing.states import ABANDONED, EntryStatus, MoveKind
from services.routing.units.repository import Queue, find_queue, get_queue
from shared.access import Principal
from shared.contracts import EntryCompleted, EntryReleased, EntryReturned, EntryTaken
from shared.ids import new_id
from shared.problems import Conflict, NotFound
from shared.unit_of_work import UnitOfWork
from shared.vocabulary import Channel, ReasonCode, Role, Unit

#: The columns of an entry that is in the line and with no employee.
WITH_NO_EMPLOYEE: dict[str, Any] = {
    "status": EntryStatus.WAITING,
    "taken_at": None,
    "left_at": None,
    "taken_by": None,
    "agent": None,
    "counter": None,
    "called_at": None,
    "calls": 0,
}


async def take_next(
    work: UnitOfWork, who: Principal, code: str, counter: str | None = None
) -> tuple[EntryRow, Queue] | None:
    """Take the first entry of a queue, for `counter`; None when none waits."""
    queue = await get_queue(work.session, code)
    demand_work(who, queue.row)
    entry = await claim_next(work.session, code, who.subject, work.clock.now(), counter)
    if entry is None:
        return None
    await _record_taken(work, who, entry)
    return entry, queue


async def take(
    work: UnitOfWork, who: Principal, entry_id: UUID, counter: str | None = None
) -> tuple[EntryRow, Queue]:
    """Take one entry out of turn. Raises AlreadyTaken or EntryClosed."""
    entry, queue = await read_entry(work, entry_id)
    demand_work(who, queue.row)
    demand_open(entry)
    if entry.status == EntryStatus.TAKEN:
        raise AlreadyTaken
    now = work.clock.now()
    taken = await change_entry(
        work.session,
        entry,
        status=EntryStatus.TAKEN,
        taken_at=now,
        left_at=now,
        taken_by=who.subject,
        by_person=True,
        counter=counter,
        called_at=now,
        calls=1,
    )
    if taken is None:
        raise AlreadyTaken
    await _record_taken(work, who, taken)
    return taken, queue


async def release(
    work: UnitOfWork, who: Principal, entry_id: UUID, reason: str | None
) -> tuple[EntryRow, Queue]:
    """Put a taken entry back where it was. Operations may release what another employee has."""
    entry, queue = await read_entry(work, entry_id)
    demand_move(who, queue.row)
    demand_held(entry, who, by_any=who.has(Role.OPERATIONS))
    due_at = await _due_at(work, entry, queue)
    released = await change(work, entry, **WITH_NO_EMPLOYEE, by_person=True, order_at=due_at)
    await write_trail(work, who, entry.id, MoveKind.RELEASED, reason)
    await work.publish(EntryReleased(**event_fields(released, work.clock.now())))
    return released, queue


async def complete(
    work: UnitOfWork, who: Principal, entry_id: UUID, outcome: str | None
) -> tuple[EntryRow, Queue]:
    """The work is done, and the contact closes with this outcome."""
    entry, queue = await read_entry(work, entry_id)
    demand_work(who, queue.row)
    demand_held(entry, who)
    now = work.clock.now()
    outcome = outcome or ("advised" if queue.row.unit == Unit.RECEPTION else "completed")
    completed = await _end(work, entry, EntryStatus.COMPLETED, outcome)
    await write_trail(work, who, entry.id, MoveKind.COMPLETED, None)
    await work.publish(EntryCompleted(**event_fields(completed, now), outcome=outcome))
    return completed, queue


async def abandon(
    work: UnitOfWork, who: Principal, entry_id: UUID, reason: str | None
) -> tuple[EntryRow, Queue]:
    """The citizen gave up or does not answer: the entry ends."""
    entry, queue = await read_entry(work, entry_id)
    demand_work(who, queue.row)
    demand_free_or_held(entry, who)
    now = work.clock.now()
    abandoned = await _end(work, entry, EntryStatus.ABANDONED, ABANDONED)
    await write_trail(work, who, entry.id, MoveKind.ABANDONED, reason)
    await work.publish(EntryCompleted(**event_fields(abandoned, now), outcome=ABANDONED))
    return abandoned, queue


async def return_to_triage(
    work: UnitOfWork, who: Principal, entry_id: UUID, reason: str, reason_code: ReasonCode | None = None
) -> tuple[EntryRow, Queue]:
    """Wrong unit: the reception has it again, with its urgency and duties, until triage decides again."""
    entry, queue = await read_entry(work, entry_id)
    demand_work(who, queue.row)
    if queue.row.is_reception:
        raise NotReturnable
    demand_free_or_held(entry, who)
    await lock_contact(work.session, entry.contact_id)
    returned = await _end(work, entry, EntryStatus.RETURNED, None)
    await write_trail(work, who, entry.id, MoveKind.RETURNED, reason)
    reception = await get_queue(work.session, Unit.RECEPTION)
    # The unit has just contradicted what the decision called it: it has no kind until the next decision.
    await _enter_next_queue(work, who, entry.model_copy(update={"kind": None}), reception, reason)
    await work.publish(
        EntryReturned(
            **event_fields(returned, work.clock.now()),
            unit=Unit(queue.row.unit),
            decision=entry.decision,
            reason=reason,
            reason_code=reason_code,
        )
    )
    return returned, queue


async def transfer(
    work: UnitOfWork, who: Principal, entry_id: UUID, code: str, reason: str | None
) -> tuple[EntryRow, Queue]:
    """Move the contact to another queue, with its urgency and duties; returns the entry there."""
    entry, queue = await read_entry(work, entry_id)
    demand_move(who, queue.row)
    demand_free_or_held(entry, who, by_any=who.has(Role.OPERATIONS))
    target = await find_queue(work.session, code)
    if target is None or not target.is_valid(work.clock.now()):
        raise UnknownQueue
    if target.code == queue.code:
        raise SameQueue
    await lock_contact(work.session, entry.contact_id)
    await _end(work, entry, EntryStatus.TRANSFERRED, None)
    await write_trail(work, who, entry.id, MoveKind.TRANSFERRED, reason)
    moved = await _enter_next_queue(work, who, entry, target, reason)
    if entry.status == EntryStatus.TAKEN:
        # Intake shows which employee has a contact: now none has.
        await work.publish(EntryReleased(**event_fields(moved, work.clock.now())))
    return moved, target


async def reorder_open_entry(work: UnitOfWork, contact_id: UUID) -> EntryRow | None:
    """Give the contact's open entry, if it has one, the place that its running duties give it; returns it."""
    entry = await open_entry_of(work.session, contact_id, locked=True)
    if entry is None:
        return None
    due_at = await _due_at(work, entry, await get_queue(work.session, entry.queue))
    if due_at != entry.order_at:
        await change_entry(work.session, entry, order_at=due_at)
    return entry


async def read_entry(work: UnitOfWork, entry_id: UUID) -> tuple[EntryRow, Queue]:
    """An entry and its queue. Raises NotFound."""
    entry = await find_entry(work.session, entry_id)
    if entry is None:
        raise NotFound("No entry has this id.")
    return entry, await get_queue(work.session, entry.queue)


async def change(work: UnitOfWork, entry: EntryRow, **values: Any) -> EntryRow:
    """Change it if it is still as it was read. Raises Conflict."""
    changed = await change_entry(work.session, entry, **values)
    if changed is None:
        raise Conflict("Somebody else was faster; read it again.")
    return changed


async def write_trail(
    work: UnitOfWork, who: Principal, entry_id: UUID, kind: MoveKind, reason: str | None
) -> None:
    """Write the step into the entry's trail, with the person and the role in which they acted."""
    await add_move(
        work.session, entry_id, kind, work.clock.now(), role=who.role, subject=who.subject, reason=reason
    )


def event_fields(entry: EntryRow, now: datetime) -> dict[str, Any]:
    """What every event about an entry says."""
    return {
        "id": new_id(),
        "occurred_at": now,
        "contact_id": entry.contact_id,
        "entry_id": entry.id,
        "queue": entry.queue,
    }


async def _record_taken(work: UnitOfWork, who: Principal, entry: EntryRow) -> None:
    await write_trail(work, who, entry.id, MoveKind.TAKEN, None)
    await work.publish(EntryTaken(**event_fields(entry, work.clock.now())))
    if entry.channel == Channel.WRITTEN:
        now = work.clock.now()
        await mark_read(work.session, entry.contact_id, now, now, role=who.role, by=who.subject)
        await reorder_open_entry(work, entry.contact_id)
    if entry.taken_at is not None:
        seconds = (entry.taken_at - entry.entered_at).total_seconds()
        work.state.queue_metrics.observe_wait(entry.queue, seconds)


async def _end(work: UnitOfWork, entry: EntryRow, status: EntryStatus, outcome: str | None) -> EntryRow:
    now = work.clock.now()
    return await change(
        work,
        entry,
        status=status,
        ended_at=now,
        left_at=entry.left_at or now,
        outcome=outcome,
        by_person=True,
    )


async def _due_at(work: UnitOfWork, entry: EntryRow, queue: Queue) -> datetime:
    """When an open entry is due, by its running duties and its queue's target."""
    duties = await running_duties(work.session, entry.contact_id)
    due_at = order_at(duties, entry.entered_at, queue.target)
    # Who was absent when called has lost a few places, and does not get them back this way.
    return max(due_at, entry.order_at) if entry.no_shows else due_at


async def _enter_next_queue(
    work: UnitOfWork, who: Principal, entry: EntryRow, queue: Queue, reason: str | None
) -> EntryRow:
    """A new entry in another queue, with the urgency and the duties of the one before it."""
    place = Place(queue.code, queue.row.unit, entry.contact_id)
    await carry_duties(work.session, entry.contact_id, place)
    duties = await running_duties(work.session, entry.contact_id)
    entered = _successor_of(entry, queue, duties, work.clock.now())
    await add_entry(work.session, entered)
    await write_trail(work, who, entered.id, MoveKind.ENTERED, reason)
    return entered


def _successor_of(entry: EntryRow, queue: Queue, duties: list[DutyRow], now: datetime) -> EntryRow:
    return EntryRow(
        id=new_id(),
        contact_id=entry.contact_id,
        reference=entry.reference,
        channel=entry.channel,
        queue=queue.code,
        ticket=entry.ticket,
        decision=entry.decision,
        kind=entry.kind,
        urgency=entry.urgency,
        status=EntryStatus.WAITING,
        rank=entry.rank,
        order_at=order_at(duties, now, queue.target),
        received_at=entry.received_at,
        entered_at=now,
        by_person=True,
    )
