"""The example city's deadlines for applications."""

from services.routing.deadlines.own_deadlines import Area
from services.routing.deadlines.repository import list_areas, store_area
from services.routing.units.first_start import ONE_SOF, read_example
from shared.unit_of_work import UnitOfWork


async def load_example(work: UnitOfWork) -> None:
    """Store the application areas of the example, unless any area is configured already."""
    if await list_areas(work.session):
        return
    for area in read_example("application_areas"):
        await store_area(work.session, Area(valid_from=ONE_SOF, **area))
