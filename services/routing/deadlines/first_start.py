"""Stores the city's deadlines for applications at the first start."""

from services.routing.deadlines.own_deadlines import Area
from services.routing.deadlines.repository import list_areas, store_area
from shared.city.current import city
from shared.unit_of_work import UnitOfWork


async def store_areas(work: UnitOfWork) -> None:
    """Store what the city's file says, unless areas are stored already: later changes come over HTTP."""
    if await list_areas(work.session):
        return
    for area in city().application_areas:
        await store_area(work.session, Area(**area.model_dump()))
