"""The counter: tickets for those who come in, the line, calling the next, and those who do not come."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any
from urllib.parse import quote, unquote
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent

from services.desk.api_clients import Services
from services.desk.feed import Board
from services.desk.live_pages import parts_of
from services.desk.problems import Refused
from services.desk.rendering import go_to, part, services_of, show
from services.desk.session import Session
from services.desk.visitor import form_of, visitor
from shared.vocabulary import Channel, Role

walk_in_router = APIRouter(prefix="/walk-in")

Receptionist = Annotated[Session, visitor(Role.RECEPTION)]
#: Where walk-ins wait.
QUEUE = "reception-desk"
#: Which counter this browser stands at. Of the furniture, not of a person: colleagues take turns at it.
COUNTER = "desk_counter"
_A_YEAR = 365 * 86_400
_LONGEST_COUNTER = 20
_MOST_SHOWN = 100
#: Reasons for leaving, as they are written into the trail.
GONE = ("left", "helped", "mistake")


@walk_in_router.get("", name="walk_in")
async def show_line(request: Request, session: Receptionist, given: UUID | None = None) -> Response:
    """The counter's page; `given` is the contact whose number was drawn just now."""
    services = services_of(request, session)
    slip = None if given is None else await _slip(services, given)
    return await _page(request, session, slip=slip)


async def _page(
    request: Request,
    session: Session,
    *,
    slip: dict[str, Any] | None = None,
    notice: str | None = None,
    status: int = 200,
) -> Response:
    inside = await _inside(services_of(request, session), session)
    counter = counter_of(request)
    return show(
        request,
        "walk_in.html",
        session,
        status=status,
        counter=counter,
        slip=slip,
        notice=notice or request.query_params.get("notice"),
        **inside,
    )


async def _inside(services: Services, session: Session) -> dict[str, Any]:
    queue, entries = await asyncio.gather(
        services.get("routing", f"/v1/queues/{QUEUE}"),
        services.get("routing", f"/v1/queues/{QUEUE}/entries", status="open", limit=_MOST_SHOWN),
    )
    taken = [entry for entry in entries["items"] if entry["status"] == "taken"]
    return {
        "queue": queue,
        "waiting": [entry for entry in entries["items"] if entry["status"] == "waiting"],
        "mine": [entry for entry in taken if entry["taken_by"] == session.subject],
        "others": [entry for entry in taken if entry["taken_by"] != session.subject],
    }


async def _slip(services: Services, contact_id: UUID) -> dict[str, Any] | None:
    """What stands on the paper: the number and the wait to expect, and nothing about anybody."""
    found = await services.get("routing", "/v1/entries", contact_id=str(contact_id))
    entry = next((entry for entry in found["items"] if entry["ticket"]), None)
    if entry is None:
        return None
    estimate = None
    if entry["status"] == "waiting":
        estimate = await services.get("routing", f"/v1/queues/{entry['queue']}/estimate", entry=entry["id"])
    return {"ticket": entry["ticket"], "entered_at": entry["entered_at"], "estimate": estimate}


@walk_in_router.get("/live", response_class=EventSourceResponse)
async def follow_line(request: Request, session: Receptionist) -> AsyncIterator[ServerSentEvent]:
    """The line again, whenever the board changes."""
    counter = counter_of(request)

    async def render(board: Board | None) -> str:
        if board is None:
            return part(request, "unreachable.html", session)
        inside = await _inside(services_of(request, session), session)
        return part(request, "walk_in_line.html", session, counter=counter, **inside)

    async for event in parts_of(request, render):
        yield event


@walk_in_router.post("/tickets")
async def give_ticket(request: Request, session: Receptionist) -> Response:
    """Somebody comes in: a contact, and the next number. A double click gives one number."""
    form, services = await form_of(request), services_of(request, session)
    contact = await services.post(
        "intake", "/v1/contacts", {"channel": Channel.WALK_IN}, once=form.text("once")
    )
    await _until_in_line(services, contact["id"])
    return go_to(request, f"/walk-in?given={contact['id']}")


async def _until_in_line(services: Services, contact_id: str) -> None:
    """Routing hears of it in a blink; later than this, the number shows up on the page by itself."""
    for _ in range(40):
        if (await services.get("routing", "/v1/entries", contact_id=contact_id))["items"]:
            return
        await asyncio.sleep(0.05)


@walk_in_router.post("/next")
async def call_next(request: Request, session: Receptionist) -> Response:
    """The next number, at this counter: never the same one at two, and once for a double click."""
    form, services = await form_of(request), services_of(request, session)
    body = {"counter": counter} if (counter := counter_of(request)) else None
    entry = await services.post("routing", f"/v1/queues/{QUEUE}/next", body, once=form.text("once"))
    return go_to(request, "/walk-in?notice=nobody" if entry is None else "/walk-in")


@walk_in_router.post("/entries/{entry_id}/{step}")
async def move(request: Request, session: Receptionist, entry_id: UUID, step: str) -> Response:
    """Call this one, call again, nobody came, back where it stood, or gone. The slower of two is told."""
    body = await _body_of(request, step)
    if body is None:
        return show(
            request, "problem.html", session, status=404, said=request.app.state.texts["problems"]["404"]
        )
    path = f"/v1/entries/{entry_id}/{'abandon' if step == 'gone' else step}"
    try:
        entry = await services_of(request, session).post("routing", path, body or None)
    except Refused as refused:
        if refused.answer_status != 409:
            raise
        return await _page(request, session, notice="faster", status=409)
    return go_to(request, f"/walk-in{_told_of(step, entry)}")


async def _body_of(request: Request, step: str) -> dict[str, Any] | None:
    """What routing is told with the step; None for a step that there is not."""
    if step in {"take", "call"}:
        return {"counter": counter} if (counter := counter_of(request)) else {}
    if step in {"no-show", "release"}:
        return {}
    if step != "gone":
        return None
    chosen = (await form_of(request)).text("reason")
    reasons = request.app.state.texts["walk_in"]["gone"]["reasons"]
    return {"reason": reasons[chosen if chosen in GONE else "left"]}


def _told_of(step: str, entry: dict[str, Any]) -> str:
    if step != "no-show":
        return ""
    return "?notice=ended" if entry["status"] == "abandoned" else "?notice=moved_back"


@walk_in_router.get("/entries/{entry_id}/gone")
async def ask_why_gone(request: Request, session: Receptionist, entry_id: UUID) -> Response:
    """Before a number leaves the line: why."""
    entry = await services_of(request, session).get("routing", f"/v1/entries/{entry_id}")
    return show(request, "walk_in_gone.html", session, entry=entry, reasons=GONE)


@walk_in_router.post("/counter")
async def sit_at_counter(request: Request, session: Receptionist) -> Response:
    """Say which counter this is; the screen shows it beside the number."""
    counter = (await form_of(request)).text("counter")
    answer = go_to(request, "/walk-in")
    if counter:
        answer.set_cookie(
            COUNTER,
            quote(counter[:_LONGEST_COUNTER]),
            max_age=_A_YEAR,
            httponly=True,
            samesite="strict",
            secure=request.app.state.settings.mode != "development",
            path="/walk-in",
        )
    else:
        answer.delete_cookie(COUNTER, path="/walk-in")
    return answer


def counter_of(request: Request) -> str | None:
    """The counter that this browser stands at, if anybody said so."""
    said = unquote(request.cookies.get(COUNTER, "")).strip()
    return said[:_LONGEST_COUNTER] or None
