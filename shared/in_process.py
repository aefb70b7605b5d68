"""An httpx transport that calls an ASGI app in the same process and streams its answers.

httpx's own ASGITransport returns a response only when it is complete, which a live board never is.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import httpx
from starlette.types import ASGIApp, Message


class InProcess(httpx.AsyncBaseTransport):
    """Calls `app` for each request. What the app raises becomes 500, as over a socket."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        exchange = _Exchange(await request.aread())
        exchange.run(self._app, _scope_of(request))
        try:
            start = await exchange.first()
        except asyncio.CancelledError:
            # The caller was cancelled. Over a socket the app would see a disconnect, too.
            await exchange.aclose()
            raise
        return httpx.Response(start["status"], headers=start["headers"], stream=exchange)


def _scope_of(request: httpx.Request) -> dict[str, object]:
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "scheme": request.url.scheme,
        "path": request.url.path,
        "raw_path": request.url.raw_path.split(b"?")[0],
        "query_string": request.url.query,
        "server": (request.url.host, request.url.port),
        "client": ("127.0.0.1", 0),
        "root_path": "",
    }


class _Exchange(httpx.AsyncByteStream):
    """One request and its answer. The app waits while what it has sent is not read yet."""

    def __init__(self, body: bytes) -> None:
        self._requested: Message | None = {"type": "http.request", "body": body, "more_body": False}
        self._sent: asyncio.Queue[Message] = asyncio.Queue(maxsize=1)
        self._gone = asyncio.Event()

    def run(self, app: ASGIApp, scope: dict[str, object]) -> None:
        self._task = asyncio.create_task(self._call(app, scope))

    async def _call(self, app: ASGIApp, scope: dict[str, object]) -> None:
        started = False

        async def send(message: Message) -> None:
            nonlocal started
            started = True
            await self._sent.put(message)

        try:
            await app(scope, self._receive, send)
        except Exception:
            # Logged where it happened. The caller sees a bare 500, as it would over a socket.
            if not started:
                await self._sent.put({"type": "http.response.start", "status": 500, "headers": []})
            await self._sent.put({"type": "http.response.body", "more_body": False})

    async def _receive(self) -> Message:
        if self._requested is not None:
            request, self._requested = self._requested, None
            return request
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def first(self) -> Message:
        return await self._sent.get()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while True:
            message = await self._sent.get()
            if message.get("body"):
                yield message["body"]
            if not message.get("more_body", False):
                return

    async def aclose(self) -> None:
        self._gone.set()
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task
