"""Calling tickets over HTTP."""

from uuid import UUID

from fastapi import APIRouter

from services.routing.entries.endpoints import entry_out
from services.routing.entries.schemas import EntryOut, TakeBody
from services.routing.permissions import Worker
from services.routing.problems import EntryClosed, NoTicket, NotTaken, TakenByAnother
from services.routing.tickets import service
from shared.problems import Conflict, NotFound, answers
from shared.unit_of_work import Writing

tickets_router = APIRouter(prefix="/v1/entries/{entry_id}", tags=["entries"])
_REFUSALS = answers(NotFound, NotTaken, TakenByAnother, EntryClosed, NoTicket, Conflict)


@tickets_router.post("/call", summary="Call a ticket again", responses=_REFUSALS)
async def call_entry(who: Worker, entry_id: UUID, work: Writing, body: TakeBody | None = None) -> EntryOut:
    """The screen shows it first and reads it out once more. The wait ended when it was taken."""
    counter = None if body is None else body.counter
    return await entry_out(work, *await service.call_again(work, who, entry_id, counter))


@tickets_router.post("/no-show", summary="Nobody came when the ticket was called", responses=_REFUSALS)
async def miss_entry(who: Worker, entry_id: UUID, work: Writing) -> EntryOut:
    """It waits again, three places down at most. The third time it is abandoned, and the contact closes."""
    return await entry_out(work, *await service.no_show(work, who, entry_id))
