"""Routing's configuration, in the storage and the memory of all services.

Routing publishes the whole of it with the number of the change; another service keeps the newest in a table
of one row (`id` 1, `edition`, and the items as JSON) and reads it again at intervals.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.datastructures import State

from shared.background import Job
from shared.city.applications import ApplicationArea
from shared.city.current import use_application_areas, use_units
from shared.city.units import UnitPeriod, Units
from shared.database import upsert
from shared.unit_of_work import UnitOfWork

#: How long another replica may not know of a change, in seconds.
INTERVAL_SECONDS = 15.0


@dataclass(frozen=True)
class Known:
    """One part of the configuration: where it is stored, under which name, and how a process uses it.

    `store` is the handler of the event that has it.
    """

    table: Table
    items: str
    use: Callable[[list[dict[str, Any]], int], None]

    async def store(self, work: UnitOfWork, event: Any) -> None:
        """Store what the event has when it is newer than what is stored, and use it from now on."""
        table = self.table
        stored = (await work.session.execute(select(table.c.edition))).scalar_one_or_none() or 0
        if event.edition <= stored:
            return
        items = [item.model_dump(mode="json") for item in getattr(event, self.items)]
        values = {"id": 1, "edition": event.edition, self.items: items}
        new = upsert(work.session, table).values(values)
        await work.session.execute(new.on_conflict_do_update(index_elements=["id"], set_=values))
        self.use(items, event.edition)

    async def load(self, session: AsyncSession) -> None:
        """Use what is stored; before the first change, the city's files are what is used."""
        columns = self.table.c
        row = (await session.execute(select(columns.edition, columns[self.items]))).first()
        if row is not None:
            self.use(row[1], row[0])


def known_units(table: Table) -> Known:
    """The city's units."""

    def use(items: list[dict[str, Any]], edition: int) -> None:
        use_units(Units([UnitPeriod.model_validate(item) for item in items], edition))

    return Known(table, "units", use)


def known_application_areas(table: Table) -> Known:
    """The published deadlines for applications."""

    def use(items: list[dict[str, Any]], edition: int) -> None:
        use_application_areas([ApplicationArea.model_validate(item) for item in items], edition)

    return Known(table, "areas", use)


class StoredConfiguration(Job):
    """Reads what is stored again, so that every replica knows a change that one of them made or received.

    `parts` read and use one part each.
    """

    def __init__(self, state: State, *parts: Callable[[AsyncSession], Awaitable[None]]) -> None:
        super().__init__("stored configuration", INTERVAL_SECONDS)
        self._state, self._parts = state, parts

    async def drain(self) -> int:
        """Use what is stored; there is never a rest to be done."""
        async with self._state.database.reading() as session:
            for use_stored in self._parts:
                await use_stored(session)
        return 0
