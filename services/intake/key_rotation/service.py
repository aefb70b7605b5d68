"""Change of keys: everything sealed with an older key is sealed anew with the current one.

Put the new key first in DSI_SEAL_KEYS, keep the old one behind it, run this, then drop the old one.
A new DSI_INDEX_KEY takes `reindex`: until it is through, contacts not reached yet are not found by
number, phone or name. Triage is told which citizens' keys changed with it. Each batch is a transaction of
its own, so that intake goes on working and an interrupted run goes on where it stopped.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.contacts.contact_events import rekeyed_events
from services.intake.contacts.repository import CONTACTS, replace_names
from services.intake.delivery_store.repository import DELIVERIES
from services.intake.drafts.repository import DRAFTS
from services.intake.key_rotation.caller_numbers import old_callers, reindexed_callers
from services.intake.models import tables
from services.intake.vault import Vault, delivery_context, draft_context, name_words, sealed_columns
from shared.database import Database
from shared.outbox import Outbox

BATCH = 500
_ANSWERS = tables.answers


@dataclass(frozen=True)
class Rotated:
    """How many values were sealed anew."""

    contacts: int
    drafts: int
    callers: int
    deliveries: int
    answers: int


async def rotate(
    database: Database,
    vault: Vault,
    outbox: Outbox,
    *,
    reindex: bool = False,
    progress: Callable[[int], None] = lambda _count: None,
) -> Rotated:
    """Seal anew what an older key sealed; with `reindex`, index every contact anew as well.

    `progress` is told after each batch how many rows it held. Raises SealBrokenError, with nothing of
    that batch changed, when a value's key is no longer on the ring.
    """
    run = _Run(database, vault, outbox, progress)
    if reindex:
        contacts, callers = await run.through_contacts(), await run.through_callers()
    else:
        contacts = await run.until_none_is_left(_old_contacts)
        callers = await run.until_none_is_left(old_callers)
    return Rotated(
        contacts=contacts,
        callers=callers,
        drafts=await run.until_none_is_left(_old_drafts),
        deliveries=await run.until_none_is_left(_old_deliveries),
        answers=await run.until_none_is_left(_old_answers),
    )


class _Run:
    """One run of the change, batch by batch."""

    def __init__(
        self, database: Database, vault: Vault, outbox: Outbox, progress: Callable[[int], None]
    ) -> None:
        self._database, self._vault, self._outbox, self._progress = database, vault, outbox, progress

    async def until_none_is_left(self, batch: Callable[[AsyncSession, Vault], Awaitable[int]]) -> int:
        done = 0
        while True:
            async with self._database.writing() as session:
                count = await batch(session, self._vault)
            if not count:
                return done
            done += count
            self._progress(count)

    async def through_contacts(self) -> int:
        return await self._through(lambda session, last: _reindexed(session, self._vault, self._outbox, last))

    async def through_callers(self) -> int:
        return await self._through(lambda session, last: reindexed_callers(session, self._vault, last))

    async def _through(self, batch: Callable[[AsyncSession, UUID], Awaitable[list[UUID]]]) -> int:
        done, last = 0, UUID(int=0)
        while True:
            async with self._database.writing() as session:
                ids = await batch(session, last)
            if not ids:
                return done
            done, last = done + len(ids), ids[-1]
            self._progress(len(ids))


async def _old_contacts(session: AsyncSession, vault: Vault) -> int:
    rows = await session.execute(
        select(CONTACTS.c.id, CONTACTS.c.said)
        .where(CONTACTS.c.said_key != vault.ring.current)
        .limit(BATCH)
        .with_for_update()
    )
    found = rows.all()
    for contact_id, sealed in found:
        said = vault.open_said(contact_id, sealed)
        columns = {"said": vault.seal_said(contact_id, said), "said_key": vault.ring.current}
        await session.execute(update(CONTACTS).where(CONTACTS.c.id == contact_id).values(**columns))
    return len(found)


async def _reindexed(session: AsyncSession, vault: Vault, outbox: Outbox, after: UUID) -> list[UUID]:
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
        said = vault.open_said(contact_id, sealed)
        columns = sealed_columns(vault, contact_id, said)
        await session.execute(update(CONTACTS).where(CONTACTS.c.id == contact_id).values(**columns))
        indexes.append((old_index, columns["cpr_index"]))
        words = name_words(said.name, said.contact_name)
        await replace_names(session, contact_id, vault.name_indexes(words))
    await outbox.add(session, rekeyed_events(indexes, datetime.now(UTC)))
    return [row.id for row in found]


async def _old_deliveries(session: AsyncSession, vault: Vault) -> int:
    table, ring = DELIVERIES, vault.ring
    rows = await session.execute(
        select(table.c.source, table.c.delivery_id, table.c.sealed)
        .where(table.c.sealed_key != ring.current)
        .limit(BATCH)
        .with_for_update()
    )
    found = rows.all()
    for source, delivery_id, sealed in found:
        context = delivery_context(source, delivery_id)
        anew = ring.seal(ring.open(sealed, context), context)
        here = (table.c.source == source) & (table.c.delivery_id == delivery_id)
        await session.execute(update(table).where(here).values(sealed=anew, sealed_key=ring.current))
    return len(found)


async def _old_drafts(session: AsyncSession, vault: Vault) -> int:
    rows = await session.execute(
        select(DRAFTS.c.contact_id, DRAFTS.c.sealed)
        .where(DRAFTS.c.sealed_key != vault.ring.current)
        .limit(BATCH)
        .with_for_update()
    )
    found = rows.all()
    for contact_id, sealed in found:
        context = draft_context(contact_id)
        anew = {"sealed": vault.ring.seal(vault.ring.open(sealed, context), context)}
        anew["sealed_key"] = vault.ring.current
        await session.execute(update(DRAFTS).where(DRAFTS.c.contact_id == contact_id).values(**anew))
    return len(found)


async def _old_answers(session: AsyncSession, vault: Vault) -> int:
    """A remembered answer has no column for its key: it is read off the sealed value itself."""
    table, mark = _ANSWERS, f"{vault.ring.current}:".encode()
    rows = await session.execute(
        select(table).where(func.substr(table.c.body, 1, len(mark)) != mark).limit(BATCH).with_for_update()
    )
    old = rows.all()
    for row in old:
        here = (
            (table.c.operation == row.operation) & (table.c.subject == row.subject) & (table.c.key == row.key)
        )
        body = vault.seal_answer(vault.unseal_answer(row.body))
        await session.execute(update(table).where(here).values(body=body))
    return len(old)
