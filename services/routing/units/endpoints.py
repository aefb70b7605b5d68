"""Units over HTTP: read by all, changed by operations."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Response

from services.routing.models import UnitRow
from services.routing.permissions import READERS
from services.routing.problems import ContradictingUnits
from services.routing.units import repository
from services.routing.units.schemas import UnitOut, UnitsChange, UnitsChangeOut, UnitsPage
from services.routing.units.service import change_units
from shared.access import Principal, allow
from shared.documents import document
from shared.etags import IfMatch
from shared.paging import Page
from shared.problems import StaleVersion, VersionRequired, answers
from shared.unit_of_work import Reading, Writing
from shared.vocabulary import Role

units_router = APIRouter(prefix="/v1/units", tags=["units"])


def _out(row: UnitRow) -> UnitOut:
    return UnitOut(**row.model_dump())


@units_router.get(
    "",
    summary="List units, with their dates",
    dependencies=[allow(*READERS, Role.RULES_EDITOR)],
    response_model=UnitsPage,
)
async def list_units(
    work: Reading,
    on: Annotated[
        date | None, Query(description="Only those valid on this day", examples=["2026-11-23"])
    ] = None,
) -> Response:
    """Every unit in every period of its life, or those valid on one day, with the ETag that a
    change takes.
    """
    edition = await repository.units_edition(work.session)
    units = [_out(row) for row in await repository.find_units(work.session, on)]
    return document(UnitsPage(items=units, next_cursor=None, edition=edition), version=edition)


@units_router.post(
    "/changes",
    summary="Change units",
    response_model=UnitsPage,
    responses=answers(ContradictingUnits, StaleVersion, VersionRequired),
)
async def post_units_change(
    who: Annotated[Principal, allow(Role.OPERATIONS)],
    body: UnitsChange,
    work: Writing,
    if_match: IfMatch = None,
) -> Response:
    """New units, new names, units that end, districts that change hands: all periods that are given, or none.
    A new unit has its queue at once, and every service knows it within seconds. Each change has its trail.
    """
    rows, edition = await change_units(work, who, body, if_match)
    page = UnitsPage(items=[_out(row) for row in rows], next_cursor=None, edition=edition)
    return document(page, version=edition)


@units_router.get("/changes", summary="The trail of the units")
async def list_unit_changes(
    _who: Annotated[Principal, allow(Role.OPERATIONS, Role.AUDITOR)], work: Reading
) -> Page[UnitsChangeOut]:
    """Newest first."""
    rows = await repository.unit_changes(work.session)
    return Page(items=[UnitsChangeOut(**row.model_dump()) for row in rows], next_cursor=None)
