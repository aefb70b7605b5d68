"""A connection that the database server closed fails no request: the pool notices, and connects again."""

import asyncio

from sqlalchemy import text

from shared.database import Database
from tests.databases import Databases


async def _backend(database: Database) -> int:
    async with database.writing() as session:
        return int((await session.execute(text("SELECT pg_backend_pid()"))).scalar_one())


async def test_a_connection_the_server_closed_is_replaced_before_anybody_uses_it(
    postgres_databases: Databases,
) -> None:
    url = await postgres_databases.fresh("intake")
    ours, theirs = Database(url), Database(url)
    before = await _backend(ours)
    async with theirs.writing() as session:
        await session.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": before})
    for _ in range(100):
        async with theirs.reading() as session:
            left = await session.execute(
                text("SELECT count(*) FROM pg_stat_activity WHERE pid = :pid"), {"pid": before}
            )
        if left.scalar_one() == 0:
            break
        await asyncio.sleep(0.02)

    assert await _backend(ours) != before
    await ours.close()
    await theirs.close()
