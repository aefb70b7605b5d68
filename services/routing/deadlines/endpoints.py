"""Deadlines that must still be met, and the municipality's own deadlines for applications, over HTTP."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from services.routing.deadlines.own_deadlines import Area, AreaTermsIn
from services.routing.deadlines.repository import count_running, list_areas, running_clocks
from services.routing.deadlines.schemas import RunningClockOut, RunningClocksPage
from services.routing.deadlines.service import put_area
from services.routing.permissions import READERS, Reader, sees
from services.routing.problems import ContradictingAreas
from services.routing.units.repository import all_queues
from shared.access import allow
from shared.documents import document
from shared.etags import IfMatch
from shared.paging import Page, Paging
from shared.periods import Period
from shared.problems import InvalidCursor, StaleVersion, VersionRequired, answers
from shared.unit_of_work import Reading, Writing
from shared.vocabulary import Role

clocks_router = APIRouter(prefix="/v1/clocks", tags=["clocks"])
areas_router = APIRouter(prefix="/v1/application-areas", tags=["application areas"])

QueueCode = Annotated[str | None, Query(max_length=60, pattern=r"^[a-z0-9-]+$", examples=["children-amager"])]
AreaCode = Annotated[str, Path(max_length=40, pattern=r"^[a-z0-9-]+$", examples=["support-at-home"])]


@clocks_router.get("", summary="Which deadlines run out, when and whose", responses=answers(InvalidCursor))
async def list_running_clocks(
    *,
    who: Reader,
    work: Reading,
    queue: QueueCode = None,
    paging: Paging,
) -> RunningClocksPage:
    """In the order in which they run out, those that have run out first. Caseworkers see their own units'."""
    now = work.clock.now()
    queues = {one.code: one for one in await all_queues(work.session)}
    visible = [code for code, one in queues.items() if sees(who, one.row) and queue in (None, code)]
    rows = await running_clocks(work.session, visible, paging.after, paging.limit + 1)
    page, next_cursor = paging.split(rows, place=lambda clock: (clock.deadline.due_at, clock.clock_id))
    counting, overdue = await count_running(work.session, visible, now)
    items = [RunningClockOut.of_running(one, queues[one.queue].hours, now) for one in page]
    return RunningClocksPage(items=items, next_cursor=next_cursor, counting=counting, overdue=overdue)


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
