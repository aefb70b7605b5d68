"""Reorganisations in storage, and the statements that move an entry. Nothing here commits."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, exists, func, insert, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.routing.models import EntryRow, MoveRow, ReorganisationMoveRow, ReorganisationRow
from services.routing.reorganisations.plan import MoveState, ReorganisationState
from services.routing.repository import DUTIES, ENTRIES, RUNNING, in_status
from services.routing.states import EntryStatus
from shared.database import table_of
from shared.paging import Cursor

_REORGANISATIONS = table_of(ReorganisationRow)
_MOVES = table_of(ReorganisationMoveRow)
_TRAIL = table_of(MoveRow)
#: Open entries, by the conditions of the two partial indexes.
_OPEN = in_status(EntryStatus.WAITING) | in_status(EntryStatus.TAKEN)


async def add(session: AsyncSession, row: ReorganisationRow) -> None:
    """Store a planned reorganisation."""
    await session.execute(insert(_REORGANISATIONS).values(**row.model_dump()))


async def find(session: AsyncSession, id_: UUID, *, locked: bool = False) -> ReorganisationRow | None:
    """The reorganisation; `locked` until the transaction ends."""
    wanted = select(_REORGANISATIONS).where(_REORGANISATIONS.c.id == id_)
    row = (await session.execute(wanted.with_for_update() if locked else wanted)).mappings().first()
    return None if row is None else ReorganisationRow(**row)


async def newest(session: AsyncSession, after: Cursor | None, limit: int) -> Sequence[ReorganisationRow]:
    """Reorganisations, newest first, one more than `limit` when more follow."""
    table = _REORGANISATIONS
    wanted = select(table).order_by(table.c.planned_at.desc(), table.c.id.desc()).limit(limit + 1)
    if after is not None:
        wanted = wanted.where(tuple_(table.c.planned_at, table.c.id) < (after.at, after.id))
    return [ReorganisationRow(**row) for row in (await session.execute(wanted)).mappings()]


async def to_do(session: AsyncSession, today: date) -> Sequence[UUID]:
    """What is due to be started, continued or taken back, oldest first."""
    table = _REORGANISATIONS
    planned = (table.c.state == ReorganisationState.PLANNED) & (table.c.effective_on <= today)
    going_on = table.c.state.in_((ReorganisationState.RUNNING, ReorganisationState.UNDOING))
    found = await session.execute(
        select(table.c.id).where(planned | going_on).order_by(table.c.planned_at, table.c.id)
    )
    return [row.id for row in found]


async def change(session: AsyncSession, row: ReorganisationRow, **values: Any) -> ReorganisationRow:
    """Change the stored reorganisation; each change is a new edition."""
    changed = await session.execute(
        update(_REORGANISATIONS)
        .where(_REORGANISATIONS.c.id == row.id)
        .values(**values, edition=_REORGANISATIONS.c.edition + 1)
        .returning(*_REORGANISATIONS.c)
    )
    return ReorganisationRow(**changed.mappings().one())


async def open_entries(
    session: AsyncSession, queue: str, after: UUID | None, most: int
) -> Sequence[EntryRow]:
    """Open entries of a queue in order of their ids, which stay as they are while entries are moved."""
    wanted = select(ENTRIES).where(ENTRIES.c.queue == queue, _OPEN).order_by(ENTRIES.c.id).limit(most)
    if after is not None:
        wanted = wanted.where(ENTRIES.c.id > after)
    return [EntryRow(**row) for row in (await session.execute(wanted)).mappings()]


async def open_counts(session: AsyncSession, queue: str, now: datetime) -> Mapping[str, int]:
    """Of a queue: open entries, those taken, and the deadlines that run for them (overdue ones apart)."""
    taken = func.count().filter(in_status(EntryStatus.TAKEN))
    entries = (
        await session.execute(select(func.count(), taken).where(ENTRIES.c.queue == queue, _OPEN))
    ).one()
    overdue = func.count().filter(DUTIES.c.due_at < now)
    running = RUNNING & (DUTIES.c.contact_id == ENTRIES.c.contact_id) & (ENTRIES.c.queue == queue) & _OPEN
    clocks = (await session.execute(select(func.count(), overdue).where(running))).one()
    return {
        "entries": entries[0],
        "taken": entries[1],
        "running_clocks": clocks[0],
        "overdue_clocks": clocks[1],
    }


async def entry_for_move(session: AsyncSession, entry_id: UUID) -> EntryRow | None:
    """The entry as it is now, locked until the transaction ends."""
    row = (
        (await session.execute(select(ENTRIES).where(ENTRIES.c.id == entry_id).with_for_update()))
        .mappings()
        .first()
    )
    return None if row is None else EntryRow(**row)


async def set_entry(session: AsyncSession, entry_id: UUID, **values: Any) -> None:
    """Change an entry that is locked."""
    await session.execute(update(ENTRIES).where(ENTRIES.c.id == entry_id).values(**values))


def _owed_without_entry() -> Select[Any]:
    """The contacts that are owed something and have no open entry."""
    is_open = exists().where(ENTRIES.c.contact_id == DUTIES.c.contact_id, _OPEN)
    own = DUTIES.c.carried_by == DUTIES.c.contact_id
    return select(DUTIES.c.contact_id).where(RUNNING, own, ~is_open).distinct()


async def owed_by(session: AsyncSession, queue: str) -> Sequence[UUID]:
    """The contacts without an open entry whose duties the unit of this queue still has to do."""
    found = await session.execute(_owed_without_entry().where(DUTIES.c.queue == queue))
    return sorted(found.scalars())


async def once_owed_by(session: AsyncSession, queue: str, now_by: Collection[str]) -> Sequence[UUID]:
    """The contacts whose duties are with `now_by`, though their last entry was in this queue."""
    last = (
        select(ENTRIES.c.queue)
        .where(ENTRIES.c.contact_id == DUTIES.c.contact_id)
        .order_by(ENTRIES.c.entered_at.desc(), ENTRIES.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    found = await session.execute(_owed_without_entry().where(DUTIES.c.queue.in_(now_by), last == queue))
    return sorted(found.scalars())


async def add_contact_move(session: AsyncSession, row: ReorganisationMoveRow) -> None:
    """Record that a contact was moved."""
    await session.execute(insert(_MOVES).values(**row.model_dump()))


async def contact_moves(
    session: AsyncSession, id_: UUID, after: UUID | None, most: int, *, state: MoveState | None = None
) -> Sequence[ReorganisationMoveRow]:
    """The contacts that a reorganisation moved, in order of their ids."""
    wanted = select(_MOVES).where(_MOVES.c.reorganisation_id == id_).order_by(_MOVES.c.contact_id).limit(most)
    if after is not None:
        wanted = wanted.where(_MOVES.c.contact_id > after)
    if state is not None:
        wanted = wanted.where(_MOVES.c.state == state)
    return [ReorganisationMoveRow(**row) for row in (await session.execute(wanted)).mappings()]


async def mark_undone(session: AsyncSession, id_: UUID, contact_id: UUID) -> None:
    """Record that a contact was moved back."""
    await session.execute(
        update(_MOVES)
        .where(_MOVES.c.reorganisation_id == id_, _MOVES.c.contact_id == contact_id)
        .values(state=MoveState.UNDONE)
    )


async def touched_since(session: AsyncSession, id_: UUID) -> int:
    """How many of the moved entries have been touched since: a further step in their trail, or ended."""
    trail = (
        select(_TRAIL.c.entry_id, func.count().label("steps"))
        .join(_MOVES, _MOVES.c.to_entry == _TRAIL.c.entry_id)
        .where(_MOVES.c.reorganisation_id == id_)
        .group_by(_TRAIL.c.entry_id)
        .subquery()
    )
    touched = (
        select(func.count())
        .select_from(_MOVES)
        .join(ENTRIES, ENTRIES.c.id == _MOVES.c.to_entry)
        .join(trail, trail.c.entry_id == _MOVES.c.to_entry)
        .where(
            _MOVES.c.reorganisation_id == id_,
            _MOVES.c.state == MoveState.MOVED,
            (trail.c.steps > 1) | ENTRIES.c.ended_at.is_not(None),
        )
    )
    return int((await session.execute(touched)).scalar_one())
