"""Planning, previewing, doing and taking back a reorganisation of one unit's open work.

Each contact is moved in a transaction of its own, so that an interrupted run loses nothing and continues
behind the last one. A moved contact keeps its place in the order, its waiting time and its deadlines: it has
an entry in the new unit with the same moments, and the trail of both entries names the reorganisation.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.datastructures import State

from services.routing.duties.repository import Place, carry_duties
from services.routing.entries.repository import add_entry, add_move, lock_contact
from services.routing.entries.service import WITH_NO_EMPLOYEE, event_fields
from services.routing.models import EntryRow, ReorganisationMoveRow, ReorganisationRow
from services.routing.problems import (
    ReorganisationOver,
    ReorganisationTouched,
    UnknownUnitToMove,
)
from services.routing.reorganisations import peers, repository
from services.routing.reorganisations.plan import MoveState, ReorganisationState, keeps_its_holder
from services.routing.reorganisations.schemas import (
    ReorganisationIn,
    ReorganisationPreview,
    TargetPreview,
)
from services.routing.staff.repository import units_of_staff
from services.routing.states import EntryStatus, MoveKind
from services.routing.units.repository import find_queue, find_units
from shared.access import Principal
from shared.contracts import EntryReleased
from shared.etags import require_version
from shared.ids import new_id, reference_of, show_reference
from shared.periods import Period
from shared.problems import FieldError, NotFound
from shared.unit_of_work import UnitOfWork, unit_of_work
from shared.vocabulary import Role
from shared.working_days import local_date

#: Entries that are read, and about whose facts triage is asked, at once.
BATCH = 500
_SAMPLES = 5
_ROLE = str(Role.OPERATIONS)


async def preview(state: State, body: ReorganisationIn) -> ReorganisationPreview:
    """What would be moved if it were done now, with numbers and samples; nothing is stored.

    Raises UnknownUnitToMove and TriageUnreachable.
    """
    async with state.database.reading() as session:
        work = unit_of_work(state, session)
        names = await _check_units(work, body)
        counts = await repository.open_counts(session, body.from_unit, work.clock.now())
    targets: Counter[str | None] = Counter()
    samples: dict[str | None, list[str]] = defaultdict(list)
    missing = {reference for rule in body.rules for reference in rule.references}
    after: UUID | None = None
    while True:
        async with state.database.reading() as session:
            entries = await repository.open_entries(session, body.from_unit, after, BATCH)
        if not entries:
            break
        after = entries[-1].id
        for entry, target in (await _targets(state, body, entries)).values():
            targets[target] += 1
            missing.discard(entry.reference)
            if len(samples[target]) < _SAMPLES:
                samples[target].append(show_reference(entry.reference))
    return ReorganisationPreview(
        **counts,
        targets=[
            TargetPreview(unit=unit, name=names[unit], entries=targets[unit], samples=samples[unit])
            for unit in body.targets
        ],
        stay=TargetPreview(
            unit=body.from_unit,
            name=names[body.from_unit],
            entries=targets[None],
            samples=samples[None],
        ),
        unknown_references=sorted(map(show_reference, missing)),
        rules=await peers.rules_naming(state, body.from_unit),
    )


async def plan(work: UnitOfWork, who: Principal, body: ReorganisationIn) -> ReorganisationRow:
    """Store it, to be done at the beginning of its day (at once when that is past). Raises
    UnknownUnitToMove.
    """
    await _check_units(work, body)
    row = ReorganisationRow(
        id=new_id(),
        state=ReorganisationState.PLANNED,
        effective_on=body.effective_on,
        from_unit=body.from_unit,
        body=body.model_dump(mode="json", by_alias=True),
        planned_at=work.clock.now(),
        planned_by=who.subject,
    )
    await repository.add(work.session, row)
    return row


async def get(work: UnitOfWork, id_: UUID, *, locked: bool = False) -> ReorganisationRow:
    """The reorganisation. Raises NotFound."""
    row = await repository.find(work.session, id_, locked=locked)
    if row is None:
        raise NotFound("No reorganisation has this id.")
    return row


async def cancel(work: UnitOfWork, id_: UUID, if_match: str | None) -> ReorganisationRow:
    """It is not done. Raises ReorganisationOver once it has begun."""
    row = await get(work, id_, locked=True)
    require_version(if_match, row.edition)
    if row.state != ReorganisationState.PLANNED:
        raise ReorganisationOver(f"It is {row.state}.")
    return await repository.change(
        work.session, row, state=ReorganisationState.CANCELLED, ended_at=work.clock.now()
    )


async def undo(work: UnitOfWork, id_: UUID, if_match: str | None) -> ReorganisationRow:
    """Move every contact back to where it was. Raises ReorganisationOver unless it is done or running.

    Raises ReorganisationTouched when any of the moved entries has been touched: then what people did since
    would be lost.
    """
    row = await get(work, id_, locked=True)
    require_version(if_match, row.edition)
    if row.state not in (ReorganisationState.DONE, ReorganisationState.RUNNING):
        raise ReorganisationOver(f"It is {row.state}.")
    if touched := await repository.touched_since(work.session, row.id):
        raise ReorganisationTouched(
            f"{touched} of the moved entries have been touched since.", touched=touched
        )
    return await repository.change(work.session, row, state=ReorganisationState.UNDOING, trouble=None)


async def do_next_batch(state: State, id_: UUID) -> int:
    """Move the next contacts, or move them back; returns how many were looked at, 0 when it is through.

    Raises TriageUnreachable, with nothing moved in this batch.
    """
    async with state.database.reading() as session:
        row = await repository.find(session, id_)
    if row is None or row.state in (ReorganisationState.UNDONE, ReorganisationState.CANCELLED):
        return 0
    if row.state == ReorganisationState.UNDOING:
        return await _undo_batch(state, row)
    return await _move_batch(state, row)


async def _move_batch(state: State, row: ReorganisationRow) -> int:
    body = ReorganisationIn.model_validate(row.body)
    async with state.database.reading() as session:
        entries = await repository.open_entries(session, row.from_unit, row.after_entry, BATCH)
        holders = {entry.taken_by for entry in entries if entry.taken_by is not None}
        staff = await units_of_staff(session, holders, row.effective_on)
    targets = await _targets(state, body, entries)
    left = {} if entries else await _targets_of_what_is_left(state, row, body)
    moved = 0
    for entry, target in targets.values():
        if target is not None:
            moved += await _move(state, row, entry.id, target, staff)
    async with state.database.writing() as session:
        now = state.clock.now()
        begun = {"state": ReorganisationState.RUNNING, "started_at": row.started_at or now, "trouble": None}
        if entries:
            counted = {"moved": row.moved + moved, "stayed": row.stayed + len(entries) - moved}
            await repository.change(session, row, **begun, **counted, after_entry=entries[-1].id)
        else:
            await _carry(session, left)
            await repository.change(session, row, **begun | {"state": ReorganisationState.DONE}, ended_at=now)
    return len(entries)


async def _targets_of_what_is_left(
    state: State, row: ReorganisationRow, body: ReorganisationIn
) -> dict[UUID, str]:
    """For each contact that the unit still owes something without an open entry, the unit it goes to."""
    async with state.database.reading() as session:
        contacts = await repository.owed_by(session, row.from_unit)
    fitting = await peers.fitting_rules(state, body.rules, contacts) if body.plan.asks_triage else {}
    targets = {one: body.plan.target_of(reference_of(one), fitting.get(one, ())) for one in contacts}
    return {contact: target for contact, target in targets.items() if target is not None}


async def _carry(session: AsyncSession, targets: Mapping[UUID, str]) -> None:
    """These units answer from now on for what the contacts, in their order, are owed."""
    for contact, unit in targets.items():
        await lock_contact(session, contact)
        await carry_duties(session, contact, Place(unit, unit, contact))


async def _targets(
    state: State, body: ReorganisationIn, entries: Sequence[EntryRow]
) -> Mapping[UUID, tuple[EntryRow, str | None]]:
    """Each entry by its id, with the unit it goes to; None when it stays."""
    contacts = [entry.contact_id for entry in entries]
    fitting = await peers.fitting_rules(state, body.rules, contacts) if body.plan.asks_triage else {}
    return {
        entry.id: (entry, body.plan.target_of(entry.reference, fitting.get(entry.contact_id, ())))
        for entry in entries
    }


async def _move(
    state: State, row: ReorganisationRow, entry_id: UUID, target: str, staff: Mapping[str, Collection[str]]
) -> bool:
    """Move one contact in a transaction of its own; False when it left the unit meanwhile."""
    async with state.database.writing() as session:
        work, now = unit_of_work(state, session), state.clock.now()
        entry = await repository.entry_for_move(session, entry_id)
        if entry is None or not entry.is_open or entry.queue != row.from_unit:
            return False
        await lock_contact(session, entry.contact_id)
        await repository.set_entry(
            session,
            entry.id,
            status=EntryStatus.TRANSFERRED,
            ended_at=now,
            left_at=entry.left_at or now,
            by_person=True,
        )
        await _write_trail(work, row, entry.id, MoveKind.REORGANISED)
        stays_taken = entry.status == EntryStatus.TAKEN and keeps_its_holder(entry.taken_by, staff, target)
        # The same moments: the wait goes on, the place in the order is as if the contact had always been
        # here.
        successor = entry.model_copy(
            update={"id": new_id(), "queue": target, "visit": None, "by_person": True}
        )
        if not stays_taken:
            successor = successor.model_copy(update=WITH_NO_EMPLOYEE)
        await add_entry(session, successor)
        await _write_trail(work, row, successor.id, MoveKind.REORGANISED)
        await carry_duties(session, entry.contact_id, Place(target, target, entry.contact_id))
        await repository.add_contact_move(
            session,
            ReorganisationMoveRow(
                reorganisation_id=row.id,
                contact_id=entry.contact_id,
                reference=entry.reference,
                from_entry=entry.id,
                to_entry=successor.id,
                to_unit=target,
                state=MoveState.MOVED,
                moved_at=now,
            ),
        )
        if entry.status == EntryStatus.TAKEN and not stays_taken:
            await work.publish(EntryReleased(**event_fields(successor, now)))
    return True


async def _undo_batch(state: State, row: ReorganisationRow) -> int:
    async with state.database.reading() as session:
        moves = await repository.contact_moves(session, row.id, None, BATCH, state=MoveState.MOVED)
    for move in moves:
        await _move_back(state, row, move)
    async with state.database.writing() as session:
        if moves:
            await repository.change(session, row, undone=row.undone + len(moves))
        else:
            now = state.clock.now()
            targets = ReorganisationIn.model_validate(row.body).targets
            left = await repository.once_owed_by(session, row.from_unit, targets)
            await _carry(session, dict.fromkeys(left, row.from_unit))
            await repository.change(session, row, state=ReorganisationState.UNDONE, ended_at=now)
    return len(moves)


async def _move_back(state: State, row: ReorganisationRow, move: ReorganisationMoveRow) -> None:
    async with state.database.writing() as session:
        work, now = unit_of_work(state, session), state.clock.now()
        await lock_contact(session, move.contact_id)
        left = await repository.entry_for_move(session, move.to_entry)
        before = await repository.entry_for_move(session, move.from_entry)
        if left is not None and before is not None and left.is_open:
            await repository.set_entry(
                session, left.id, status=EntryStatus.TRANSFERRED, ended_at=now, left_at=left.left_at or now
            )
            await _write_trail(work, row, left.id, MoveKind.REORGANISED_BACK)
            was_taken = before.taken_at is not None
            await repository.set_entry(
                session,
                before.id,
                status=EntryStatus.TAKEN if was_taken else EntryStatus.WAITING,
                ended_at=None,
                left_at=before.taken_at,
                outcome=None,
            )
            await _write_trail(work, row, before.id, MoveKind.REORGANISED_BACK)
            place = Place(row.from_unit, row.from_unit, move.contact_id)
            await carry_duties(session, move.contact_id, place)
        await repository.mark_undone(session, row.id, move.contact_id)


async def _write_trail(work: UnitOfWork, row: ReorganisationRow, entry_id: UUID, kind: MoveKind) -> None:
    await add_move(
        work.session,
        entry_id,
        kind,
        work.clock.now(),
        role=_ROLE,
        subject=row.planned_by,
        reason=row.body["reason"],
    )


async def _check_units(work: UnitOfWork, body: ReorganisationIn) -> dict[str, str]:
    """The names of the units. Raises UnknownUnitToMove for one that is not there on the day, with
    its place.
    """
    known = {unit.code: unit.name for unit in await find_units(work.session, None)}
    day = max(body.effective_on, local_date(work.clock.now()))
    on_the_day = {unit.code for unit in await find_units(work.session, day)}
    wrong = [] if body.from_unit in known else [FieldError(pointer="/from_unit", message="no such unit")]
    places = {f"/rules/{place}/to_unit": rule.to_unit for place, rule in enumerate(body.rules)}
    if body.otherwise_to is not None:
        places["/otherwise_to"] = body.otherwise_to
    for pointer, unit in places.items():
        if unit not in known:
            wrong.append(FieldError(pointer=pointer, message="no such unit"))
        elif unit not in on_the_day:
            wrong.append(FieldError(pointer=pointer, message=f"the unit is not there on {day}"))
        else:
            queue = await find_queue(work.session, unit)
            if queue is None or not Period.of(queue.row).includes(day):
                wrong.append(FieldError(pointer=pointer, message=f"the unit has no queue on {day}"))
    if wrong:
        raise UnknownUnitToMove(errors=wrong)
    return known
