"""What followers stand between: an intake that stores, or refuses, and an exchange that misbehaves."""

import asyncio
import json
import ssl
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx

from exchange_follower.ami_session import Exchange
from exchange_follower.courier import Courier
from services.intake.telephony.asterisk_queue_log.lines import cut

Answer = Callable[[], httpx.Response]


@dataclass
class FakeIntake:
    """Keeps each delivery once by its id, as the real one does. `answers` are given before it obeys again."""

    stored: dict[str, str] = field(default_factory=dict)
    posts: int = 0
    requests: list[httpx.Request] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    pauses: list[float] = field(default_factory=list)
    #: The receipt gets lost on its way, so often.
    lost_receipts: int = 0

    def client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.MockTransport(self._take), base_url="http://intake")

    def courier(self, form: str = "asterisk") -> Courier:
        proof = {"Authorization": "Bearer test"}
        door = f"/v1/telephony/{form}"
        return Courier(self.client(), door, lambda _body: proof, source="pbx", sleep=self._pause)

    async def _pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        await asyncio.sleep(0)

    def _take(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if self.answers:
            return self.answers.pop(0)()
        if request.url.path.endswith("-ami"):
            lines = {json.loads(line)["delivery_id"]: line for line in request.content.decode().split("\n")}
        else:
            lines = dict(cut(request.content))
        self.stored |= lines
        if self.lost_receipts:
            self.lost_receipts -= 1
            raise httpx.ReadTimeout("the receipt got lost", request=request)
        return httpx.Response(202, json={})

    def lines(self) -> Counter[str]:
        return Counter(self.stored.values())


@dataclass
class FakeExchange:
    """AMI on loopback: greets, takes the login, and sends each session what the script says, piece by piece.

    A session without a script is silent. Each ends when its script does, but for the last.
    """

    scripts: list[list[bytes]] = field(default_factory=list)
    secret: str = "secret"
    answers_pings: bool = True
    logins: list[dict[str, str]] = field(default_factory=list)
    sessions: int = 0
    pings: int = 0

    @asynccontextmanager
    async def listening(
        self, ping_seconds: float = 5, tls: ssl.SSLContext | None = None
    ) -> AsyncIterator[Exchange]:
        server = await asyncio.start_server(self._session, "127.0.0.1", 0, ssl=tls)
        port = server.sockets[0].getsockname()[1]
        async with server:
            yield Exchange("127.0.0.1", port, "dsi", "secret", ping_seconds=ping_seconds)

    async def _session(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.sessions += 1
        writer.write(b"Asterisk Call Manager/9.0.0\r\n")
        try:
            if await self._let_in(reader, writer):
                await self._send_script(writer)
                await self._answer_pings(reader, writer)
        except ConnectionError:
            pass
        finally:
            writer.close()

    async def _let_in(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        login = await _action(reader)
        self.logins.append(login)
        is_right = login.get("Secret") == self.secret
        response, why = ("Success", "accepted") if is_right else ("Error", "failed")
        answer = {
            "Response": response,
            "ActionID": login.get("ActionID", ""),
            "Message": f"Authentication {why}",
        }
        writer.write(written(answer))
        await writer.drain()
        return is_right

    async def _send_script(self, writer: asyncio.StreamWriter) -> None:
        is_last = len(self.scripts) <= 1
        for piece in self.scripts.pop(0) if self.scripts else []:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0)
        if not is_last:
            raise ConnectionResetError

    async def _answer_pings(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while ping := await _action(reader):
            self.pings += 1
            if self.answers_pings:
                writer.write(
                    f"Response: Success\r\nActionID: {ping['ActionID']}\r\nPing: Pong\r\n\r\n".encode()
                )


async def _action(reader: asyncio.StreamReader) -> dict[str, str]:
    fields = {}
    while (line := await reader.readline()).strip():
        key, _, value = line.decode().partition(":")
        fields[key.strip()] = value.strip()
    return fields


def written(event: dict[str, str]) -> bytes:
    """An event as AMI writes it."""
    return "".join(f"{key}: {value}\r\n" for key, value in event.items()).encode() + b"\r\n"


async def eventually(holds: Callable[[], bool], seconds: float = 10) -> None:
    """Wait until it holds; a test that waits in vain fails."""
    async with asyncio.timeout(seconds):
        while not holds():
            await asyncio.sleep(0.005)
