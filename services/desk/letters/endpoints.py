"""Letters: what lies in the mail, one that is written down, and one that belongs to another authority."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent

from services.desk.contact.service import take_new
from services.desk.feed import Board
from services.desk.inbox.filters import Asked, read_asked
from services.desk.letters.arrival import RELATIONS, read_letter
from services.desk.live_pages import parts_of
from services.desk.problems import Refused
from services.desk.rendering import go_to, part, services_of, show
from services.desk.session import Session
from services.desk.visitor import form_of, visitor
from shared.clock import COPENHAGEN
from shared.vocabulary import Role

letters_router = APIRouter(prefix="/letters")

Receptionist = Annotated[Session, visitor(Role.RECEPTION)]
#: Routing's queue of written contacts at the reception.
MAIL = "reception-mail"


@letters_router.get("", name="letters")
async def show_letters(request: Request, session: Receptionist) -> Response:
    """Every letter that nobody has finished, in the order in which they are to be answered."""
    asked = read_asked(request.query_params)
    return show(request, "letters.html", session, **await _inside(request, session, asked))


@letters_router.get("/live", response_class=EventSourceResponse)
async def follow_letters(request: Request, session: Receptionist) -> AsyncIterator[ServerSentEvent]:
    """The letters again, whenever the board changes."""
    asked = read_asked(request.query_params)

    async def render(board: Board | None) -> str:
        if board is None:
            return part(request, "unreachable.html", session)
        return part(request, "letters_list.html", session, **await _inside(request, session, asked))

    async for event in parts_of(request, render):
        yield event


async def _inside(request: Request, session: Session, asked: Asked) -> dict[str, Any]:
    services = services_of(request, session)
    queue, entries = await asyncio.gather(
        services.get("routing", f"/v1/queues/{MAIL}"),
        services.get("routing", f"/v1/queues/{MAIL}/entries", **asked.for_routing),
    )
    next_page = None if entries["next_cursor"] is None else asked.page(entries["next_cursor"])
    return {"queue": queue, "entries": entries["items"], "next_page": next_page, "asked": asked}


@letters_router.get("/new", name="new_letter")
async def show_new(request: Request, session: Receptionist) -> Response:
    """The form for a letter, as of today."""
    today = request.app.state.clock.now().astimezone(COPENHAGEN).date()
    return _new_page(request, session, {"received_on": [str(today)]}, {})


def _new_page(
    request: Request, session: Session, fields: dict[str, list[str]], faults: dict[str, str]
) -> Response:
    status = 422 if faults else 200
    now = request.app.state.clock.now().astimezone(COPENHAGEN)
    return show(
        request,
        "letter_new.html",
        session,
        status=status,
        fields=fields,
        faults=faults,
        relations=RELATIONS,
        today=str(now.date()),
    )


@letters_router.post("")
async def write_down(request: Request, session: Receptionist) -> Response:
    """A new contact as of the day the letter came, in the hands of whoever wrote it down."""
    form, services = await form_of(request), services_of(request, session)
    letter, faults = read_letter(form, request.app.state.clock.now())
    if faults:
        return _new_page(request, session, form.as_dict(), faults)
    try:
        contact = await services.post("intake", "/v1/contacts", letter, once=form.text("once"))
    except Refused as refused:
        if refused.answer_status != 422:
            raise
        return _new_page(request, session, form.as_dict(), {"summary": "refused"})
    await take_new(services, contact["id"])
    return go_to(request, f"/contacts/{contact['id']}")
