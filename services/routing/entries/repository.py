"""Statements on entries: claiming the next one, moving one, and reading them in order."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    RowMapping,
    bindparam,
    false,
    func,
    insert,
    literal_column,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession

from services.routing.models import EntryRow, MoveRow, UnitRow
from services.routing.states import OPEN_STATUSES, EntryStatus, MoveKind
from shared.database import UtcDateTime, refresh_live_after_commit, table_of
from shared.ids import new_id

entries = table_of(EntryRow)
moves = table_of(MoveRow)
_ORDER = (entries.c.rank, entries.c.order_at, entries.c.entered_at, entries.c.id)


def in_status(status: EntryStatus) -> ColumnElement[bool]:
    """The condition as a literal, so that PostgreSQL can prove that a partial index serves it.

    A literal column says the same as a parameter with `literal_execute`, and is not put in anew each time.
    """
    return entries.c.status == literal_column(f"'{status.value}'")


#: One statement, so that never two people get the same entry: on PostgreSQL those who claim at once skip
#: each other's rows; on SQLite the lock clause falls away and there is one writer at a time.
_CLAIM = (
    update(entries)
    .where(
        entries.c.id
        == select(entries.c.id)
        .where(entries.c.queue == bindparam("wanted_queue"), in_status(EntryStatus.WAITING))
        .order_by(*_ORDER)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    .values(
        status=EntryStatus.TAKEN,
        taken_at=bindparam("moment", type_=UtcDateTime),
        left_at=bindparam("moment", type_=UtcDateTime),
        taken_by=bindparam("taker"),
        by_person=True,
        counter=bindparam("at_counter"),
        called_at=bindparam("moment", type_=UtcDateTime),
        calls=1,
    )
    .returning(*entries.c)
)


def entry_of(row: RowMapping) -> EntryRow:
    return EntryRow(**row)


async def claim_next(
    session: AsyncSession, queue: str, taker: str, now: datetime, counter: str | None = None
) -> EntryRow | None:
    """Take the first entry of the queue for `taker`, who sits at `counter`; None when nobody waits."""
    wanted = {"wanted_queue": queue, "moment": now, "taker": taker, "at_counter": counter}
    claimed = await session.execute(_CLAIM, wanted)
    row = claimed.mappings().first()
    return None if row is None else entry_of(row)


async def change_entry(session: AsyncSession, entry: EntryRow, **values: Any) -> EntryRow | None:
    """Change an entry if it still is what was read; None when somebody was faster."""
    same_taker = (
        entries.c.taken_by.is_(None) if entry.taken_by is None else entries.c.taken_by == entry.taken_by
    )
    changed = await session.execute(
        update(entries)
        .where(entries.c.id == entry.id, entries.c.status == entry.status, same_taker)
        .values(**values)
        .returning(*entries.c)
    )
    row = changed.mappings().first()
    return None if row is None else entry_of(row)


async def add_entry(session: AsyncSession, entry: EntryRow) -> None:
    await session.execute(insert(entries).values(**entry.model_dump()))


async def add_move(
    session: AsyncSession,
    entry_id: UUID,
    kind: MoveKind,
    at: datetime,
    *,
    role: str,
    subject: str | None = None,
    reason: str | None = None,
) -> None:
    """Write one step of an entry's trail; no entry changes without one, so the boards look again."""
    refresh_live_after_commit(session)
    await session.execute(
        insert(moves).values(
            id=new_id(), entry_id=entry_id, at=at, kind=kind, role=role[:40], subject=subject, reason=reason
        )
    )


async def find_entry(session: AsyncSession, entry_id: UUID) -> EntryRow | None:
    found = await session.execute(select(entries).where(entries.c.id == entry_id))
    row = found.mappings().first()
    return None if row is None else entry_of(row)


async def open_entry_of(session: AsyncSession, contact_id: UUID) -> EntryRow | None:
    """The one open entry of a contact, if it has one."""
    found = await session.execute(
        select(entries).where(entries.c.contact_id == contact_id, entries.c.status.in_(OPEN_STATUSES))
    )
    row = found.mappings().first()
    return None if row is None else entry_of(row)


async def visit_entries(session: AsyncSession, contact_id: UUID) -> dict[int, EntryRow]:
    """The entries of a contact's visits to the reception, by position."""
    found = await session.execute(
        select(entries).where(entries.c.contact_id == contact_id, entries.c.visit.is_not(None))
    )
    return {row["visit"]: entry_of(row) for row in found.mappings()}


async def entries_of_contact(
    session: AsyncSession, contact_id: UUID, after: UUID | None, most: int
) -> Sequence[EntryRow]:
    """Where a contact has been, in the order its entries were made."""
    wanted = select(entries).where(entries.c.contact_id == contact_id).order_by(entries.c.id).limit(most)
    if after is not None:
        wanted = wanted.where(entries.c.id > after)
    return [entry_of(row) for row in (await session.execute(wanted)).mappings()]


async def entries_in_order(
    session: AsyncSession,
    queue: str,
    statuses: Sequence[EntryStatus],
    after: EntryRow | None,
    most: int,
    *,
    conditions: Iterable[ColumnElement[bool]] = (),
) -> Sequence[EntryRow]:
    """A queue's entries in the order in which they are taken, after the one given; see `EntryFilter`."""
    wanted = select(entries).where(
        entries.c.queue == queue, or_(false(), *(in_status(status) for status in statuses)), *conditions
    )
    wanted = wanted.order_by(*_ORDER).limit(most)
    if after is not None:
        wanted = wanted.where(tuple_(*_ORDER) > _key_of(after))
    return [entry_of(row) for row in (await session.execute(wanted)).mappings()]


async def count_ahead(session: AsyncSession, entry: EntryRow) -> int:
    """How many wait in the entry's queue that will be taken before it."""
    ahead = (
        select(func.count())
        .select_from(entries)
        .where(
            entries.c.queue == entry.queue,
            in_status(EntryStatus.WAITING),
            tuple_(*_ORDER) < _key_of(entry),
        )
    )
    return int((await session.execute(ahead)).scalar_one())


async def places_in_line(session: AsyncSession, queue: str, wanted: Iterable[UUID]) -> Mapping[UUID, int]:
    """The place in the whole line, from 1, of those of `wanted` who wait in this queue."""
    line = (
        select(entries.c.id, func.row_number().over(order_by=_ORDER).label("place"))
        .where(entries.c.queue == queue, in_status(EntryStatus.WAITING))
        .subquery()
    )
    found = await session.execute(select(line.c.id, line.c.place).where(line.c.id.in_(list(wanted))))
    return {row.id: row.place for row in found}


def _key_of(entry: EntryRow) -> Any:
    key = (entry.rank, entry.order_at, entry.entered_at, entry.id)
    return tuple_(
        *(
            bindparam(None, value, type_=column.type, unique=True)
            for column, value in zip(_ORDER, key, strict=True)
        )
    )


async def last_called(session: AsyncSession, most: int) -> Sequence[EntryRow]:
    """The tickets that were called last and whose holders are still being served, newest first."""
    wanted = select(entries).where(in_status(EntryStatus.TAKEN), entries.c.ticket.is_not(None))
    called_at = func.coalesce(entries.c.called_at, entries.c.taken_at)
    found = await session.execute(wanted.order_by(called_at.desc(), entries.c.id.desc()).limit(most))
    return [entry_of(row) for row in found.mappings()]


async def next_tickets(session: AsyncSession, most: int) -> Sequence[EntryRow]:
    """Those with a ticket who wait, in the order in which they will be called."""
    wanted = select(entries).where(in_status(EntryStatus.WAITING), entries.c.ticket.is_not(None))
    found = await session.execute(wanted.order_by(*_ORDER).limit(most))
    return [entry_of(row) for row in found.mappings()]


async def moves_of(session: AsyncSession, entry_id: UUID) -> Sequence[MoveRow]:
    """An entry's trail, oldest first."""
    found = await session.execute(select(moves).where(moves.c.entry_id == entry_id).order_by(moves.c.id))
    return [MoveRow(**row) for row in found.mappings()]


async def find_units(session: AsyncSession, on: date | None) -> Sequence[UnitRow]:
    """All units in all their periods, or those valid on a day."""
    units = table_of(UnitRow)
    wanted = select(units).order_by(units.c.code, units.c.valid_from)
    if on is not None:
        still = units.c.valid_to.is_(None) | (units.c.valid_to >= on)
        wanted = wanted.where(units.c.valid_from <= on, still)
    return [UnitRow(**row) for row in (await session.execute(wanted)).mappings()]
