"""Routing's live board, read once for all open pages, and the parts of pages that change with it."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable

import httpx
import structlog
from fastapi.sse import ServerSentEvent
from pydantic import TypeAdapter

from services.desk.problems import Refused, ServiceUnreachable
from services.desk.routing_models import Board
from shared.live import Followed, Latest
from shared.live_stream import LONGEST_SECONDS, values_of

_RECONNECT_SECONDS = 1.0
#: Routing sends a board every five seconds at least; silence of this length is a lost connection.
_TIMEOUT = httpx.Timeout(10.0, read=20.0)

#: Makes a part's HTML from the board; from None while routing does not answer.
Render = Callable[[Board | None], Awaitable[str]]

log = structlog.get_logger("desk")
_boards = TypeAdapter(Board)


def follow_board(client: httpx.AsyncClient, token: Callable[[], str]) -> Followed[Board | None]:
    """The board as it changes; None while routing does not answer. `token` is called at each connection."""

    async def fetch(latest: Latest[Board | None]) -> None:
        while True:
            try:
                async for data in stream(client, "/v1/board", token(), _TIMEOUT):
                    await latest.put(_boards.validate_json(data))
            except (httpx.HTTPError, ValueError) as error:
                log.info("no board", error=type(error).__name__)
                await latest.put(None)
            await asyncio.sleep(_RECONNECT_SECONDS)

    return Followed(fetch)


async def stream(
    client: httpx.AsyncClient, path: str, token: str, timeout: httpx.Timeout
) -> AsyncGenerator[str, None]:
    """The JSON of each server-sent event, until the stream ends. Raises httpx.HTTPError."""
    headers = {"Authorization": f"Bearer {token}"}
    async with client.stream("GET", path, headers=headers, timeout=timeout) as answer:
        answer.raise_for_status()
        async for line in answer.aiter_lines():
            if line.startswith("data:"):
                yield line[5:]


async def updates(
    board: Followed[Board | None], leaving: asyncio.Event, render: Render
) -> AsyncIterator[ServerSentEvent]:
    """The part now, and again after each change of the board. The same HTML is not sent twice in a row."""
    sent = ""
    async for current in values_of(board, leaving, LONGEST_SECONDS):
        try:
            html = await render(current)
        except (Refused, ServiceUnreachable):
            # The token has expired, or a service is down: the browser connects again and gets the error page.
            return
        if html != sent:
            sent = html
            yield ServerSentEvent(raw_data=html)
