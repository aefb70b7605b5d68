"""The counter: tickets for those who come in, the line, calling the next, and those who do not come."""

from collections.abc import AsyncIterator
from typing import Annotated
from urllib.parse import quote, unquote
from uuid import UUID

from fastapi import APIRouter, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent

from services.desk.page_request import PageRequest, signed_in
from services.desk.problems import Refused
from services.desk.routing_models import Board, Entry
from services.desk.walk_in.schemas import Slip
from services.desk.walk_in.service import QUEUE, give_ticket, read_line, read_slip
from shared.vocabulary import Role

walk_in_router = APIRouter(prefix="/walk-in")

Receptionist = Annotated[PageRequest, signed_in(Role.RECEPTION)]
#: The cookie with this browser's counter. It belongs to the place: colleagues take turns at it.
COUNTER = "desk_counter"
_A_YEAR = 365 * 86_400
_LONGEST_COUNTER = 20
#: Reasons for leaving, as they are written into the trail.
GONE = ("left", "helped", "mistake")


@walk_in_router.get("", name="walk_in")
async def show_line(page: Receptionist, given: UUID | None = None) -> Response:
    """The counter's page; `given` is the contact whose number was drawn just now."""
    slip = None if given is None else await read_slip(page.services, str(given))
    return await _page(page, slip=slip)


async def _page(
    page: PageRequest, *, slip: Slip | None = None, notice: str | None = None, status: int = 200
) -> Response:
    return page.render(
        "walk_in.html",
        status=status,
        counter=counter_of(page),
        slip=slip,
        notice=notice or page.query.get("notice"),
        line=await read_line(page.services, page.session.subject),
    )


@walk_in_router.get("/live", response_class=EventSourceResponse)
async def follow_line(page: Receptionist) -> AsyncIterator[ServerSentEvent]:
    """The line again, whenever the board changes."""

    async def render(board: Board | None) -> str:
        if board is None:
            return page.fragment("unreachable.html")
        line = await read_line(page.services, page.session.subject)
        return page.fragment("walk_in_line.html", line=line)

    async for event in page.live(render):
        yield event


@walk_in_router.post("/tickets")
async def draw_number(page: Receptionist) -> Response:
    """A citizen comes in: a contact, and the next number."""
    contact_id = await give_ticket(page.services, (await page.form()).text("once"))
    return page.redirect(f"/walk-in?given={contact_id}")


@walk_in_router.post("/next")
async def call_next(page: Receptionist) -> Response:
    """The next number, at this counter: never the same one at two, and once for a double click."""
    once = (await page.form()).text("once")
    entry = await page.services.post_for_any(
        "routing", f"/v1/queues/{QUEUE}/next", Entry, _at_counter(page) or None, once=once
    )
    return page.redirect("/walk-in?notice=nobody" if entry is None else "/walk-in")


@walk_in_router.post("/entries/{entry_id}/{step}")
async def move(page: Receptionist, entry_id: UUID, step: str) -> Response:
    """Call this one, call again, did not come, back into its place, or gone."""
    body = await _body_of(page, step)
    if body is None:
        return page.not_found("404")
    action = "abandon" if step == "gone" else step
    try:
        entry = await page.services.post("routing", f"/v1/entries/{entry_id}/{action}", Entry, body or None)
    except Refused as refused:
        if refused.answer_status != 409:
            raise
        # A colleague was faster: the line as it is now says so.
        return await _page(page, notice="faster", status=409)
    if step == "no-show":
        return page.redirect(f"/walk-in?notice={'ended' if entry.status == 'abandoned' else 'moved_back'}")
    return page.redirect("/walk-in")


async def _body_of(page: PageRequest, step: str) -> dict[str, str] | None:
    """The step's body for routing; None for a step that does not exist."""
    if step in {"take", "call"}:
        return _at_counter(page)
    if step in {"no-show", "release"}:
        return {}
    if step != "gone":
        return None
    chosen = (await page.form()).text("reason")
    return {"reason": page.texts["walk_in"]["gone"]["reasons"][chosen if chosen in GONE else "left"]}


def _at_counter(page: PageRequest) -> dict[str, str]:
    counter = counter_of(page)
    return {"counter": counter} if counter else {}


@walk_in_router.get("/entries/{entry_id}/gone")
async def confirm_gone(page: Receptionist, entry_id: UUID) -> Response:
    """The reason, before a number leaves the line."""
    entry = await page.services.get("routing", f"/v1/entries/{entry_id}", Entry)
    return page.render("walk_in_gone.html", entry=entry, reasons=GONE)


@walk_in_router.post("/counter")
async def choose_counter(page: Receptionist) -> Response:
    """Say which counter this is; the screen in the waiting room has it beside the number."""
    counter = (await page.form()).text("counter")
    answer = page.redirect("/walk-in")
    if counter:
        answer.set_cookie(
            COUNTER,
            quote(counter[:_LONGEST_COUNTER]),
            max_age=_A_YEAR,
            httponly=True,
            samesite="strict",
            secure=page.state.settings.mode != "development",
            path="/walk-in",
        )
    else:
        answer.delete_cookie(COUNTER, path="/walk-in")
    return answer


def counter_of(page: PageRequest) -> str | None:
    """This browser's counter, if one was chosen."""
    counter = unquote(page.request.cookies.get(COUNTER, "")).strip()
    return counter[:_LONGEST_COUNTER] or None
