"""Letters: the mail that is not answered yet, and registering a new letter."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent

from services.desk.api_models import Created
from services.desk.contact.service import take_new
from services.desk.duties.service import open_duties
from services.desk.form import Fields
from services.desk.inbox.filters import InboxFilter, filter_in
from services.desk.inbox.service import read_entries
from services.desk.letters.arrival import RELATIONS, read_letter
from services.desk.page_request import PageRequest, signed_in
from services.desk.problems import Refused
from services.desk.routing_models import Board
from shared.vocabulary import Role

letters_router = APIRouter(prefix="/letters")

Receptionist = Annotated[PageRequest, signed_in(Role.RECEPTION)]
#: Routing's queue of written contacts at the reception.
MAIL = "reception-mail"
#: The rule of the clock that runs until a letter is opened: it may be a notification.
UNREAD = "unread_mail"


@letters_router.get("", name="letters")
async def show_letters(page: Receptionist) -> Response:
    """Every letter that is not finished, in the order in which they are to be answered."""
    return page.render("letters.html", **await _letters(page, filter_in(page.query)))


async def _letters(page: PageRequest, wanted: InboxFilter) -> dict[str, Any]:
    """The letters, and by contact what is owed for those that nobody has opened."""
    entries, unread = await asyncio.gather(
        read_entries(page.services, MAIL, wanted),
        open_duties(page.services, unit="reception", rule=UNREAD),
    )
    return {"wanted": wanted, "inbox_page": entries, "unread": {one.contact_id: one for one in unread or ()}}


@letters_router.get("/live", response_class=EventSourceResponse)
async def follow_letters(page: Receptionist) -> AsyncIterator[ServerSentEvent]:
    """The letters again, whenever the board changes."""
    wanted = filter_in(page.query)

    async def render(board: Board | None) -> str:
        if board is None:
            return page.fragment("unreachable.html")
        return page.fragment("letters_list.html", **await _letters(page, wanted))

    async for event in page.live(render):
        yield event


@letters_router.get("/new", name="new_letter")
async def new_letter(page: Receptionist) -> Response:
    """The form for a letter, as of today."""
    return _form(page, {"received_on": [str(page.today)]}, {})


def _form(page: PageRequest, fields: Fields, faults: dict[str, str]) -> Response:
    return page.render(
        "letter_new.html",
        status=422 if faults else 200,
        fields=fields,
        faults=faults,
        relations=RELATIONS,
        today=str(page.today),
    )


@letters_router.post("")
async def register_letter(page: Receptionist) -> Response:
    """A new contact as of the day the letter came, in the user's hands."""
    form = await page.form()
    letter, faults = read_letter(form, page.now)
    if faults:
        return _form(page, form.as_dict(), faults)
    try:
        contact = await page.services.post("intake", "/v1/contacts", Created, letter, once=form.text("once"))
    except Refused as refused:
        if refused.answer_status != 422:
            raise
        return _form(page, form.as_dict(), {"summary": "refused"})
    await take_new(page.services, contact.id)
    return page.redirect(f"/contacts/{contact.id}")
