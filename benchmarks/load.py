"""A load generator that costs little: fixed bytes over kept-alive connections, answers counted by length."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Measured:
    """What came of a run of load."""

    answered: int
    failed: int
    seconds: float

    @property
    def rate(self) -> float:
        """Answers a second."""
        return self.answered / self.seconds


def request_bytes(path: str, token: str, body: bytes, headers: str = "") -> bytes:
    """One POST as it goes over the wire."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n{headers}\r\n"
    )
    return head.encode() + body


async def _ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> bool:
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    lowered = head.lower()
    if b"content-length:" in lowered:
        length = int(lowered.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
        await reader.readexactly(length)
    return head[9:10] == b"2"


async def press(port: int, make: Callable[[int], bytes], connections: int, seconds: float) -> Measured:
    """Send the requests that `make` makes of a running number over `connections` for `seconds`."""
    until = time.perf_counter() + seconds
    counts = [0, 0]
    number = 0

    async def one() -> None:
        nonlocal number
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while time.perf_counter() < until:
            number += 1
            counts[not await _ask(reader, writer, make(number))] += 1
        writer.close()

    started = time.perf_counter()
    await asyncio.gather(*(one() for _ in range(connections)))
    return Measured(counts[0], counts[1], time.perf_counter() - started)
