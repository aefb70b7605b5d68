"""The live board over HTTP."""

from collections.abc import AsyncIterator

from fastapi import APIRouter, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent

from services.routing.board.schemas import BoardOut
from services.routing.board.service import read_board
from services.routing.permissions import READERS
from shared.access import allow
from shared.live_stream import events_of
from shared.unit_of_work import Reading
from shared.vocabulary import Role

board_router = APIRouter(prefix="/v1/board", tags=["board"])
_ALL = allow(*READERS, Role.RULES_EDITOR)


@board_router.get("", summary="The live board", response_class=EventSourceResponse, dependencies=[_ALL])
async def stream_board(request: Request) -> AsyncIterator[ServerSentEvent]:
    """Server-sent events named `board`, each a whole board in the form of `GET /v1/board/now`: at once,
    within a second of each change, and every five seconds all the same, since waits grow.
    """
    async for event in events_of(request, "board", request.app.state.board):
        yield event


@board_router.get("/now", summary="The board at this moment", dependencies=[_ALL])
async def read_board_now(work: Reading) -> BoardOut:
    """What the stream would send now, for clients that cannot keep one open."""
    return await read_board(work)
