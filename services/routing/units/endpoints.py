"""Units over HTTP."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query

from services.routing.permissions import READERS
from services.routing.units.repository import find_units
from services.routing.units.schemas import UnitOut
from shared.access import allow
from shared.paging import Page
from shared.unit_of_work import Reading
from shared.vocabulary import Role

units_router = APIRouter(prefix="/v1/units", tags=["units"])


@units_router.get(
    "", summary="List units, with their dates", dependencies=[allow(*READERS, Role.RULES_EDITOR)]
)
async def list_units(
    work: Reading,
    on: Annotated[
        date | None, Query(description="Only those valid on this day", examples=["2026-11-23"])
    ] = None,
) -> Page[UnitOut]:
    """Every unit in every period of its life, or those valid on one day."""
    units = [UnitOut(**row.model_dump()) for row in await find_units(work.session, on)]
    return Page(items=units, next_cursor=None)
