"""The units as routing published them, in the storage and the memory of the services that only use them."""

from sqlalchemy import Table, select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.datastructures import State

from shared.background import Job
from shared.city.current import use_units
from shared.city.units import UnitPeriod, Units
from shared.contracts import UnitsConfigured
from shared.database import upsert
from shared.inbox import Handler
from shared.unit_of_work import UnitOfWork

#: How long another replica may not know of a change that this one received, in seconds.
INTERVAL_SECONDS = 15.0


async def store_units(work: UnitOfWork, table: Table, event: UnitsConfigured) -> None:
    """Store the units when they are newer than those stored, and use them from now on."""
    stored = (await work.session.execute(select(table.c.edition))).scalar_one_or_none() or 0
    if event.edition <= stored:
        return
    units = [unit.model_dump(mode="json") for unit in event.units]
    values = {"id": 1, "edition": event.edition, "units": units}
    new = upsert(work.session, table).values(values)
    await work.session.execute(new.on_conflict_do_update(index_elements=["id"], set_=values))
    use_units(_units(event.edition, units))


def units_handler(table: Table) -> Handler:
    """What a service does when operations have changed the city's units."""

    async def on_units_configured(work: UnitOfWork, event: UnitsConfigured) -> None:
        await store_units(work, table, event)

    return on_units_configured


async def load_units(session: AsyncSession, table: Table) -> None:
    """Use what is stored; before the first change, the units are those of the city's files."""
    row = (await session.execute(select(table.c.edition, table.c.units))).first()
    if row is not None:
        use_units(_units(row.edition, row.units))


def _units(edition: int, units: list[dict[str, object]]) -> Units:
    return Units([UnitPeriod.model_validate(unit) for unit in units], edition)


class KnownUnits(Job):
    """Reads the stored units again, so that every replica knows a change that one of them received."""

    def __init__(self, state: State, table: Table) -> None:
        super().__init__("known units", INTERVAL_SECONDS)
        self._state, self._table = state, table

    async def drain(self) -> int:
        """Use what is stored; there is never a rest to be done."""
        async with self._state.database.reading() as session:
            await load_units(session, self._table)
        return 0
