"""The terms that imported offers have."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.triage.catalogue.repository import TERMS


async def terms_of_offers(session: AsyncSession) -> list[dict[str, Any]]:
    """The terms that are stored with the offers, each once, by id."""
    rows = await session.execute(select(TERMS.c.term_id, TERMS.c.term).order_by(TERMS.c.term_id))
    return list({id_: term for id_, term in rows if term is not None}.values())
