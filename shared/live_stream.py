"""What is followed live, as server-sent events (HTML Living Standard, § 9.2)."""

import asyncio
from collections.abc import AsyncIterator
from typing import TypeVar

from fastapi import Request
from fastapi.sse import ServerSentEvent

from shared.live import Followed

#: A stream ends after this long and is opened anew: who may look is asked again.
LONGEST_SECONDS = 600.0
#: How soon a browser comes back after an end or a loss, in milliseconds.
_COME_BACK_MS = 1000
_Seen = TypeVar("_Seen")


async def pictures_of(
    followed: Followed[_Seen], leaving: asyncio.Event, longest: float
) -> AsyncIterator[_Seen]:
    """Each picture, until `longest` seconds are over or the process is told to stop."""
    pictures = followed.follow()
    gone = asyncio.create_task(leaving.wait())
    ends_at = asyncio.get_running_loop().time() + longest
    picture: asyncio.Future[_Seen] | None = None
    try:
        while (left := ends_at - asyncio.get_running_loop().time()) > 0:
            picture = asyncio.ensure_future(anext(pictures))
            await asyncio.wait({picture, gone}, timeout=left, return_when=asyncio.FIRST_COMPLETED)
            if not picture.done():
                return
            yield picture.result()
    finally:
        gone.cancel()
        if picture is not None and not picture.done():
            # Whoever looked went away while waiting; a generator that still runs could not be closed.
            picture.cancel()
            await asyncio.wait({picture})
        await pictures.aclose()


async def events_of(
    request: Request, name: str, followed: Followed[str], *, longest: float = LONGEST_SECONDS
) -> AsyncIterator[ServerSentEvent]:
    """Each picture (JSON) as an event `name`, until the looker goes or the service stops."""
    number = 0
    async for picture in pictures_of(followed, request.app.state.leaving, longest):
        number += 1
        yield ServerSentEvent(raw_data=picture, event=name, id=str(number), retry=_COME_BACK_MS)
