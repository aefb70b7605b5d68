"""Call-backs in storage: numbers, their calls, what is owed and what people did. Nothing here commits."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, bindparam, delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.callback_store.state import (
    OPEN,
    Callback,
    CallbackOutcome,
    CallbackStatus,
    Deed,
    NumberCall,
)
from services.intake.models import (
    CallbackCallRow,
    CallbackClearingRow,
    CallbackDeedRow,
    CallbackRow,
    CallerRow,
)
from services.intake.vault import Vault, caller_context, key_of
from shared.clock import COPENHAGEN
from shared.database import table_of, upsert
from shared.ids import new_id
from shared.paging import Cursor
from shared.working_days import local_date

CALLERS = table_of(CallerRow)
CALLBACK_CALLS = table_of(CallbackCallRow)
CALLBACKS = table_of(CallbackRow)
DEEDS = table_of(CallbackDeedRow)
CLEARINGS = table_of(CallbackClearingRow)


@dataclass(frozen=True)
class StoredCall:
    """A call as call-backs look at it, and whose number it was; None when it was withheld."""

    call: NumberCall
    caller_id: UUID | None


@dataclass(frozen=True)
class WantedCallbacks:
    """Which call-backs are meant; None means any. `since` and `before` are about the last attempt."""

    statuses: Sequence[CallbackStatus] = OPEN
    line: str | None = None
    since: datetime | None = None
    before: datetime | None = None
    waited_less_than_seconds: float | None = None
    is_short: bool | None = None


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


async def sealed_numbers(session: AsyncSession, callers: Collection[UUID]) -> dict[UUID, str]:
    """These numbers, sealed."""
    rows = select(CALLERS.c.id, CALLERS.c.sealed).where(CALLERS.c.id.in_(callers))
    return {row.id: row.sealed for row in await session.execute(rows)}


async def known_calls(session: AsyncSession, contacts: Iterable[UUID]) -> dict[UUID, StoredCall]:
    """What is kept of these calls."""
    rows = await session.execute(
        select(CALLBACK_CALLS).where(CALLBACK_CALLS.c.contact_id.in_(list(contacts)))
    )
    return {row.contact_id: _stored(row) for row in rows}


def _stored(row: Any) -> StoredCall:
    call = NumberCall(
        contact_id=row.contact_id,
        line=row.line,
        started_at=row.started_at,
        answered_at=row.answered_at,
        waited_seconds=row.waited_seconds,
        is_short=row.is_short,
    )
    return StoredCall(call, row.caller_id)


async def replace_calls(
    session: AsyncSession, contacts: Collection[UUID], calls: Iterable[StoredCall]
) -> None:
    """Keep these of the calls of those contacts, and no others."""
    rows = [
        {**asdict(one.call), "caller_id": one.caller_id, "day": local_date(one.call.started_at)}
        for one in calls
    ]
    gone = set(contacts) - {row["contact_id"] for row in rows}
    if gone:
        await session.execute(delete(CALLBACK_CALLS).where(CALLBACK_CALLS.c.contact_id.in_(gone)))
    if rows:
        add = upsert(session, CALLBACK_CALLS).values(rows)
        new = {column.name: add.excluded[column.name] for column in CALLBACK_CALLS.columns}
        await session.execute(add.on_conflict_do_update(index_elements=["contact_id"], set_=new))


async def calls_since(session: AsyncSession, callers: Collection[UUID], day: date) -> list[StoredCall]:
    """The calls of these numbers that began on that day or later."""
    rows = select(CALLBACK_CALLS).where(CALLBACK_CALLS.c.caller_id.in_(callers), CALLBACK_CALLS.c.day >= day)
    return [_stored(row) for row in await session.execute(rows.order_by(CALLBACK_CALLS.c.started_at))]


async def deeds_since(session: AsyncSession, callers: Collection[UUID], day: date) -> list[tuple[UUID, Deed]]:
    """What was done about these numbers' call-backs since that day, each with the number.

    A day more is read, because the clock of an exchange may be ahead of ours at midnight.
    """
    began = datetime.combine(day - timedelta(days=1), time(), COPENHAGEN).astimezone(UTC)
    rows = await session.execute(
        select(CALLBACKS.c.caller_id, DEEDS)
        .join(DEEDS, DEEDS.c.callback_id == CALLBACKS.c.id)
        .where(CALLBACKS.c.caller_id.in_(callers), DEEDS.c.at >= began)
    )
    return [(row.caller_id, _deed(row)) for row in rows]


def _deed(row: Any) -> Deed:
    return Deed(
        id=row.id,
        callback_id=row.callback_id,
        action=row.action,
        at=row.at,
        subject=row.subject,
        outcome=None if row.outcome is None else CallbackOutcome(row.outcome),
        next_try_at=row.next_try_at,
    )


async def callbacks_since(
    session: AsyncSession, callers: Collection[UUID], since: datetime
) -> Sequence[CallbackRow]:
    """Call-backs of these numbers that news of that moment or later can change."""
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
    session: AsyncSession, told: Iterable[tuple[UUID, date, Callback]], now: datetime
) -> None:
    """Store what is owed to these numbers for these days, for the first time."""
    rows = [
        {"id": new_id(), "caller_id": caller, "day": day, "edition": 1, "created_at": now, **asdict(callback)}
        for caller, day, callback in told
    ]
    if rows:
        await session.execute(insert(CALLBACKS), rows)


async def change_callbacks(session: AsyncSession, told: Iterable[tuple[CallbackRow, Callback]]) -> None:
    """Write what is told of these call-backs now, where it is different."""
    rows = []
    for row, callback in told:
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
    """No call tells of these any more. Those that nobody touched go, the others are kept for their trail."""
    for row in rows:
        touched = select(DEEDS.c.id).where(DEEDS.c.callback_id == row.id).limit(1)
        here = CALLBACKS.c.id == row.id
        if (await session.execute(touched)).first() is None:
            await session.execute(delete(CALLBACKS).where(here))
        elif row.status != CallbackStatus.WITHDRAWN:
            gone = {"status": CallbackStatus.WITHDRAWN, "attempts": 0, "taken_by": None, "next_try_at": None}
            await session.execute(update(CALLBACKS).where(here).values(**gone, edition=row.edition + 1))


async def find_callback(session: AsyncSession, callback_id: UUID) -> CallbackRow | None:
    """The call-back as it is stored now."""
    rows = select(CallbackRow).where(CALLBACKS.c.id == callback_id)
    found = await session.execute(rows.execution_options(populate_existing=True))
    return found.scalar_one_or_none()


def _narrowed(rows: Select[Any], wanted: WantedCallbacks) -> Select[Any]:
    rows = rows.where(CALLBACKS.c.status.in_(wanted.statuses))
    if wanted.line is not None:
        rows = rows.where(CALLBACKS.c.line == wanted.line)
    if wanted.since is not None:
        rows = rows.where(CALLBACKS.c.last_attempt_at >= wanted.since)
    if wanted.before is not None:
        rows = rows.where(CALLBACKS.c.last_attempt_at < wanted.before)
    if wanted.waited_less_than_seconds is not None:
        rows = rows.where(CALLBACKS.c.longest_wait_seconds < wanted.waited_less_than_seconds)
    if wanted.is_short is not None:
        rows = rows.where(CALLBACKS.c.is_short == wanted.is_short)
    return rows


async def list_callbacks(
    session: AsyncSession, wanted: WantedCallbacks, after: Cursor | None, limit: int
) -> Sequence[CallbackRow]:
    """Those due first come first; one more than `limit` when more follow."""
    rows = _narrowed(select(CallbackRow), wanted)
    if after is not None:
        later = and_(CALLBACKS.c.due_at == after.at, CALLBACKS.c.id > after.id)
        rows = rows.where(or_(CALLBACKS.c.due_at > after.at, later))
    rows = rows.order_by(CALLBACKS.c.due_at, CALLBACKS.c.id).limit(limit + 1)
    return list((await session.execute(rows)).scalars())


async def lock_callers_of(session: AsyncSession, wanted: WantedCallbacks) -> None:
    """Lock the numbers of the call-backs that are meant."""
    meant = _narrowed(select(CALLBACKS.c.caller_id), wanted)
    rows = select(CALLERS.c.id).where(CALLERS.c.id.in_(meant)).order_by(CALLERS.c.phone_index)
    await session.execute(rows.with_for_update())


async def add_deeds(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
    """Store what somebody did."""
    await session.execute(insert(DEEDS), list(rows))


async def deeds_of(session: AsyncSession, callback_id: UUID) -> Sequence[CallbackDeedRow]:
    """What was done about a call-back, in order."""
    rows = select(CallbackDeedRow).where(DEEDS.c.callback_id == callback_id).order_by(DEEDS.c.at, DEEDS.c.id)
    return list((await session.execute(rows)).scalars())


async def add_clearing(session: AsyncSession, values: dict[str, Any]) -> None:
    """Store that a whole group was cleared."""
    await session.execute(insert(CLEARINGS).values(**values))


async def list_clearings(
    session: AsyncSession, after: Cursor | None, limit: int
) -> Sequence[CallbackClearingRow]:
    """Newest first, one more than `limit` when more follow."""
    rows = select(CallbackClearingRow).order_by(CLEARINGS.c.at.desc(), CLEARINGS.c.id.desc())
    if after is not None:
        earlier = and_(CLEARINGS.c.at == after.at, CLEARINGS.c.id < after.id)
        rows = rows.where(or_(CLEARINGS.c.at < after.at, earlier))
    return list((await session.execute(rows.limit(limit + 1))).scalars())


async def count_callbacks(
    session: AsyncSession, *, statuses: Collection[CallbackStatus], since: date | None = None
) -> dict[tuple[str, str], tuple[int, datetime]]:
    """How many call-backs there are by line and status, since that day, and when the first is due."""
    rows = select(CALLBACKS.c.line, CALLBACKS.c.status, func.count(), func.min(CALLBACKS.c.due_at))
    rows = rows.where(CALLBACKS.c.status.in_(statuses))
    if since is not None:
        rows = rows.where(CALLBACKS.c.day >= since)
    rows = rows.group_by(CALLBACKS.c.line, CALLBACKS.c.status)
    return {(line, status): (count, due) for line, status, count, due in await session.execute(rows)}


async def count_anonymous(
    session: AsyncSession, since: date, line: str | None = None
) -> dict[tuple[str, date], int]:
    """Callers who withheld their number and gave up since that day, by line and day."""
    rows = select(CALLBACK_CALLS.c.line, CALLBACK_CALLS.c.day, func.count()).where(
        CALLBACK_CALLS.c.caller_id.is_(None), CALLBACK_CALLS.c.day >= since
    )
    if line is not None:
        rows = rows.where(CALLBACK_CALLS.c.line == line)
    rows = rows.group_by(CALLBACK_CALLS.c.line, CALLBACK_CALLS.c.day)
    return {(code, day): count for code, day, count in await session.execute(rows)}
