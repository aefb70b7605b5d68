"""Queues over HTTP: what there is, which entries wait, taking the next one, and the wait to expect."""

from collections.abc import Sequence
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Response

from services.routing.duties.repository import carried_duties
from services.routing.entries.endpoints import entry_out
from services.routing.entries.repository import (
    EntryFilter,
    entries_in_order,
    filtered,
    find_entry,
    places_in_line,
)
from services.routing.entries.schemas import EntryOut, TakeBody
from services.routing.entries.service import take_next
from services.routing.models import EntryRow
from services.routing.permissions import READERS, Reader, Worker, demand_sight
from services.routing.problems import NotWaiting
from services.routing.queues.schemas import QueueOut
from services.routing.states import OPEN_STATUSES, EntryStatus
from services.routing.units.repository import Queue, all_queues, get_queue
from services.routing.waits.schemas import EstimateOut
from services.routing.waits.service import estimate_for_entry, live_figures
from shared.access import allow
from shared.documents import document
from shared.idempotency import Idempotent
from shared.paging import Cursor, Page, Paging
from shared.problems import IdempotencyMismatch, InvalidCursor, NotFound, answers
from shared.unit_of_work import Reading, UnitOfWork, Writing
from shared.vocabulary import Channel, Role, Urgency

queues_router = APIRouter(prefix="/v1/queues", tags=["queues"])

Code = Annotated[str, Path(max_length=60, pattern=r"^[a-z0-9-]+$", examples=["reception-phone"])]
_ALL = allow(*READERS, Role.RULES_EDITOR)


@queues_router.get("", summary="List queues, with their live figures", dependencies=[_ALL])
async def list_queues(work: Reading) -> Page[QueueOut]:
    """The reception's queues and every unit's. Figures name no one."""
    queues = await all_queues(work.session)
    figures = await live_figures(work.session, queues, work.clock.now())
    items = [QueueOut.of(queue, live) for queue, live in zip(queues, figures, strict=True)]
    return Page(items=items, next_cursor=None)


@queues_router.get(
    "/{code}", summary="Read a queue, with its live figures", dependencies=[_ALL], responses=answers(NotFound)
)
async def read_queue(code: Code, work: Reading) -> QueueOut:
    """Length, ages, waits with those still waiting counted in, service levels, opening, estimate."""
    queue = await get_queue(work.session, code)
    (figures,) = await live_figures(work.session, [queue], work.clock.now())
    return QueueOut.of(queue, figures)


async def _filter(
    *,
    who: Reader,
    mine: Annotated[bool, Query(description="Only what the caller has taken")] = False,
    urgency: Annotated[Urgency | None, Query(examples=["day"])] = None,
    channel: Annotated[Channel | None, Query(examples=["written"])] = None,
    rule: Annotated[
        str | None,
        Query(
            max_length=60,
            pattern=r"^[a-z0-9_]+$",
            description="Only with this deadline still to be met",
            examples=["notification_assessment"],
        ),
    ] = None,
    reference: Annotated[
        str | None,
        Query(
            max_length=12, pattern=r"^[0-9A-Za-z -]+$", description="A part of a reference", examples=["7F3K"]
        ),
    ] = None,
    late: Annotated[bool, Query(description="Only past a deadline or past the queue's own target")] = False,
) -> EntryFilter:
    return EntryFilter(who.subject if mine else None, urgency, channel, rule, reference, late)


@queues_router.get(
    "/{code}/entries",
    summary="Who waits, in the order they will be taken, and why",
    responses=answers(NotFound, InvalidCursor),
)
async def list_queue_entries(
    *,
    who: Reader,
    code: Code,
    work: Reading,
    status: Annotated[
        Literal["waiting", "taken", "open"],
        Query(description="Those who wait, those somebody has taken, or both", examples=["waiting"]),
    ] = "waiting",
    only: Annotated[EntryFilter, Depends(_filter)],
    paging: Paging,
) -> Page[EntryOut]:
    """Acute first, then by due time (so those overdue come first), then by arrival.

    Caseworkers see the queues of their own units, the reception all. With a filter the places are still
    those in the whole line.
    """
    queue = await get_queue(work.session, code)
    demand_sight(who, queue.row)
    after = await _after(work, paging.after)
    statuses = OPEN_STATUSES if status == "open" else (EntryStatus(status),)
    conditions = filtered(only, work.clock.now())
    rows = await entries_in_order(
        work.session, code, statuses, after, paging.limit + 1, conditions=conditions
    )
    page, next_cursor = paging.split(rows, place=lambda entry: (entry.order_at, entry.id))
    return Page(items=await _with_places(work, queue, page), next_cursor=next_cursor)


async def _after(work: UnitOfWork, place: Cursor | None) -> EntryRow | None:
    """The last entry of the page before. Its place in the order does not change, even once it is taken."""
    if place is None:
        return None
    entry = await find_entry(work.session, place.id)
    if entry is None:
        raise InvalidCursor
    return entry


async def _with_places(work: UnitOfWork, queue: Queue, page: Sequence[EntryRow]) -> list[EntryOut]:
    duties = await carried_duties(work.session, {entry.contact_id for entry in page})
    places = await places_in_line(work.session, queue.code, [entry.id for entry in page])
    now = work.clock.now()
    return [EntryOut.of(entry, queue, duties[entry.contact_id], now, places.get(entry.id)) for entry in page]


@queues_router.post(
    "/{code}/next",
    summary="Take the next one",
    response_model=EntryOut,
    responses={
        204: {"description": "Nobody waits"},
        **answers(NotFound, IdempotencyMismatch),
    },
)
async def take_next_entry(
    who: Worker,
    code: Code,
    work: Writing,
    once: Idempotent,
    body: TakeBody | None = None,
) -> Response:
    """Never the same entry to two people. With an Idempotency-Key, a repeated request gets the first answer
    again instead of a second citizen.
    """
    await once.replay(work, who)
    taken = await take_next(work, who, code, None if body is None else body.counter)
    answer = Response(status_code=204) if taken is None else document(await entry_out(work, *taken))
    await once.remember(work, who, answer)
    return answer


@queues_router.get(
    "/{code}/estimate",
    summary="The wait to expect, as a range",
    responses=answers(NotFound, NotWaiting),
)
async def estimate_wait(
    who: Reader,
    code: Code,
    work: Reading,
    entry: Annotated[UUID | None, Query(description="For this entry; else for someone who joins now")] = None,
) -> EstimateOut:
    """A range with its probability, and what it rests on. The wait for opening is counted in."""
    queue, now = await get_queue(work.session, code), work.clock.now()
    if entry is None:
        (figures,) = await live_figures(work.session, [queue], now)
        return EstimateOut.of(code, figures.estimate, now)
    demand_sight(who, queue.row)
    found = await find_entry(work.session, entry)
    if found is None or found.queue != code:
        raise NotFound("No entry of this queue has this id.")
    if found.status != EntryStatus.WAITING:
        raise NotWaiting
    return EstimateOut.of(code, await estimate_for_entry(work.session, queue, found, now), now)
