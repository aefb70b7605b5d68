"""Statements that read what a queue's figures are made of."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import false, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.routing.entries.repository import entries, in_status
from services.routing.states import EntryStatus


class WaitingRow(NamedTuple):
    """One who waits, as far as a queue's figures need it."""

    queue: str
    rank: int
    order_at: datetime
    entered_at: datetime


class EndedRow(NamedTuple):
    """One wait that ended, or an entry of a period, as far as figures need it."""

    queue: str
    channel: str
    entered_at: datetime
    taken_at: datetime | None
    left_at: datetime | None
    status: str
    outcome: str | None


_ENDED_COLUMNS = tuple(entries.c[name] for name in EndedRow._fields)


async def waiting_rows(session: AsyncSession, queues: Sequence[str]) -> Sequence[WaitingRow]:
    """Everybody who waits in these queues."""
    columns = (entries.c[name] for name in WaitingRow._fields)
    wanted = select(*columns).where(entries.c.queue.in_(queues), in_status(EntryStatus.WAITING))
    return [WaitingRow._make(row) for row in await session.execute(wanted)]


async def ended_rows(session: AsyncSession, since: dict[str, datetime]) -> Sequence[EndedRow]:
    """The waits in each queue that ended after its moment in `since`, in the order of their ends."""
    recent = or_(
        false(),
        *((entries.c.queue == queue) & (entries.c.left_at >= moment) for queue, moment in since.items()),
    )
    found = await session.execute(select(*_ENDED_COLUMNS).where(recent).order_by(entries.c.left_at))
    return [EndedRow._make(row) for row in found]


async def entered_rows(
    session: AsyncSession, start: datetime, end: datetime, queue: str | None, channel: str | None
) -> Sequence[EndedRow]:
    """The entries made from `start` until just before `end`."""
    wanted = select(*_ENDED_COLUMNS).where(entries.c.entered_at >= start, entries.c.entered_at < end)
    if queue is not None:
        wanted = wanted.where(entries.c.queue == queue)
    if channel is not None:
        wanted = wanted.where(entries.c.channel == channel)
    return [EndedRow._make(row) for row in await session.execute(wanted)]


async def open_counts(session: AsyncSession) -> Sequence[tuple[str, str, int, datetime]]:
    """For each queue and open status: how many, and since when the longest one has been there."""
    found = await session.execute(
        select(entries.c.queue, entries.c.status, func.count(), func.min(entries.c.entered_at))
        .where(in_status(EntryStatus.WAITING) | in_status(EntryStatus.TAKEN))
        .group_by(entries.c.queue, entries.c.status)
    )
    return [(queue, status, count, oldest) for queue, status, count, oldest in found]


async def taken_counts(session: AsyncSession) -> dict[str, int]:
    """For each queue, how many of its entries somebody has taken and not ended yet."""
    found = await session.execute(
        select(entries.c.queue, func.count().label("entries"))
        .where(in_status(EntryStatus.TAKEN))
        .group_by(entries.c.queue)
    )
    return {row.queue: row.entries for row in found}


async def past_due_counts(session: AsyncSession, now: datetime) -> dict[str, int]:
    """For each queue, how many wait though their due time has passed."""
    found = await session.execute(
        select(entries.c.queue, func.count().label("entries"))
        .where(in_status(EntryStatus.WAITING), entries.c.order_at < now)
        .group_by(entries.c.queue)
    )
    return {row.queue: row.entries for row in found}
