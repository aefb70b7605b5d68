"""What a missed deadline of an application asks for: a written notice with a new date, once a miss.

The miss stays a miss: the clock that ran out is ended late, and another stands in its place with the date.
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from starlette.datastructures import State

from services.routing.contacts.repository import lock_story
from services.routing.deadlines.repository import add_clock, clocks, counting_deadlines, stop_clock
from services.routing.entries.queue_order import order_at
from services.routing.entries.repository import add_move, change_entry, open_entry_of
from services.routing.models import ClockRow
from services.routing.permissions import demand_work
from services.routing.problems import TaskEnded
from services.routing.states import MoveKind
from services.routing.tasks import repository
from services.routing.tasks.repository import Task
from services.routing.units.repository import get_queue
from shared.access import Principal
from shared.background import Job
from shared.problems import FieldError, InvalidInput, NotFound
from shared.unit_of_work import UnitOfWork

LOOK_SECONDS = 60.0
LONGEST_DELAY = timedelta(days=731)
_MOST = 500


class MissedDeadlines(Job):
    """Looks once a minute; harmless when several replicas do, since a clock has one task at most."""

    def __init__(self, state: State) -> None:
        super().__init__("missed deadlines", LOOK_SECONDS)
        self._state = state

    async def drain(self) -> int:
        """Make the tasks that are missing and end those that are overtaken; gives how many both were."""
        database, now = self._state.database, self._state.clock.now()
        async with database.reading() as session:
            missed = await repository.missed_without_task(session, now, _MOST)
            overtaken = await repository.overtaken(session)
        if not missed and not overtaken:
            return 0
        async with database.writing() as session:
            made = await repository.add_tasks(session, missed, now)
            return made + await repository.lapse(session, overtaken, now)


async def get_task(work: UnitOfWork, task_id: UUID) -> Task:
    """The task as it stands now. Raises NotFound."""
    task = await repository.find_task(work.session, task_id)
    if task is None:
        raise NotFound("No task has this id.")
    return task


async def notice_sent(work: UnitOfWork, who: Principal, task_id: UUID, new_due_at: datetime) -> Task:
    """The citizen was told in writing; the deadline goes on with its new date.

    Raises NotFound, Forbidden, InvalidInput for a date that is not ahead, TaskEnded.
    """
    task = await get_task(work, task_id)
    queue = await get_queue(work.session, task.queue)
    demand_work(who, queue.row)
    now = work.clock.now()
    if not now < new_due_at <= now + LONGEST_DELAY:
        message = "must lie ahead, by two years at most"
        raise InvalidInput(errors=[FieldError(pointer="/new_due_at", message=message)])
    await lock_story(work.session, task.contact_id)
    done = {"ended_at": now, "ended_by": who.subject, "role": who.role, "new_due_at": new_due_at}
    if not await repository.finish(work.session, task_id, **done):
        raise TaskEnded
    if not await stop_clock(work.session, task.clock_id, now):
        raise TaskEnded("The deadline has ended meanwhile.")
    await _renew(work, task.clock_id, new_due_at)
    await _tell_entry(work, who, task)
    return await get_task(work, task_id)


async def _renew(work: UnitOfWork, clock_id: UUID, due_at: datetime) -> None:
    row = (await work.session.execute(select(clocks).where(clocks.c.id == clock_id))).mappings().one()
    kept = ClockRow(**row).model_dump(exclude={"id", "met_at", "stopped_at", "renews", "due_at"})
    await add_clock(work.session, {**kept, "due_at": due_at, "renews": clock_id})


async def _tell_entry(work: UnitOfWork, who: Principal, task: Task) -> None:
    """In the contact's trail; and it no longer stands among those overdue."""
    entry = await open_entry_of(work.session, task.contact_id)
    if entry is None:
        return
    queue = await get_queue(work.session, entry.queue)
    counting = await counting_deadlines(work.session, task.contact_id)
    await change_entry(work.session, entry, order_at=order_at(counting, entry.entered_at, queue.target))
    await add_move(
        work.session,
        entry.id,
        MoveKind.CLOCK_RENEWED,
        work.clock.now(),
        role=who.role,
        subject=who.subject,
        reason=task.rule,
    )
