"""Every statement on drafts, of which a contact has one at most. Nothing commits."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.models import ContactDraft
from shared.database import table_of, upsert

DRAFTS = table_of(ContactDraft)


async def find_draft(session: AsyncSession, contact_id: UUID) -> ContactDraft | None:
    """The draft of a contact; None when there is none."""
    row = (await session.execute(select(DRAFTS).where(DRAFTS.c.contact_id == contact_id))).mappings().first()
    return None if row is None else ContactDraft(**row)


async def store_draft(session: AsyncSession, values: Mapping[str, Any]) -> None:
    """Store a draft in place of the contact's earlier one."""
    stored = upsert(session, DRAFTS).values(**values)
    await session.execute(stored.on_conflict_do_update(index_elements=["contact_id"], set_=dict(values)))
