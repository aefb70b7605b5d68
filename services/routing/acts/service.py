"""Acts that end duties: on their own, with an entry that is completed, or by the old way of one rule."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from services.routing.acts.schemas import ActBody, EntryActBody
from services.routing.contacts.state import ContactState
from services.routing.duties.acts import acts_of, fault_of_moment, faults_of, may_be_one_child, plain_act
from services.routing.duties.duty import started_clock
from services.routing.duties.repository import (
    Place,
    add_duty,
    duties_of,
    end_duty,
    find_duty,
    running_duties,
)
from services.routing.entries import service as entries
from services.routing.entries.repository import lock_contact, lock_contacts, open_entry_of
from services.routing.models import DutyRow, EntryRow
from services.routing.permissions import demand_held, demand_work
from services.routing.problems import ActNeedsDetails, ClockRuns, DutyEnded
from services.routing.states import DutyEnding, MoveKind
from services.routing.units.repository import Queue, get_queue
from shared.access import Principal
from shared.problems import FieldError, InvalidInput, NotFound
from shared.unit_of_work import UnitOfWork


async def get_duty(work: UnitOfWork, duty_id: UUID) -> DutyRow:
    """The duty as it is now. Raises NotFound."""
    duty = await find_duty(work.session, duty_id)
    if duty is None:
        raise NotFound("No duty has this id.")
    return duty


async def write_act(work: UnitOfWork, who: Principal, duty_id: UUID, body: ActBody) -> DutyRow:
    """A person did what a duty asks for, or says why nobody has to. Raises NotFound, Forbidden, DutyEnded,
    and InvalidInput with the field that is wrong.
    """
    await _lock(work, [(await get_duty(work, duty_id), body)])
    return await _write(work, who, await get_duty(work, duty_id), body)


async def complete(
    work: UnitOfWork, who: Principal, entry_id: UUID, outcome: str | None, acts: Sequence[EntryActBody]
) -> tuple[EntryRow, Queue]:
    """Complete an entry with the acts that ended its duties; each that is not named goes on."""
    if acts:
        entry, _ = await _entry_held_by(work, who, entry_id)
        found = [await find_duty(work.session, act.id) for act in acts]
        wrong = [
            FieldError(pointer=f"/duties/{number}/id", message="is no duty of this entry")
            for number, duty in enumerate(found)
            if duty is None or duty.carried_by != entry.contact_id
        ]
        if wrong:
            raise InvalidInput(errors=wrong)
        await _lock(work, [(duty, act) for duty, act in zip(found, acts, strict=True) if duty is not None])
        for number, act in enumerate(acts):
            await _write(work, who, await get_duty(work, act.id), act, f"/duties/{number}")
    return await entries.complete(work, who, entry_id, outcome)


async def meet(work: UnitOfWork, who: Principal, entry_id: UUID, rule: str) -> tuple[EntryRow, Queue]:
    """The plain act of one of the entry's duties. Raises NotFound when none of this rule runs, and
    ActNeedsDetails where the act requires more than that it was done.
    """
    entry, queue = await _entry_held_by(work, who, entry_id)
    await lock_contact(work.session, entry.contact_id)
    running = await running_duties(work.session, entry.contact_id)
    same = [duty for duty in running if duty.rule == rule and duty.contact_id == entry.contact_id]
    if not same:
        raise NotFound("No such deadline counts for this entry.")
    act = plain_act(rule)
    if act is None:
        raise ActNeedsDetails(f"Write it with POST /v1/duties/{same[0].id}/acts.", duty=str(same[0].id))
    for duty in same:
        await _write(work, who, duty, ActBody(act=act))
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
    if any(duty.rule == rule for duty in await running_duties(work.session, entry.contact_id)):
        raise ClockRuns
    place = Place(queue.code, queue.row.unit, entry.contact_id)
    await add_duty(
        work.session, entry.contact_id, clock, place, channel=entry.channel, started_by=who.subject
    )
    await entries.reorder_open_entry(work, entry.contact_id)
    await entries.write_trail(work, who, entry.id, MoveKind.CLOCK_STARTED, rule)
    return entry, queue


async def _lock(work: UnitOfWork, acts: Iterable[tuple[DutyRow, ActBody]]) -> None:
    """Lock the contacts of these duties, those whose entries display them, and those that acts name."""
    contacts = {
        contact_id
        for duty, body in acts
        for contact_id in (duty.contact_id, duty.carried_by, body.duplicate_of)
        if contact_id is not None
    }
    await lock_contacts(work.session, contacts)


async def _write(work: UnitOfWork, who: Principal, duty: DutyRow, body: ActBody, place: str = "") -> DutyRow:
    """End a duty whose contacts are locked; `place` is where the act is in the request."""
    queue = await get_queue(work.session, duty.queue)
    demand_work(who, queue.row)
    if duty.ended_at is not None:
        raise _ended(duty, place)
    now = work.clock.now()
    at = body.at or now
    faults = [*faults_of(duty.rule, body.act, body.given)]
    if (fault := fault_of_moment(at, duty.starts_at, now)) is not None:
        faults.append(fault)
    if not faults and body.duplicate_of is not None:
        faults += await _faults_of_duplicate(work, duty, body.duplicate_of)
    if faults:
        raise InvalidInput(
            errors=[FieldError(pointer=place + one.pointer, message=one.message) for one in faults]
        )
    ends = acts_of(duty.rule)[body.act].ends
    entry = await open_entry_of(work.session, duty.carried_by, locked=True)
    ended = await end_duty(
        work.session,
        duty.id,
        ended_at=at,
        ending=ends,
        act=body.act,
        reason=body.act if ends is DutyEnding.OTHERWISE else None,
        ended_by=who.subject,
        role=str(who.role),
        written_at=now,
        details=body.given,
    )
    if ended is None:
        raise _ended(await get_duty(work, duty.id), place)
    if entry is not None:
        kind = MoveKind.CLOCK_MET if ends is DutyEnding.DONE else MoveKind.DUTY_ENDED
        await entries.write_trail(work, who, entry.id, kind, f"{duty.rule}: {body.act}")
        await entries.reorder_open_entry(work, duty.carried_by)
    return ended


def _ended(duty: DutyRow, place: str) -> DutyEnded:
    how = duty.act or duty.reason
    return DutyEnded(
        f"It ended by {how}.", errors=[FieldError(pointer=f"{place}/act", message="the duty has ended")]
    )


async def _faults_of_duplicate(work: UnitOfWork, duty: DutyRow, other: UUID) -> list[FieldError]:
    """Why the other contact cannot be the one in which this duty is done instead."""
    own = ContactState.model_validate(await lock_contact(work.session, duty.contact_id))
    others = ContactState.model_validate(await lock_contact(work.session, other))
    runs_there = any(
        one.rule == duty.rule and one.ended_at is None for one in await duties_of(work.session, other)
    )
    if other == duty.contact_id:
        message = "must be another contact"
    elif others.is_closed:
        message = "is closed"
    elif not runs_there:
        message = "has no such duty that runs"
    elif not may_be_one_child(own.citizen_key, others.citizen_key):
        message = "is about another child"
    else:
        return []
    return [FieldError(pointer="/duplicate_of", message=message)]


async def _entry_held_by(work: UnitOfWork, who: Principal, entry_id: UUID) -> tuple[EntryRow, Queue]:
    entry, queue = await entries.read_entry(work, entry_id)
    demand_work(who, queue.row)
    demand_held(entry, who)
    return entry, queue
