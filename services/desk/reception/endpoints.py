"""The reception's overview: its queues, what one has in one's hands, the next one, and a new contact."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent

from services.desk.api_clients import Services
from services.desk.contact.service import take_new
from services.desk.feed import Board, follow_calls
from services.desk.live_pages import parts_of
from services.desk.problems import Refused
from services.desk.rendering import go_to, part, services_of, show
from services.desk.session import Session
from services.desk.visitor import form_of, visitor
from shared.live_stream import LONGEST_SECONDS, values_of
from shared.vocabulary import Channel, Role

reception_router = APIRouter(prefix="/reception")

Receptionist = Annotated[Session, visitor(Role.RECEPTION)]
#: The reception's queues in the order of how hard it is to wait in them; the last holds what units returned.
QUEUES = ("reception-phone", "reception-desk", "reception-mail", "reception")
#: As many waiting people of each queue are shown; the number of all stands beside.
SHOWN = 8


@reception_router.get("", name="reception")
async def show_reception(request: Request, session: Receptionist) -> Response:
    """Who waits where, and what one has begun."""
    services = services_of(request, session)
    phone, inside = await asyncio.gather(_phone(services), _inside(services, session))
    calls = await services.get("intake", "/v1/my-calls/now") if phone else []
    return show(request, "reception.html", session, phone=phone, calls=calls, **inside)


@reception_router.get("/live", response_class=EventSourceResponse)
async def follow_reception(request: Request, session: Receptionist) -> AsyncIterator[ServerSentEvent]:
    """The queues again, whenever the board changes."""

    async def render(board: Board | None) -> str:
        if board is None:
            return part(request, "unreachable.html", session)
        inside = await _inside(services_of(request, session), session)
        return part(request, "reception_queues.html", session, **inside)

    async for event in parts_of(request, render):
        yield event


@reception_router.get("/calls", response_class=EventSourceResponse)
async def follow_my_calls(request: Request, session: Receptionist) -> AsyncIterator[ServerSentEvent]:
    """What rings or is answered at one's own phone, as it happens."""
    calls = follow_calls(request.app.state.services["intake"], session.token)
    async for mine in values_of(calls, request.app.state.leaving, LONGEST_SECONDS):
        yield ServerSentEvent(raw_data=part(request, "reception_calls.html", session, calls=mine))


@reception_router.post("/phone")
async def sit_down(request: Request, session: Receptionist) -> Response:
    """Say which phone one sits at, or that one sits at none."""
    form, services = await form_of(request), services_of(request, session)
    exchange, agent = form.text("source"), form.text("agent")
    if agent and exchange:
        await services.ask("intake", "PUT", "/v1/my-phone", body={"source": exchange, "agent": agent})
    else:
        await services.ask("intake", "DELETE", "/v1/my-phone")
    return go_to(request, "/reception")


async def _phone(services: Services) -> dict[str, Any] | None:
    try:
        phone: dict[str, Any] = await services.get("intake", "/v1/my-phone")
    except Refused as refused:
        if refused.answer_status != 404:
            raise
        return None
    return phone


async def _inside(services: Services, session: Session) -> dict[str, Any]:
    found = await asyncio.gather(*(_queue(services, code) for code in QUEUES))
    mine = [
        entry for _, entries in found for entry in entries["items"] if entry["taken_by"] == session.subject
    ]
    queues = [
        {**queue, "waiting": [entry for entry in entries["items"] if entry["status"] == "waiting"][:SHOWN]}
        for queue, entries in found
    ]
    return {"queues": queues, "mine": mine}


async def _queue(services: Services, code: str) -> tuple[dict[str, Any], dict[str, Any]]:
    queue, entries = await asyncio.gather(
        services.get("routing", f"/v1/queues/{code}"),
        services.get("routing", f"/v1/queues/{code}/entries", status="open", limit=100),
    )
    return queue, entries


@reception_router.post("/next")
async def take_next(request: Request, session: Receptionist) -> Response:
    """The next one in line of a queue; a double click takes one, and two people never the same one."""
    form, services = await form_of(request), services_of(request, session)
    queue = form.text("queue")
    if queue not in QUEUES:
        return go_to(request, "/reception")
    entry = await services.post("routing", f"/v1/queues/{queue}/next", once=form.text("once"))
    return go_to(request, "/reception?nobody=1" if entry is None else f"/contacts/{entry['contact_id']}")


@reception_router.post("/entries/{entry_id}/take")
async def take_out_of_turn(request: Request, session: Receptionist, entry_id: UUID) -> Response:
    """This one now. Whoever was a moment slower is told who has it."""
    entry = await services_of(request, session).post("routing", f"/v1/entries/{entry_id}/take")
    return go_to(request, f"/contacts/{entry['contact_id']}")


@reception_router.post("/contacts")
async def begin_contact(request: Request, session: Receptionist) -> Response:
    """Somebody stands at the counter, phones past the exchange or has written: a new contact, taken."""
    form, services = await form_of(request), services_of(request, session)
    channel = Channel(form.text("channel") or Channel.WALK_IN)
    contact = await services.post("intake", "/v1/contacts", {"channel": channel}, once=form.text("once"))
    await take_new(services, contact["id"])
    return go_to(request, f"/contacts/{contact['id']}")


@reception_router.post("/search", name="search")
async def search(request: Request, session: Receptionist) -> Response:
    """By personal number, phone, reference or name: sent in the body, never in an address."""
    form, services = await form_of(request), services_of(request, session)
    wanted = form.text("wanted") or ""
    found: dict[str, Any] | None = None
    fault = False
    if wanted:
        try:
            found = (
                await services.ask(
                    "intake", "POST", "/v1/contacts/search", body={criterion_of(wanted): wanted}
                )
            ).body
        except Refused as refused:
            if refused.answer_status != 422:
                raise
            fault = True
    return show(request, "search.html", session, wanted=wanted, found=found, fault=fault)


def criterion_of(wanted: str) -> str:
    """What kind of thing somebody typed into the one search field."""
    plain = wanted.replace("-", "").replace(" ", "")
    digits = plain.removeprefix("+")
    if digits.isdigit() and len(plain) == 10:
        return "cpr"
    if digits.isdigit():
        return "phone"
    return "reference" if len(plain) == 8 and any(sign.isdigit() for sign in plain) else "name"
