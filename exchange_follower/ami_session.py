"""One session with an exchange's manager interface: connect, log in, listen, ask whether it still lives."""

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
    """Where an exchange is, and who we are there. `tls` is None for a connection in the clear."""

    host: str
    port: int
    user: str
    secret: str = field(repr=False)
    tls: ssl.SSLContext | None = None
    #: An exchange that is silent for so long is asked, and given up when it stays silent again.
    ping_seconds: float = 30.0


class SessionOver(Exception):
    """The session ended; the text says how. What was reported before is kept."""


class LoginRefused(SessionOver):
    """The exchange does not know the user, or not by this password."""


async def listen(exchange: Exchange) -> AsyncIterator[list[Message]]:
    """Log in, then give the events in the groups they come in; the first group is empty: we are in.

    Raises SessionOver when the exchange ends it, falls silent or never lets us in; OSError when it cannot
    be reached.
    """
    async with asyncio.timeout(exchange.ping_seconds):
        reader, writer = await asyncio.open_connection(exchange.host, exchange.port, ssl=exchange.tls)
    try:
        login = {"ActionID": _LOGIN, "Username": exchange.user, "Secret": exchange.secret}
        writer.write(written("Login", {**login, "Events": "agent,call,system"}))
        async for messages in _messages(reader, writer, exchange.ping_seconds):
            if any(_is_let_in(message) for message in messages):
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
    protocol, is_requested, dropped = AmiReader(), False, 0
    while True:
        try:
            async with asyncio.timeout(ping_seconds):
                data = await reader.read(65_536)
        except TimeoutError as error:
            if is_requested:
                raise SessionOver("silent") from error
            writer.write(written("Ping", {"ActionID": "dsi-ping"}))
            is_requested = True
            continue
        if not data:
            raise SessionOver("closed by the exchange")
        is_requested = False
        yield list(protocol.feed(data))
        if protocol.dropped > max(dropped, 1):
            # One is the greeting.
            log.warning("not the manager interface's protocol", dropped=protocol.dropped)
            dropped = protocol.dropped


def _is_let_in(message: Message) -> bool:
    if message.get("ActionID") != _LOGIN or "Response" not in message:
        return False
    if message["Response"] != "Success":
        raise LoginRefused("login refused")
    return True
