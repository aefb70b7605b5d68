"""The big screen in the waiting room: which number is called, where to, who is next, and the wait."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Any

import httpx
from fastapi import APIRouter, Path, Request, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent

from services.desk.feed import Board
from services.desk.live_pages import parts_of
from services.desk.rendering import part, show
from shared.access import public

screen_router = APIRouter(prefix="/screen")

Code = Annotated[str, Path(max_length=60, pattern=r"^[a-z0-9-]+$")]
#: As many numbers as can be read from five metres.
CALLED_SHOWN, NEXT_SHOWN = 4, 5
_PATIENCE_SECONDS = 3.0


@screen_router.get("/{code}", name="screen")
@public("hangs on a wall before everybody's eyes: numbers of the day and waits, nothing about anybody")
async def show_screen(request: Request, code: Code) -> Response:
    """The screen of one queue. It shows itself without routing, too, and waits for it."""
    board = await _board_now(request)
    if board is not None and queue_on(board, code) is None:
        texts = request.app.state.texts["problems"]
        return show(request, "problem.html", status=404, said=texts["404"])
    return show(request, "screen.html", code=code, **seen_on(board, code))


@screen_router.get("/{code}/live", response_class=EventSourceResponse)
@public("the same as the screen that it keeps up to date")
async def follow_screen(request: Request, code: Code) -> AsyncIterator[ServerSentEvent]:
    """The screen again, whenever something on it changes, and with each minute of its clock."""

    async def render(board: Board | None) -> str:
        return part(request, "screen_board.html", None, code=code, **seen_on(board, code))

    async for event in parts_of(request, render):
        yield event


async def _board_now(request: Request) -> Board | None:
    """The board for the first look; None while routing does not answer."""
    state = request.app.state
    headers = {"Authorization": f"Bearer {state.tokens.for_service('desk')}"}
    try:
        answer = await state.services["routing"].get(
            "/v1/board/now", headers=headers, timeout=_PATIENCE_SECONDS
        )
        answer.raise_for_status()
    except httpx.HTTPError:
        return None
    board: Board = answer.json()
    return board


def queue_on(board: Board, code: str) -> dict[str, Any] | None:
    """The queue on the board, if there is one with this code."""
    return next((queue for queue in board["queues"] if queue["code"] == code), None)


def seen_on(board: Board | None, code: str) -> dict[str, Any]:
    """What stands on the screen: the queue, the numbers called last with the newest first, and the next."""
    if board is None:
        return {"queue": None, "called": [], "waiting": [], "told_at": None}
    return {
        "queue": queue_on(board, code),
        "called": _of_queue(board["called"], code)[:CALLED_SHOWN],
        "waiting": _of_queue(board["waiting"], code)[:NEXT_SHOWN],
        "told_at": datetime.fromisoformat(board["at"]),
    }


def _of_queue(tickets: list[dict[str, Any]], code: str) -> list[dict[str, Any]]:
    return [ticket for ticket in tickets if ticket["queue"] == code]
