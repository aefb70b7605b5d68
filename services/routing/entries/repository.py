"""Statements on entries and their trails: taking the next one, changing one, reading them in order."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    RowMapping,
    Select,
    and_,
    bindparam,
    exists,
    false,
    func,
    insert,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession

from services.routing.entries.queue_order import OrderKey, key_of
from services.routing.models import ContactRow, EntryRow, MoveRow
from services.routing.repository import DUTIES, ENTRIES, RUNNING, in_status
from services.routing.states import OPEN_STATUSES, EntryStatus, MoveKind
from shared.database import UtcDateTime, refresh_live_after_commit, table_of, upsert
from shared.ids import new_id, read_reference
from shared.vocabulary import Channel, Urgency

_contacts = table_of(ContactRow)
_moves = table_of(MoveRow)
#: The order in which entries are taken; the partial index on those that wait has these columns, too.
QUEUE_ORDER = tuple(ENTRIES.c[name] for name in OrderKey._fields)

#: One statement, so that two people never get the same entry: on PostgreSQL those who take at the same time
#: skip each other's rows; SQLite has no lock clause and one writer at a time.
_TAKE_NEXT = (
    update(ENTRIES)
    .where(
        ENTRIES.c.id
        == select(ENTRIES.c.id)
        .where(ENTRIES.c.queue == bindparam("wanted_queue"), in_status(EntryStatus.WAITING))
        .order_by(*QUEUE_ORDER)
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
    .returning(*ENTRIES.c)
)


async def claim_next(
    session: AsyncSession, queue: str, taker: str, now: datetime, counter: str | None = None
) -> EntryRow | None:
    """Take the first entry of the queue for `taker`, who is at `counter`; None when none waits."""
    wanted = {"wanted_queue": queue, "moment": now, "taker": taker, "at_counter": counter}
    return _first((await session.execute(_TAKE_NEXT, wanted)).mappings().first())


async def change_entry(session: AsyncSession, entry: EntryRow, **values: Any) -> EntryRow | None:
    """Change an entry if it is still as it was read; None when another request changed it first."""
    same_taker = (
        ENTRIES.c.taken_by.is_(None) if entry.taken_by is None else ENTRIES.c.taken_by == entry.taken_by
    )
    changed = await session.execute(
        update(ENTRIES)
        .where(ENTRIES.c.id == entry.id, ENTRIES.c.status == entry.status, same_taker)
        .values(**values)
        .returning(*ENTRIES.c)
    )
    return _first(changed.mappings().first())


async def add_entry(session: AsyncSession, entry: EntryRow) -> None:
    await session.execute(insert(ENTRIES).values(**entry.model_dump()))


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
    """Write one step of an entry's trail. No entry changes without one, so this also refreshes the boards."""
    refresh_live_after_commit(session)
    await session.execute(
        insert(_moves).values(
            id=new_id(), entry_id=entry_id, at=at, kind=kind, role=role[:40], subject=subject, reason=reason
        )
    )


async def moves_of(session: AsyncSession, entry_id: UUID) -> Sequence[MoveRow]:
    """An entry's trail, oldest first."""
    found = await session.execute(select(_moves).where(_moves.c.entry_id == entry_id).order_by(_moves.c.id))
    return [MoveRow(**row) for row in found.mappings()]


async def lock_contact(session: AsyncSession, contact_id: UUID) -> dict[str, Any]:
    """Lock the contact until the transaction ends, and return what is known of it ({} at first).

    Taken before any change of the contact's entries, so that two events about it, or an event and a return
    to triage, never both open one.
    """
    new = upsert(session, _contacts).values(contact_id=contact_id, story={})
    await session.execute(new.on_conflict_do_nothing())
    locked = await session.execute(
        select(_contacts.c.story).where(_contacts.c.contact_id == contact_id).with_for_update()
    )
    story: dict[str, Any] = locked.scalar_one()
    return story


async def find_entry(session: AsyncSession, entry_id: UUID) -> EntryRow | None:
    found = await session.execute(select(ENTRIES).where(ENTRIES.c.id == entry_id))
    return _first(found.mappings().first())


async def lock_contacts(session: AsyncSession, contact_ids: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
    """Lock several contacts, always in the same order, so that no two requests wait for each other."""
    return {contact_id: await lock_contact(session, contact_id) for contact_id in sorted(set(contact_ids))}


async def open_entry_of(session: AsyncSession, contact_id: UUID, *, locked: bool = False) -> EntryRow | None:
    """The one open entry of a contact, if it has one; `locked` until the transaction ends.

    A request that takes an entry holds its row when it changes its duties, so others lock it first, too.
    """
    wanted = select(ENTRIES).where(ENTRIES.c.contact_id == contact_id, ENTRIES.c.status.in_(OPEN_STATUSES))
    found = await session.execute(wanted.with_for_update() if locked else wanted)
    return _first(found.mappings().first())


async def latest_entry_of(session: AsyncSession, contact_id: UUID) -> EntryRow | None:
    """Where a contact is, or was last: its open entry, or else the one that it entered last."""
    is_open = ENTRIES.c.status.in_(OPEN_STATUSES)
    found = await session.execute(
        select(ENTRIES)
        .where(ENTRIES.c.contact_id == contact_id)
        .order_by(is_open.desc(), ENTRIES.c.entered_at.desc(), ENTRIES.c.id.desc())
        .limit(1)
    )
    return _first(found.mappings().first())


async def entries_of_contact(
    session: AsyncSession, contact_id: UUID, after: UUID | None, most: int
) -> Sequence[EntryRow]:
    """Where a contact has been, in the order in which its entries were made."""
    wanted = select(ENTRIES).where(ENTRIES.c.contact_id == contact_id).order_by(ENTRIES.c.id).limit(most)
    if after is not None:
        wanted = wanted.where(ENTRIES.c.id > after)
    return await _read(session, wanted)


@dataclass(frozen=True)
class EntryFilter:
    """Which entries of a queue to list: those that every part that is set fits.

    `reference` is a part of one, as a person types it; `late` is past a deadline or the queue's own target.
    """

    taken_by: str | None = None
    urgency: Urgency | None = None
    channel: Channel | None = None
    rule: str | None = None
    reference: str | None = None
    late: bool = False


async def entries_in_order(
    session: AsyncSession,
    queue: str,
    statuses: Sequence[EntryStatus],
    after: EntryRow | None,
    most: int,
    *,
    conditions: Iterable[ColumnElement[bool]] = (),
) -> Sequence[EntryRow]:
    """A queue's entries in the order in which they are taken, after the one given; see `filtered`."""
    wanted = select(ENTRIES).where(
        ENTRIES.c.queue == queue, or_(false(), *(in_status(status) for status in statuses)), *conditions
    )
    wanted = wanted.order_by(*QUEUE_ORDER).limit(most)
    if after is not None:
        wanted = wanted.where(tuple_(*QUEUE_ORDER) > _key_of(after))
    return await _read(session, wanted)


def filtered(only: EntryFilter, now: datetime) -> Iterator[ColumnElement[bool]]:
    """The conditions of a filter, for `entries_in_order`."""
    of_entry = and_(DUTIES.c.carried_by == ENTRIES.c.contact_id, RUNNING)
    for column, value in (
        (ENTRIES.c.taken_by, only.taken_by),
        (ENTRIES.c.urgency, only.urgency),
        (ENTRIES.c.channel, only.channel),
    ):
        if value is not None:
            yield column == value
    if only.rule is not None:
        yield exists().where(of_entry, DUTIES.c.rule == only.rule)
    if only.reference is not None:
        yield ENTRIES.c.reference.contains(read_reference(only.reference), autoescape=True)
    if only.late:
        yield or_(ENTRIES.c.order_at < now, exists().where(of_entry, DUTIES.c.due_at < now))


async def count_ahead(session: AsyncSession, entry: EntryRow) -> int:
    """How many wait in the entry's queue that will be taken before it."""
    ahead = (
        select(func.count())
        .select_from(ENTRIES)
        .where(
            ENTRIES.c.queue == entry.queue,
            in_status(EntryStatus.WAITING),
            tuple_(*QUEUE_ORDER) < _key_of(entry),
        )
    )
    return int((await session.execute(ahead)).scalar_one())


async def places_in_line(session: AsyncSession, queue: str, wanted: Iterable[UUID]) -> Mapping[UUID, int]:
    """The places, from 1, in all that waits in this queue, of those of `wanted` that wait there."""
    line = (
        select(ENTRIES.c.id, func.row_number().over(order_by=QUEUE_ORDER).label("place"))
        .where(ENTRIES.c.queue == queue, in_status(EntryStatus.WAITING))
        .subquery()
    )
    found = await session.execute(select(line.c.id, line.c.place).where(line.c.id.in_(list(wanted))))
    return {row.id: row.place for row in found}


def _key_of(entry: EntryRow) -> Any:
    return tuple_(
        *(
            bindparam(None, value, type_=column.type, unique=True)
            for column, value in zip(QUEUE_ORDER, key_of(entry), strict=True)
        )
    )


async def _read(session: AsyncSession, wanted: Select[Any]) -> Sequence[EntryRow]:
    return [EntryRow(**row) for row in (await session.execute(wanted)).mappings()]


def _first(row: RowMapping | None) -> EntryRow | None:
    return None if row is None else EntryRow(**row)
