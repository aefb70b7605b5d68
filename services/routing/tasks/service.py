"""A missed deadline of an application requires a written notice with a new date (retssikkerhedsloven § 3).

It stays missed: the duty that ran out has ended late, and another with the new date runs in its place.
"""

from datetime import datetime, timedelta
from uuid import UUID

from services.routing.duties.repository import end_renewed, renew_duty
from services.routing.entries.repository import lock_contact
from services.routing.entries.service import reorder_open_entry, write_trail
from services.routing.permissions import demand_work
from services.routing.problems import TaskEnded
from services.routing.states import MoveKind
from services.routing.tasks import repository
from services.routing.tasks.repository import Task
from services.routing.units.repository import get_queue
from shared.access import Principal
from shared.problems import FieldError, InvalidInput, NotFound
from shared.unit_of_work import UnitOfWork

#: A date further ahead is a mistake in typing.
LONGEST_DELAY = timedelta(days=731)


async def get_task(work: UnitOfWork, task_id: UUID) -> Task:
    """The task as it is now. Raises NotFound."""
    task = await repository.find_task(work.session, task_id)
    if task is None:
        raise NotFound("No task has this id.")
    return task


async def record_notice(work: UnitOfWork, who: Principal, task_id: UUID, new_due_at: datetime) -> Task:
    """The citizen was informed in writing; the deadline runs on with its new date.

    Raises NotFound, Forbidden, InvalidInput for a date that is not ahead, TaskEnded.
    """
    task = await get_task(work, task_id)
    queue = await get_queue(work.session, task.queue)
    demand_work(who, queue.row)
    now = work.clock.now()
    if not now < new_due_at <= now + LONGEST_DELAY:
        message = "must lie ahead, by two years at most"
        raise InvalidInput(errors=[FieldError(pointer="/new_due_at", message=message)])
    await lock_contact(work.session, task.contact_id)
    done = {"ended_at": now, "ended_by": who.subject, "role": who.role, "new_due_at": new_due_at}
    if not await repository.finish_task(work.session, task_id, **done):
        raise TaskEnded
    missed = await end_renewed(work.session, task.duty_id, now, who.subject, str(who.role))
    if missed is None:
        raise TaskEnded("The deadline has ended meanwhile.")
    await renew_duty(work.session, missed, new_due_at)
    await _update_entry(work, who, task)
    return await get_task(work, task_id)


async def _update_entry(work: UnitOfWork, who: Principal, task: Task) -> None:
    """Order the contact's open entry by its new date, and write the notice into its trail."""
    entry = await reorder_open_entry(work, task.contact_id)
    if entry is not None:
        await write_trail(work, who, entry.id, MoveKind.CLOCK_RENEWED, task.rule)
