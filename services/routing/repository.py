"""Statements on entries: claiming the next one, moving one, and reading them in order."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, RowMapping, bindparam, false, func, insert, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.routing.models import EntryRow, MoveRow, UnitRow
from services.routing.states import OPEN_STATUSES, EntryStatus, MoveKind
from shared.database import UtcDateTime, table_of
from shared.ids import new_id

entries = table_of(EntryRow)
moves = table_of(MoveRow)
_ORDER = (entries.c.rank, entries.c.order_at, entries.c.entered_at, entries.c.id)


def in_status(status: EntryStatus) -> ColumnElement[bool]:
    """The condition as a literal, so that PostgreSQL can prove that a partial index serves it."""
    return entries.c.status == bindparam(None, status.value, literal_execute=True, unique=True)


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
    )
    .returning(*entries.c)
)


def entry_of(row: RowMapping) -> EntryRow:
    return EntryRow(**row)


async def claim_next(session: AsyncSession, queue: str, taker: str, now: datetime) -> EntryRow | None:
    """Take the first entry of the queue for `taker`; None when nobody waits."""
    claimed = await session.execute(_CLAIM, {"wanted_queue": queue, "moment": now, "taker": taker})
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
    """Write one step of an entry's trail."""
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
    session: AsyncSession, queue: str, statuses: Sequence[EntryStatus], after: EntryRow | None, most: int
) -> Sequence[EntryRow]:
    """A queue's entries in the order in which they are taken, after the one given."""
    wanted = select(entries).where(
        entries.c.queue == queue, or_(false(), *(in_status(status) for status in statuses))
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


def _key_of(entry: EntryRow) -> Any:
    key = (entry.rank, entry.order_at, entry.entered_at, entry.id)
    return tuple_(
        *(
            bindparam(None, value, type_=column.type, unique=True)
            for column, value in zip(_ORDER, key, strict=True)
        )
    )


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


class WaitingRow(NamedTuple):
    """One who waits, as far as a queue's figures need it."""

    queue: str
    rank: int
    order_at: datetime
    entered_at: datetime


class EndedRow(NamedTuple):
    """One wait that ended, or an entry of a period, as far as figures need it."""

    queue: str
    channel: str
    entered_at: datetime
    taken_at: datetime | None
    left_at: datetime | None
    status: str
    outcome: str | None


_ENDED_COLUMNS = tuple(entries.c[name] for name in EndedRow._fields)


async def waiting_rows(session: AsyncSession, queues: Sequence[str]) -> Sequence[WaitingRow]:
    """Everybody who waits in these queues."""
    columns = (entries.c.queue, *_ORDER[:3])
    wanted = select(*columns).where(entries.c.queue.in_(queues), in_status(EntryStatus.WAITING))
    return [WaitingRow._make(row) for row in await session.execute(wanted)]


async def ended_rows(session: AsyncSession, since: dict[str, datetime]) -> Sequence[EndedRow]:
    """The waits in each queue that ended after its moment in `since`, in the order of their ends."""
    recent = or_(
        false(),
        *((entries.c.queue == queue) & (entries.c.left_at >= moment) for queue, moment in since.items()),
    )
    found = await session.execute(select(*_ENDED_COLUMNS).where(recent).order_by(entries.c.left_at))
    return [EndedRow._make(row) for row in found]


async def entered_rows(
    session: AsyncSession, start: datetime, end: datetime, queue: str | None, channel: str | None
) -> Sequence[EndedRow]:
    """The entries made from `start` until just before `end`."""
    wanted = select(*_ENDED_COLUMNS).where(entries.c.entered_at >= start, entries.c.entered_at < end)
    if queue is not None:
        wanted = wanted.where(entries.c.queue == queue)
    if channel is not None:
        wanted = wanted.where(entries.c.channel == channel)
    return [EndedRow._make(row) for row in await session.execute(wanted)]


async def open_counts(session: AsyncSession) -> Sequence[tuple[str, str, int, datetime]]:
    """For each queue and open status: how many, and since when the longest one has been there."""
    found = await session.execute(
        select(entries.c.queue, entries.c.status, func.count(), func.min(entries.c.entered_at))
        .where(in_status(EntryStatus.WAITING) | in_status(EntryStatus.TAKEN))
        .group_by(entries.c.queue, entries.c.status)
    )
    return [(queue, status, count, oldest) for queue, status, count, oldest in found]


async def taken_counts(session: AsyncSession) -> dict[str, int]:
    """For each queue, how many of its entries somebody has taken and not ended yet."""
    found = await session.execute(
        select(entries.c.queue, func.count().label("entries"))
        .where(in_status(EntryStatus.TAKEN))
        .group_by(entries.c.queue)
    )
    return {row.queue: row.entries for row in found}


async def past_due_counts(session: AsyncSession, now: datetime) -> dict[str, int]:
    """For each queue, how many wait though their due time has passed."""
    found = await session.execute(
        select(entries.c.queue, func.count().label("entries"))
        .where(in_status(EntryStatus.WAITING), entries.c.order_at < now)
        .group_by(entries.c.queue)
    )
    return {row.queue: row.entries for row in found}
