"""Phones in storage: who has which, and the calls that are going on. Nothing here commits."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.models import CallRecord, Contact, PhoneSeat
from services.intake.phones.seats import Seats
from shared.database import refresh_live_after_commit, table_of
from shared.ids import new_id

SEATS = table_of(PhoneSeat)
_CALLS = table_of(CallRecord)
_CONTACTS = table_of(Contact)
_OF_CALLS = ("contact_id", "source", "started_at", "visits", "talks", "ringing_at")
_OF_CONTACTS = ("id", "reference", "line", "status", "phone_index")


async def add_seat(session: AsyncSession, source: str, agent: str, subject: str, since: datetime) -> None:
    """Store that this user has this phone from now on; neither may have another."""
    values = {"id": new_id(), "source": source, "agent": agent, "subject": subject, "since": since}
    await session.execute(insert(SEATS).values(**values, until=None))
    refresh_live_after_commit(session)


async def end_seats(
    session: AsyncSession, now: datetime, subject: str, *, phone: tuple[str, str] | None = None
) -> None:
    """Store that this user has no phone any more, and that this phone has no user."""
    ends = SEATS.c.subject == subject
    if phone is not None:
        source, agent = phone
        ends = or_(ends, (SEATS.c.source == source) & (SEATS.c.agent == agent))
    await session.execute(update(SEATS).where(SEATS.c.until.is_(None), ends).values(until=now))
    refresh_live_after_commit(session)


async def seat_of(session: AsyncSession, subject: str) -> PhoneSeat | None:
    """The phone that this user has now."""
    found = await session.execute(select(SEATS).where(SEATS.c.subject == subject, SEATS.c.until.is_(None)))
    row = found.mappings().first()
    return None if row is None else PhoneSeat(**row)


async def seats_at(session: AsyncSession, source: str, since: datetime) -> Seats:
    """Who has had which phone of the exchange since then."""
    overlaps = or_(SEATS.c.until.is_(None), SEATS.c.until > since)
    found = await session.execute(select(SEATS).where(SEATS.c.source == source, overlaps))
    return Seats(PhoneSeat(**row) for row in found.mappings())


async def taken_seats(session: AsyncSession) -> Sequence[PhoneSeat]:
    """Who has which phone now, of all exchanges."""
    found = await session.execute(select(SEATS).where(SEATS.c.until.is_(None)))
    return [PhoneSeat(**row) for row in found.mappings()]


async def calls_going_on(session: AsyncSession, since: datetime) -> Sequence[Row[Any]]:
    """Calls whose caller is still there, and of which something was reported after `since`."""
    going_on = _CALLS.c.gone_at.is_(None) & (_CALLS.c.last_event_at > since)
    found = await session.execute(select(*(_CALLS.c[name] for name in _OF_CALLS)).where(going_on))
    return found.all()


async def contacts_of(session: AsyncSession, ids: Iterable[UUID]) -> Mapping[UUID, Row[Any]]:
    """The contacts with these ids, by id."""
    columns = (_CONTACTS.c[name] for name in _OF_CONTACTS)
    found = await session.execute(select(*columns).where(_CONTACTS.c.id.in_(list(ids))))
    return {row.id: row for row in found}
