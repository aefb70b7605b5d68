"""The life of an entry: taken, released, completed, returned, transferred, abandoned.

Each step checks who asks, changes the entry only if it still is what was read, writes its trail and tells
the peers, all in the caller's transaction.
"""

from datetime import datetime
from uuid import UUID

from services.routing.contacts.new_entries import successor_of
from services.routing.contacts.repository import lock_story
from services.routing.deadlines.repository import (
    add_clock,
    carry_clocks,
    counting_deadlines,
    end_clocks,
    meet_clock,
)
from services.routing.duties.duty import begun_clock
from services.routing.entries.queue_order import order_at
from services.routing.entries.repository import add_entry, change_entry, claim_next
from services.routing.entries.steps import (
    about,
    change,
    demand_free_or_held,
    demand_held,
    demand_open,
    end,
    reach,
    trail,
)
from services.routing.models import EntryRow
from services.routing.permissions import demand_move, demand_work
from services.routing.problems import (
    AlreadyTaken,
    ClockRuns,
    NotReturnable,
    SameQueue,
    UnknownQueue,
)
from services.routing.states import ABANDONED, EntryStatus, MoveKind
from services.routing.units.repository import Queue, find_queue, get_queue
from shared.access import Principal
from shared.contracts import EntryCompleted, EntryReleased, EntryReturned, EntryTaken
from shared.problems import NotFound
from shared.unit_of_work import UnitOfWork
from shared.vocabulary import ReasonCode, Role, Unit


async def take_next(
    work: UnitOfWork, who: Principal, code: str, counter: str | None = None
) -> tuple[EntryRow, Queue] | None:
    """Take the first entry of a queue, for `counter`; None when nobody waits."""
    queue = await get_queue(work.session, code)
    demand_work(who, queue.row)
    entry = await claim_next(work.session, code, who.subject, work.clock.now(), counter)
    if entry is None:
        return None
    await _tell_taken(work, who, entry)
    return entry, queue


async def take(
    work: UnitOfWork, who: Principal, entry_id: UUID, counter: str | None = None
) -> tuple[EntryRow, Queue]:
    """Take one entry out of turn. Raises `AlreadyTaken` or `EntryClosed`."""
    entry, queue = await reach(work, entry_id)
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
    await _tell_taken(work, who, taken)
    return taken, queue


async def release(
    work: UnitOfWork, who: Principal, entry_id: UUID, reason: str | None
) -> tuple[EntryRow, Queue]:
    """Put a taken entry back where it stood. Operations may release what somebody else holds."""
    entry, queue = await reach(work, entry_id)
    demand_move(who, queue.row)
    demand_held(entry, who, anybody=who.has(Role.OPERATIONS))
    clocks = await counting_deadlines(work.session, entry.contact_id)
    due_at = order_at(clocks, entry.entered_at, queue.target)
    released = await change(
        work,
        entry,
        status=EntryStatus.WAITING,
        taken_at=None,
        left_at=None,
        taken_by=None,
        agent=None,
        by_person=True,
        # Who was absent when called keeps the place that was left to them.
        order_at=max(due_at, entry.order_at) if entry.no_shows else due_at,
        counter=None,
        called_at=None,
        calls=0,
    )
    await trail(work, who, entry.id, MoveKind.RELEASED, reason)
    await work.publish(EntryReleased(**about(released, work.clock.now())))
    return released, queue


async def complete(
    work: UnitOfWork, who: Principal, entry_id: UUID, outcome: str | None
) -> tuple[EntryRow, Queue]:
    """The work is done, its clocks are met, and the contact closes with this outcome."""
    entry, queue = await reach(work, entry_id)
    demand_work(who, queue.row)
    demand_held(entry, who)
    now = work.clock.now()
    outcome = outcome or ("advised" if queue.row.unit == Unit.RECEPTION else "completed")
    completed = await end(work, entry, EntryStatus.COMPLETED, outcome)
    await end_clocks(work.session, entry.contact_id, now, met=True)
    await trail(work, who, entry.id, MoveKind.COMPLETED, None)
    await work.publish(EntryCompleted(**about(completed, now), outcome=outcome))
    return completed, queue


async def abandon(
    work: UnitOfWork, who: Principal, entry_id: UUID, reason: str | None
) -> tuple[EntryRow, Queue]:
    """The citizen gave up or does not answer: the entry ends, and its clocks stop."""
    entry, queue = await reach(work, entry_id)
    demand_work(who, queue.row)
    demand_free_or_held(entry, who)
    now = work.clock.now()
    abandoned = await end(work, entry, EntryStatus.ABANDONED, ABANDONED)
    await end_clocks(work.session, entry.contact_id, now, met=False)
    await trail(work, who, entry.id, MoveKind.ABANDONED, reason)
    await work.publish(EntryCompleted(**about(abandoned, now), outcome=ABANDONED))
    return abandoned, queue


async def return_to_triage(
    work: UnitOfWork, who: Principal, entry_id: UUID, reason: str, reason_code: ReasonCode | None = None
) -> tuple[EntryRow, Queue]:
    """Wrong unit: the reception has it again, urgency and clocks running on, until triage decides anew."""
    entry, queue = await reach(work, entry_id)
    demand_work(who, queue.row)
    if queue.row.is_reception:
        raise NotReturnable
    demand_free_or_held(entry, who)
    await lock_story(work.session, entry.contact_id)
    returned = await end(work, entry, EntryStatus.RETURNED, None)
    await trail(work, who, entry.id, MoveKind.RETURNED, reason)
    reception = await get_queue(work.session, Unit.RECEPTION)
    # It is no longer what the decision said it was, until there is a new one.
    await _go_on(work, who, entry.model_copy(update={"kind": None}), reception, reason)
    await work.publish(
        EntryReturned(
            **about(returned, work.clock.now()),
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
    """Move the contact to another queue, urgency and clocks running on; gives the entry there."""
    entry, queue = await reach(work, entry_id)
    demand_move(who, queue.row)
    demand_free_or_held(entry, who, anybody=who.has(Role.OPERATIONS))
    target = await find_queue(work.session, code)
    if target is None or not target.is_valid(work.clock.now()):
        raise UnknownQueue
    if target.code == queue.code:
        raise SameQueue
    await lock_story(work.session, entry.contact_id)
    await end(work, entry, EntryStatus.TRANSFERRED, None)
    await trail(work, who, entry.id, MoveKind.TRANSFERRED, reason)
    moved = await _go_on(work, who, entry, target, reason)
    if entry.status == EntryStatus.TAKEN:
        await work.publish(EntryReleased(**about(moved, work.clock.now())))
    return moved, target


async def meet(work: UnitOfWork, who: Principal, entry_id: UUID, rule: str) -> tuple[EntryRow, Queue]:
    """One of the entry's deadlines is met while the work on it goes on."""
    entry, queue = await reach(work, entry_id)
    demand_work(who, queue.row)
    demand_held(entry, who)
    if not await meet_clock(work.session, entry.contact_id, rule, work.clock.now()):
        raise NotFound("No such deadline counts for this entry.")
    await trail(work, who, entry.id, MoveKind.CLOCK_MET, rule)
    return entry, queue


async def start_clock(
    work: UnitOfWork, who: Principal, entry_id: UUID, rule: str, starts_at: datetime | None
) -> tuple[EntryRow, Queue]:
    """A caseworker became aware of what a deadline runs from, e.g. that a child must be examined (§ 20).

    Raises `InvalidInput` for a rule that nobody starts here or a moment that is not past, `ClockRuns`.
    """
    entry, queue = await reach(work, entry_id)
    demand_work(who, queue.row)
    demand_held(entry, who)
    now = work.clock.now()
    clock = begun_clock(rule, queue.row.unit, starts_at or now, now)
    await lock_story(work.session, entry.contact_id)
    if any(one.rule == rule for one in await counting_deadlines(work.session, entry.contact_id)):
        raise ClockRuns
    placed = {"contact_id": entry.contact_id, "queue": queue.code, "channel": entry.channel}
    await add_clock(work.session, {**clock.model_dump(), **placed, "started_by": who.subject})
    await trail(work, who, entry.id, MoveKind.CLOCK_STARTED, rule)
    return entry, queue


async def _go_on(
    work: UnitOfWork, who: Principal, entry: EntryRow, queue: Queue, reason: str | None
) -> EntryRow:
    clocks = await carry_clocks(work.session, entry.contact_id, queue)
    entered = successor_of(entry, queue, clocks, work.clock.now())
    await add_entry(work.session, entered)
    await trail(work, who, entered.id, MoveKind.ENTERED, reason)
    return entered


async def _tell_taken(work: UnitOfWork, who: Principal, entry: EntryRow) -> None:
    await trail(work, who, entry.id, MoveKind.TAKEN, None)
    await work.publish(EntryTaken(**about(entry, work.clock.now())))
    if entry.taken_at is not None:
        seconds = (entry.taken_at - entry.entered_at).total_seconds()
        work.state.queue_metrics.observe_wait(entry.queue, seconds)
