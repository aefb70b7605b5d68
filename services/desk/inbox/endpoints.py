"""A unit's inbox: who waits there, in which order and why, and what one can do with each."""

from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Request, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent

from services.desk.feed import Board
from services.desk.inbox.filters import Asked, read_asked
from services.desk.inbox.steps import steps_of
from services.desk.live_pages import parts_of
from services.desk.problems import Refused
from services.desk.rendering import go_to, part, services_of, show
from services.desk.session import Session
from services.desk.visitor import form_of, visitor
from shared.vocabulary import Role

inbox_router = APIRouter(prefix="/inbox")

Colleague = Annotated[Session, visitor(Role.CASEWORKER, Role.RECEPTION, Role.OPERATIONS)]
Code = Annotated[str, Path(max_length=60, pattern=r"^[a-z0-9-]+$")]
#: What the address may say was done a moment ago (texts/da/inbox.yaml, `did`).
DID = ("take", "release", "complete", "return", "transfer", "nobody")


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
    """Those who wait and those whom somebody has taken, as far as they were asked for."""
    asked = read_asked(request.query_params)
    return await inbox_page(request, session, code, asked, did=request.query_params.get("did"))


async def inbox_page(
    request: Request,
    session: Session,
    code: str,
    asked: Asked,
    *,
    status: int = 200,
    did: str | None = None,
    **notice: Any,
) -> Response:
    """The whole page. `did` is what was done a moment ago; `notice` is what stood against it."""
    inside = await _inside(request, session, code, asked)
    said = did if did in DID else None
    return show(request, "inbox.html", session, status=status, did=said, **inside, **notice)


@inbox_router.get("/{code}/live", response_class=EventSourceResponse)
async def follow_inbox(request: Request, session: Colleague, code: Code) -> AsyncIterator[ServerSentEvent]:
    """The entries again, whenever the board changes."""
    asked = read_asked(request.query_params)

    async def render(board: Board | None) -> str:
        if board is None:
            return part(request, "unreachable.html", session)
        inside = await _inside(request, session, code, asked)
        return part(request, "inbox_entries.html", session, **inside)

    async for event in parts_of(request, render):
        yield event


async def _inside(request: Request, session: Session, code: str, asked: Asked) -> dict[str, Any]:
    services = services_of(request, session)
    queue = await services.get("routing", f"/v1/queues/{code}")
    entries = await services.get("routing", f"/v1/queues/{code}/entries", **asked.for_routing)
    return {
        "code": code,
        "queue": queue,
        "entries": entries["items"],
        "next_page": None if entries["next_cursor"] is None else asked.page(entries["next_cursor"]),
        "asked": asked,
        "may": steps_of(session, queue),
    }


@inbox_router.post("/{code}/next")
async def take_next(request: Request, session: Colleague, code: Code) -> Response:
    """Take the first in line and open it; a double click takes one."""
    form = await form_of(request)
    services = services_of(request, session)
    entry = await services.post("routing", f"/v1/queues/{code}/next", once=form.text("once"))
    if entry is None:
        return go_to(request, f"/inbox/{code}?did=nobody")
    return go_to(request, f"/inbox/{code}/entries/{entry['id']}")


@inbox_router.post("/{code}/entries/{entry}/quick/{step}")
async def move_quickly(request: Request, session: Colleague, code: Code, entry: UUID, step: str) -> Response:
    """Take it or put it back, right in the list. Whoever was a moment slower is told who has it."""
    form, services = await form_of(request), services_of(request, session)
    asked = read_asked({name: texts[0] for name, texts in form.as_dict().items() if texts})
    if step not in {"take", "release"}:
        return show(request, "problem.html", session, status=404, said=missing(request))
    try:
        await services.post("routing", f"/v1/entries/{entry}/{step}")
    except Refused as refused:
        if refused.answer_status != 409:
            raise
        about = await services.get("routing", f"/v1/entries/{entry}")
        kind = refused.answer_kind.replace("-", "_")
        return await inbox_page(
            request, session, code, asked, status=409, refused=kind, about=about, back_to=str(entry)
        )
    return go_to(request, f"/inbox/{code}?{_with(asked, step)}#open-{entry}")


def _with(asked: Asked, did: str) -> str:
    return "&".join(part for part in (asked.query, f"did={did}") if part)


def missing(request: Request) -> Any:
    """What is said where there is nothing by that name."""
    return request.app.state.texts["problems"]["not-found"]
