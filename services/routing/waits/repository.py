"""Statements that read what figures of waits and deadlines are made of."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, Table, false, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.routing.repository import DUTIES, ENTRIES, in_status
from services.routing.states import EntryStatus
from services.routing.waits.figures import EntryTimes
from services.routing.waits.statistics import DueDuty, Scope


class WaitingEntry(NamedTuple):
    """An entry that waits, as far as a queue's figures need it."""

    queue: str
    rank: int
    order_at: datetime
    entered_at: datetime


async def waiting_entries(session: AsyncSession, queues: Sequence[str]) -> Sequence[WaitingEntry]:
    """All that wait in these queues."""
    columns = (ENTRIES.c[name] for name in WaitingEntry._fields)
    wanted = select(*columns).where(ENTRIES.c.queue.in_(queues), in_status(EntryStatus.WAITING))
    return [WaitingEntry._make(row) for row in await session.execute(wanted)]


async def ended_waits(session: AsyncSession, since: Mapping[str, datetime]) -> Sequence[EntryTimes]:
    """The waits in each queue that ended after its moment in `since`, in the order of their ends."""
    recent = or_(
        false(),
        *((ENTRIES.c.queue == queue) & (ENTRIES.c.left_at >= moment) for queue, moment in since.items()),
    )
    columns = (ENTRIES.c[name] for name in EntryTimes._fields)
    found = await session.execute(select(*columns).where(recent).order_by(ENTRIES.c.left_at))
    return [EntryTimes._make(row) for row in found]


async def entered(session: AsyncSession, scope: Scope) -> Sequence[EntryTimes]:
    """The entries made in the period."""
    columns = (ENTRIES.c[name] for name in EntryTimes._fields)
    wanted = select(*columns).where(ENTRIES.c.entered_at >= scope.start, ENTRIES.c.entered_at < scope.end)
    return [EntryTimes._make(row) for row in await session.execute(_within(wanted, ENTRIES, scope))]


async def duties_due(session: AsyncSession, scope: Scope) -> Sequence[DueDuty]:
    """The duties to be done in the period, ended or not, also of contacts that nobody has decided on."""
    columns = (DUTIES.c[name] for name in DueDuty._fields)
    wanted = select(*columns).where(DUTIES.c.due_at >= scope.start, DUTIES.c.due_at < scope.end)
    return [DueDuty._make(row) for row in await session.execute(_within(wanted, DUTIES, scope))]


def _within(wanted: Select[Any], table: Table, scope: Scope) -> Select[Any]:
    if scope.queue is not None:
        wanted = wanted.where(table.c.queue == scope.queue)
    if scope.channel is not None:
        wanted = wanted.where(table.c.channel == scope.channel)
    return wanted


async def open_counts(session: AsyncSession) -> Sequence[tuple[str, str, int, datetime]]:
    """For each queue and open status: how many, and since when the longest one has been there."""
    found = await session.execute(
        select(ENTRIES.c.queue, ENTRIES.c.status, func.count(), func.min(ENTRIES.c.entered_at))
        .where(in_status(EntryStatus.WAITING) | in_status(EntryStatus.TAKEN))
        .group_by(ENTRIES.c.queue, ENTRIES.c.status)
    )
    return [(queue, status, count, oldest) for queue, status, count, oldest in found]


async def taken_counts(session: AsyncSession) -> dict[str, int]:
    """For each queue, how many of its entries an employee has taken and not ended yet."""
    found = await session.execute(
        select(ENTRIES.c.queue, func.count().label("entries"))
        .where(in_status(EntryStatus.TAKEN))
        .group_by(ENTRIES.c.queue)
    )
    return {row.queue: row.entries for row in found}


async def past_due_counts(session: AsyncSession, now: datetime) -> dict[str, int]:
    """For each queue, how many wait though their due time has passed."""
    found = await session.execute(
        select(ENTRIES.c.queue, func.count().label("entries"))
        .where(in_status(EntryStatus.WAITING), ENTRIES.c.order_at < now)
        .group_by(ENTRIES.c.queue)
    )
    return {row.queue: row.entries for row in found}
