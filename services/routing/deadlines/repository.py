"""Statements on clocks. A clock belongs to the contact and follows it from queue to queue."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.routing.deadlines.clock_changes import changes_to
from services.routing.deadlines.clocks import Deadline
from services.routing.entries.repository import entries, in_status
from services.routing.models import ClockRow
from services.routing.states import EntryStatus
from services.routing.units.repository import Queue
from shared.contracts import Clock
from shared.database import table_of
from shared.ids import new_id
from shared.paging import Cursor

clocks = table_of(ClockRow)


def deadline_of(row: ClockRow) -> Deadline:
    return Deadline(
        rule=row.rule,
        starts_at=row.starts_at,
        due_at=row.due_at,
        legal_basis=row.legal_basis,
        paused_when_closed=row.paused_when_closed,
        met_at=row.met_at,
        stopped_at=row.stopped_at,
    )


async def deadlines_of(
    session: AsyncSession, contact_ids: Iterable[UUID]
) -> Mapping[UUID, Sequence[Deadline]]:
    """The clocks of some contacts, those due first standing first."""
    wanted = list(contact_ids)
    found: dict[UUID, list[Deadline]] = {contact_id: [] for contact_id in wanted}
    rows = await session.execute(
        select(clocks).where(clocks.c.contact_id.in_(wanted)).order_by(clocks.c.due_at, clocks.c.rule)
    )
    for row in rows.mappings():
        found[row["contact_id"]].append(deadline_of(ClockRow(**row)))
    return found


async def counting_deadlines(session: AsyncSession, contact_id: UUID) -> list[Deadline]:
    """The clocks of a contact that somebody still has to meet."""
    found = await deadlines_of(session, [contact_id])
    return [clock for clock in found[contact_id] if clock.counting]


async def set_clocks(
    session: AsyncSession,
    contact_id: UUID,
    wanted: Sequence[Clock],
    *,
    queue: Queue,
    channel: str,
    at: datetime,
) -> list[Deadline]:
    """Give the contact the clocks of a new decision: those it has go on, others stop, new ones start."""
    known = await session.execute(
        select(clocks).where(clocks.c.contact_id == contact_id).order_by(clocks.c.id)
    )
    changes = changes_to([ClockRow(**row) for row in known.mappings()], wanted)
    if changes.stop:
        await session.execute(update(clocks).where(clocks.c.id.in_(changes.stop)).values(stopped_at=at))
    for begun in changes.start:
        placed = {"contact_id": contact_id, "queue": queue.code, "channel": channel, "renews": begun.renews}
        await add_clock(session, {**begun.clock.model_dump(), **placed})
    return await counting_deadlines(session, contact_id)


async def add_clock(session: AsyncSession, columns: Mapping[str, Any]) -> UUID:
    """Start a clock; gives its id."""
    clock_id = new_id()
    await session.execute(insert(clocks).values({"id": clock_id, **columns}))
    return clock_id


async def carry_clocks(session: AsyncSession, contact_id: UUID, queue: Queue) -> list[Deadline]:
    """The contact moved to `queue`, and its counting clocks with it; gives them."""
    await session.execute(update(clocks).where(_counting(contact_id)).values(queue=queue.code))
    return await counting_deadlines(session, contact_id)


async def end_clocks(session: AsyncSession, contact_id: UUID, at: datetime, *, met: bool) -> None:
    """The work is done (met, or missed when late), or the duty fell away (stopped)."""
    ended = {"met_at": at} if met else {"stopped_at": at}
    await session.execute(update(clocks).where(_counting(contact_id)).values(**ended))


async def meet_clock(session: AsyncSession, contact_id: UUID, rule: str, at: datetime) -> bool:
    """One duty of several is done; false when no such clock counts."""
    met = await session.execute(
        update(clocks)
        .where(_counting(contact_id), clocks.c.rule == rule)
        .values(met_at=at)
        .returning(clocks.c.id)
    )
    return bool(met.all())


async def stop_clock(session: AsyncSession, clock_id: UUID, at: datetime) -> bool:
    """One clock ends unmet; false when it had ended already."""
    stopped = await session.execute(
        update(clocks)
        .where(clocks.c.id == clock_id, clocks.c.met_at.is_(None), clocks.c.stopped_at.is_(None))
        .values(stopped_at=at)
        .returning(clocks.c.id)
    )
    return stopped.first() is not None


async def clock_counts(
    session: AsyncSession, since: datetime, now: datetime
) -> Mapping[tuple[str, str], int]:
    """By rule and state: deadlines that count (running, overdue), and how those due since `since` ended."""
    ended_at = func.coalesce(clocks.c.met_at, clocks.c.stopped_at)
    state = case(
        (ended_at.is_(None) & (clocks.c.due_at < now), "overdue"),
        (ended_at.is_(None), "running"),
        (ended_at > clocks.c.due_at, "missed"),
        (clocks.c.met_at.is_not(None), "met"),
        else_="stopped",
    ).label("state")
    found = await session.execute(
        select(clocks.c.rule, state, func.count())
        .where(ended_at.is_(None) | (clocks.c.due_at >= since))
        .group_by(clocks.c.rule, state)
    )
    return {(row[0], row[1]): row[2] for row in found}


def _counting(contact_id: UUID) -> ColumnElement[bool]:
    return (clocks.c.contact_id == contact_id) & clocks.c.met_at.is_(None) & clocks.c.stopped_at.is_(None)


class RunningClock(NamedTuple):
    """A deadline that still counts, with the open entry of its contact."""

    clock_id: UUID
    deadline: Deadline
    contact_id: UUID
    entry_id: UUID
    reference: str
    queue: str
    status: str
    taken_by: str | None


#: Whoever has an open entry has the clock; the condition is the partial index's own.
_RUNNING = (
    clocks.c.met_at.is_(None)
    & clocks.c.stopped_at.is_(None)
    & (entries.c.contact_id == clocks.c.contact_id)
    & (in_status(EntryStatus.WAITING) | in_status(EntryStatus.TAKEN))
)


async def running_clocks(
    session: AsyncSession, queues: Sequence[str], after: Cursor | None, limit: int
) -> list[RunningClock]:
    """The deadlines in these queues in the order in which they run out, those overdue first."""
    wanted = (
        select(clocks, *(entries.c[name].label(f"entry_{name}") for name in _OF_ENTRY))
        .where(_RUNNING, entries.c.queue.in_(queues))
        .order_by(clocks.c.due_at, clocks.c.id)
        .limit(limit)
    )
    if after is not None:
        later = (clocks.c.due_at == after.at) & (clocks.c.id > after.id)
        wanted = wanted.where((clocks.c.due_at > after.at) | later)
    rows = (await session.execute(wanted)).mappings()
    return [_running(dict(row)) for row in rows]


_OF_ENTRY = ("id", "reference", "queue", "status", "taken_by")


def _running(row: dict[str, Any]) -> RunningClock:
    of_entry = {name: row.pop(f"entry_{name}") for name in _OF_ENTRY}
    return RunningClock(
        clock_id=row["id"],
        deadline=deadline_of(ClockRow(**row)),
        contact_id=row["contact_id"],
        entry_id=of_entry.pop("id"),
        **of_entry,
    )


async def count_running(session: AsyncSession, queues: Sequence[str], now: datetime) -> tuple[int, int]:
    """How many deadlines in these queues still count, and how many of them are overdue at `now`."""
    overdue = func.count().filter(clocks.c.due_at < now)
    row = await session.execute(select(func.count(), overdue).where(_RUNNING, entries.c.queue.in_(queues)))
    counting, late = row.one()
    return int(counting), int(late)


class DueClock(NamedTuple):
    """A clock of a period, as far as the compliance figures need it."""

    queue: str
    channel: str
    rule: str
    due_at: datetime
    met_at: datetime | None
    stopped_at: datetime | None


async def clocks_due(
    session: AsyncSession, start: datetime, end: datetime, queue: str | None, channel: str | None
) -> Sequence[DueClock]:
    """The clocks due from `start` until just before `end`, ended or not."""
    columns = (clocks.c[name] for name in DueClock._fields)
    wanted = select(*columns).where(clocks.c.due_at >= start, clocks.c.due_at < end)
    if queue is not None:
        wanted = wanted.where(clocks.c.queue == queue)
    if channel is not None:
        wanted = wanted.where(clocks.c.channel == channel)
    return [DueClock(*row) for row in await session.execute(wanted)]
