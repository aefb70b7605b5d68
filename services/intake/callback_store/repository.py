"""What computing call-backs reads and writes: numbers, their calls, call-backs and actions on them."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.callback_store.state import (
    OPEN,
    Callback,
    CallbackAction,
    CallbackOutcome,
    CallbackStatus,
    NumberCall,
)
from services.intake.models import (
    CallbackActionRow,
    CallbackCallRow,
    CallbackRow,
    CallerRow,
)
from services.intake.vault import Vault, caller_context, key_of
from shared.clock import COPENHAGEN
from shared.database import table_of, upsert
from shared.ids import new_id
from shared.working_days import local_date

CALLERS = table_of(CallerRow)
CALLBACK_CALLS = table_of(CallbackCallRow)
CALLBACKS = table_of(CallbackRow)
ACTIONS = table_of(CallbackActionRow)


async def lock_numbers(session: AsyncSession, vault: Vault, numbers: Collection[str]) -> dict[str, UUID]:
    """The rows of these numbers, made where they are new, and locked until the transaction ends."""
    by_index = {str(vault.index_of("phone", number)): number for number in numbers}
    if not by_index:
        return {}
    rows = [_caller(vault, index, by_index[index]) for index in sorted(by_index)]
    add = upsert(session, CALLERS).values(rows)
    stored = await session.execute(
        add.on_conflict_do_update(
            index_elements=["phone_index"], set_={"phone_index": add.excluded.phone_index}
        ).returning(CALLERS.c.phone_index, CALLERS.c.id)
    )
    return {by_index[row.phone_index]: row.id for row in stored}


def _caller(vault: Vault, index: str, number: str) -> dict[str, Any]:
    caller_id = new_id()
    sealed = vault.ring.seal(number, caller_context(caller_id))
    return {"id": caller_id, "phone_index": index, "sealed": sealed, "sealed_key": key_of(sealed)}


async def lock_callers(session: AsyncSession, callers: Collection[UUID]) -> None:
    """Lock the rows of these numbers until the transaction ends, in the order of their indexes."""
    if callers:
        rows = select(CALLERS.c.id).where(CALLERS.c.id.in_(callers)).order_by(CALLERS.c.phone_index)
        await session.execute(rows.with_for_update())


async def known_calls(session: AsyncSession, contacts: Iterable[UUID]) -> dict[UUID, NumberCall]:
    """These calls as they were stored for call-backs before, by contact."""
    rows = await session.execute(
        select(CALLBACK_CALLS).where(CALLBACK_CALLS.c.contact_id.in_(list(contacts)))
    )
    return {row.contact_id: _stored(row) for row in rows}


def _stored(row: Any) -> NumberCall:
    return NumberCall(
        contact_id=row.contact_id,
        line=row.line,
        started_at=row.started_at,
        answered_at=row.answered_at,
        waited_seconds=row.waited_seconds,
        is_short=row.is_short,
        caller_id=row.caller_id,
    )


async def replace_calls(
    session: AsyncSession, contacts: Collection[UUID], calls: Iterable[NumberCall]
) -> None:
    """Store these of the calls of those contacts, and no others."""
    rows = [{**asdict(call), "day": local_date(call.started_at)} for call in calls]
    gone = set(contacts) - {row["contact_id"] for row in rows}
    if gone:
        await session.execute(delete(CALLBACK_CALLS).where(CALLBACK_CALLS.c.contact_id.in_(gone)))
    if rows:
        add = upsert(session, CALLBACK_CALLS).values(rows)
        new = {column.name: add.excluded[column.name] for column in CALLBACK_CALLS.columns}
        await session.execute(add.on_conflict_do_update(index_elements=["contact_id"], set_=new))


async def calls_since(session: AsyncSession, callers: Collection[UUID], day: date) -> list[NumberCall]:
    """The calls of these numbers that began on that day or later."""
    rows = select(CALLBACK_CALLS).where(CALLBACK_CALLS.c.caller_id.in_(callers), CALLBACK_CALLS.c.day >= day)
    return [_stored(row) for row in await session.execute(rows.order_by(CALLBACK_CALLS.c.started_at))]


async def actions_since(
    session: AsyncSession, callers: Collection[UUID], day: date
) -> list[tuple[UUID, CallbackAction]]:
    """What was done about these numbers' call-backs since that day, each with the number.

    A day more is read, because the clock of an exchange may be ahead of ours at midnight.
    """
    began = datetime.combine(day - timedelta(days=1), time(), COPENHAGEN).astimezone(UTC)
    rows = await session.execute(
        select(CALLBACKS.c.caller_id, ACTIONS)
        .join(ACTIONS, ACTIONS.c.callback_id == CALLBACKS.c.id)
        .where(CALLBACKS.c.caller_id.in_(callers), ACTIONS.c.at >= began)
    )
    return [(row.caller_id, _action(row)) for row in rows]


def _action(row: Any) -> CallbackAction:
    return CallbackAction(
        id=row.id,
        callback_id=row.callback_id,
        kind=row.action,
        at=row.at,
        subject=row.subject,
        outcome=None if row.outcome is None else CallbackOutcome(row.outcome),
        next_try_at=row.next_try_at,
    )


async def callbacks_since(
    session: AsyncSession, callers: Collection[UUID], since: datetime
) -> Sequence[CallbackRow]:
    """Call-backs of these numbers that a change at that moment or later can affect."""
    rows = select(CallbackRow).where(
        CALLBACKS.c.caller_id.in_(callers),
        or_(
            CALLBACKS.c.status.in_(OPEN),
            CALLBACKS.c.settled_at >= since,
            CALLBACKS.c.day >= local_date(since),
        ),
    )
    rows = rows.execution_options(populate_existing=True)
    return list((await session.execute(rows)).scalars())


async def add_callbacks(
    session: AsyncSession, callbacks: Iterable[tuple[UUID, date, Callback]], now: datetime
) -> None:
    """Store the call-backs of these numbers and days for the first time."""
    rows = [
        {"id": new_id(), "caller_id": caller, "day": day, "edition": 1, "created_at": now, **asdict(callback)}
        for caller, day, callback in callbacks
    ]
    if rows:
        await session.execute(insert(CALLBACKS), rows)


async def change_callbacks(session: AsyncSession, callbacks: Iterable[tuple[CallbackRow, Callback]]) -> None:
    """Write these call-backs where they are different from their rows."""
    rows = []
    for row, callback in callbacks:
        values = asdict(callback)
        if any(getattr(row, name) != value for name, value in values.items()):
            rows.append({"the_id": row.id, "edition": row.edition + 1, **values})
    if rows:
        names = [name for name in rows[0] if name != "the_id"]
        changed = update(CALLBACKS).where(CALLBACKS.c.id == bindparam("the_id"))
        # Through the connection: the session would look for the primary key among the values.
        connection = await session.connection()
        await connection.execute(changed.values({name: bindparam(name) for name in names}), rows)


async def withdraw_callbacks(session: AsyncSession, rows: Iterable[CallbackRow]) -> None:
    """These have no attempt any more. They are deleted; those with actions are kept for their trail."""
    for row in rows:
        touched = select(ACTIONS.c.id).where(ACTIONS.c.callback_id == row.id).limit(1)
        here = CALLBACKS.c.id == row.id
        if (await session.execute(touched)).first() is None:
            await session.execute(delete(CALLBACKS).where(here))
        elif row.status != CallbackStatus.WITHDRAWN:
            gone = {"status": CallbackStatus.WITHDRAWN, "attempts": 0, "taken_by": None, "next_try_at": None}
            await session.execute(update(CALLBACKS).where(here).values(**gone, edition=row.edition + 1))
