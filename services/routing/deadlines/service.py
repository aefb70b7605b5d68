"""Setting the municipality's own deadlines for applications, which triage needs as well."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.routing.deadlines.own_deadlines import Area, AreaTermsIn, conflicts_of
from services.routing.deadlines.repository import list_areas, store_area
from services.routing.problems import ContradictingAreas
from services.routing.repository import begin_change
from shared.city.applications import ApplicationArea
from shared.city.current import use_application_areas
from shared.contracts import ApplicationAreasConfigured
from shared.etags import require_version
from shared.ids import new_id
from shared.unit_of_work import UnitOfWork


async def put_area(
    work: UnitOfWork, code: str, valid_from: date, terms: AreaTermsIn, if_match: str | None
) -> tuple[Area, bool]:
    """Store one period of an area, and say whether it is new. Changing one that is there takes its ETag.

    It applies to decisions made from now on. Raises ContradictingAreas, VersionRequired, StaleVersion.
    """
    edition = await begin_change(work.session)
    stored = await list_areas(work.session)
    before = next((one for one in stored if (one.code, one.valid_from) == (code, valid_from)), None)
    if before is not None:
        require_version(if_match, before.edition)
    area = Area(code=code, valid_from=valid_from, edition=edition, **terms.model_dump())
    conflicts = conflicts_of(area, [other for other in stored if other is not before])
    if conflicts:
        raise ContradictingAreas(errors=conflicts)
    await store_area(work.session, area)
    areas = _plain(await list_areas(work.session))
    event = ApplicationAreasConfigured(
        id=new_id(), occurred_at=work.clock.now(), edition=edition, areas=areas
    )
    await work.publish(event)
    use_application_areas(areas, edition)
    return area, before is None


async def use_stored_areas(session: AsyncSession) -> None:
    """Use the stored areas in this process; before they are changed, those of the city's files are used."""
    stored = await list_areas(session)
    if edition := max((area.edition for area in stored), default=0):
        use_application_areas(_plain(stored), edition)


def _plain(areas: Iterable[Area]) -> list[ApplicationArea]:
    return [ApplicationArea(**area.model_dump(exclude={"edition"})) for area in areas]
