"""Starting and meeting deadlines of an entry while the work on it goes on."""

from datetime import datetime
from uuid import UUID

from services.routing.deadlines.repository import add_clock, counting_deadlines, meet_clock
from services.routing.duties.duty import started_clock
from services.routing.entries.repository import lock_contact
from services.routing.entries.service import read_entry, write_trail
from services.routing.models import EntryRow
from services.routing.permissions import demand_held, demand_work
from services.routing.problems import ClockRuns
from services.routing.states import MoveKind
from services.routing.units.repository import Queue
from shared.access import Principal
from shared.problems import NotFound
from shared.unit_of_work import UnitOfWork


async def meet(work: UnitOfWork, who: Principal, entry_id: UUID, rule: str) -> tuple[EntryRow, Queue]:
    """One of the entry's deadlines is met. Raises NotFound when none of this rule is to be met."""
    entry, queue = await _entry_held_by(work, who, entry_id)
    if not await meet_clock(work.session, entry.contact_id, rule, work.clock.now()):
        raise NotFound("No such deadline counts for this entry.")
    await write_trail(work, who, entry.id, MoveKind.CLOCK_MET, rule)
    return entry, queue


async def start_clock(
    work: UnitOfWork, who: Principal, entry_id: UUID, rule: str, starts_at: datetime | None
) -> tuple[EntryRow, Queue]:
    """A caseworker became aware of what a deadline runs from, e.g. that a child must be examined (§ 20).

    Raises InvalidInput for a rule that is not started in this unit or a moment that is not past, ClockRuns.
    """
    entry, queue = await _entry_held_by(work, who, entry_id)
    now = work.clock.now()
    clock = started_clock(rule, queue.row.unit, starts_at or now, now)
    # Without the lock two of these at once would both find that the deadline does not run yet.
    await lock_contact(work.session, entry.contact_id)
    if any(one.rule == rule for one in await counting_deadlines(work.session, entry.contact_id)):
        raise ClockRuns
    await add_clock(
        work.session,
        clock,
        contact_id=entry.contact_id,
        queue=queue.code,
        channel=entry.channel,
        started_by=who.subject,
    )
    await write_trail(work, who, entry.id, MoveKind.CLOCK_STARTED, rule)
    return entry, queue


async def _entry_held_by(work: UnitOfWork, who: Principal, entry_id: UUID) -> tuple[EntryRow, Queue]:
    entry, queue = await read_entry(work, entry_id)
    demand_work(who, queue.row)
    demand_held(entry, who)
    return entry, queue
