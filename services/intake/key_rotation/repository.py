"""Which columns are encrypted, and the statements by which their rows get a new key or index. Nothing
commits.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Table, and_, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.callback_store.repository import ACTIONS, CALLBACK_CALLS, CALLBACKS, CALLERS
from services.intake.contacts.repository import CONTACTS
from services.intake.delivery_store.repository import DELIVERIES
from services.intake.drafts.repository import DRAFTS
from services.intake.models import tables
from services.intake.vault import (
    ANSWER_CONTEXT,
    caller_context,
    delivery_context,
    draft_context,
    personal_data_context,
)

#: Rows in one transaction: few enough that requests which wait for their locks hardly notice.
BATCH = 500


@dataclass(frozen=True)
class Encrypted:
    """A column of encrypted values. `key_column` has the id of the key; without one, the value begins with
    it.
    """

    table: Table
    column: str
    key_column: str | None
    #: The context that a row's value is bound to (vault.py).
    context: Callable[[Any], str]

    def has_other_key(self, current: str) -> ColumnElement[bool]:
        """The rows whose value was encrypted with another key than the current one."""
        if self.key_column is not None:
            return self.table.c[self.key_column] != current
        prefix = f"{current}:".encode()
        return func.substr(self.table.c[self.column], 1, len(prefix)) != prefix


CONTACT_DATA = Encrypted(CONTACTS, "said", "said_key", lambda row: personal_data_context(row.id))
DRAFT_CONTENT = Encrypted(DRAFTS, "sealed", "sealed_key", lambda row: draft_context(row.contact_id))
CALLER_NUMBERS = Encrypted(CALLERS, "sealed", "sealed_key", lambda row: caller_context(row.id))
DELIVERED = Encrypted(
    DELIVERIES, "sealed", "sealed_key", lambda row: delivery_context(row.source, row.delivery_id)
)
REMEMBERED_ANSWERS = Encrypted(tables.answers, "body", None, lambda _row: ANSWER_CONTEXT)


async def values_with_other_keys(
    session: AsyncSession, encrypted: Encrypted, current: str
) -> Sequence[Row[Any]]:
    """The next batch of values that another key encrypted, as `value`, with their primary keys; locked."""
    columns = [*encrypted.table.primary_key, encrypted.table.c[encrypted.column].label("value")]
    rows = select(*columns).where(encrypted.has_other_key(current)).limit(BATCH).with_for_update()
    return (await session.execute(rows)).all()


async def store_value(
    session: AsyncSession, encrypted: Encrypted, row: Row[Any], columns: Mapping[str, Any]
) -> None:
    """Store new columns of a row that `values_with_other_keys` gave."""
    table, values = encrypted.table, row._asdict()
    same_row = and_(*(column == values[column.name] for column in table.primary_key))
    await session.execute(update(table).where(same_row).values(**columns))


async def contacts_after(session: AsyncSession, after: UUID) -> Sequence[Row[Any, Any, Any]]:
    """The next batch of contacts with personal data, in the order of their ids; locked."""
    rows = await session.execute(
        select(CONTACTS.c.id, CONTACTS.c.said, CONTACTS.c.cpr_index)
        .where(CONTACTS.c.id > after, CONTACTS.c.said.is_not(None))
        .order_by(CONTACTS.c.id)
        .limit(BATCH)
        .with_for_update()
    )
    return rows.all()


async def store_contact(session: AsyncSession, contact_id: UUID, columns: Mapping[str, Any]) -> None:
    """Store a contact's encrypted value and indexes."""
    await session.execute(update(CONTACTS).where(CONTACTS.c.id == contact_id).values(**columns))


async def callers_after(session: AsyncSession, after: UUID) -> Sequence[Row[Any, Any, Any]]:
    """The next batch of callers, in the order of their ids; locked."""
    rows = await session.execute(
        select(CALLERS.c.id, CALLERS.c.sealed, CALLERS.c.phone_index)
        .where(CALLERS.c.id > after)
        .order_by(CALLERS.c.id)
        .limit(BATCH)
        .with_for_update()
    )
    return rows.all()


async def caller_by_index(session: AsyncSession, phone_index: str) -> UUID | None:
    """The caller with this index of the number."""
    found = await session.execute(select(CALLERS.c.id).where(CALLERS.c.phone_index == phone_index))
    return found.scalar_one_or_none()


async def store_caller(session: AsyncSession, caller_id: UUID, columns: Mapping[str, Any]) -> None:
    """Store a caller's encrypted number and its index."""
    await session.execute(update(CALLERS).where(CALLERS.c.id == caller_id).values(**columns))


async def merge_callers(session: AsyncSession, old: UUID, new: UUID) -> dict[date, datetime]:
    """Move calls, call-backs and actions of the old caller to the new one, and delete the old one.

    Returns the first attempt of each day on which the new caller has a call-back now.
    """
    of_the_old = CALLBACK_CALLS.c.caller_id == old
    await session.execute(update(CALLBACK_CALLS).where(of_the_old).values(caller_id=new))
    rows = await session.execute(select(CALLBACKS.c.day, CALLBACKS.c.id).where(CALLBACKS.c.caller_id == new))
    new_by_day = {row.day: row.id for row in rows}
    callbacks = await session.execute(
        select(CALLBACKS.c.id, CALLBACKS.c.day).where(CALLBACKS.c.caller_id == old)
    )
    for callback in callbacks.all():
        if callback.day in new_by_day:
            # A caller has one call-back a day: the actions of the old one move, and the row goes.
            actions = update(ACTIONS).where(ACTIONS.c.callback_id == callback.id)
            await session.execute(actions.values(callback_id=new_by_day[callback.day]))
            await session.execute(delete(CALLBACKS).where(CALLBACKS.c.id == callback.id))
        else:
            moved = update(CALLBACKS).where(CALLBACKS.c.id == callback.id)
            await session.execute(moved.values(caller_id=new))
    await session.execute(delete(CALLERS).where(CALLERS.c.id == old))
    days = await session.execute(
        select(CALLBACKS.c.day, CALLBACKS.c.first_attempt_at).where(CALLBACKS.c.caller_id == new)
    )
    return {row.day: row.first_attempt_at for row in days}
