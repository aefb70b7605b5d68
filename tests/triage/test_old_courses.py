"""Contacts' courses as they were stored before, with one companion: brought to the newest form and back."""

import json
from uuid import UUID

from alembic import command
from sqlalchemy import text

from shared.database import Database
from shared.ids import new_id
from shared.migrating import configuration, is_current, migrate
from tests.databases import Databases

_NEW = (
    "INSERT INTO contact_courses (contact_id, registered_version, closed_version, decision, returned_decision,"
    " decided_itself, companion) VALUES (:id, 1, 0, 1, -1, :no, :companion)"
)


async def go_back(database: Database, revision: str) -> None:
    async with database.engine.execution_options(begins_writing=True).begin() as connection:
        await connection.run_sync(lambda sync: command.downgrade(configuration("triage", sync), revision))


async def test_a_companion_becomes_the_first_of_several_and_goes_back(databases: Databases) -> None:
    database = Database(await databases.fresh("triage"))
    await go_back(database, "triage_0007")
    mother, alone, child = new_id(), new_id(), new_id()
    published = {"contact_id": str(child), "concerns": "child", "urgency": "day"}

    def stored(contact_id: UUID) -> str:
        return contact_id.hex if database.is_sqlite else str(contact_id)

    async with database.writing() as session:
        for contact_id, companion in ((mother, json.dumps(published)), (alone, None)):
            values = {"id": stored(contact_id), "companion": companion, "no": False}
            await session.execute(text(_NEW), values)

    await migrate(database, "triage")

    assert await is_current(database, "triage")
    read = "SELECT assessments, companions FROM contact_courses WHERE contact_id = :id"
    async with database.reading() as session:
        for contact_id, companions in (
            (mother, {"0": {"contact_id": str(child), "published": published}}),
            (alone, {}),
        ):
            row = (await session.execute(text(read), {"id": stored(contact_id)})).one()
            found = json.loads(row.companions) if isinstance(row.companions, str) else row.companions
            assert (row.assessments, found) == (0, companions)

    await go_back(database, "triage_0007")

    read = "SELECT companion FROM contact_courses WHERE contact_id = :id"
    async with database.reading() as session:
        row = (await session.execute(text(read), {"id": stored(mother)})).one()
        found = json.loads(row.companion) if isinstance(row.companion, str) else row.companion
        assert found == published
        assert (await session.execute(text(read), {"id": stored(alone)})).scalar_one() is None
    await database.close()
