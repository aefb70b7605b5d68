"""Statements on clocks, which follow their contact from queue to queue, and on application areas."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.routing.deadlines.clocks import Deadline, changes_to
from services.routing.deadlines.own_deadlines import Area
from services.routing.models import AreaRow, ClockRow
from services.routing.repository import CLOCKS, COUNTING, ENTRIES, in_status
from services.routing.states import EntryStatus
from shared.contracts import Clock
from shared.database import table_of, upsert
from shared.ids import new_id
from shared.paging import Cursor

_areas = table_of(AreaRow)


def _deadline(row: ClockRow) -> Deadline:
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
    """All clocks of each of these contacts, in the order in which they are due."""
    wanted = list(contact_ids)
    deadlines: dict[UUID, list[Deadline]] = {contact_id: [] for contact_id in wanted}
    rows = await session.execute(
        select(CLOCKS).where(CLOCKS.c.contact_id.in_(wanted)).order_by(CLOCKS.c.due_at, CLOCKS.c.rule)
    )
    for row in rows.mappings():
        deadlines[row["contact_id"]].append(_deadline(ClockRow(**row)))
    return deadlines


async def counting_deadlines(session: AsyncSession, contact_id: UUID) -> list[Deadline]:
    """The clocks of a contact that must still be met."""
    deadlines = await deadlines_of(session, [contact_id])
    return [clock for clock in deadlines[contact_id] if clock.counting]


async def set_clocks(
    session: AsyncSession,
    contact_id: UUID,
    wanted: Sequence[Clock],
    *,
    queue: str,
    channel: str,
    at: datetime,
) -> list[Deadline]:
    """Give the contact the clocks of a new decision: those it has run on, others stop, new ones start."""
    stored = await session.execute(
        select(CLOCKS).where(CLOCKS.c.contact_id == contact_id).order_by(CLOCKS.c.id)
    )
    changes = changes_to([ClockRow(**row) for row in stored.mappings()], wanted)
    if changes.stop:
        await session.execute(update(CLOCKS).where(CLOCKS.c.id.in_(changes.stop)).values(stopped_at=at))
    for new in changes.start:
        await add_clock(
            session, new.clock, contact_id=contact_id, queue=queue, channel=channel, renews=new.renews
        )
    return await counting_deadlines(session, contact_id)


async def add_clock(
    session: AsyncSession,
    clock: Clock,
    *,
    contact_id: UUID,
    queue: str,
    channel: str,
    started_by: str | None = None,
    renews: UUID | None = None,
) -> None:
    """Start a clock of a contact; `started_by` is the caseworker who did, None where a decision did."""
    await session.execute(
        insert(CLOCKS).values(
            id=new_id(),
            contact_id=contact_id,
            queue=queue,
            channel=channel,
            started_by=started_by,
            renews=renews,
            **clock.model_dump(),
        )
    )


async def renew_clock(session: AsyncSession, clock_id: UUID, due_at: datetime) -> None:
    """Start a clock in the place of a missed one, with the new date that the citizen was given in writing."""
    missed = (await session.execute(select(CLOCKS).where(CLOCKS.c.id == clock_id))).mappings().one()
    changed = {"id": new_id(), "due_at": due_at, "met_at": None, "stopped_at": None, "renews": clock_id}
    await session.execute(insert(CLOCKS).values({**missed, **changed}))


async def carry_clocks(session: AsyncSession, contact_id: UUID, queue: str) -> list[Deadline]:
    """Move the clocks that must still be met to the queue that the contact moved to; returns them."""
    await session.execute(update(CLOCKS).where(_counting_of(contact_id)).values(queue=queue))
    return await counting_deadlines(session, contact_id)


async def end_clocks(session: AsyncSession, contact_id: UUID, at: datetime, *, met: bool) -> None:
    """End all that must still be met: met (or missed, when late) by the work done, or stopped without it."""
    ended = {"met_at": at} if met else {"stopped_at": at}
    await session.execute(update(CLOCKS).where(_counting_of(contact_id)).values(**ended))


async def meet_clock(session: AsyncSession, contact_id: UUID, rule: str, at: datetime) -> bool:
    """Meet one deadline of several; False when the contact has none of this rule to meet."""
    met = await session.execute(
        update(CLOCKS)
        .where(_counting_of(contact_id), CLOCKS.c.rule == rule)
        .values(met_at=at)
        .returning(CLOCKS.c.id)
    )
    return bool(met.all())


async def stop_clock(session: AsyncSession, clock_id: UUID, at: datetime) -> bool:
    """End one clock unmet; False when it had ended already."""
    stopped = await session.execute(
        update(CLOCKS).where(CLOCKS.c.id == clock_id, COUNTING).values(stopped_at=at).returning(CLOCKS.c.id)
    )
    return stopped.first() is not None


async def clock_counts(
    session: AsyncSession, since: datetime, now: datetime
) -> Mapping[tuple[str, str], int]:
    """By rule and state: deadlines that count (running, overdue), and how those due since `since` ended."""
    ended_at = func.coalesce(CLOCKS.c.met_at, CLOCKS.c.stopped_at)
    state = case(
        (ended_at.is_(None) & (CLOCKS.c.due_at < now), "overdue"),
        (ended_at.is_(None), "running"),
        (ended_at > CLOCKS.c.due_at, "missed"),
        (CLOCKS.c.met_at.is_not(None), "met"),
        else_="stopped",
    ).label("state")
    found = await session.execute(
        select(CLOCKS.c.rule, state, func.count())
        .where(ended_at.is_(None) | (CLOCKS.c.due_at >= since))
        .group_by(CLOCKS.c.rule, state)
    )
    return {(row[0], row[1]): row[2] for row in found}


def _counting_of(contact_id: UUID) -> ColumnElement[bool]:
    return (CLOCKS.c.contact_id == contact_id) & COUNTING


class RunningClock(NamedTuple):
    """A deadline that must still be met, with the open entry of its contact."""

    clock_id: UUID
    deadline: Deadline
    contact_id: UUID
    entry_id: UUID
    reference: str
    queue: str
    status: str
    taken_by: str | None


_OF_ENTRY = ("id", "reference", "queue", "status", "taken_by")
#: The condition of the partial index on clocks, and the open entry, which says where the contact is now.
_RUNNING = (
    COUNTING
    & (ENTRIES.c.contact_id == CLOCKS.c.contact_id)
    & (in_status(EntryStatus.WAITING) | in_status(EntryStatus.TAKEN))
)


async def running_clocks(
    session: AsyncSession, queues: Sequence[str], after: Cursor | None, limit: int
) -> list[RunningClock]:
    """The deadlines in these queues in the order in which they run out, those overdue first."""
    wanted = (
        select(CLOCKS, *(ENTRIES.c[name].label(f"entry_{name}") for name in _OF_ENTRY))
        .where(_RUNNING, ENTRIES.c.queue.in_(queues))
        .order_by(CLOCKS.c.due_at, CLOCKS.c.id)
        .limit(limit)
    )
    if after is not None:
        later = (CLOCKS.c.due_at == after.at) & (CLOCKS.c.id > after.id)
        wanted = wanted.where((CLOCKS.c.due_at > after.at) | later)
    rows = (await session.execute(wanted)).mappings()
    return [_running(dict(row)) for row in rows]


def _running(row: dict[str, Any]) -> RunningClock:
    entry = {name: row.pop(f"entry_{name}") for name in _OF_ENTRY}
    return RunningClock(
        clock_id=row["id"],
        deadline=_deadline(ClockRow(**row)),
        contact_id=row["contact_id"],
        entry_id=entry.pop("id"),
        **entry,
    )


async def count_running(session: AsyncSession, queues: Sequence[str], now: datetime) -> tuple[int, int]:
    """How many deadlines in these queues still count, and how many of them are overdue at `now`."""
    overdue = func.count().filter(CLOCKS.c.due_at < now)
    row = await session.execute(select(func.count(), overdue).where(_RUNNING, ENTRIES.c.queue.in_(queues)))
    counting, late = row.one()
    return int(counting), int(late)


async def list_areas(session: AsyncSession) -> Sequence[Area]:
    """Every application area in every period."""
    found = await session.execute(select(_areas).order_by(_areas.c.code, _areas.c.valid_from))
    return [Area.model_validate(dict(row)) for row in found.mappings()]


async def store_area(session: AsyncSession, area: Area) -> None:
    """Add a period of an area, or replace the one that begins on the same day."""
    columns = area.model_dump() | {name: sorted(getattr(area, name)) for name in ("units", "needs", "kle")}
    new = upsert(session, _areas).values(columns)
    await session.execute(new.on_conflict_do_update(index_elements=["code", "valid_from"], set_=columns))
