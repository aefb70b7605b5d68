"""The outermost layer of each service: how large a body may be, what is measured and logged of a request.

Only the route's template is ever logged or measured: a path or query can hold personal data that was typed.
"""

import asyncio
import json
import time
from contextlib import suppress
from http import HTTPStatus

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.ids import new_id
from shared.metrics import Metrics
from shared.problems import MEDIA_TYPE, TooLarge

log = structlog.get_logger("http")
#: Machines request these every few seconds; a log line for each would bury the others.
_QUIET_ROUTES = {"/health/live", "/health/ready", "/metrics"}
#: How much of a refused body is read and for how long, so that its sender gets to read the answer.
_MOST_DISCARDED_BYTES = 16 * 1024 * 1024
_PATIENCE_SECONDS = 5.0


class _BodyTooLargeError(Exception):
    """More bytes came than `max_body_bytes`."""


class HttpEdge:
    """Limits bodies, adds the headers every answer has, measures and logs.

    The framework has a body limit of its own, but answers it in plain text and not as a problem.
    """

    def __init__(self, app: ASGIApp, *, metrics: Metrics, max_body_bytes: int) -> None:
        self._app = app
        self._metrics = metrics
        self._most = max_body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        exchange = _Exchange(scope, receive, send, self._most)
        structlog.contextvars.bind_contextvars(request_id=str(new_id()))
        try:
            if exchange.too_large:
                await exchange.refuse_body()
            else:
                await self._app(scope, exchange.receive, exchange.send)
        finally:
            self._report(scope, exchange)
            structlog.contextvars.unbind_contextvars("request_id")

    def _report(self, scope: Scope, exchange: "_Exchange") -> None:
        template = getattr(scope.get("route"), "path", "unmatched")
        method = scope["method"] if scope["method"] in _METHODS else "other"
        seconds = time.perf_counter() - exchange.started
        self._metrics.observe_request(method, template, exchange.status, seconds)
        if template not in _QUIET_ROUTES:
            log.info(
                "request", method=method, route=template, status=exchange.status, ms=round(seconds * 1e3, 1)
            )


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_HEADERS = (
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
)


class _Exchange:
    """One request and its answer, counted as they pass."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, most: int) -> None:
        headers: dict[bytes, bytes] = dict(scope["headers"])
        length = headers.get(b"content-length", b"0")
        self.too_large = length.isdigit() and int(length) > most
        self.started = time.perf_counter()
        self._root: bytes = scope.get("root_path", "").encode()
        self.status = int(HTTPStatus.INTERNAL_SERVER_ERROR)
        self._answered = False
        # Who expects "100 Continue" first sends nothing before it, and reads a refusal at once.
        self._more_to_come = b"expect" not in headers
        self._receive, self._send, self._left = receive, send, most

    async def receive(self) -> Message:
        message = await self._receive()
        self._more_to_come = message.get("more_body", False)
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            # The framework turns this into an answer of its own, which `send` replaces.
            self.too_large = True
            raise _BodyTooLargeError
        return message

    async def send(self, message: Message) -> None:
        if self.too_large:
            await self.refuse_body()
            return
        if message["type"] == "http.response.start":
            self._answered = True
            self.status = message["status"]
            given = [self._placed(header) for header in message.get("headers", [])]
            names = {name for name, _ in given}
            message["headers"] = [
                *given,
                *(header for header in _HEADERS if header[0] not in names),
            ]
        await self._send(message)

    def _placed(self, header: tuple[bytes, bytes]) -> tuple[bytes, bytes]:
        # A service names its own paths; where it hangs under a prefix, the caller needs that too.
        name, value = header
        return (name, self._root + value) if name == b"location" and value.startswith(b"/") else header

    async def refuse_body(self) -> None:
        """Answer 413, once, and close the connection."""
        if self._answered:
            return
        self._answered, self.status = True, int(TooLarge.status)
        await self._discard_rest()
        headers = [(b"content-type", MEDIA_TYPE.encode()), (b"connection", b"close"), *_HEADERS]
        await self._send({"type": "http.response.start", "status": self.status, "headers": headers})
        await self._send({"type": "http.response.body", "body": json.dumps(TooLarge().document()).encode()})

    async def _discard_rest(self) -> None:
        """Discard the rest of the body, within bounds: a client cut off while sending seldom reads the
        answer.
        """
        left = _MOST_DISCARDED_BYTES
        with suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE_SECONDS):
                while self._more_to_come and left > 0:
                    message = await self._receive()
                    self._more_to_come = message.get("more_body", False)
                    left -= len(message.get("body", b""))
