"""Every statement that reads the access log."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.models import Access
from shared.database import table_of
from shared.paging import Cursor

ACCESSES = table_of(Access)


async def list_accesses(
    session: AsyncSession,
    *,
    contact_id: UUID | None,
    since: datetime | None,
    until: datetime | None,
    after: Cursor | None,
    limit: int,
) -> list[Access]:
    """Entries of the log, newest first, one more than `limit` when more follow. `until` is not included."""
    wanted = select(Access).order_by(ACCESSES.c.at.desc(), ACCESSES.c.id.desc()).limit(limit + 1)
    if contact_id is not None:
        wanted = wanted.where(ACCESSES.c.contact_id == contact_id)
    if since is not None:
        wanted = wanted.where(ACCESSES.c.at >= since)
    if until is not None:
        wanted = wanted.where(ACCESSES.c.at < until)
    if after is not None:
        earlier = and_(ACCESSES.c.at == after.at, ACCESSES.c.id < after.id)
        wanted = wanted.where(or_(ACCESSES.c.at < after.at, earlier))
    return list((await session.execute(wanted)).scalars())
