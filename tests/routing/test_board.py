"""The live board: at once, within a second of each change, and the same for all who look."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import httpx

from shared.ids import new_id
from shared.vocabulary import Channel, Role
from tests.bench import Bench
from tests.routing.events import NOW, ago, visit, waiting


@asynccontextmanager
async def board(client: httpx.AsyncClient) -> AsyncIterator[AsyncIterator[dict[str, Any]]]:
    """The boards that a stream shows, one after the other."""
    async with client.stream("GET", "/v1/board") as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield _boards(answer.aiter_lines())


async def _boards(lines: AsyncIterator[str]) -> AsyncIterator[dict[str, Any]]:
    async for line in lines:
        if line.startswith("data: "):
            yield json.loads(line.removeprefix("data: "))


async def until_waiting(boards: AsyncIterator[dict[str, Any]], number: int) -> None:
    """Look at boards until so many wait; how soon that is, benchmarks/board.py measures."""
    async with asyncio.timeout(60):
        while phone(await anext(boards)) != number:
            pass


def phone(board: dict[str, Any]) -> int:
    (queue,) = [queue for queue in board["queues"] if queue["code"] == "reception-phone"]
    waiting_now: int = queue["live"]["waiting"]
    return waiting_now


async def test_a_board_shows_the_queues_at_once_and_each_change(routing: Bench) -> None:
    async with board(routing.client(Role.OPERATIONS)) as boards:
        assert phone(await anext(boards)) == 0
        await routing.deliver(waiting(new_id(), visit(ago(minutes=2))))
        await until_waiting(boards, 1)


async def test_fifty_boards_follow_the_same_change(routing: Bench) -> None:
    async with AsyncExitStack() as stack:
        client = routing.client(Role.RECEPTION)
        boards = [await stack.enter_async_context(board(client)) for _ in range(50)]
        for one in boards:
            await anext(one)
        await routing.deliver(waiting(new_id(), visit(ago(minutes=2))))
        for one in boards:
            await until_waiting(one, 1)


async def test_a_board_names_nobody_but_tickets(routing: Bench) -> None:
    ticketed = waiting(
        new_id(), visit(ago(minutes=5), queue="reception-desk"), channel=Channel.WALK_IN
    ).model_copy(update={"ticket": "A17"})
    later = waiting(
        new_id(), visit(ago(minutes=1), queue="reception-desk"), channel=Channel.WALK_IN
    ).model_copy(update={"ticket": "A18"})
    await routing.deliver(ticketed, later)
    await routing.client(Role.RECEPTION).post("/v1/queues/reception-desk/next")
    board = (await routing.client(Role.RECEPTION).get("/v1/board/now")).json()
    assert [(one["ticket"], one["called_at"]) for one in board["called"]] == [
        ("A17", NOW.isoformat().replace("+00:00", "Z"))
    ]
    assert [one["ticket"] for one in board["waiting"]] == ["A18"]
    assert str(ticketed.contact_id) not in json.dumps(board)


async def test_a_board_ends_when_the_service_stops(routing: Bench) -> None:
    async with board(routing.client(Role.OPERATIONS)) as boards:
        await anext(boards)
        routing.app.state.leaving.set()
        async with asyncio.timeout(60):
            assert [one async for one in boards] == []


async def test_a_board_is_for_staff_only(routing: Bench) -> None:
    assert (await routing.client(None).get("/v1/board")).status_code == 401
    assert (await routing.client(Role.TELEPHONY).get("/v1/board/now")).status_code == 403
