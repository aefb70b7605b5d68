"""Operations: how it stands now, a day against usual days, and what is to be mended between the systems."""

from collections.abc import AsyncIterator
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent

from services.desk.feed import Board
from services.desk.live_pages import parts_of
from services.desk.operations.charts import draw_day
from services.desk.operations.day import look_at_day
from services.desk.operations.service import SERVICES, Overview, look_at_systems, look_over
from services.desk.operations.troubles import share_of, troubles_of
from services.desk.rendering import go_to, part, services_of, show
from services.desk.sections import section
from services.desk.session import Session
from services.desk.visitor import form_of, visitor
from shared.clock import COPENHAGEN
from shared.problems import NotFound
from shared.vocabulary import Role

operations_router = APIRouter(prefix="/operations")

#: Whoever leads the reception sees how it stands; mending what lies between systems is operations' own.
Looker = Annotated[Session, visitor(Role.OPERATIONS, Role.RECEPTION)]
Operator = Annotated[Session, visitor(Role.OPERATIONS)]
Code = Annotated[str, Query(max_length=60, pattern=r"^[a-z0-9-]+$")]
#: What the board does not tell is asked again no more often than this by each open page.
_LOOK_AGAIN_SECONDS = 15.0
#: Earlier days are not asked about; routing began later than that anywhere.
_EARLIEST = date(2020, 1, 1)


@operations_router.get("", name="operations")
async def show_now(request: Request, session: Looker) -> Response:
    """What needs somebody now, the queues, deadlines that run out, and who is owed a call."""
    services = services_of(request, session)
    board = await section(services.get("routing", "/v1/board/now"))
    overview = await look_over(services)
    return show(request, "operations.html", session, **_now(request, board.body, overview))


@operations_router.get("/live", response_class=EventSourceResponse)
async def follow_now(request: Request, session: Looker) -> AsyncIterator[ServerSentEvent]:
    """The same again whenever the board changes; what the board does not tell, now and then."""
    clock, services = request.app.state.clock, services_of(request, session)
    overview: Overview | None = None
    asked_at: datetime = clock.now()

    async def render(board: Board | None) -> str:
        nonlocal overview, asked_at
        if overview is None or (clock.now() - asked_at).total_seconds() >= _LOOK_AGAIN_SECONDS:
            overview, asked_at = await look_over(services), clock.now()
        return part(request, "operations_now.html", session, **_now(request, board, overview))

    async for event in parts_of(request, render):
        yield event


def _now(request: Request, board: Board | None, overview: Overview) -> dict[str, Any]:
    queues = None if board is None else board["queues"]
    systems = overview.systems
    troubles = troubles_of(
        queues=queues,
        clocks=overview.clocks.body,
        callbacks=overview.callbacks.body,
        ready=systems.ready,
        dead=systems.dead,
        on_their_way=systems.on_their_way,
        telephony=systems.telephony.body,
        now=request.app.state.clock.now(),
    )
    return {
        "queues": None if queues is None else sorted(queues, key=_worst_first),
        "most_waiting": max((queue["live"]["waiting"] for queue in queues or ()), default=0),
        "names": {queue["code"]: queue["name"] for queue in queues or ()},
        "clocks": overview.clocks,
        "callbacks": overview.callbacks,
        "systems": systems,
        "troubles": troubles,
        "share_of": share_of,
    }


def _worst_first(queue: dict[str, Any]) -> tuple[Any, ...]:
    live = queue["live"]
    return (
        queue["kind"] != "reception",
        -live["past_due"],
        -(live["oldest_wait_seconds"] or 0),
        queue["name"],
    )


@operations_router.get("/day", name="operations_day")
async def show_day(
    request: Request, session: Looker, queue: Code = "reception-phone", day: str = ""
) -> Response:
    """A queue's day against the same weekday of the weeks before."""
    now, services = request.app.state.clock.now(), services_of(request, session)
    today = now.astimezone(COPENHAGEN).date()
    wanted = _day_of(day, today)
    queues = (await services.get("routing", "/v1/queues"))["items"]
    seen = await look_at_day(services, queue, wanted or today, now)
    return show(
        request,
        "operations_day.html",
        session,
        seen=seen,
        queues=sorted(queues, key=lambda one: (one["kind"] != "reception", one["name"])),
        code=queue,
        today=today,
        fault=wanted is None,
        coming=draw_day(seen.coming),
        waiting=draw_day(seen.waiting, unit=60.0),
    )


def _day_of(text: str, today: date) -> date | None:
    """The day somebody asks for, today when they name none; None for one that cannot be shown."""
    if not text:
        return today
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if _EARLIEST <= day <= today else None


@operations_router.get("/systems", name="operations_systems")
async def show_systems(request: Request, session: Operator) -> Response:
    """Telephone systems, what the services could not tell each other, and whether they can work."""
    services = services_of(request, session)
    systems = await look_at_systems(services)
    missing = await section(services.get("intake", "/v1/telephony/queues"))
    return show(request, "operations_systems.html", session, systems=systems, missing=missing)


@operations_router.post("/systems/deliveries")
async def rerun_deliveries(request: Request, session: Operator) -> Response:
    """Interpret again what was set aside: all of it, or what has one reason."""
    reason = (await form_of(request)).text("reason")
    services = services_of(request, session)
    query = {"reason": reason}
    done = await services.ask("intake", "POST", "/v1/telephony/deliveries/rerun", query=query)
    return go_to(request, f"/operations/systems?rerun={done.body['rerun']}#telephony")


@operations_router.post("/systems/letters/{service}")
async def revive_letters(request: Request, session: Operator, service: str) -> Response:
    """Send a service's dead letters again: all of them, or one."""
    if service not in SERVICES:
        raise NotFound
    letter = (await form_of(request)).text("letter")
    path = f"/v1/events/{UUID(letter)}/retry" if _is_id(letter) else "/v1/events/retry"
    done = await services_of(request, session).post(service, path)
    return go_to(request, f"/operations/systems?revived={done['revived']}#letters")


def _is_id(text: str | None) -> bool:
    try:
        UUID(text or "")
    except ValueError:
        return False
    return True
