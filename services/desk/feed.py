"""Routing's live board, fetched once for all open pages of this desk."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import httpx
import structlog

from shared.live import Followed, Latest

#: A board: routing's `BoardOut`. None while routing does not answer.
Board = dict[str, Any]
_AGAIN_SECONDS = 1.0
#: Routing sends a board every five seconds at least; silence of this length is a lost connection.
_PATIENCE = httpx.Timeout(10.0, read=20.0)

log = structlog.get_logger("desk")


def follow_board(client: httpx.AsyncClient, token: Callable[[], str]) -> Followed[Board | None]:
    """The feed. `token` is asked at each connection."""

    async def fetch(latest: Latest[Board | None]) -> None:
        while True:
            try:
                await _connected(client, token(), latest)
            except (httpx.HTTPError, ValueError) as error:
                log.info("no board", error=type(error).__name__)
                await latest.put(None)
            await asyncio.sleep(_AGAIN_SECONDS)

    return Followed(fetch)


async def _connected(client: httpx.AsyncClient, token: str, latest: Latest[Board | None]) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    async with client.stream("GET", "/v1/board", headers=headers, timeout=_PATIENCE) as answer:
        answer.raise_for_status()
        async for line in answer.aiter_lines():
            if line.startswith("data:"):
                await latest.put(json.loads(line[5:]))
