"""Every statement on contacts, their names and tickets; the same on SQLite and PostgreSQL. Nothing
commits.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, bindparam, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.attributes import set_committed_value

from services.intake.models import Contact, ContactColumns, ContactDraft, ContactName, TicketRoll
from shared.database import table_of, upsert
from shared.paging import Cursor
from shared.row_batch import RowBatch

CONTACTS = table_of(Contact)
NAMES = table_of(ContactName)
TICKETS = table_of(TicketRoll)
DRAFTS = table_of(ContactDraft)

_CONTACT_COLUMNS = tuple(CONTACTS.columns.keys())


@dataclass(frozen=True)
class ContactFilter:
    """Which contacts are listed; None means any. `received_to` is not included."""

    status: str | None = None
    channel: str | None = None
    line: str | None = None
    received_from: datetime | None = None
    received_to: datetime | None = None
    companion_of: UUID | None = None


def _columns(contact: ContactColumns) -> dict[str, Any]:
    return {name: getattr(contact, name) for name in _CONTACT_COLUMNS}


def note_contact(rows: RowBatch, contact: ContactColumns, word_indexes: Iterable[str]) -> None:
    """Add a new contact and the indexes of its names to rows that are going to be written."""
    rows.note(CONTACTS, [_columns(contact)])
    _note_names(rows, contact.id, word_indexes)


def _note_names(rows: RowBatch, contact_id: UUID, word_indexes: Iterable[str]) -> None:
    rows.note(NAMES, [{"word_index": word, "contact_id": contact_id} for word in word_indexes])


def note_contacts(rows: RowBatch, contacts: Iterable[ContactColumns]) -> None:
    """Add new contacts without a name to rows that are going to be written."""
    rows.note(CONTACTS, [_columns(contact) for contact in contacts])


async def add_contact_once(session: AsyncSession, contact: Contact) -> bool:
    """Store a contact whose id another service chose, unless it exists; returns whether it was new."""
    stored = await session.execute(
        upsert(session, CONTACTS).values(_columns(contact)).on_conflict_do_nothing().returning(CONTACTS.c.id)
    )
    return stored.first() is not None


async def replace_names(session: AsyncSession, contact_id: UUID, word_indexes: Iterable[str]) -> None:
    """Store these as the only words of names that the contact is found by."""
    await session.execute(delete(NAMES).where(NAMES.c.contact_id == contact_id))
    rows = RowBatch()
    _note_names(rows, contact_id, word_indexes)
    await rows.write(session)


async def next_ticket(session: AsyncSession, line: str, day: date) -> int:
    """The day's next ticket number at this entrance, from 1.

    The row is locked until the transaction ends, so that two people at once get two numbers.
    """
    given = await session.execute(
        upsert(session, TICKETS)
        .values(line=line, day=day, last=1)
        .on_conflict_do_update(index_elements=["line", "day"], set_={"last": TICKETS.c.last + 1})
        .returning(TICKETS.c.last)
    )
    return int(given.scalar_one())


async def find(session: AsyncSession, contact_id: UUID, *, locked: bool = False) -> Contact | None:
    """The contact; with `locked`, which is for changing it, no other transaction can lock it until this one
    ends.
    """
    wanted = select(Contact).where(CONTACTS.c.id == contact_id)
    if locked:
        # populate_existing: the session may hold the contact as it was before the lock was granted.
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    return (await session.execute(wanted)).scalar_one_or_none()


#: The columns that a call may change of its contact, and those that its events are made of.
_MOVED = ("status", "outcome", "moved_by", "closed_at", "changed_at", "received_at", "line", "version")
_PUBLISHED = ("id", "reference", "channel", "ticket", "phone_index", *_MOVED)
_MOVE = (
    update(CONTACTS)
    .where(CONTACTS.c.id == bindparam("to_id"))
    .values({name: bindparam(f"to_{name}") for name in _MOVED})
)


async def lock_contacts(session: AsyncSession, ids: Iterable[UUID]) -> dict[UUID, ContactColumns]:
    """The states of several contacts, without their personal data; locked."""
    # Locked in the order of their ids: two transactions that lock the same contacts cannot deadlock.
    rows = await session.execute(
        select(*(CONTACTS.c[name] for name in (*_PUBLISHED, "created_at")))
        .where(CONTACTS.c.id.in_(list(ids)))
        .order_by(CONTACTS.c.id)
        .with_for_update()
    )
    return {row["id"]: ContactColumns(**row) for row in rows.mappings()}


async def store_states(session: AsyncSession, contacts: Iterable[ContactColumns]) -> None:
    """Store the states of these contacts."""
    moved = [{f"to_{name}": getattr(contact, name) for name in ("id", *_MOVED)} for contact in contacts]
    if moved:
        await session.execute(_MOVE, moved)


async def store_late_numbers(session: AsyncSession, numbers: Sequence[Mapping[str, Any]]) -> None:
    """Store callers' numbers that a later event brought.

    A contact that already has personal data is left as it is: a person may have changed the number.
    """
    if numbers:
        here = update(CONTACTS).where(
            CONTACTS.c.id == bindparam("to_id"), CONTACTS.c.said.is_(None), CONTACTS.c.edition == 1
        )
        names = [name for name in numbers[0] if name != "to_id"]
        connection = await session.connection()
        await connection.execute(here.values({name: bindparam(name) for name in names}), list(numbers))


async def lines_of_contacts(session: AsyncSession, ids: Iterable[UUID]) -> dict[UUID, str]:
    """The line that each of these contacts came by."""
    rows = await session.execute(select(CONTACTS.c.id, CONTACTS.c.line).where(CONTACTS.c.id.in_(list(ids))))
    return {row.id: row.line for row in rows}


async def change(session: AsyncSession, contact: Contact, **values: Any) -> None:
    """Store these values, and set them on the contact that was read."""
    await session.execute(update(CONTACTS).where(CONTACTS.c.id == contact.id).values(**values))
    for name, value in values.items():
        set_committed_value(contact, name, value)


async def list_contacts(
    session: AsyncSession, filters: ContactFilter, after: Cursor | None, limit: int
) -> Sequence[Contact]:
    """Newest first, one more than `limit` when more follow."""
    rows = select(Contact)
    equal = {"status": filters.status, "channel": filters.channel, "line": filters.line}
    for column, value in {**equal, "companion_of": filters.companion_of}.items():
        if value is not None:
            rows = rows.where(CONTACTS.c[column] == value)
    if filters.received_from is not None:
        rows = rows.where(CONTACTS.c.received_at >= filters.received_from)
    if filters.received_to is not None:
        rows = rows.where(CONTACTS.c.received_at < filters.received_to)
    return await _page(session, rows, after, limit)


async def search_by(
    session: AsyncSession, column: str, value: str, after: Cursor | None, limit: int
) -> Sequence[Contact]:
    """Contacts with this value in `cpr_index`, `phone_index` or `reference`, newest first."""
    return await _page(session, select(Contact).where(CONTACTS.c[column] == value), after, limit)


async def earlier_by_phone(session: AsyncSession, contact: Contact, most: int) -> Sequence[Contact]:
    """Earlier contacts with this one's phone number, newest first, one more than `most` when more follow.

    Those in which the citizen is anonymous are left out.
    """
    same = (CONTACTS.c.phone_index == contact.phone_index, CONTACTS.c.anonymous.is_(False))
    return await _page(
        session, select(Contact).where(*same), Cursor(at=contact.received_at, id=contact.id), most
    )


async def search_by_name(
    session: AsyncSession, word_indexes: Sequence[str], after: Cursor | None, limit: int
) -> Sequence[Contact]:
    """Contacts whose names have each of these words, newest first."""
    named = (
        select(NAMES.c.contact_id)
        .where(NAMES.c.word_index.in_(word_indexes))
        .group_by(NAMES.c.contact_id)
        .having(func.count() == len(word_indexes))
    )
    return await _page(session, select(Contact).where(CONTACTS.c.id.in_(named)), after, limit)


async def _page(
    session: AsyncSession, rows: Select[Contact], after: Cursor | None, limit: int
) -> Sequence[Contact]:
    if after is not None:
        earlier = and_(CONTACTS.c.received_at == after.at, CONTACTS.c.id < after.id)
        rows = rows.where(or_(CONTACTS.c.received_at < after.at, earlier))
    rows = rows.order_by(CONTACTS.c.received_at.desc(), CONTACTS.c.id.desc()).limit(limit + 1)
    return list((await session.execute(rows)).scalars())


async def count_unfinished(session: AsyncSession) -> dict[tuple[str, str], int]:
    """The number of contacts that are not closed, by status and channel."""
    rows = await session.execute(
        select(CONTACTS.c.status, CONTACTS.c.channel, func.count())
        .where(CONTACTS.c.status.in_(["waiting", "open", "registered", "triaged"]))
        .group_by(CONTACTS.c.status, CONTACTS.c.channel)
    )
    return {(status, channel): count for status, channel, count in rows}


async def delete_draft(session: AsyncSession, contact_id: UUID) -> None:
    """Delete the draft of a contact that has facts now, or is closed."""
    await session.execute(delete(DRAFTS).where(DRAFTS.c.contact_id == contact_id))
