"""Migrations go up and down, and end where the models are, on both databases."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect

from shared.database import Database
from shared.migrating import SERVICES, is_current, metadata_of, migrate
from tests.databases import Databases


@pytest.mark.parametrize("service", SERVICES)
async def test_the_migrated_database_equals_the_models(service: str, databases: Databases) -> None:
    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, metadata_of(service)))

    database = Database(await databases.fresh(service))
    async with database.engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    assert await is_current(database, service)
    await database.close()


@pytest.mark.parametrize("service", SERVICES)
async def test_migrations_go_down_to_nothing_and_up_again(service: str, databases: Databases) -> None:
    def tables(connection: Connection) -> set[str]:
        return set(inspect(connection).get_table_names()) - {"alembic_version"}

    database = Database(await databases.fresh(service))
    async with database.engine.connect() as connection:
        full = await connection.run_sync(tables)
    assert {"outbox", "inbox"} < full
    await migrate(database, service, "base")
    async with database.engine.connect() as connection:
        assert await connection.run_sync(tables) == set()
    assert not await is_current(database, service)
    await migrate(database, service)
    async with database.engine.connect() as connection:
        assert await connection.run_sync(tables) == full
    await database.close()
