"""Encrypted columns, and what becomes of their rows when a key is replaced. Nothing here commits."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Table, and_, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.callback_store.repository import ACTIONS, CALLBACK_CALLS, CALLBACKS, CALLERS
from services.intake.callback_store.service import AffectedDays, recompute
from services.intake.contacts.contact_events import rekeyed_events
from services.intake.contacts.repository import CONTACTS, replace_names
from services.intake.delivery_store.repository import DELIVERIES
from services.intake.drafts.repository import DRAFTS
from services.intake.models import tables
from services.intake.vault import (
    ANSWER_CONTEXT,
    Vault,
    caller_context,
    delivery_context,
    draft_context,
    name_words,
    personal_data_context,
    sealed_columns,
)
from shared.outbox import Outbox
from shared.sealing import Keyring

#: Rows of one transaction: short enough that intake goes on working beside it.
BATCH = 500


@dataclass(frozen=True)
class Encrypted:
    """A column of encrypted values. `key_column` names the key; without one the value begins with it."""

    table: Table
    column: str
    key_column: str | None
    #: What a row's value is bound to, so that it cannot be moved to another row.
    context: Callable[[Any], str]

    def has_older_key(self, ring: Keyring) -> ColumnElement[bool]:
        """The rows whose value was encrypted with another key than the current one."""
        if self.key_column is not None:
            return self.table.c[self.key_column] != ring.current
        mark = f"{ring.current}:".encode()
        return func.substr(self.table.c[self.column], 1, len(mark)) != mark

    def columns(self, ring: Keyring, stored: str | bytes, context: str) -> dict[str, Any]:
        """The row's new columns."""
        is_text = isinstance(stored, str)
        text = stored if isinstance(stored, str) else bytes(stored).decode()
        value = ring.seal(ring.open(text, context), context)
        named = {} if self.key_column is None else {self.key_column: ring.current}
        return {self.column: value if is_text else value.encode(), **named}


CONTACT_DATA = Encrypted(CONTACTS, "said", "said_key", lambda row: personal_data_context(row.id))
DRAFT_CONTENT = Encrypted(DRAFTS, "sealed", "sealed_key", lambda row: draft_context(row.contact_id))
CALLER_NUMBERS = Encrypted(CALLERS, "sealed", "sealed_key", lambda row: caller_context(row.id))
DELIVERED = Encrypted(
    DELIVERIES, "sealed", "sealed_key", lambda row: delivery_context(row.source, row.delivery_id)
)
REMEMBERED_ANSWERS = Encrypted(tables.answers, "body", None, lambda _row: ANSWER_CONTEXT)


async def encrypt_again(session: AsyncSession, ring: Keyring, encrypted: Encrypted) -> int:
    """Encrypt the next batch of values that an older key encrypted; gives how many there were.

    Raises SealBrokenError when a value's key is no longer on the ring.
    """
    table = encrypted.table
    identity = list(table.primary_key.columns)
    rows = await session.execute(
        select(*identity, table.c[encrypted.column].label("value"))
        .where(encrypted.has_older_key(ring))
        .limit(BATCH)
        .with_for_update()
    )
    found = rows.all()
    for row in found:
        this_row = and_(*(column == row._mapping[column.name] for column in identity))  # noqa: SLF001
        columns = encrypted.columns(ring, row.value, encrypted.context(row))
        await session.execute(update(table).where(this_row).values(**columns))
    return len(found)


async def index_contacts_again(
    session: AsyncSession, vault: Vault, outbox: Outbox, after: UUID
) -> list[UUID]:
    """Encrypt and index the next batch of contacts, in order of their ids; gives these.

    Publishes which citizens' keys changed with it, so that triage still knows them.
    """
    rows = await session.execute(
        select(CONTACTS.c.id, CONTACTS.c.said, CONTACTS.c.cpr_index)
        .where(CONTACTS.c.id > after, CONTACTS.c.said.is_not(None))
        .order_by(CONTACTS.c.id)
        .limit(BATCH)
        .with_for_update()
    )
    found = rows.all()
    indexes: list[tuple[str | None, str | None]] = []
    for contact_id, sealed, old_index in found:
        said = vault.open_personal_data(contact_id, sealed)
        columns = sealed_columns(vault, contact_id, said)
        await session.execute(update(CONTACTS).where(CONTACTS.c.id == contact_id).values(**columns))
        indexes.append((old_index, columns["cpr_index"]))
        words = name_words(said.name, said.contact_name)
        await replace_names(session, contact_id, vault.name_indexes(words))
    await outbox.add(session, rekeyed_events(indexes, datetime.now(UTC)))
    return [row.id for row in found]


async def index_callers_again(session: AsyncSession, vault: Vault, after: UUID) -> list[UUID]:
    """Encrypt and index the next batch of callers' numbers, in order of their ids; gives these.

    A caller who phones while the index is being replaced has two rows for a while, the second by the new
    index. When the first one is reached the two become one, and its call-backs are computed again.
    """
    rows = await session.execute(
        select(CALLERS.c.id, CALLERS.c.sealed, CALLERS.c.phone_index)
        .where(CALLERS.c.id > after)
        .order_by(CALLERS.c.id)
        .limit(BATCH)
        .with_for_update()
    )
    found = rows.all()
    for caller_id, sealed, old_index in found:
        context = caller_context(caller_id)
        number = vault.ring.open(sealed, context)
        index = vault.index_of("phone", number)
        same = await session.execute(select(CALLERS.c.id).where(CALLERS.c.phone_index == index))
        other = None if index == old_index else same.scalar_one_or_none()
        if other is None:
            columns = {**CALLER_NUMBERS.columns(vault.ring, sealed, context), "phone_index": index}
            await session.execute(update(CALLERS).where(CALLERS.c.id == caller_id).values(**columns))
        else:
            await _merge_callers(session, caller_id, other)
    return [row.id for row in found]


async def _merge_callers(session: AsyncSession, old: UUID, new: UUID) -> None:
    """Give everything of the old row to the new one, and drop the old one."""
    of_the_old = CALLBACK_CALLS.c.caller_id == old
    await session.execute(update(CALLBACK_CALLS).where(of_the_old).values(caller_id=new))
    theirs = await session.execute(
        select(CALLBACKS.c.day, CALLBACKS.c.id).where(CALLBACKS.c.caller_id == new)
    )
    by_day = {row.day: row.id for row in theirs}
    ours = await session.execute(select(CALLBACKS).where(CALLBACKS.c.caller_id == old))
    for callback in ours.all():
        if callback.day in by_day:
            moved = update(ACTIONS).where(ACTIONS.c.callback_id == callback.id)
            await session.execute(moved.values(callback_id=by_day[callback.day]))
            await session.execute(delete(CALLBACKS).where(CALLBACKS.c.id == callback.id))
        else:
            moved = update(CALLBACKS).where(CALLBACKS.c.id == callback.id)
            await session.execute(moved.values(caller_id=new))
    await session.execute(delete(CALLERS).where(CALLERS.c.id == old))
    rows = await session.execute(
        select(CALLBACKS.c.day, CALLBACKS.c.first_attempt_at).where(CALLBACKS.c.caller_id == new)
    )
    if days := rows.all():
        affected = AffectedDays(frozenset((new, row.day) for row in days), min(row[1] for row in days))
        await recompute(session, affected, datetime.now(UTC))
