"""Cleared groups of call-backs in storage. Nothing here commits."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.models import CallbackClearingRow
from shared.database import table_of
from shared.paging import Cursor

CLEARINGS = table_of(CallbackClearingRow)


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
