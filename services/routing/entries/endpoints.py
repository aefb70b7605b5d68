"""The life of an entry over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from services.routing.duties.repository import carried_duties
from services.routing.entries import service
from services.routing.entries.repository import entries_of_contact, moves_of
from services.routing.entries.schemas import (
    AbandonBody,
    EntryOut,
    EntryWithTrail,
    MoveOut,
    ReleaseBody,
    ReturnBody,
    TakeBody,
    TransferBody,
)
from services.routing.models import EntryRow
from services.routing.permissions import Mover, Reader, Worker, demand_sight, sees
from services.routing.problems import (
    AlreadyTaken,
    EntryClosed,
    NotReturnable,
    NotTaken,
    SameQueue,
    TakenByAnother,
    UnknownQueue,
)
from services.routing.units.repository import Queue, all_queues
from shared.paging import Page, Paging
from shared.problems import Conflict, InvalidCursor, NotFound, answers
from shared.unit_of_work import Reading, UnitOfWork, Writing

entries_router = APIRouter(prefix="/v1/entries", tags=["entries"])

_HELD = answers(NotFound, NotTaken, TakenByAnother, EntryClosed, Conflict)


@entries_router.get("", summary="Where a contact is and has been", responses=answers(InvalidCursor))
async def list_entries(
    *,
    who: Reader,
    work: Reading,
    contact_id: Annotated[UUID, Query(examples=["0199f0c2-6a53-7c1e-9d2a-2f6f0d9a1c11"])],
    paging: Paging,
) -> Page[EntryOut]:
    """A contact's entries in the order they were made; a caseworker sees those of their own units."""
    after = paging.after
    rows = await entries_of_contact(
        work.session, contact_id, None if after is None else after.id, paging.limit + 1
    )
    page, next_cursor = paging.split(rows, place=lambda entry: (entry.entered_at, entry.id))
    queues = {queue.code: queue for queue in await all_queues(work.session)}
    duties = await carried_duties(work.session, [contact_id])
    visible = [entry for entry in page if sees(who, queues[entry.queue].row)]
    items = [EntryOut.of(one, queues[one.queue], duties[contact_id], work.clock.now()) for one in visible]
    return Page(items=items, next_cursor=next_cursor)


@entries_router.get("/{entry_id}", summary="Read an entry and its trail", responses=answers(NotFound))
async def read_entry(who: Reader, entry_id: UUID, work: Reading) -> EntryWithTrail:
    """With its clocks as they are now, and everything that happened to it."""
    entry, queue = await service.read_entry(work, entry_id)
    demand_sight(who, queue.row)
    document = await entry_out(work, entry, queue)
    trail = [
        MoveOut.model_validate(move, from_attributes=True) for move in await moves_of(work.session, entry_id)
    ]
    return EntryWithTrail(**document.model_dump(), trail=trail)


@entries_router.post(
    "/{entry_id}/take",
    summary="Take one entry out of turn",
    responses=answers(NotFound, AlreadyTaken, EntryClosed),
)
async def take_entry(who: Worker, entry_id: UUID, work: Writing, body: TakeBody | None = None) -> EntryOut:
    """Only one caller gets it; the others are answered that it is taken (409)."""
    counter = None if body is None else body.counter
    return await entry_out(work, *await service.take(work, who, entry_id, counter))


@entries_router.post("/{entry_id}/release", summary="Put a taken entry back", responses=_HELD)
async def release_entry(
    who: Mover, entry_id: UUID, work: Writing, body: ReleaseBody | None = None
) -> EntryOut:
    """It has its old place again. Operations may release what somebody else has taken."""
    reason = None if body is None else body.reason
    return await entry_out(work, *await service.release(work, who, entry_id, reason))


@entries_router.post(
    "/{entry_id}/return",
    summary="Wrong unit: back to triage",
    responses=answers(NotFound, TakenByAnother, EntryClosed, NotReturnable, Conflict),
)
async def return_entry(who: Worker, entry_id: UUID, work: Writing, body: ReturnBody) -> EntryOut:
    """The contact goes to the reception's own queue, urgency and clocks running on, until triage decides
    again. Answers the entry that was returned.
    """
    returned = await service.return_to_triage(work, who, entry_id, body.reason, body.reason_code)
    return await entry_out(work, *returned)


@entries_router.post(
    "/{entry_id}/transfer",
    summary="Move to another queue",
    responses=answers(NotFound, TakenByAnother, EntryClosed, SameQueue, UnknownQueue, Conflict),
)
async def transfer_entry(who: Mover, entry_id: UUID, work: Writing, body: TransferBody) -> EntryOut:
    """Urgency and clocks run on. Answers the new entry, in the queue it went to."""
    return await entry_out(work, *await service.transfer(work, who, entry_id, body.queue, body.reason))


@entries_router.post(
    "/{entry_id}/abandon",
    summary="The citizen gave up",
    responses=answers(NotFound, TakenByAnother, EntryClosed, Conflict),
)
async def abandon_entry(
    who: Worker, entry_id: UUID, work: Writing, body: AbandonBody | None = None
) -> EntryOut:
    """The contact closes as abandoned. What is still owed stays an open duty of the unit."""
    reason = None if body is None else body.reason
    return await entry_out(work, *await service.abandon(work, who, entry_id, reason))


async def entry_out(work: UnitOfWork, entry: EntryRow, queue: Queue) -> EntryOut:
    """The answer of each request that changed one entry."""
    duties = await carried_duties(work.session, [entry.contact_id])
    return EntryOut.of(entry, queue, duties[entry.contact_id], work.clock.now())
