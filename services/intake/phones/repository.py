"""Who uses which phone, in storage."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.models import PhoneSeat
from services.intake.phones.seats import Seats
from shared.access import Principal
from shared.database import refresh_live_after_commit, table_of
from shared.ids import new_id
from shared.unit_of_work import UnitOfWork

SEATS = table_of(PhoneSeat)


async def sit_down(work: UnitOfWork, who: Principal, source: str, agent: str) -> PhoneSeat:
    """`who` is at this phone from now on, and nowhere else; whoever sat there has left."""
    now = work.clock.now()
    taken = (SEATS.c.source == source) & (SEATS.c.agent == agent)
    await _leave(work.session, or_(SEATS.c.subject == who.subject, taken), now)
    values = {"id": new_id(), "source": source, "agent": agent, "subject": who.subject, "since": now}
    await work.session.execute(insert(SEATS).values(**values, until=None))
    return PhoneSeat.model_validate(values)


async def stand_up(work: UnitOfWork, who: Principal) -> None:
    """`who` is at no phone any more."""
    await _leave(work.session, SEATS.c.subject == who.subject, work.clock.now())


async def seat_of(session: AsyncSession, subject: str) -> PhoneSeat | None:
    """Where somebody sits now."""
    found = await session.execute(select(SEATS).where(SEATS.c.subject == subject, SEATS.c.until.is_(None)))
    row = found.mappings().first()
    return None if row is None else PhoneSeat(**row)


async def seats_at(session: AsyncSession, source: str, since: datetime) -> Seats:
    """Everybody who has sat at a phone of the exchange since then."""
    left = or_(SEATS.c.until.is_(None), SEATS.c.until > since)
    found = await session.execute(select(SEATS).where(SEATS.c.source == source, left))
    return Seats(PhoneSeat(**row) for row in found.mappings())


async def taken_seats(session: AsyncSession) -> Sequence[PhoneSeat]:
    """Everybody who sits at a phone now."""
    found = await session.execute(select(SEATS).where(SEATS.c.until.is_(None)))
    return [PhoneSeat(**row) for row in found.mappings()]


async def _leave(session: AsyncSession, which: ColumnElement[bool], now: datetime) -> None:
    await session.execute(update(SEATS).where(SEATS.c.until.is_(None), which).values(until=now))
    refresh_live_after_commit(session)
