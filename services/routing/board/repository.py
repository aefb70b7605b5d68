"""Statements that read the tickets of the day at the entrances."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.routing.entries.repository import QUEUE_ORDER
from services.routing.models import EntryRow
from services.routing.repository import ENTRIES, in_status
from services.routing.states import EntryStatus


async def last_called(session: AsyncSession, most: int) -> Sequence[EntryRow]:
    """The tickets that were called last and whose holders are still being served, newest first."""
    wanted = select(ENTRIES).where(in_status(EntryStatus.TAKEN), ENTRIES.c.ticket.is_not(None))
    called_at = func.coalesce(ENTRIES.c.called_at, ENTRIES.c.taken_at)
    found = await session.execute(wanted.order_by(called_at.desc(), ENTRIES.c.id.desc()).limit(most))
    return [EntryRow(**row) for row in found.mappings()]


async def next_tickets(session: AsyncSession, most: int) -> Sequence[EntryRow]:
    """The tickets that wait, in the order in which they will be called."""
    wanted = select(ENTRIES).where(in_status(EntryStatus.WAITING), ENTRIES.c.ticket.is_not(None))
    found = await session.execute(wanted.order_by(*QUEUE_ORDER).limit(most))
    return [EntryRow(**row) for row in found.mappings()]
