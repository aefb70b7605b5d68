"""Operations: the state now, a day against usual days, and faults between the systems."""

from collections.abc import AsyncIterator
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent

from services.desk.api_clients import SERVICES
from services.desk.api_models import Listing
from services.desk.operations.charts import draw_day
from services.desk.operations.schemas import Rerun, Revival, UnconfiguredQueue
from services.desk.operations.service import CLOCKS_SHOWN, Overview, read_day, read_overview, read_systems
from services.desk.operations.troubles import troubles_of
from services.desk.page_request import PageRequest, signed_in
from services.desk.routing_models import Board, Queue
from services.desk.sections import section
from shared.problems import NotFound
from shared.vocabulary import Role

operations_router = APIRouter(prefix="/operations")

#: Reception staff see the state, too; repairing what lies between systems is operations' own.
Reader = Annotated[PageRequest, signed_in(Role.OPERATIONS, Role.RECEPTION)]
Operator = Annotated[PageRequest, signed_in(Role.OPERATIONS)]
Code = Annotated[str, Query(max_length=60, pattern=r"^[a-z0-9-]+$")]
#: What is not on the board is read again no more often than this by each open page.
_READ_AGAIN_SECONDS = 15.0
#: Routing began later than that anywhere.
_EARLIEST = date(2020, 1, 1)


@operations_router.get("", name="operations")
async def show_now(page: Reader) -> Response:
    """What needs action now, the queues, deadlines that run out, and the call-backs that are owed."""
    board = await section(page.services.get("routing", "/v1/board/now", Board))
    overview = await read_overview(page.services, page.now)
    return page.render("operations.html", **_now(page, board.body, overview))


@operations_router.get("/live", response_class=EventSourceResponse)
async def follow_now(page: Reader) -> AsyncIterator[ServerSentEvent]:
    """The same again whenever the board changes; what is not on the board, now and then."""
    overview: Overview | None = None
    read_at: datetime = page.now

    async def render(board: Board | None) -> str:
        nonlocal overview, read_at
        if overview is None or (page.now - read_at).total_seconds() >= _READ_AGAIN_SECONDS:
            overview, read_at = await read_overview(page.services, page.now), page.now
        return page.fragment("operations_now.html", **_now(page, board, overview))

    async for event in page.live(render):
        yield event


def _now(page: PageRequest, board: Board | None, overview: Overview) -> dict[str, Any]:
    queues, systems = None if board is None else board.queues, overview.systems
    return {
        "queues": None if queues is None else sorted(queues, key=_worst_first),
        "most_waiting": max((queue.live.waiting for queue in queues or ()), default=0),
        "names": {queue.code: queue.name for queue in queues or ()},
        "clocks": overview.clocks,
        "duties": overview.duties,
        "clocks_shown": CLOCKS_SHOWN,
        "is_partly_hidden": overview.is_partly_hidden,
        "callbacks": overview.callbacks,
        "systems": systems,
        "troubles": troubles_of(
            queues=queues,
            clocks=overview.clocks.body,
            duties=overview.duties.body,
            unread=(*overview.unread, *(("queues",) if queues is None else ())),
            callbacks=overview.callbacks.body,
            ready=systems.ready,
            dead=systems.dead,
            on_their_way=systems.on_their_way,
            telephony=systems.telephony.body,
            now=page.now,
        ),
    }


def _worst_first(queue: Queue) -> tuple[bool, int, float, str]:
    live = queue.live
    return (queue.kind != "reception", -live.past_due, -(live.oldest_wait_seconds or 0), queue.name)


@operations_router.get("/day", name="operations_day")
async def show_day(page: Reader, queue: Code = "reception-phone", day: str = "") -> Response:
    """A queue's day against the same weekday of the weeks before."""
    today = page.today
    wanted = _day_of(day, today)
    queues = (await page.services.get("routing", "/v1/queues", Listing[Queue])).items
    seen = await read_day(page.services, queue, wanted or today, page.now)
    return page.render(
        "operations_day.html",
        seen=seen,
        queues=sorted(queues, key=lambda one: (one.kind != "reception", one.name)),
        code=queue,
        today=today,
        fault=wanted is None,
        coming=draw_day(seen.coming),
        waiting=draw_day(seen.waiting, unit=60.0),
    )


def _day_of(text: str, today: date) -> date | None:
    """The day in the address, without one today; None for a day that has no statistics."""
    if not text:
        return today
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if _EARLIEST <= day <= today else None


@operations_router.get("/systems", name="operations_systems")
async def show_systems(page: Operator) -> Response:
    """Telephone systems, events that could not be delivered, and whether the services can work."""
    systems = await read_systems(page.services)
    missing = await section(page.services.get("intake", "/v1/telephony/queues", Listing[UnconfiguredQueue]))
    return page.render("operations_systems.html", systems=systems, missing=missing)


@operations_router.post("/systems/deliveries")
async def rerun_deliveries(page: Operator) -> Response:
    """Interpret again what was set aside: all of it, or what has one reason."""
    query = {"reason": (await page.form()).text("reason")}
    done = await page.services.post("intake", "/v1/telephony/deliveries/rerun", Rerun, query=query)
    return page.redirect(f"/operations/systems?rerun={done.rerun}#telephony")


@operations_router.post("/systems/letters/{service}")
async def revive_letters(page: Operator, service: str) -> Response:
    """Send a service's dead letters again: all of them, or one."""
    name = next((name for name in SERVICES if name == service), None)
    if name is None:
        raise NotFound
    letter = (await page.form()).text("letter")
    if _is_id(letter):
        done = await page.services.post(name, f"/v1/events/{letter}/retry", Revival)
    else:
        done = await page.services.post(name, "/v1/events/retry", Revival)
    return page.redirect(f"/operations/systems?revived={done.revived}#letters")


def _is_id(text: str | None) -> bool:
    try:
        UUID(text or "")
    except ValueError:
        return False
    return True
