"""Tasks that missed deadlines make, over HTTP."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import AwareDatetime, BaseModel, Field

from services.routing.permissions import WORKERS, demand_sight, sees
from services.routing.problems import TaskEnded
from services.routing.queues.endpoints import Reader
from services.routing.schemas import Body
from services.routing.states import TaskStatus
from services.routing.tasks import repository
from services.routing.tasks.repository import Task
from services.routing.tasks.service import get_task, notice_sent
from services.routing.units.repository import Queue, all_queues, get_queue
from services.routing.wording import rule_name, task_text
from shared.access import Principal, allow
from shared.ids import reference_of, show_reference
from shared.paging import CursorText, Limit, Page, decode_cursor, encode_cursor, link_next, split_page
from shared.problems import InvalidCursor, NotFound, answers
from shared.unit_of_work import Reading, Writing
from shared.vocabulary import Unit

tasks_router = APIRouter(prefix="/v1/tasks", tags=["tasks"])

Worker = Annotated[Principal, allow(*WORKERS)]


class TaskOut(BaseModel):
    """A task. Who the citizen is, only intake knows; who did it, is told by role."""

    id: UUID
    kind: str = Field(examples=["written_notice"])
    text: str = Field(examples=["Send borgeren en skriftlig besked med en ny dato: fristen er overskredet."])
    status: TaskStatus
    unit: str = Field(description="Whose it is", examples=["adults"])
    contact_id: UUID
    reference: str = Field(description="As it is read aloud", examples=["7F3K-9QTX"])
    rule: str = Field(examples=["application_support_at_home"])
    name: str = Field(examples=["svar på ansøgning"])
    legal_basis: str
    due_at: datetime = Field(description="The date that was missed")
    made_at: datetime
    ended_at: datetime | None
    role: str | None = Field(examples=["caseworker"])
    new_due_at: datetime | None = Field(description="The date that the citizen was told")

    @classmethod
    def of(cls, task: Task, queue: Queue) -> Self:
        """As it is shown."""
        return cls.model_validate(
            {
                **task._asdict(),
                "unit": queue.row.unit,
                "reference": show_reference(reference_of(task.contact_id)),
                "name": rule_name(task.rule),
                "text": task_text(task.kind),
            }
        )


class DoneBody(Body):
    """What the citizen was told in writing."""

    new_due_at: AwareDatetime = Field(examples=["2026-05-01T12:00:00+02:00"])


@tasks_router.get("", summary="What missed deadlines ask for", responses=answers(InvalidCursor))
async def list_tasks(
    *,
    who: Reader,
    work: Reading,
    request: Request,
    response: Response,
    unit: Annotated[Unit | None, Query(examples=["adults"])] = None,
    status: Annotated[TaskStatus | None, Query(examples=["open"])] = None,
    limit: Limit = 50,
    cursor: CursorText = None,
) -> Page[TaskOut]:
    """Oldest first. Caseworkers see those of their own units."""
    queues = {queue.code: queue for queue in await all_queues(work.session)}
    seen = [code for code, queue in queues.items() if sees(who, queue.row) and unit in (None, queue.row.unit)]
    rows = await repository.list_tasks(work.session, seen, status, decode_cursor(cursor), limit)
    page, last = split_page(rows, limit)
    next_cursor = None if last is None else encode_cursor(last.made_at, last.id)
    link_next(request, response, next_cursor)
    return Page(items=[TaskOut.of(task, queues[task.queue]) for task in page], next_cursor=next_cursor)


@tasks_router.get("/{task_id}", summary="Read a task", responses=answers(NotFound))
async def read_task(who: Reader, task_id: UUID, work: Reading) -> TaskOut:
    """As it stands now."""
    task = await get_task(work, task_id)
    queue = await get_queue(work.session, task.queue)
    demand_sight(who, queue.row)
    return TaskOut.of(task, queue)


@tasks_router.post(
    "/{task_id}/done", summary="The citizen was told in writing", responses=answers(NotFound, TaskEnded)
)
async def finish_task(who: Worker, task_id: UUID, body: DoneBody, work: Writing) -> TaskOut:
    """The deadline goes on with the new date; that it was missed stays counted."""
    task = await notice_sent(work, who, task_id, body.new_due_at)
    return TaskOut.of(task, await get_queue(work.session, task.queue))
