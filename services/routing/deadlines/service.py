"""Application areas in storage, and the order in which what is configured changes. Nothing here commits."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.routing.deadlines.own_deadlines import Area, AreaTerms, conflicts_of
from services.routing.models import AreaRow, ConfigurationRow
from services.routing.problems import ContradictingAreas
from shared.database import table_of, upsert
from shared.etags import require_version
from shared.unit_of_work import UnitOfWork

AREAS = table_of(AreaRow)
_CONFIGURATION = table_of(ConfigurationRow)


async def begin_change(session: AsyncSession) -> int:
    """The number of this change. Whoever else changes what is configured waits until it is through."""
    counted = await session.execute(
        update(_CONFIGURATION)
        .where(_CONFIGURATION.c.id == 1)
        .values(edition=_CONFIGURATION.c.edition + 1)
        .returning(_CONFIGURATION.c.edition)
    )
    return int(counted.scalar_one())


async def read_areas(session: AsyncSession) -> Sequence[Area]:
    """Every area in every period."""
    found = await session.execute(select(AREAS).order_by(AREAS.c.code, AREAS.c.valid_from))
    return [Area.model_validate(dict(row)) for row in found.mappings()]


def columns_of(area: Area) -> dict[str, Any]:
    """The area's row."""
    return area.model_dump() | {"units": sorted(area.units), "kle": sorted(area.kle)}


async def add_areas(session: AsyncSession, areas: Sequence[Area]) -> None:
    await session.execute(insert(AREAS), [columns_of(area) for area in areas])


async def put_area(
    work: UnitOfWork, code: str, valid_from: date, terms: AreaTerms, if_match: str | None
) -> tuple[Area, bool]:
    """Store one period, and say whether it is new. Changing one that is there takes its ETag.

    Raises ContradictingAreas, VersionRequired, StaleVersion. It holds for decisions made from now on.
    """
    edition = await begin_change(work.session)
    stored = await read_areas(work.session)
    before = next((one for one in stored if (one.code, one.valid_from) == (code, valid_from)), None)
    if before is not None:
        require_version(if_match, before.edition)
    area = Area(code=code, valid_from=valid_from, edition=edition, **terms.model_dump())
    wrong = conflicts_of(area, [other for other in stored if other is not before])
    if wrong:
        raise ContradictingAreas(errors=wrong)
    columns = columns_of(area)
    await work.session.execute(
        upsert(work.session, AREAS)
        .values(columns)
        .on_conflict_do_update(index_elements=["code", "valid_from"], set_=columns)
    )
    return area, before is None
