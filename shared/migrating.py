"""Bring a service's database to the newest schema, or back; the same on SQLite and PostgreSQL."""

import importlib
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.database import Database

SERVICES = ("intake", "triage", "routing")
_MIGRATIONS = Path(__file__).parent.parent / "migrations"


def configuration(service: str, connection: Connection | None = None) -> Config:
    """Alembic's configuration for one service, over an open connection."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.set_main_option("version_locations", str(_MIGRATIONS / service))
    config.set_main_option("path_separator", "newline")
    config.attributes["connection"] = connection
    config.attributes["metadata"] = metadata_of(service)
    return config


def metadata_of(service: str) -> MetaData:
    """The tables that a service's models declare (`services.<service>.models.metadata`)."""
    metadata: MetaData = importlib.import_module(f"services.{service}.models").metadata
    return metadata


async def migrate(database: Database, service: str, revision: str = "head") -> None:
    """Upgrade to `revision`, or downgrade when it is `base`."""
    step = command.downgrade if revision == "base" else command.upgrade
    async with database.engine.execution_options(begins_writing=True).connect() as connection:
        if database.is_sqlite:
            await _let_tables_be_rebuilt(connection)
        async with connection.begin():
            await connection.run_sync(lambda sync: step(configuration(service, sync), revision))
            if database.is_sqlite:
                await _check_references(connection)
        if database.is_sqlite:
            # The next user of the pool gets a new connection, which checks references.
            await connection.invalidate()


async def _let_tables_be_rebuilt(connection: AsyncConnection) -> None:
    """SQLite alters a table by copying it: dropping the old one would count as deleting what others refer to.

    This has to be set before the transaction begins (SQLite, "Making Other Kinds Of Table Schema Changes").
    """
    driver: Any = (await connection.get_raw_connection()).driver_connection
    await driver.cursor().execute("PRAGMA foreign_keys=OFF")


async def _check_references(connection: AsyncConnection) -> None:
    broken = (await connection.exec_driver_sql("PRAGMA foreign_key_check")).all()
    if broken:
        message = f"the migration left {len(broken)} references to nothing in {broken[0][0]}"
        raise RuntimeError(message)


async def is_current(database: Database, service: str) -> bool:
    """Whether the database is at the newest revision."""
    newest = ScriptDirectory.from_config(configuration(service)).get_current_head()
    async with database.engine.connect() as connection:
        return await connection.run_sync(
            lambda sync: MigrationContext.configure(sync).get_current_revision() == newest
        )
