"""Statements on tasks."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.routing.models import TaskRow
from services.routing.repository import DUTIES, RUNNING
from services.routing.states import WRITTEN_NOTICE, TaskStatus
from shared.application_clocks import APPLICATION_RULES
from shared.database import table_of, upsert
from shared.ids import new_id
from shared.paging import Cursor

TASKS = table_of(TaskRow)


class Task(NamedTuple):
    """A task, with its missed duty. `queue` is where the contact is now."""

    id: UUID
    duty_id: UUID
    kind: str
    status: str
    made_at: datetime
    ended_at: datetime | None
    role: str | None
    new_due_at: datetime | None
    contact_id: UUID
    queue: str
    rule: str
    legal_basis: str
    due_at: datetime


_OF_TASK = ("id", "duty_id", "kind", "status", "made_at", "ended_at", "role", "new_due_at")
_COLUMNS = (
    *(TASKS.c[name] for name in _OF_TASK),
    *(DUTIES.c[name] for name in Task._fields if name not in _OF_TASK),
)


def _tasks() -> Select[Any]:
    return select(*_COLUMNS).join(DUTIES, DUTIES.c.id == TASKS.c.duty_id)


async def missed_without_task(session: AsyncSession, now: datetime, most: int) -> Sequence[UUID]:
    """Duties to decide applications that run, are past their time, and have no task yet."""
    found = await session.execute(
        select(DUTIES.c.id)
        .outerjoin(TASKS, TASKS.c.duty_id == DUTIES.c.id)
        .where(RUNNING, DUTIES.c.due_at < now, TASKS.c.id.is_(None))
        .where(DUTIES.c.rule.startswith(APPLICATION_RULES, autoescape=True))
        .order_by(DUTIES.c.due_at, DUTIES.c.id)
        .limit(most)
    )
    return found.scalars().all()


async def add_tasks(session: AsyncSession, missed: Sequence[UUID], now: datetime) -> int:
    """Add one task for each of these duties; none for those that have one. Returns how many are new."""
    made = 0
    for duty_id in missed:
        columns = {
            "id": new_id(),
            "duty_id": duty_id,
            "kind": WRITTEN_NOTICE,
            "status": TaskStatus.OPEN,
            "made_at": now,
        }
        new = upsert(session, TASKS).values(columns).on_conflict_do_nothing().returning(TASKS.c.id)
        made += (await session.execute(new)).first() is not None
    return made


async def tasks_to_lapse(session: AsyncSession) -> Sequence[UUID]:
    """Open tasks whose duty has ended: the application was decided, or withdrawn."""
    found = await session.execute(
        select(TASKS.c.id)
        .join(DUTIES, DUTIES.c.id == TASKS.c.duty_id)
        .where(TASKS.c.status == TaskStatus.OPEN, ~RUNNING)
    )
    return found.scalars().all()


async def lapse(session: AsyncSession, ids: Sequence[UUID], now: datetime) -> int:
    """These tasks are no longer to be done; returns how many still were."""
    ended = await session.execute(
        update(TASKS)
        .where(TASKS.c.id.in_(ids), TASKS.c.status == TaskStatus.OPEN)
        .values(status=TaskStatus.LAPSED, ended_at=now)
        .returning(TASKS.c.id)
    )
    return len(ended.all())


async def list_tasks(
    session: AsyncSession, queues: Sequence[str], status: TaskStatus | None, after: Cursor | None, limit: int
) -> Sequence[Task]:
    """The tasks of these queues after the place given, oldest first."""
    wanted = _tasks().where(DUTIES.c.queue.in_(queues)).order_by(TASKS.c.made_at, TASKS.c.id).limit(limit)
    if status is not None:
        wanted = wanted.where(TASKS.c.status == status)
    if after is not None:
        wanted = wanted.where(_later(after))
    return [_task(row) for row in await session.execute(wanted)]


def _later(after: Cursor) -> ColumnElement[bool]:
    return or_(TASKS.c.made_at > after.at, and_(TASKS.c.made_at == after.at, TASKS.c.id > after.id))


async def find_task(session: AsyncSession, task_id: UUID) -> Task | None:
    row = (await session.execute(_tasks().where(TASKS.c.id == task_id))).first()
    return None if row is None else _task(row)


def _task(row: Row[Any]) -> Task:
    return Task._make(row)


async def finish_task(session: AsyncSession, task_id: UUID, **columns: object) -> bool:
    """The task is done; False when it was not open any more."""
    done = await session.execute(
        update(TASKS)
        .where(TASKS.c.id == task_id, TASKS.c.status == TaskStatus.OPEN)
        .values(status=TaskStatus.DONE, **columns)
        .returning(TASKS.c.id)
    )
    return done.first() is not None


async def count_open_tasks(session: AsyncSession) -> dict[str, int]:
    """How many tasks are to be done, by queue."""
    found = await session.execute(
        select(DUTIES.c.queue, func.count())
        .join(TASKS, TASKS.c.duty_id == DUTIES.c.id)
        .where(TASKS.c.status == TaskStatus.OPEN)
        .group_by(DUTIES.c.queue)
    )
    return {row[0]: row[1] for row in found}
