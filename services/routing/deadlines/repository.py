"""Statements on application areas."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.routing.deadlines.own_deadlines import Area
from services.routing.models import AreaRow
from shared.database import table_of, upsert

_areas = table_of(AreaRow)


async def list_areas(session: AsyncSession) -> Sequence[Area]:
    """Every application area in every period."""
    found = await session.execute(select(_areas).order_by(_areas.c.code, _areas.c.valid_from))
    return [Area.model_validate(dict(row)) for row in found.mappings()]


async def store_area(session: AsyncSession, area: Area) -> None:
    """Add a period of an area, or replace the one that begins on the same day."""
    columns = area.model_dump() | {name: sorted(getattr(area, name)) for name in ("units", "needs", "kle")}
    new = upsert(session, _areas).values(columns)
    await session.execute(new.on_conflict_do_update(index_elements=["code", "valid_from"], set_=columns))
