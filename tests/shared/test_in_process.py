"""HTTP inside one process behaves as over a socket, and streams."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from shared.in_process import InProcess


async def echo(request: Request) -> Response:
    seen = [request.method, request.url.path, request.url.query, (await request.body()).decode()]
    return JSONResponse(seen, headers={"x-seen": request.headers["x-sent"]})


async def fail(request: Request) -> Response:
    raise ZeroDivisionError


class Dripping:
    """Sends a drop at a time, and notices when nobody listens any more."""

    def __init__(self) -> None:
        self.ended = asyncio.Event()

    async def __call__(self, request: Request) -> Response:
        return StreamingResponse(self._drops())

    async def _drops(self) -> AsyncIterator[bytes]:
        try:
            while True:
                yield b"drop"
                await asyncio.sleep(0)
        finally:
            self.ended.set()


@pytest.fixture
def dripping() -> Dripping:
    return Dripping()


@pytest.fixture
async def client(dripping: Dripping) -> AsyncIterator[httpx.AsyncClient]:
    app = Starlette(
        routes=[
            Route("/echo/{x}", echo, methods=["PUT"]),
            Route("/fail", fail),
            Route("/drip", dripping.__call__),
        ]
    )
    async with httpx.AsyncClient(transport=InProcess(app), base_url="http://inside") as client:
        yield client


async def test_a_request_and_its_answer_arrive_whole(client: httpx.AsyncClient) -> None:
    answer = await client.put("/echo/æ?q=1", content="said", headers={"x-sent": "yes"})
    assert answer.json() == ["PUT", "/echo/æ", "q=1", "said"]
    assert answer.headers["x-seen"] == "yes"


async def test_what_the_app_raises_is_its_own_fault_and_no_more(client: httpx.AsyncClient) -> None:
    assert (await client.get("/fail")).status_code == 500


async def test_an_app_is_not_left_working_for_somebody_who_went_away() -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def slow(_request: Request) -> Response:
        begun.set()
        try:
            await asyncio.sleep(60)
        finally:
            ended.set()
        return Response()

    app = Starlette(routes=[Route("/slow", slow)])
    async with httpx.AsyncClient(transport=InProcess(app), base_url="http://inside") as client:
        asking = asyncio.create_task(client.get("/slow"))
        await begun.wait()
        asking.cancel()
        async with asyncio.timeout(60):
            await ended.wait()


async def test_an_answer_without_end_is_read_as_it_comes_and_ends_when_nobody_reads(
    client: httpx.AsyncClient, dripping: Dripping
) -> None:
    async with client.stream("GET", "/drip") as answer:
        chunks = answer.aiter_raw()
        assert [await anext(chunks) for _ in range(3)] == [b"drop"] * 3
    async with asyncio.timeout(60):
        await dripping.ended.wait()
