"""A unit's inbox: who waits there, in which order and why, and what one can do with each."""

from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Request, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent

from services.desk.feed import Board
from services.desk.live_pages import parts_of
from services.desk.session import Session
from services.desk.showing import go_to, part, services_of, show
from services.desk.visitor import form_of, visitor
from shared.vocabulary import Role

inbox_router = APIRouter(prefix="/inbox")

Colleague = Annotated[Session, visitor(Role.CASEWORKER, Role.RECEPTION, Role.OPERATIONS)]
Code = Annotated[str, Path(max_length=60, pattern=r"^[a-z0-9-]+$")]


@inbox_router.get("", name="inboxes")
async def list_inboxes(request: Request, session: Colleague) -> Response:
    """One's own unit's inbox; with several units, or none, the choice."""
    if len(session.units) == 1:
        return go_to(request, f"/inbox/{session.units[0]}")
    queues = (await services_of(request, session).get("routing", "/v1/queues"))["items"]
    mine = [queue for queue in queues if not session.units or queue["unit"] in session.units]
    return show(request, "inboxes.html", session, queues=mine)


@inbox_router.get("/{code}", name="inbox")
async def show_inbox(request: Request, session: Colleague, code: Code) -> Response:
    """Those who wait, and those whom somebody has taken."""
    return show(request, "inbox.html", session, code=code, **await _inside(request, session, code))


@inbox_router.get("/{code}/live", response_class=EventSourceResponse)
async def follow_inbox(request: Request, session: Colleague, code: Code) -> AsyncIterator[ServerSentEvent]:
    """The entries again, whenever the board changes."""

    async def render(board: Board | None) -> str:
        if board is None:
            return part(request, "unreachable.html", session)
        inside = await _inside(request, session, code)
        return part(request, "inbox_entries.html", session, code=code, **inside)

    async for event in parts_of(request, render):
        yield event


async def _inside(request: Request, session: Session, code: str) -> dict[str, Any]:
    services = services_of(request, session)
    queue = await services.get("routing", f"/v1/queues/{code}")
    entries = await services.get("routing", f"/v1/queues/{code}/entries", status="open", limit=100)
    return {"queue": queue, "entries": entries["items"], "more": entries["next_cursor"] is not None}


@inbox_router.post("/{code}/next")
async def take_next(request: Request, session: Colleague, code: Code) -> Response:
    """Take the first in line; a double click takes one."""
    form = await form_of(request)
    services = services_of(request, session)
    await services.post("routing", f"/v1/queues/{code}/next", once=form.text("once"))
    return go_to(request, f"/inbox/{code}")


@inbox_router.post("/{code}/entries/{entry}/{step}")
async def move_entry(request: Request, session: Colleague, code: Code, entry: UUID, step: str) -> Response:
    """Take it, put it back, end it, send it back or on."""
    form = await form_of(request)
    body = {name: form.text(name) for name in ("reason", "queue", "outcome") if form.text(name)}
    if step not in {"take", "release", "complete", "return", "transfer"}:
        return show(request, "problem.html", session, status=404, said=_missing(request))
    await services_of(request, session).post("routing", f"/v1/entries/{entry}/{step}", body or None)
    return go_to(request, f"/inbox/{code}")


def _missing(request: Request) -> Any:
    return request.app.state.texts["problems"]["not-found"]
