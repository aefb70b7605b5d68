"""Calling a ticket again when its holder does not come, and what follows when they still do not."""

from uuid import UUID

from services.routing.entries.queue_order import NO_SHOWS_FORGIVEN, PLACES_BACK, moved_back
from services.routing.entries.repository import entries_in_order
from services.routing.entries.service import (
    WITH_NO_EMPLOYEE,
    abandon,
    change,
    event_fields,
    read_entry,
    write_trail,
)
from services.routing.models import EntryRow
from services.routing.permissions import demand_held, demand_work
from services.routing.problems import NoTicket
from services.routing.states import EntryStatus, MoveKind
from services.routing.units.repository import Queue
from shared.access import Principal
from shared.contracts import EntryReleased
from shared.unit_of_work import UnitOfWork


async def call_again(
    work: UnitOfWork, who: Principal, entry_id: UUID, counter: str | None
) -> tuple[EntryRow, Queue]:
    """The screen shows the ticket first once more. Raises NoTicket."""
    entry, queue = await _called_ticket(work, who, entry_id)
    called = await change(
        work,
        entry,
        called_at=work.clock.now(),
        calls=entry.calls + 1,
        counter=counter or entry.counter,
    )
    await write_trail(work, who, entry.id, MoveKind.CALLED, None)
    return called, queue


async def no_show(work: UnitOfWork, who: Principal, entry_id: UUID) -> tuple[EntryRow, Queue]:
    """Back into the line a few places down; absent too often, the citizen has left. Raises NoTicket."""
    entry, queue = await _called_ticket(work, who, entry_id)
    absent = await change(work, entry, no_shows=entry.no_shows + 1)
    await write_trail(work, who, entry.id, MoveKind.NO_SHOW, None)
    if absent.no_shows > NO_SHOWS_FORGIVEN:
        return await abandon(work, who, entry_id, f"Kom ikke, da nummeret blev kaldt {absent.no_shows} gange")
    behind = await entries_in_order(
        work.session, entry.queue, (EntryStatus.WAITING,), after=entry, most=PLACES_BACK
    )
    # Only among those of the same rank: an acute entry does not come behind those that are not.
    due_times = [one.order_at for one in behind if one.rank == entry.rank]
    back = await change(work, absent, **WITH_NO_EMPLOYEE, order_at=moved_back(entry.order_at, due_times))
    await work.publish(EntryReleased(**event_fields(back, work.clock.now())))
    return back, queue


async def _called_ticket(work: UnitOfWork, who: Principal, entry_id: UUID) -> tuple[EntryRow, Queue]:
    entry, queue = await read_entry(work, entry_id)
    demand_work(who, queue.row)
    demand_held(entry, who)
    if entry.ticket is None:
        raise NoTicket
    return entry, queue
