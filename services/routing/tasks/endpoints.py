"""Tasks that missed deadlines make, over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from services.routing.permissions import Reader, Worker, demand_sight, sees
from services.routing.problems import TaskEnded
from services.routing.states import TaskStatus
from services.routing.tasks import repository
from services.routing.tasks.schemas import DoneBody, TaskOut
from services.routing.tasks.service import get_task, record_notice
from services.routing.units.repository import all_queues, get_queue
from shared.paging import Page, Paging
from shared.problems import InvalidCursor, NotFound, answers
from shared.unit_of_work import Reading, Writing
from shared.vocabulary import Unit

tasks_router = APIRouter(prefix="/v1/tasks", tags=["tasks"])


@tasks_router.get("", summary="What missed deadlines ask for", responses=answers(InvalidCursor))
async def list_tasks(
    *,
    who: Reader,
    work: Reading,
    unit: Annotated[Unit | None, Query(examples=["adults"])] = None,
    status: Annotated[TaskStatus | None, Query(examples=["open"])] = None,
    paging: Paging,
) -> Page[TaskOut]:
    """Oldest first. Caseworkers see those of their own units."""
    queues = {queue.code: queue for queue in await all_queues(work.session)}
    visible = [
        code for code, queue in queues.items() if sees(who, queue.row) and unit in (None, queue.row.unit)
    ]
    rows = await repository.list_tasks(work.session, visible, status, paging.after, paging.limit + 1)
    return paging.page(
        rows,
        place=lambda task: (task.made_at, task.id),
        item=lambda task: TaskOut.of(task, queues[task.queue]),
    )


@tasks_router.get("/{task_id}", summary="Read a task", responses=answers(NotFound))
async def read_task(who: Reader, task_id: UUID, work: Reading) -> TaskOut:
    """As it is now."""
    task = await get_task(work, task_id)
    queue = await get_queue(work.session, task.queue)
    demand_sight(who, queue.row)
    return TaskOut.of(task, queue)


@tasks_router.post(
    "/{task_id}/done", summary="The citizen was told in writing", responses=answers(NotFound, TaskEnded)
)
async def finish_task(who: Worker, task_id: UUID, body: DoneBody, work: Writing) -> TaskOut:
    """The deadline goes on with the new date; that it was missed stays counted."""
    task = await record_notice(work, who, task_id, body.new_due_at)
    return TaskOut.of(task, await get_queue(work.session, task.queue))
