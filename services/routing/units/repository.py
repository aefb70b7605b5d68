"""Queues as they are configured, each with its opening hours."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import RowMapping, Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.routing.models import AdministrationRow, HoursRow, MembershipRow, QueueRow
from services.routing.opening_hours.closing_days import Belonging, hours_of
from services.routing.opening_hours.hours import OpeningHours
from services.routing.states import QueueKind
from services.routing.waits.estimate import Prior
from shared.clock import COPENHAGEN
from shared.database import table_of
from shared.problems import NotFound
from shared.vocabulary import Channel, Unit

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
    def prior(self) -> Prior:
        return Prior(float(self.row.prior_interval_seconds))

    def is_valid(self, now: datetime) -> bool:
        """Whether the queue exists on the local day of `now`."""
        return is_valid_on(self.row, now.astimezone(COPENHAGEN).date())


def is_valid_on(row: QueueRow, day: date) -> bool:
    return row.valid_from <= day and (row.valid_to is None or day <= row.valid_to)


async def all_queues(session: AsyncSession) -> Sequence[Queue]:
    """Every queue: the reception's first, then the teams', by code."""
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
    """The reception queue called `code`; the channel's own when there is none, so that nobody is lost."""
    named = await find_queue(session, code)
    if named is not None and named.row.is_reception and named.is_valid(now):
        return named
    queues = [queue for queue in await all_queues(session) if queue.is_valid(now)]
    for queue in queues:
        if queue.row.kind == QueueKind.RECEPTION and queue.row.channel == channel:
            return queue
    return await get_queue(session, Unit.RECEPTION)


async def team_queue(session: AsyncSession, unit: str, now: datetime) -> Queue:
    """The unit's queue; the reception's follow-up queue when the unit has none on that day."""
    queue = await find_queue(session, unit)
    if queue is not None and queue.is_valid(now):
        return queue
    return await get_queue(session, Unit.RECEPTION)


async def _read(session: AsyncSession, wanted: Select[Any]) -> list[Queue]:
    rows = (await session.execute(wanted)).mappings().all()
    return [_queue(list(those)) for _, those in groupby(rows, key=lambda row: row["code"])]


def _queue(rows: Sequence[RowMapping]) -> Queue:
    columns = {name: value for name, value in rows[0].items() if name not in _OF_HOURS}
    belongings = tuple(
        Belonging(row["belongs_from"], row["belongs_to"], row["calendar"])
        for row in rows
        if row["belongs_from"] is not None
    )
    return Queue(QueueRow(**columns), hours_of(rows[0]["definition"], belongings))
