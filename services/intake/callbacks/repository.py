"""Call-backs in storage, as the reception lists, counts and works on them. Nothing here commits."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, func, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.callback_store.repository import ACTIONS, CALLBACK_CALLS, CALLBACKS, CALLERS
from services.intake.callback_store.state import OPEN, CallbackStatus
from services.intake.models import CallbackActionRow, CallbackRow
from shared.paging import Cursor


@dataclass(frozen=True)
class CallbackFilter:
    """Which call-backs; None means any. `since` and `before` are about the last attempt."""

    statuses: Sequence[CallbackStatus] = OPEN
    line: str | None = None
    since: datetime | None = None
    before: datetime | None = None
    waited_less_than_seconds: float | None = None
    is_short: bool | None = None


async def find_callback(session: AsyncSession, callback_id: UUID) -> CallbackRow | None:
    """The call-back as it is stored now."""
    rows = select(CallbackRow).where(CALLBACKS.c.id == callback_id)
    found = await session.execute(rows.execution_options(populate_existing=True))
    return found.scalar_one_or_none()


def _filtered(rows: Select[Any], filters: CallbackFilter) -> Select[Any]:
    rows = rows.where(CALLBACKS.c.status.in_(filters.statuses))
    if filters.line is not None:
        rows = rows.where(CALLBACKS.c.line == filters.line)
    if filters.since is not None:
        rows = rows.where(CALLBACKS.c.last_attempt_at >= filters.since)
    if filters.before is not None:
        rows = rows.where(CALLBACKS.c.last_attempt_at < filters.before)
    if filters.waited_less_than_seconds is not None:
        rows = rows.where(CALLBACKS.c.longest_wait_seconds < filters.waited_less_than_seconds)
    if filters.is_short is not None:
        rows = rows.where(CALLBACKS.c.is_short == filters.is_short)
    return rows


async def list_callbacks(
    session: AsyncSession, filters: CallbackFilter, after: Cursor | None, limit: int
) -> Sequence[CallbackRow]:
    """Those due first come first; one more than `limit` when more follow."""
    rows = _filtered(select(CallbackRow), filters)
    if after is not None:
        later = and_(CALLBACKS.c.due_at == after.at, CALLBACKS.c.id > after.id)
        rows = rows.where(or_(CALLBACKS.c.due_at > after.at, later))
    rows = rows.order_by(CALLBACKS.c.due_at, CALLBACKS.c.id).limit(limit + 1)
    return list((await session.execute(rows)).scalars())


async def lock_callers_of(session: AsyncSession, filters: CallbackFilter) -> None:
    """Lock the numbers of these call-backs."""
    callers = _filtered(select(CALLBACKS.c.caller_id), filters)
    rows = select(CALLERS.c.id).where(CALLERS.c.id.in_(callers)).order_by(CALLERS.c.phone_index)
    await session.execute(rows.with_for_update())


async def add_actions(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
    """Store what a member of staff did."""
    await session.execute(insert(ACTIONS), list(rows))


async def actions_of(session: AsyncSession, callback_id: UUID) -> Sequence[CallbackActionRow]:
    """What was done about a call-back, in order."""
    rows = (
        select(CallbackActionRow)
        .where(ACTIONS.c.callback_id == callback_id)
        .order_by(ACTIONS.c.at, ACTIONS.c.id)
    )
    return list((await session.execute(rows)).scalars())


async def sealed_numbers(session: AsyncSession, callers: Collection[UUID]) -> dict[UUID, str]:
    """These numbers, encrypted, by caller."""
    rows = select(CALLERS.c.id, CALLERS.c.sealed).where(CALLERS.c.id.in_(callers))
    return {row.id: row.sealed for row in await session.execute(rows)}


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
