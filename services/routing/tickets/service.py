"""Calling a ticket: again when nobody comes, and what becomes of somebody who was not there."""

from uuid import UUID

from services.routing.entries.queue_order import NO_SHOWS_FORGIVEN, PLACES_BACK, moved_back
from services.routing.entries.repository import entries_in_order
from services.routing.entries.service import abandon
from services.routing.entries.steps import about, change, demand_held, reach, trail
from services.routing.models import EntryRow
from services.routing.permissions import demand_work
from services.routing.problems import NoTicket
from services.routing.states import EntryStatus, MoveKind
from services.routing.units.repository import Queue
from shared.access import Principal
from shared.contracts import EntryReleased
from shared.unit_of_work import UnitOfWork


async def call_again(
    work: UnitOfWork, who: Principal, entry_id: UUID, counter: str | None
) -> tuple[EntryRow, Queue]:
    """The screen shows it first once more. Raises `NoTicket`."""
    entry, queue = await _called(work, who, entry_id)
    called = await change(
        work,
        entry,
        called_at=work.clock.now(),
        calls=entry.calls + 1,
        counter=counter or entry.counter,
    )
    await trail(work, who, entry.id, MoveKind.CALLED, None)
    return called, queue


async def no_show(work: UnitOfWork, who: Principal, entry_id: UUID) -> tuple[EntryRow, Queue]:
    """Back into the line a few places down; whoever was not there too often has left. Raises `NoTicket`."""
    entry, queue = await _called(work, who, entry_id)
    missed = await change(work, entry, no_shows=entry.no_shows + 1)
    await trail(work, who, entry.id, MoveKind.NO_SHOW, None)
    if missed.no_shows > NO_SHOWS_FORGIVEN:
        return await abandon(work, who, entry_id, f"Kom ikke, da nummeret blev kaldt {missed.no_shows} gange")
    behind = await entries_in_order(
        work.session, entry.queue, (EntryStatus.WAITING,), after=entry, most=PLACES_BACK
    )
    back = await change(
        work,
        missed,
        status=EntryStatus.WAITING,
        taken_at=None,
        left_at=None,
        taken_by=None,
        agent=None,
        # Only among those of the same rank: nobody falls behind somebody less urgent by a new rank.
        order_at=moved_back(entry.order_at, [one.order_at for one in behind if one.rank == entry.rank]),
        counter=None,
        called_at=None,
        calls=0,
    )
    await work.publish(EntryReleased(**about(back, work.clock.now())))
    return back, queue


async def _called(work: UnitOfWork, who: Principal, entry_id: UUID) -> tuple[EntryRow, Queue]:
    entry, queue = await reach(work, entry_id)
    demand_work(who, queue.row)
    demand_held(entry, who)
    if entry.ticket is None:
        raise NoTicket
    return entry, queue
