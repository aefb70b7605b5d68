"""Routing's configuration, in the storage and the memory of the services that only use it.

Routing publishes the whole of it with the number of the change; a service keeps the newest in a table of one
row (`id` 1, `edition`, and the items as JSON) and reads it again at intervals.
"""

from collections.abc import Callable, Sequence
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
from shared.inbox import Handler
from shared.unit_of_work import UnitOfWork

#: How long another replica may not know of a change that this one received, in seconds.
INTERVAL_SECONDS = 15.0


@dataclass(frozen=True)
class Known:
    """One part of the configuration: where it is stored, under which name, and how a process uses it."""

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

    @property
    def handler(self) -> Handler:
        """What a service does when operations have changed this part."""
        return self.store


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


class KnownConfiguration(Job):
    """Reads what is stored again, so that every replica knows a change that one of them received."""

    def __init__(self, state: State, known: Sequence[Known]) -> None:
        super().__init__("known configuration", INTERVAL_SECONDS)
        self._state, self._known = state, known

    async def drain(self) -> int:
        """Use what is stored; there is never a rest to be done."""
        async with self._state.database.reading() as session:
            for part in self._known:
                await part.load(session)
        return 0
