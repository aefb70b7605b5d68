"""The municipality's own deadlines for applications, over HTTP."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from services.routing.deadlines.own_deadlines import Area, AreaTermsIn
from services.routing.deadlines.repository import list_areas
from services.routing.deadlines.service import put_area
from services.routing.permissions import READERS
from services.routing.problems import ContradictingAreas
from shared.access import allow
from shared.documents import document
from shared.etags import IfMatch
from shared.paging import Page
from shared.periods import Period
from shared.problems import StaleVersion, VersionRequired, answers
from shared.unit_of_work import Reading, Writing
from shared.vocabulary import Role

areas_router = APIRouter(prefix="/v1/application-areas", tags=["application areas"])

AreaCode = Annotated[str, Path(max_length=40, pattern=r"^[a-z0-9-]+$", examples=["support-at-home"])]


@areas_router.get("", summary="List application areas", dependencies=[allow(*READERS, Role.RULES_EDITOR)])
async def list_application_areas(
    work: Reading,
    on: Annotated[date | None, Query(description="Only what holds that day", examples=["2026-03-10"])] = None,
) -> Page[Area]:
    """Each period of each area, also those over or to come. `edition` is the ETag's number."""
    areas = [area for area in await list_areas(work.session) if on is None or Period.of(area).includes(on)]
    return Page(items=areas, next_cursor=None)


@areas_router.put(
    "/{code}/{valid_from}",
    summary="Set a period of an application area",
    dependencies=[allow(Role.OPERATIONS)],
    response_model=Area,
    responses={201: {"model": Area}, **answers(ContradictingAreas, StaleVersion, VersionRequired)},
)
async def put_application_area(
    *,
    code: AreaCode,
    valid_from: Annotated[date, Path(description="Its first day", examples=["2026-04-01"])],
    terms: AreaTermsIn,
    work: Writing,
    if_match: IfMatch = None,
) -> Response:
    """A new period, or other terms for one that is there (then with its ETag). Applies from now on.

    Refused, with the field: two areas that give one application two deadlines.
    """
    area, is_new = await put_area(work, code, valid_from, terms, if_match)
    return document(area, status=201 if is_new else 200, version=area.edition)
