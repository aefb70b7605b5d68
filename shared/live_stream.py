"""A broadcast as server-sent events (HTML Living Standard, § 9.2)."""

import asyncio
from collections.abc import AsyncIterator

from fastapi import Request
from fastapi.sse import ServerSentEvent

from shared.live import Broadcast

#: A stream ends after this long and is opened anew: who may look is asked again.
LONGEST_SECONDS = 600.0
#: How soon a browser comes back after an end or a loss, in milliseconds.
_COME_BACK_MS = 1000


async def events_of(
    request: Request, name: str, broadcast: Broadcast[str], *, longest: float = LONGEST_SECONDS
) -> AsyncIterator[ServerSentEvent]:
    """Each picture of `broadcast` (JSON) as an event `name`, until the looker goes or the service stops."""
    leaving: asyncio.Event = request.app.state.leaving
    pictures = broadcast.follow()
    gone = asyncio.create_task(leaving.wait())
    ends_at = asyncio.get_running_loop().time() + longest
    number = 0
    try:
        while (left := ends_at - asyncio.get_running_loop().time()) > 0:
            picture = asyncio.ensure_future(anext(pictures))
            await asyncio.wait({picture, gone}, timeout=left, return_when=asyncio.FIRST_COMPLETED)
            if not picture.done():
                picture.cancel()
                await asyncio.wait({picture})
                return
            number += 1
            yield ServerSentEvent(raw_data=picture.result(), event=name, id=str(number), retry=_COME_BACK_MS)
    finally:
        gone.cancel()
        await pictures.aclose()
