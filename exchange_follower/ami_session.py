"""One session with an exchange's manager interface (AMI): connect, log in, receive events, ping."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field

import structlog

from exchange_follower.ami_protocol import AmiReader, Message, written

log = structlog.get_logger("follow")

_LOGIN = "dsi-login"


@dataclass(frozen=True)
class Exchange:
    """Address and login of an exchange. `tls` is None for an unencrypted connection."""

    host: str
    port: int
    user: str
    secret: str = field(repr=False)
    tls: ssl.SSLContext | None = None
    #: An exchange that is silent for so long is sent a ping; silent as long again, the session ends.
    ping_seconds: float = 30.0


class SessionOver(Exception):
    """The session ended; the text says how. Events that were received before it remain stored."""


class LoginRefused(SessionOver):
    """The exchange does not know the user, or not by this password."""


async def listen(exchange: Exchange) -> AsyncIterator[list[Message]]:
    """Log in, then yield the events in the groups they come in; an empty first group reports the login.

    Raises LoginRefused; SessionOver when the exchange closes the connection or answers no ping; OSError when
    it cannot be reached.
    """
    async with asyncio.timeout(exchange.ping_seconds):
        reader, writer = await asyncio.open_connection(exchange.host, exchange.port, ssl=exchange.tls)
    try:
        login = {"ActionID": _LOGIN, "Username": exchange.user, "Secret": exchange.secret}
        writer.write(written("Login", {**login, "Events": "agent,call,system"}))
        async for messages in _messages(reader, writer, exchange.ping_seconds):
            if any(_is_logged_in(message) for message in messages):
                yield []
            if events := [message for message in messages if "Event" in message]:
                yield events
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


async def _messages(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, ping_seconds: float
) -> AsyncIterator[list[Message]]:
    protocol, is_pinged, dropped = AmiReader(), False, 0
    while True:
        try:
            async with asyncio.timeout(ping_seconds):
                data = await reader.read(65_536)
        except TimeoutError as error:
            if is_pinged:
                raise SessionOver("silent") from error
            writer.write(written("Ping", {"ActionID": "dsi-ping"}))
            is_pinged = True
            continue
        if not data:
            raise SessionOver("closed by the exchange")
        is_pinged = False
        yield list(protocol.feed(data))
        if protocol.dropped > max(dropped, 1):
            # One is the greeting.
            log.warning("not the manager interface's protocol", dropped=protocol.dropped)
            dropped = protocol.dropped


def _is_logged_in(message: Message) -> bool:
    if message.get("ActionID") != _LOGIN or "Response" not in message:
        return False
    if message["Response"] != "Success":
        raise LoginRefused("login refused")
    return True
