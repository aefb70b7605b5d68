"""Statements on duties. A duty belongs to a contact, whatever becomes of the contact's entries."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, insert, literal, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.routing.duties.owed import changes_to
from services.routing.models import DutyRow
from services.routing.repository import DUTIES, ENTRIES, RUNNING, in_status
from services.routing.states import (
    FACTS_CHANGED,
    READ,
    RENEWED,
    UNREAD_MAIL,
    DutyEnding,
    DutyState,
    EntryStatus,
)
from shared.contracts import Clock
from shared.database import UtcDateTime, refresh_live_after_commit
from shared.ids import new_id
from shared.paging import Cursor

#: The columns of a duty that runs.
_NOT_ENDED: dict[str, Any] = dict.fromkeys(
    ("ended_at", "ending", "act", "reason", "ended_by", "role", "written_at", "details")
)


class Place(NamedTuple):
    """Who answers for a duty: the unit, the queue that its contact is in, the contact that carries it."""

    queue: str
    unit: str
    carried_by: UUID


async def carried_duties(
    session: AsyncSession, contact_ids: Iterable[UUID]
) -> Mapping[UUID, Sequence[DutyRow]]:
    """The duties that the entries of each of these contacts display, in the order in which they are due."""
    wanted = list(contact_ids)
    duties: dict[UUID, list[DutyRow]] = {contact_id: [] for contact_id in wanted}
    rows = await session.execute(
        select(DUTIES).where(DUTIES.c.carried_by.in_(wanted)).order_by(DUTIES.c.due_at, DUTIES.c.rule)
    )
    for row in rows.mappings():
        duties[row["carried_by"]].append(DutyRow(**row))
    return duties


async def running_duties(session: AsyncSession, contact_id: UUID) -> list[DutyRow]:
    """The duties that a contact carries and that somebody still has to do."""
    duties = await carried_duties(session, [contact_id])
    return [duty for duty in duties[contact_id] if duty.ended_at is None]


async def duties_of(session: AsyncSession, contact_id: UUID) -> list[DutyRow]:
    """A contact's own duties, in the order in which they were made."""
    rows = await session.execute(
        select(DUTIES).where(DUTIES.c.contact_id == contact_id).order_by(DUTIES.c.id)
    )
    return [DutyRow(**row) for row in rows.mappings()]


async def unopened_companions(session: AsyncSession, contact_id: UUID) -> set[UUID]:
    """The contacts whose duties this one carries, because no decision has opened them."""
    found = await session.execute(
        select(DUTIES.c.contact_id)
        .where(DUTIES.c.carried_by == contact_id, DUTIES.c.contact_id != contact_id)
        .distinct()
    )
    return set(found.scalars())


async def find_duty(session: AsyncSession, duty_id: UUID) -> DutyRow | None:
    row = (await session.execute(select(DUTIES).where(DUTIES.c.id == duty_id))).mappings().first()
    return None if row is None else DutyRow(**row)


async def owe(
    session: AsyncSession,
    contact_id: UUID,
    clocks: Sequence[Clock],
    place: Place,
    *,
    channel: str,
    at: datetime,
    is_newest: bool,
) -> None:
    """Bring the contact's duties to what an assessment of that moment owes (see `changes_to`)."""
    changes = changes_to(await duties_of(session, contact_id), clocks, is_newest=is_newest)
    fell_away = {
        "ended_at": at,
        "ending": DutyEnding.OTHERWISE,
        "reason": FACTS_CHANGED,
        "role": "triage",
        "written_at": at,
    }
    for clock in changes.start:
        await add_duty(session, contact_id, clock, place, channel=channel, follows_facts=True)
    for clock in changes.start_ended:
        ended = fell_away | {"ended_at": max(at, clock.starts_at)}
        await add_duty(session, contact_id, clock, place, channel=channel, follows_facts=True, **ended)
    # What runs again is answered for by the unit that has the contact now, not by who had it when it ended.
    for ids, values in ((changes.resume, _NOT_ENDED | place._asdict()), (changes.end, fell_away)):
        if ids:
            await session.execute(update(DUTIES).where(DUTIES.c.id.in_(ids)).values(**values))
    refresh_live_after_commit(session)


async def add_duty(
    session: AsyncSession, contact_id: UUID, clock: Clock, place: Place, *, channel: str, **more: Any
) -> None:
    """Add a duty of a contact; `more` are columns of its own, e.g. the caseworker who started it."""
    duty = DutyRow(
        id=new_id(), contact_id=contact_id, channel=channel, **place._asdict(), **clock.model_dump(), **more
    )
    await session.execute(insert(DUTIES).values(**duty.model_dump()))


async def renew_duty(session: AsyncSession, missed: DutyRow, due_at: datetime) -> None:
    """Start a duty in the place of a missed one, with the new date that the citizen was given in writing."""
    renewed = {"id": new_id(), "due_at": due_at, "renews": missed.id, **_NOT_ENDED}
    await session.execute(insert(DUTIES).values(missed.model_dump() | renewed))


async def carry_duties(session: AsyncSession, contact_id: UUID, place: Place) -> None:
    """The duties that run are that unit's from now on; when they began and are due stays as it was.

    The contact carries the others, too, so that its entries display what was done.
    """
    own = DUTIES.c.contact_id == contact_id
    await session.execute(update(DUTIES).where(own, RUNNING).values(queue=place.queue, unit=place.unit))
    await session.execute(
        update(DUTIES).where(own, DUTIES.c.carried_by != place.carried_by).values(carried_by=place.carried_by)
    )


async def end_duty(session: AsyncSession, duty_id: UUID, **ended: Any) -> DutyRow | None:
    """End a duty that runs; None when it has ended already."""
    refresh_live_after_commit(session)
    row = await session.execute(
        update(DUTIES).where(DUTIES.c.id == duty_id, RUNNING).values(**ended).returning(*DUTIES.c)
    )
    found = row.mappings().first()
    return None if found is None else DutyRow(**found)


async def end_renewed(
    session: AsyncSession, duty_id: UUID, at: datetime, by: str, role: str
) -> DutyRow | None:
    """A missed duty ends, because another with a new date runs in its place; None when it has ended."""
    ended = {"ended_at": at, "ending": DutyEnding.OTHERWISE, "reason": RENEWED}
    return await end_duty(session, duty_id, **ended, ended_by=by, role=role, written_at=at)


async def resume_duty(session: AsyncSession, duty_id: UUID, place: Place) -> None:
    """A duty that ended otherwise runs again from its old start; the unit that has the contact owes it."""
    await session.execute(
        update(DUTIES).where(DUTIES.c.id == duty_id).values(**_NOT_ENDED, **place._asdict())
    )


async def mark_read(
    session: AsyncSession, contact_id: UUID, at: datetime, now: datetime, *, role: str, by: str | None = None
) -> None:
    """A letter was opened then. Of two events that show it the earlier counts, whichever comes first."""
    earlier = (
        RUNNING if by is not None else RUNNING | (DUTIES.c.ended_by.is_(None) & (DUTIES.c.ended_at > at))
    )
    # Clocks of services differ: nothing is read before it was received.
    moment = case((DUTIES.c.starts_at > at, DUTIES.c.starts_at), else_=literal(at, UtcDateTime))
    read = {"ended_at": moment, "ending": DutyEnding.DONE, "act": READ, "ended_by": by, "role": role}
    await session.execute(
        update(DUTIES)
        .where(DUTIES.c.contact_id == contact_id, DUTIES.c.rule == UNREAD_MAIL, earlier)
        .values(**read, written_at=now)
    )


@dataclass(frozen=True)
class DutyFilter:
    """Which duties to list: those that every part that is set fits, at `now`."""

    now: datetime
    queues: Sequence[str]
    contact_id: UUID | None = None
    unit: str | None = None
    rule: str | None = None
    state: DutyState | None = None


class ListedDuty(NamedTuple):
    """A duty with the open entry that displays it, if there is one."""

    duty: DutyRow
    entry_id: UUID | None
    status: str | None
    taken_by: str | None


_OF_ENTRY = ("id", "status", "taken_by")
_OPEN_ENTRY = (ENTRIES.c.contact_id == DUTIES.c.carried_by) & (
    in_status(EntryStatus.WAITING) | in_status(EntryStatus.TAKEN)
)


async def list_duties(
    session: AsyncSession, only: DutyFilter, after: Cursor | None, limit: int, *, running: bool = False
) -> list[ListedDuty]:
    """Duties in the order in which they are due; with `running` those that somebody still has to do."""
    wanted = (
        select(DUTIES, *(ENTRIES.c[name].label(f"entry_{name}") for name in _OF_ENTRY))
        .select_from(DUTIES.outerjoin(ENTRIES, _OPEN_ENTRY))
        .where(*_conditions(only))
        .order_by(DUTIES.c.due_at, DUTIES.c.id)
        .limit(limit)
    )
    if running:
        wanted = wanted.where(RUNNING)
    if after is not None:
        later = (DUTIES.c.due_at == after.at) & (DUTIES.c.id > after.id)
        wanted = wanted.where((DUTIES.c.due_at > after.at) | later)
    return [_listed(dict(row)) for row in (await session.execute(wanted)).mappings()]


def _listed(row: dict[str, Any]) -> ListedDuty:
    entry = [row.pop(f"entry_{name}") for name in _OF_ENTRY]
    return ListedDuty(DutyRow(**row), *entry)


def _conditions(only: DutyFilter) -> list[ColumnElement[bool]]:
    named = ((DUTIES.c[name], getattr(only, name)) for name in ("contact_id", "unit", "rule"))
    conditions = [column == value for column, value in named if value is not None]
    if only.state is not None:
        conditions.append(_states(only.now)[only.state])
    return [DUTIES.c.queue.in_(only.queues), *conditions]


def _states(now: datetime) -> dict[DutyState, ColumnElement[bool]]:
    """The condition of each state at `now`, as `state_of` in deadlines/clocks.py gives it."""
    done = DUTIES.c.ending == DutyEnding.DONE
    return {
        DutyState.OVERDUE: RUNNING & (DUTIES.c.due_at < now),
        DutyState.RUNNING: RUNNING & (DUTIES.c.due_at >= now),
        DutyState.MET: done & (DUTIES.c.ended_at <= DUTIES.c.due_at),
        DutyState.MET_LATE: done & (DUTIES.c.ended_at > DUTIES.c.due_at),
        DutyState.ENDED_OTHERWISE: DUTIES.c.ending == DutyEnding.OTHERWISE,
    }


async def count_running(session: AsyncSession, queues: Sequence[str], now: datetime) -> tuple[int, int]:
    """How many duties in these queues still run, and how many of them are overdue at `now`."""
    overdue = func.count().filter(DUTIES.c.due_at < now)
    row = await session.execute(select(func.count(), overdue).where(RUNNING, DUTIES.c.queue.in_(queues)))
    running, late = row.one()
    return int(running), int(late)


class DutyCount(NamedTuple):
    """How many duties of a rule are in a state; `reason` where they ended otherwise."""

    rule: str
    state: str
    reason: str | None
    number: int


async def duty_counts(session: AsyncSession, since: datetime, now: datetime) -> list[DutyCount]:
    """By rule: duties that run, also without an entry, and how those due since `since` ended."""
    state = case(*((condition, state.value) for state, condition in _states(now).items())).label("state")
    found = await session.execute(
        select(DUTIES.c.rule, state, DUTIES.c.reason, func.count())
        .where(RUNNING | (DUTIES.c.due_at >= since))
        .group_by(DUTIES.c.rule, state, DUTIES.c.reason)
        .order_by(DUTIES.c.rule, state, DUTIES.c.reason)
    )
    return [DutyCount._make(row) for row in found]
