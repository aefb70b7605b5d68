"""The calls that are going on, and their contacts, as one's own phone shows them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.models import CallRecord, Contact
from shared.database import table_of

_CALLS = table_of(CallRecord)
_CONTACTS = table_of(Contact)
_OF_CALLS = ("contact_id", "source", "started_at", "visits", "talks", "ringing_at")
_OF_CONTACTS = ("id", "reference", "line", "status", "phone_index")


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
