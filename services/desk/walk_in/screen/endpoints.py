"""The big screen in the waiting room: which number is called, where to, who is next, and the wait."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Path, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent

from services.desk.api_clients import ApiClients
from services.desk.page_request import PublicPage
from services.desk.routing_models import Board
from services.desk.sections import section
from services.desk.walk_in.screen.calls import queue_on, screen_of
from shared.access import public

screen_router = APIRouter(prefix="/screen")

Code = Annotated[str, Path(max_length=60, pattern=r"^[a-z0-9-]+$")]
_TIMEOUT_SECONDS = 3.0


@screen_router.get("/{code}", name="screen")
@public("hangs on a public wall: numbers of the day and waits, nothing about a person")
async def show_screen(page: PublicPage, code: Code) -> Response:
    """The screen of one queue. It is rendered without routing, too, and waits for it."""
    services = ApiClients(page.state.services, page.state.service_token(), timeout=_TIMEOUT_SECONDS)
    board = (await section(services.get("routing", "/v1/board/now", Board))).body
    if board is not None and queue_on(board, code) is None:
        return page.not_found("404")
    return page.render("screen.html", code=code, screen=screen_of(board, code))


@screen_router.get("/{code}/live", response_class=EventSourceResponse)
@public("the same as the screen that it keeps up to date")
async def follow_screen(page: PublicPage, code: Code) -> AsyncIterator[ServerSentEvent]:
    """The screen again, whenever something on it changes, and with each minute of its clock."""

    async def render(board: Board | None) -> str:
        return page.fragment("screen_board.html", code=code, screen=screen_of(board, code))

    async for event in page.live(render):
        yield event
