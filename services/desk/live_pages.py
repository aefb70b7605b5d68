"""A part of a page that is sent again whenever the board changes (server-sent events, swapped in by htmx)."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

from fastapi import Request
from fastapi.sse import ServerSentEvent

from services.desk.feed import Board
from services.desk.problems import Refused, ServiceUnreachable
from shared.live import Followed
from shared.live_stream import LONGEST_SECONDS, values_of

#: Makes the part's HTML of the board; with None, of routing's silence.
Render = Callable[[Board | None], Awaitable[str]]


async def parts_of(request: Request, render: Render) -> AsyncIterator[ServerSentEvent]:
    """The part as it stands, and again after each change. The same HTML is not sent twice in a row."""
    feed: Followed[Board | None] = request.app.state.feed
    leaving: asyncio.Event = request.app.state.leaving
    shown = ""
    async for board in values_of(feed, leaving, LONGEST_SECONDS):
        try:
            part = await render(board)
        except (Refused, ServiceUnreachable):
            # Whoever may no longer look, or a service that is gone: the page comes back and is told.
            return
        if part != shown:
            shown = part
            yield ServerSentEvent(raw_data=part)
