"""Setting the municipality's own deadlines for applications."""

from datetime import date

from services.routing.deadlines.own_deadlines import Area, AreaTerms, conflicts_of
from services.routing.deadlines.repository import list_areas, store_area
from services.routing.problems import ContradictingAreas
from services.routing.repository import begin_change
from shared.etags import require_version
from shared.unit_of_work import UnitOfWork


async def put_area(
    work: UnitOfWork, code: str, valid_from: date, terms: AreaTerms, if_match: str | None
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
    return area, before is None
