"""Wake-ups after commits, and one database read for many followers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from shared.database import Database, refresh_live_after_commit
from shared.live import Broadcast, Live
from tests.databases import Databases


@asynccontextmanager
async def replica(url: str) -> AsyncIterator[tuple[Database, Live]]:
    database = Database(url.replace("postgresql://", "postgresql+asyncpg://", 1))
    live = Live(database)
    try:
        yield database, live
    finally:
        await live.stop()
        await database.close()


async def commit_live_change(database: Database) -> None:
    async with database.writing() as session:
        await session.execute(text("SELECT 1"))
        refresh_live_after_commit(session)


async def test_a_commit_of_a_live_change_wakes_waiting_requests(databases: Databases) -> None:
    async with replica(await databases.fresh("routing")) as (database, live):
        waiting = asyncio.create_task(live.next_change(0, 5))
        await asyncio.sleep(0)
        await commit_live_change(database)
        assert await waiting == 1


async def test_a_rolled_back_transaction_wakes_no_request(databases: Databases) -> None:
    async with replica(await databases.fresh("routing")) as (database, live):
        with pytest.raises(ZeroDivisionError):
            await _fail_after_a_live_change(database)
        assert await live.next_change(0, 0.01) == 0


async def _fail_after_a_live_change(database: Database) -> None:
    async with database.writing() as session:
        refresh_live_after_commit(session)
        raise ZeroDivisionError


async def test_another_replica_is_woken_as_well(postgres_databases: Databases) -> None:
    url = await postgres_databases.fresh("routing")
    async with replica(url) as (database, _), replica(url) as (_, other), other.listening():
        # Listening begins with a wake-up of its own: earlier changes are read then.
        begun = await other.next_change(0, 5)
        await commit_live_change(database)
        assert await other.next_change(begun, 5) > begun


async def test_many_followers_cost_one_read(databases: Databases) -> None:
    readings = 0

    async def read() -> int:
        nonlocal readings
        readings += 1
        return readings

    async with replica(await databases.fresh("routing")) as (database, live):
        broadcast = Broadcast(live, read, least=0.0, most=60.0)
        followers = [broadcast.follow() for _ in range(50)]
        assert {await anext(follower) for follower in followers} == {1}
        await commit_live_change(database)
        assert {await anext(follower) for follower in followers} == {2}
        for follower in followers:
            await follower.aclose()
        assert readings == 2


async def test_without_followers_nothing_is_read(databases: Databases) -> None:
    readings = 0

    async def read() -> int:
        nonlocal readings
        readings += 1
        return readings

    async with replica(await databases.fresh("routing")) as (database, live):
        follower = Broadcast(live, read, least=0.0, most=60.0).follow()
        await anext(follower)
        await follower.aclose()
        await commit_live_change(database)
        await asyncio.sleep(0.05)
        assert readings == 1


async def test_a_failed_read_is_tried_again(databases: Databases, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.live._AGAIN_SECONDS", 0.0)
    left = [OperationalError("x", None, Exception()), OSError()]

    async def read() -> str:
        if left:
            raise left.pop()
        return "there again"

    async with replica(await databases.fresh("routing")) as (_, live):
        follower = Broadcast(live, read, least=0.0, most=0.01).follow()
        assert await asyncio.wait_for(anext(follower), 5) == "there again"
        await follower.aclose()
