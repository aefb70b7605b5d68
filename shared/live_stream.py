"""Live values as server-sent events (HTML Living Standard, § 9.2)."""

import asyncio
from collections.abc import AsyncIterator
from typing import TypeVar

from fastapi import Request
from fastapi.sse import ServerSentEvent

from shared.live import Followed

#: A stream ends after this long and is opened again by the browser, so that access is checked again.
LONGEST_SECONDS = 600.0
#: How soon a browser connects again after the stream ended or was lost, in milliseconds.
_COME_BACK_MS = 1000
_Seen = TypeVar("_Seen")


async def values_of(
    followed: Followed[_Seen], leaving: asyncio.Event, longest: float
) -> AsyncIterator[_Seen]:
    """Each value, until `longest` seconds are over or the process stops."""
    values = followed.follow()
    gone = asyncio.create_task(leaving.wait())
    ends_at = asyncio.get_running_loop().time() + longest
    value: asyncio.Future[_Seen] | None = None
    try:
        while (left := ends_at - asyncio.get_running_loop().time()) > 0:
            value = asyncio.ensure_future(anext(values))
            await asyncio.wait({value, gone}, timeout=left, return_when=asyncio.FIRST_COMPLETED)
            if not value.done():
                return
            yield value.result()
    finally:
        gone.cancel()
        if value is not None and not value.done():
            # The client left while waiting; a generator that still runs could not be closed.
            value.cancel()
            await asyncio.wait({value})
        await values.aclose()


async def events_of(
    request: Request, name: str, followed: Followed[str], *, longest: float = LONGEST_SECONDS
) -> AsyncIterator[ServerSentEvent]:
    """Each value (JSON) as an event `name`, until the client leaves or the service stops."""
    number = 0
    async for value in values_of(followed, request.app.state.leaving, longest):
        number += 1
        yield ServerSentEvent(raw_data=value, event=name, id=str(number), retry=_COME_BACK_MS)
