"""Deadlines of an entry over HTTP: started and met by the caseworker who has it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path

from services.routing.duties import service
from services.routing.duties.schemas import StartClockBody
from services.routing.entries.endpoints import entry_out
from services.routing.entries.schemas import EntryOut
from services.routing.permissions import Worker
from services.routing.problems import ClockRuns, EntryClosed, NotTaken, TakenByAnother
from shared.problems import Conflict, NotFound, answers
from shared.unit_of_work import Writing

duties_router = APIRouter(prefix="/v1/entries/{entry_id}/clocks", tags=["entries"])


@duties_router.post(
    "/{rule}/meet",
    summary="One deadline is met",
    responses=answers(NotFound, NotTaken, TakenByAnother, EntryClosed, Conflict),
)
async def meet_entry_clock(
    who: Worker,
    entry_id: UUID,
    rule: Annotated[str, Path(max_length=60, pattern=r"^[a-z0-9_]+$", examples=["notification_assessment"])],
    work: Writing,
) -> EntryOut:
    """The duty is done while the work on the entry goes on, e.g. the 24-hour assessment of a notification."""
    return await entry_out(work, *await service.meet(work, who, entry_id, rule))


@duties_router.post(
    "",
    status_code=201,
    summary="Start a deadline",
    responses=answers(NotFound, NotTaken, TakenByAnother, EntryClosed, ClockRuns),
)
async def start_entry_clock(who: Worker, entry_id: UUID, body: StartClockBody, work: Writing) -> EntryOut:
    """From the moment the need became known: `child_assessment`, 4 months, in the children's areas (barnets
    lov § 20). No later decision stops it; it is met like any other.
    """
    started = await service.start_clock(work, who, entry_id, body.rule, body.starts_at)
    return await entry_out(work, *started)
