"""Statements on units and on queues as they are configured, each queue with its opening hours."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import RowMapping, Select, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.routing.models import (
    AdministrationRow,
    HoursRow,
    MembershipRow,
    QueueRow,
    UnitChangeRow,
    UnitRow,
)
from services.routing.opening_hours.closing_days import Belonging, hours_of
from services.routing.opening_hours.hours import OpeningHours
from services.routing.states import QueueKind
from shared.database import table_of, upsert
from shared.periods import Period
from shared.problems import NotFound
from shared.vocabulary import Channel, Unit
from shared.working_days import local_date

_units = table_of(UnitRow)
_changes = table_of(UnitChangeRow)
_queues = table_of(QueueRow)
_hours = table_of(HoursRow)
_members = table_of(MembershipRow)
_administrations = table_of(AdministrationRow)
#: A queue has one row for each period in which its unit belongs to an administration, or one without any.
_WITH_HOURS = (
    select(
        *_queues.c,
        _hours.c.definition,
        _members.c.valid_from.label("belongs_from"),
        _members.c.valid_to.label("belongs_to"),
        _administrations.c.calendar,
    )
    .join(_hours, _hours.c.code == _queues.c.hours)
    .outerjoin(_members, _members.c.unit == _queues.c.unit)
    .outerjoin(_administrations, _administrations.c.code == _members.c.administration)
    .order_by(_queues.c.kind, _queues.c.code, _members.c.valid_from)
)
_OF_HOURS = ("definition", "belongs_from", "belongs_to", "calendar")


@dataclass(frozen=True)
class Queue:
    """A queue and its opening hours."""

    row: QueueRow
    hours: OpeningHours

    @property
    def code(self) -> str:
        return self.row.code

    @property
    def target(self) -> timedelta:
        return timedelta(seconds=self.row.target_seconds)

    @property
    def is_receptions(self) -> bool:
        """Whether the reception works in it: one of its own queues, or the one that it follows up in."""
        return self.row.is_reception or self.row.unit == Unit.RECEPTION

    def is_valid(self, now: datetime) -> bool:
        """Whether the queue exists on the local day of `now`."""
        return Period.of(self.row).includes(local_date(now))


async def find_units(session: AsyncSession, on: date | None) -> Sequence[UnitRow]:
    """All units in all their periods, or those valid on a day."""
    wanted = select(_units).order_by(_units.c.code, _units.c.valid_from)
    if on is not None:
        not_over = _units.c.valid_to.is_(None) | (_units.c.valid_to >= on)
        wanted = wanted.where(_units.c.valid_from <= on, not_over)
    return [UnitRow(**row) for row in (await session.execute(wanted)).mappings()]


async def units_edition(session: AsyncSession) -> int:
    """The number of the newest change of the units; 0 while they are as they were configured at first."""
    return int((await session.execute(select(func.max(_changes.c.edition)))).scalar_one() or 0)


async def store_units(session: AsyncSession, units: Sequence[UnitRow]) -> None:
    """Store periods, each new or in place of the one that begins on the same day."""
    for unit in units:
        columns = unit.model_dump()
        new = upsert(session, _units).values(columns)
        await session.execute(new.on_conflict_do_update(index_elements=["code", "valid_from"], set_=columns))


async def add_unit_change(session: AsyncSession, change: UnitChangeRow) -> None:
    """Add a change to the trail."""
    await session.execute(insert(_changes).values(**change.model_dump()))


async def unit_changes(session: AsyncSession) -> Sequence[UnitChangeRow]:
    """The trail, newest first."""
    rows = await session.execute(select(_changes).order_by(_changes.c.edition.desc()))
    return [UnitChangeRow(**row) for row in rows.mappings()]


async def change_queue(session: AsyncSession, code: str, **values: Any) -> None:
    """Change a queue's own columns."""
    await session.execute(update(_queues).where(_queues.c.code == code).values(**values))


async def add_units(session: AsyncSession, units: Sequence[UnitRow]) -> None:
    await session.execute(insert(_units), [unit.model_dump() for unit in units])


async def add_queues(session: AsyncSession, queues: Sequence[QueueRow]) -> None:
    await session.execute(insert(_queues), [queue.model_dump() for queue in queues])


async def all_queues(session: AsyncSession) -> Sequence[Queue]:
    """Every queue: the reception's first, then the units', by code."""
    return await _read(session, _WITH_HOURS)


async def find_queue(session: AsyncSession, code: str) -> Queue | None:
    found = await _read(session, _WITH_HOURS.where(_queues.c.code == code))
    return found[0] if found else None


async def get_queue(session: AsyncSession, code: str) -> Queue:
    """The queue; raises `NotFound` when there is none by that code."""
    queue = await find_queue(session, code)
    if queue is None:
        raise NotFound("No queue has this code.")
    return queue


async def reception_queue(session: AsyncSession, code: str, channel: Channel, now: datetime) -> Queue:
    """The reception queue called `code`, or else that of the channel, so that no citizen is lost."""
    named = await find_queue(session, code)
    if named is not None and named.row.is_reception and named.is_valid(now):
        return named
    queues = [queue for queue in await all_queues(session) if queue.is_valid(now)]
    for queue in queues:
        if queue.row.kind == QueueKind.RECEPTION and queue.row.channel == channel:
            return queue
    return await get_queue(session, Unit.RECEPTION)


async def unit_queue(session: AsyncSession, unit: str, now: datetime) -> Queue:
    """The unit's queue, or the reception's follow-up queue when the unit has none on that day."""
    queue = await find_queue(session, unit)
    if queue is not None and queue.is_valid(now):
        return queue
    return await get_queue(session, Unit.RECEPTION)


async def _read(session: AsyncSession, wanted: Select[Any]) -> list[Queue]:
    rows = (await session.execute(wanted)).mappings().all()
    return [_queue(list(periods)) for _, periods in groupby(rows, key=lambda row: row["code"])]


def _queue(rows: Sequence[RowMapping]) -> Queue:
    columns = {name: value for name, value in rows[0].items() if name not in _OF_HOURS}
    belongings = tuple(
        Belonging(row["belongs_from"], row["belongs_to"], row["calendar"])
        for row in rows
        if row["belongs_from"] is not None
    )
    return Queue(QueueRow(**columns), hours_of(rows[0]["definition"], belongings))
