"""What citizens are owed, over HTTP: which duties, due when and whose; and the acts that end them."""

from collections.abc import Mapping
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response

from services.routing.acts import service
from services.routing.acts.schemas import (
    ActBody,
    CompleteBody,
    DutyOut,
    RunningClockOut,
    RunningClocksPage,
    StartClockBody,
)
from services.routing.duties.repository import DutyFilter, ListedDuty, count_running, list_duties
from services.routing.entries.endpoints import entry_out
from services.routing.entries.repository import open_entry_of
from services.routing.entries.schemas import EntryOut
from services.routing.models import DutyRow
from services.routing.permissions import Reader, Worker, demand_sight, sees
from services.routing.problems import (
    ActNeedsDetails,
    ClockRuns,
    DutyEnded,
    EntryClosed,
    NotTaken,
    TakenByAnother,
)
from services.routing.states import DutyState
from services.routing.units.repository import Queue, all_queues, get_queue
from shared.access import Principal
from shared.documents import document
from shared.idempotency import Idempotent
from shared.paging import Page, Paging
from shared.problems import Conflict, IdempotencyMismatch, InvalidCursor, NotFound, answers
from shared.unit_of_work import Reading, UnitOfWork, Writing
from shared.vocabulary import Unit

duties_router = APIRouter(prefix="/v1/duties", tags=["duties"])
clocks_router = APIRouter(prefix="/v1/clocks", tags=["clocks"])
entry_acts_router = APIRouter(prefix="/v1/entries/{entry_id}", tags=["entries"])

QueueCode = Annotated[str | None, Query(max_length=60, pattern=r"^[a-z0-9-]+$", examples=["children-amager"])]
RuleCode = Annotated[
    str | None, Query(max_length=60, pattern=r"^[a-z0-9_]+$", examples=["notification_assessment"])
]
_HELD = answers(NotFound, NotTaken, TakenByAnother, EntryClosed, Conflict, DutyEnded)


@duties_router.get("", summary="What is owed, to whom and by whom", responses=answers(InvalidCursor))
async def list_all_duties(
    *,
    who: Reader,
    work: Reading,
    contact_id: Annotated[UUID | None, Query(examples=["0199f0c2-6a53-7c1e-9d2a-2f6f0d9a1c11"])] = None,
    unit: Annotated[Unit | None, Query(examples=["children-amager"])] = None,
    rule: RuleCode = None,
    state: Annotated[DutyState | None, Query(examples=["overdue"])] = None,
    paging: Paging,
) -> Page[DutyOut]:
    """In the order in which they are due, with or without an open entry. Caseworkers see their own units'."""
    now = work.clock.now()
    queues = await _visible_queues(work, who)
    only = DutyFilter(now, list(queues), contact_id, unit, rule, state)
    rows = await list_duties(work.session, only, paging.after, paging.limit + 1)
    return paging.page(
        rows,
        place=lambda listed: (listed.duty.due_at, listed.duty.id),
        item=lambda listed: DutyOut.of(listed, queues[listed.duty.queue].hours, now),
    )


@duties_router.get("/{duty_id}", summary="Read a duty", responses=answers(NotFound))
async def read_duty(who: Reader, duty_id: UUID, work: Reading) -> DutyOut:
    """As it is now, with the acts that end it."""
    duty = await service.get_duty(work, duty_id)
    demand_sight(who, (await get_queue(work.session, duty.queue)).row)
    return await _duty_out(work, duty)


@duties_router.post(
    "/{duty_id}/acts",
    summary="Write down the act that ends a duty",
    response_model=DutyOut,
    responses=answers(NotFound, DutyEnded, IdempotencyMismatch),
)
async def write_duty_act(
    who: Worker, duty_id: UUID, body: ActBody, once: Idempotent, work: Writing
) -> Response:
    """By a caseworker of the unit that answers for it. `acts` of the duty says which there are and what each
    requires; also written in the trail of the open entry, if there is one.
    """
    await once.replay(work, who)
    answer = document(await _duty_out(work, await service.write_act(work, who, duty_id, body)))
    await once.remember(work, who, answer)
    return answer


@clocks_router.get("", summary="Which deadlines run out, when and whose", responses=answers(InvalidCursor))
async def list_running_clocks(
    *,
    who: Reader,
    work: Reading,
    queue: QueueCode = None,
    paging: Paging,
) -> RunningClocksPage:
    """In the order in which they run out, those that have run out first, with or without an open entry.
    Caseworkers see their own units'.
    """
    now = work.clock.now()
    queues = await _visible_queues(work, who, queue)
    only = DutyFilter(now, list(queues))
    rows = await list_duties(work.session, only, paging.after, paging.limit + 1, running=True)
    page, next_cursor = paging.split(rows, place=lambda one: (one.duty.due_at, one.duty.id))
    counting, overdue = await count_running(work.session, list(queues), now)
    items = [RunningClockOut.of_running(one, queues[one.duty.queue].hours, now) for one in page]
    return RunningClocksPage(items=items, next_cursor=next_cursor, counting=counting, overdue=overdue)


@entry_acts_router.post("/complete", summary="The work is done", responses=_HELD)
async def complete_entry(
    who: Worker, entry_id: UUID, work: Writing, body: CompleteBody | None = None
) -> EntryOut:
    """The contact closes with this outcome. The duties that are named end by their acts; the others go on,
    as open duties of the unit.
    """
    body = body or CompleteBody.model_validate({})
    return await entry_out(work, *await service.complete(work, who, entry_id, body.outcome, body.duties))


@entry_acts_router.post(
    "/clocks/{rule}/meet",
    summary="One deadline is met",
    responses=answers(NotFound, NotTaken, TakenByAnother, EntryClosed, Conflict, ActNeedsDetails),
)
async def meet_entry_clock(
    who: Worker,
    entry_id: UUID,
    rule: Annotated[str, Path(max_length=60, pattern=r"^[a-z0-9_]+$", examples=["file_access"])],
    work: Writing,
) -> EntryOut:
    """The plain act of the rule, while the work on the entry goes on. Where the act requires more, e.g.
    whether acute help is needed, it is refused: write it with `POST /v1/duties/{id}/acts`.
    """
    return await entry_out(work, *await service.meet(work, who, entry_id, rule))


@entry_acts_router.post(
    "/clocks",
    status_code=201,
    summary="Start a deadline",
    responses=answers(NotFound, NotTaken, TakenByAnother, EntryClosed, ClockRuns),
)
async def start_entry_clock(who: Worker, entry_id: UUID, body: StartClockBody, work: Writing) -> EntryOut:
    """From the moment the need became known: `child_assessment`, 4 months, in the children's areas (barnets
    lov § 20). No event ends it; it ends by its act like any other.
    """
    started = await service.start_clock(work, who, entry_id, body.rule, body.starts_at)
    return await entry_out(work, *started)


async def _visible_queues(work: UnitOfWork, who: Principal, code: str | None = None) -> Mapping[str, Queue]:
    """The queues whose work the caller may see, or one of them."""
    queues = await all_queues(work.session)
    return {queue.code: queue for queue in queues if sees(who, queue.row) and code in (None, queue.code)}


async def _duty_out(work: UnitOfWork, duty: DutyRow) -> DutyOut:
    entry = await open_entry_of(work.session, duty.carried_by)
    queue = await get_queue(work.session, duty.queue)
    listed = ListedDuty(duty, *((None,) * 3 if entry is None else (entry.id, entry.status, entry.taken_by)))
    return DutyOut.of(listed, queue.hours, work.clock.now())
