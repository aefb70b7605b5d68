"""A unit's inbox: who waits there, in which order and why, and what one can do with each."""

from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent

from services.desk.api_models import Listing
from services.desk.duties.permissions import may_act
from services.desk.duties.service import open_duties, try_act
from services.desk.inbox.filters import InboxFilter, filter_in
from services.desk.inbox.service import read_entries
from services.desk.inbox.steps import steps_of
from services.desk.page_request import PageRequest, signed_in
from services.desk.problems import Refused
from services.desk.routing_models import Board, Entry, Queue
from shared.vocabulary import Role

inbox_router = APIRouter(prefix="/inbox")

Colleague = Annotated[PageRequest, signed_in(Role.CASEWORKER, Role.RECEPTION, Role.OPERATIONS)]
Code = Annotated[str, Path(max_length=60, pattern=r"^[a-z0-9-]+$")]
#: What the address may say was done a moment ago (texts/da/inbox.yaml, `did`).
DID = ("take", "release", "complete", "return", "transfer", "nobody", "act")


@inbox_router.get("", name="inboxes")
async def list_inboxes(page: Colleague) -> Response:
    """One's own unit's inbox; with several units, or none, the choice."""
    units = page.session.units
    if len(units) == 1:
        return page.redirect(f"/inbox/{units[0]}")
    queues = await page.services.get("routing", "/v1/queues", Listing[Queue])
    mine = [queue for queue in queues.items if not units or queue.unit in units]
    return page.render("inboxes.html", queues=mine)


@inbox_router.get("/{code}", name="inbox")
async def show_inbox(page: Colleague, code: Code) -> Response:
    """Those who wait and those who are taken, as far as the filter leaves them."""
    return await _page(page, code, filter_in(page.query), did=page.query.get("did"))


async def _page(
    page: PageRequest,
    code: str,
    wanted: InboxFilter,
    *,
    status: int = 200,
    did: str | None = None,
    **more: Any,
) -> Response:
    """The whole page. `did` is what was done a moment ago; `more` says why a step was refused."""
    context = await _entries(page, code, wanted)
    owed = await open_duties(page.services, unit=context["inbox_page"].queue.unit)
    return page.render(
        "inbox.html",
        status=status,
        did=did if did in DID else None,
        without_entry=[duty for duty in owed or () if duty.entry_id is None],
        may_act=lambda duty: may_act(page.session, duty),
        **{"attempt": None, **context, **more},
    )


async def _entries(page: PageRequest, code: str, wanted: InboxFilter) -> dict[str, Any]:
    found = await read_entries(page.services, code, wanted)
    return {"code": code, "inbox_page": found, "wanted": wanted, "may": steps_of(page.session, found.queue)}


@inbox_router.get("/{code}/live", response_class=EventSourceResponse)
async def follow_inbox(page: Colleague, code: Code) -> AsyncIterator[ServerSentEvent]:
    """The entries again, whenever the board changes."""
    wanted = filter_in(page.query)

    async def render(board: Board | None) -> str:
        if board is None:
            return page.fragment("unreachable.html")
        return page.fragment("inbox_entries.html", **await _entries(page, code, wanted))

    async for event in page.live(render):
        yield event


@inbox_router.post("/{code}/next")
async def take_next(page: Colleague, code: Code) -> Response:
    """Take the first in line and open it; a double click takes one."""
    once = (await page.form()).text("once")
    entry = await page.services.post_for_any("routing", f"/v1/queues/{code}/next", Entry, once=once)
    if entry is None:
        return page.redirect(f"/inbox/{code}?did=nobody")
    return page.redirect(f"/inbox/{code}/entries/{entry.id}")


@inbox_router.post("/{code}/entries/{entry}/quick/{step}")
async def move_quickly(page: Colleague, code: Code, entry: UUID, step: str) -> Response:
    """Take it or put it back, right in the list. When a colleague was faster, the list says who has it."""
    fields = (await page.form()).as_dict()
    wanted = filter_in({name: texts[0] for name, texts in fields.items() if texts})
    if step not in {"take", "release"}:
        return page.not_found()
    try:
        await page.services.send("routing", "POST", f"/v1/entries/{entry}/{step}")
    except Refused as refused:
        if refused.answer_status != 409:
            raise
        about = await page.services.get("routing", f"/v1/entries/{entry}", Entry)
        return await _page(page, code, wanted, status=409, refused=refused.text_key, about=about)
    query = "&".join(part for part in (wanted.query, f"did={step}") if part)
    return page.redirect(f"/inbox/{code}?{query}#open-{entry}")


@inbox_router.post("/{code}/duties/{duty}")
async def act_on_unit_duty(page: Colleague, code: Code, duty: UUID) -> Response:
    """What the unit owed without an entry in the queue is done, or is no longer owed."""
    queue = await page.services.get("routing", f"/v1/queues/{code}", Queue)
    owed = await open_duties(page.services, unit=queue.unit)
    attempt = await try_act(page.services, await page.form(), owed, str(duty))
    if attempt is not None:
        return await _page(page, code, filter_in({}), status=attempt.status, attempt=attempt)
    return page.redirect(f"/inbox/{code}?did=act")
