"""Replaces keys: every value that an older key encrypted is encrypted again with the current one.

Put the new key first in DSI_SEAL_KEYS and keep the old one behind it, run this, then remove the old one. A
new DSI_INDEX_KEY needs `reindex`: until it is done, contacts that it has not reached are not found by number,
phone or name. Each batch is a transaction of its own, so that intake can be used meanwhile. An interrupted
run is repeated: what has the current key by then is left out, except by `reindex`, which begins again.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.callback_store.service import AffectedDays, recompute
from services.intake.contacts.contact_events import rekeyed_events
from services.intake.contacts.repository import replace_names
from services.intake.key_rotation import repository
from services.intake.key_rotation.repository import Encrypted
from services.intake.vault import Vault, caller_context, name_words, sealed_columns
from shared.database import Database
from shared.outbox import Outbox
from shared.sealing import Keyring


@dataclass(frozen=True)
class Rotated:
    """How many values of each kind were encrypted again."""

    contacts: int
    drafts: int
    callers: int
    deliveries: int
    answers: int


#: Changes the rows of one batch, in a transaction of its own; returns how many. 0 ends the pass.
Batch = Callable[[AsyncSession], Awaitable[int]]


async def rotate(
    database: Database,
    vault: Vault,
    outbox: Outbox,
    *,
    reindex: bool = False,
    progress: Callable[[int], None] = lambda _count: None,
) -> Rotated:
    """Encrypt again what an older key encrypted; with `reindex`, also index every contact and caller again.

    `progress` gets the number of rows after each batch. Raises SealBrokenError, with nothing of that batch
    changed, when a value's key is no longer on the ring.
    """

    async def run(batch: Batch) -> int:
        total = 0
        while True:
            async with database.writing() as session:
                count = await batch(session)
            if not count:
                return total
            total += count
            progress(count)

    def encryption(encrypted: Encrypted) -> Batch:
        return lambda session: _encrypt_again(session, vault.ring, encrypted)

    if reindex:
        contacts = await run(_ContactIndexing(vault, outbox))
        callers = await run(_CallerIndexing(vault))
    else:
        contacts = await run(encryption(repository.CONTACT_DATA))
        callers = await run(encryption(repository.CALLER_NUMBERS))
    return Rotated(
        contacts=contacts,
        callers=callers,
        drafts=await run(encryption(repository.DRAFT_CONTENT)),
        deliveries=await run(encryption(repository.DELIVERED)),
        answers=await run(encryption(repository.REMEMBERED_ANSWERS)),
    )


async def _encrypt_again(session: AsyncSession, ring: Keyring, encrypted: Encrypted) -> int:
    """Each row leaves the batch by its new key, so that the next batch needs no place to begin at."""
    rows = await repository.values_with_other_keys(session, encrypted, ring.current)
    for row in rows:
        columns = _encrypted_columns(encrypted, ring, row.value, encrypted.context(row))
        await repository.store_value(session, encrypted, row, columns)
    return len(rows)


def _encrypted_columns(
    encrypted: Encrypted, ring: Keyring, stored: str | bytes, context: str
) -> dict[str, Any]:
    text = stored if isinstance(stored, str) else bytes(stored).decode()
    value = ring.seal(ring.open(text, context), context)
    named = {} if encrypted.key_column is None else {encrypted.key_column: ring.current}
    return {encrypted.column: value if isinstance(stored, str) else value.encode(), **named}


class _ContactIndexing:
    """Encrypts and indexes all contacts again, in the order of their ids.

    It publishes which citizens' keys changed, so that triage still recognises them.
    """

    def __init__(self, vault: Vault, outbox: Outbox) -> None:
        self._vault = vault
        self._outbox = outbox
        self._after = UUID(int=0)

    async def __call__(self, session: AsyncSession) -> int:
        rows = await repository.contacts_after(session, self._after)
        indexes: list[tuple[str | None, str | None]] = []
        for row in rows:
            personal = self._vault.open_personal_data(row.id, row.said)
            columns = sealed_columns(self._vault, row.id, personal)
            await repository.store_contact(session, row.id, columns)
            words = name_words(personal.name, personal.contact_name)
            await replace_names(session, row.id, self._vault.name_indexes(words))
            indexes.append((row.cpr_index, columns["cpr_index"]))
            self._after = row.id
        await self._outbox.add(session, rekeyed_events(indexes, datetime.now(UTC)))
        return len(rows)


class _CallerIndexing:
    """Encrypts and indexes all callers' numbers again, in the order of their ids.

    A caller who phones meanwhile has two rows for a while, the second one with the new index. When the first
    is reached, the two are merged, and the call-backs of its days are computed again.
    """

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._after = UUID(int=0)

    async def __call__(self, session: AsyncSession) -> int:
        rows = await repository.callers_after(session, self._after)
        for row in rows:
            await self._index(session, row.id, row.sealed, row.phone_index)
            self._after = row.id
        return len(rows)

    async def _index(self, session: AsyncSession, caller_id: UUID, sealed: str, old_index: str) -> None:
        ring, context = self._vault.ring, caller_context(caller_id)
        index = str(self._vault.index_of("phone", ring.open(sealed, context)))
        other = None if index == old_index else await repository.caller_by_index(session, index)
        if other is None:
            columns = _encrypted_columns(repository.CALLER_NUMBERS, ring, sealed, context)
            await repository.store_caller(session, caller_id, {**columns, "phone_index": index})
            return
        days = await repository.merge_callers(session, caller_id, other)
        if days:
            affected = AffectedDays(frozenset((other, day) for day in days), min(days.values()))
            await recompute(session, affected, datetime.now(UTC))
