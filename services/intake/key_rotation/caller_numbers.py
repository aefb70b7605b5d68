"""Change of keys for the numbers that called (rotation.py): sealed anew, and found by a new index key.

A caller who phones while a new index key is being brought in has two rows for a while, the second by the new
index. When the first is reached the two become one, and its call-backs are told anew.
"""

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.callbacks.recomputing import Touched, tell_anew
from services.intake.callbacks.repository import CALLBACK_CALLS, CALLBACKS, CALLERS, DEEDS
from services.intake.vault import Vault, caller_context

BATCH = 500


async def old_callers(session: AsyncSession, vault: Vault) -> int:
    """Seal a batch of numbers anew that an older key sealed; gives how many there were."""
    rows = await session.execute(
        select(CALLERS.c.id, CALLERS.c.sealed)
        .where(CALLERS.c.sealed_key != vault.ring.current)
        .limit(BATCH)
        .with_for_update()
    )
    found = rows.all()
    for caller_id, sealed in found:
        await _write(session, vault, caller_id, _number(vault, caller_id, sealed))
    return len(found)


async def reindexed_callers(session: AsyncSession, vault: Vault, after: UUID) -> list[UUID]:
    """Seal and index the next batch of numbers anew; gives their ids."""
    rows = await session.execute(
        select(CALLERS.c.id, CALLERS.c.sealed, CALLERS.c.phone_index)
        .where(CALLERS.c.id > after)
        .order_by(CALLERS.c.id)
        .limit(BATCH)
        .with_for_update()
    )
    found = rows.all()
    for caller_id, sealed, old_index in found:
        number = _number(vault, caller_id, sealed)
        index = vault.index_of("phone", number)
        same = await session.execute(select(CALLERS.c.id).where(CALLERS.c.phone_index == index))
        other = None if index == old_index else same.scalar_one_or_none()
        if other is None:
            await _write(session, vault, caller_id, number, phone_index=index)
        else:
            await _become_one(session, caller_id, other)
    return [row.id for row in found]


def _number(vault: Vault, caller_id: UUID, sealed: str) -> str:
    return vault.ring.open(sealed, caller_context(caller_id))


async def _write(session: AsyncSession, vault: Vault, caller_id: UUID, number: str, **more: object) -> None:
    sealed = vault.ring.seal(number, caller_context(caller_id))
    columns = {"sealed": sealed, "sealed_key": vault.ring.current, **more}
    await session.execute(update(CALLERS).where(CALLERS.c.id == caller_id).values(**columns))


async def _become_one(session: AsyncSession, old: UUID, new: UUID) -> None:
    """Give everything of the old row to the new one."""
    here = CALLBACK_CALLS.c.caller_id == old
    await session.execute(update(CALLBACK_CALLS).where(here).values(caller_id=new))
    theirs = await session.execute(
        select(CALLBACKS.c.day, CALLBACKS.c.id).where(CALLBACKS.c.caller_id == new)
    )
    by_day = {row.day: row.id for row in theirs}
    ours = await session.execute(select(CALLBACKS).where(CALLBACKS.c.caller_id == old))
    for callback in ours.all():
        if callback.day in by_day:
            moved = update(DEEDS).where(DEEDS.c.callback_id == callback.id)
            await session.execute(moved.values(callback_id=by_day[callback.day]))
            await session.execute(delete(CALLBACKS).where(CALLBACKS.c.id == callback.id))
        else:
            moved = update(CALLBACKS).where(CALLBACKS.c.id == callback.id)
            await session.execute(moved.values(caller_id=new))
    await session.execute(delete(CALLERS).where(CALLERS.c.id == old))
    await _tell_all_anew(session, new)


async def _tell_all_anew(session: AsyncSession, caller: UUID) -> None:
    rows = await session.execute(
        select(CALLBACKS.c.day, CALLBACKS.c.first_attempt_at).where(CALLBACKS.c.caller_id == caller)
    )
    if told := rows.all():
        touched = Touched(frozenset((caller, row.day) for row in told), min(row[1] for row in told))
        await tell_anew(session, touched, datetime.now(UTC))
