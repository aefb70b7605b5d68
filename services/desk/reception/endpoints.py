"""The reception's overview: its queues, what one has in one's hands, the next one, and a new contact."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent

from services.desk.api_models import Listing
from services.desk.page_request import PageRequest, signed_in
from services.desk.problems import Refused
from services.desk.reception.schemas import FoundContact
from services.desk.reception.search import criterion_of
from services.desk.reception.service import (
    QUEUES,
    begin_contact,
    follow_calls,
    read_calls,
    read_phone,
    read_queues,
)
from services.desk.routing_models import Board, Entry
from shared.live_stream import LONGEST_SECONDS, values_of
from shared.vocabulary import Channel, Role

reception_router = APIRouter(prefix="/reception")

Receptionist = Annotated[PageRequest, signed_in(Role.RECEPTION)]


@reception_router.get("", name="reception")
async def show_reception(page: Receptionist) -> Response:
    """Who waits where, and what one has begun."""
    services = page.services
    phone, queues = await asyncio.gather(read_phone(services), read_queues(services, page.session.subject))
    calls = await read_calls(services) if phone else []
    return page.render("reception.html", phone=phone, calls=calls, reception=queues)


@reception_router.get("/live", response_class=EventSourceResponse)
async def follow_reception(page: Receptionist) -> AsyncIterator[ServerSentEvent]:
    """The queues again, whenever the board changes."""

    async def render(board: Board | None) -> str:
        if board is None:
            return page.fragment("unreachable.html")
        queues = await read_queues(page.services, page.session.subject)
        return page.fragment("reception_queues.html", reception=queues)

    async for event in page.live(render):
        yield event


@reception_router.get("/calls", response_class=EventSourceResponse)
async def follow_my_calls(page: Receptionist) -> AsyncIterator[ServerSentEvent]:
    """What rings or is answered at one's own telephone, as it happens."""
    followed = follow_calls(page.state.services["intake"], page.session.token)
    async for calls in values_of(followed, page.state.leaving, LONGEST_SECONDS):
        yield ServerSentEvent(raw_data=page.fragment("reception_calls.html", calls=calls))


@reception_router.post("/phone")
async def choose_phone(page: Receptionist) -> Response:
    """Say which telephone one works at, or that one works at none."""
    form = await page.form()
    exchange, agent = form.text("source"), form.text("agent")
    if agent and exchange:
        await page.services.send("intake", "PUT", "/v1/my-phone", {"source": exchange, "agent": agent})
    else:
        await page.services.send("intake", "DELETE", "/v1/my-phone")
    return page.redirect("/reception")


@reception_router.post("/next")
async def take_next(page: Receptionist) -> Response:
    """The next one in line of a queue; a double click takes one, and two people never the same one."""
    form = await page.form()
    queue = form.text("queue")
    if queue not in QUEUES:
        return page.redirect("/reception")
    entry = await page.services.post_for_any(
        "routing", f"/v1/queues/{queue}/next", Entry, once=form.text("once")
    )
    return page.redirect("/reception?nobody=1" if entry is None else f"/contacts/{entry.contact_id}")


@reception_router.post("/entries/{entry_id}/take")
async def take_out_of_turn(page: Receptionist, entry_id: UUID) -> Response:
    """This one now. When a colleague was faster, the error page says who has it."""
    entry = await page.services.post("routing", f"/v1/entries/{entry_id}/take", Entry)
    return page.redirect(f"/contacts/{entry.contact_id}")


@reception_router.post("/contacts")
async def new_contact(page: Receptionist) -> Response:
    """A citizen is at the counter, phones past the exchange or has written: a new contact, taken."""
    form = await page.form()
    channel = Channel(form.text("channel") or Channel.WALK_IN)
    return page.redirect(f"/contacts/{await begin_contact(page.services, channel, form.text('once'))}")


@reception_router.post("/search", name="search")
async def search(page: Receptionist) -> Response:
    """By personal number, phone, reference or name: sent in the body, never in an address."""
    wanted = (await page.form()).text("wanted") or ""
    found: list[FoundContact] = []
    fault = False
    if wanted:
        body = {criterion_of(wanted): wanted}
        try:
            found = (
                await page.services.post("intake", "/v1/contacts/search", Listing[FoundContact], body)
            ).items
        except Refused as refused:
            if refused.answer_status != 422:
                raise
            fault = True
    return page.render("search.html", wanted=wanted, found=found, fault=fault)
