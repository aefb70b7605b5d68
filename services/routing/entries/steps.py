"""What each step in an entry's life is made of: who may, the change, its trail, and what peers hear."""

from datetime import datetime
from typing import Any
from uuid import UUID

from services.routing.entries.repository import add_move, change_entry, find_entry
from services.routing.models import EntryRow
from services.routing.problems import EntryClosed, NotTaken, TakenByAnother
from services.routing.states import EntryStatus, MoveKind
from services.routing.units.repository import Queue, get_queue
from shared.access import Principal
from shared.ids import new_id
from shared.problems import Conflict, NotFound
from shared.unit_of_work import UnitOfWork


async def reach(work: UnitOfWork, entry_id: UUID) -> tuple[EntryRow, Queue]:
    """An entry and its queue; raises `NotFound`."""
    entry = await find_entry(work.session, entry_id)
    if entry is None:
        raise NotFound("No entry has this id.")
    return entry, await get_queue(work.session, entry.queue)


def demand_open(entry: EntryRow) -> None:
    """Raise `EntryClosed` unless it still waits or is being worked on."""
    if not entry.is_open:
        raise EntryClosed(f"It is {entry.status}.")


def demand_held(entry: EntryRow, who: Principal, *, anybody: bool = False) -> None:
    """Whoever has it, has it. A call that the exchange put through is held by the reception as a whole."""
    demand_open(entry)
    if entry.status != EntryStatus.TAKEN:
        raise NotTaken
    if not anybody and entry.taken_by not in {None, who.subject}:
        raise TakenByAnother


def demand_free_or_held(entry: EntryRow, who: Principal, *, anybody: bool = False) -> None:
    """As `demand_held`, but it may also wait."""
    demand_open(entry)
    if entry.status == EntryStatus.TAKEN:
        demand_held(entry, who, anybody=anybody)


async def change(work: UnitOfWork, entry: EntryRow, **values: Any) -> EntryRow:
    """Change it if it still is what was read. Raises `Conflict`."""
    changed = await change_entry(work.session, entry, **values)
    if changed is None:
        raise Conflict("Somebody else was faster; read it again.")
    return changed


async def end(work: UnitOfWork, entry: EntryRow, status: EntryStatus, outcome: str | None) -> EntryRow:
    """The entry is over, with this outcome."""
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


async def trail(work: UnitOfWork, who: Principal, entry_id: UUID, kind: MoveKind, reason: str | None) -> None:
    """Write the step into the entry's trail, with who did it in which role."""
    await add_move(
        work.session, entry_id, kind, work.clock.now(), role=who.role, subject=who.subject, reason=reason
    )


def about(entry: EntryRow, now: datetime) -> dict[str, Any]:
    """What every event about an entry says."""
    return {
        "id": new_id(),
        "occurred_at": now,
        "contact_id": entry.contact_id,
        "entry_id": entry.id,
        "queue": entry.queue,
    }
