"""Routing's live board, fetched once for all open pages of this desk."""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from typing import Any

import httpx
import structlog

from shared.live import Followed, Latest

#: A board: routing's `BoardOut`. None while routing does not answer.
Board = dict[str, Any]
_AGAIN_SECONDS = 1.0
#: Routing sends a board every five seconds at least; silence of this length is a lost connection.
_PATIENCE = httpx.Timeout(10.0, read=20.0)
#: Calls may stay away for long; a keep-alive comment comes every fifteen seconds all the same.
_UNHURRIED = httpx.Timeout(10.0, read=40.0)

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
    async for board in sent_live(client, "/v1/board", token, _PATIENCE):
        await latest.put(board)


async def sent_live(
    client: httpx.AsyncClient, path: str, token: str, patience: httpx.Timeout
) -> AsyncGenerator[Any, None]:
    """What a service sends on a stream, read from JSON, until the stream ends. Raises httpx.HTTPError."""
    headers = {"Authorization": f"Bearer {token}"}
    async with client.stream("GET", path, headers=headers, timeout=patience) as answer:
        answer.raise_for_status()
        async for line in answer.aiter_lines():
            if line.startswith("data:"):
                yield json.loads(line[5:])


def follow_calls(client: httpx.AsyncClient, token: str) -> Followed[list[dict[str, Any]]]:
    """The calls at one person's own phone (intake's `MyCall`); each page follows its own."""

    async def fetch(latest: Latest[list[dict[str, Any]]]) -> None:
        while True:
            try:
                async for calls in sent_live(client, "/v1/my-calls", token, _UNHURRIED):
                    await latest.put(calls)
            except (httpx.HTTPError, ValueError) as error:
                log.info("no calls", error=type(error).__name__)
            await asyncio.sleep(_AGAIN_SECONDS)

    return Followed(fetch)
