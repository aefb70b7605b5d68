"""Rows from before: a clock that was met was done by completing, one that was stopped ended otherwise."""

from datetime import UTC, datetime
from typing import Any

from alembic import command
from sqlalchemy import Connection, text

from shared import migrating
from shared.database import Database
from shared.ids import new_id
from shared.migrating import configuration, migrate
from tests.databases import Databases

MOMENT = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
_HOURS = "INSERT INTO opening_hours (code, definition, edition) VALUES ('always', '{}', 0)"
_QUEUE = (
    "INSERT INTO queues (code, name, unit, kind, hours, target_seconds, figures_seconds, age_bounds,"
    " prior_interval_seconds, valid_from) VALUES"
    " ('reception-mail', 'Post', 'reception', 'reception', 'always', 60, 60, '[]', 60, '2025-01-01')"
)
_CLOCK = (
    "INSERT INTO clocks (id, contact_id, queue, channel, rule, legal_basis, paused_when_closed, starts_at,"
    " due_at, met_at, stopped_at, started_by) VALUES (:id, :id, :queue, 'phone', :rule, 'lov', :no, :at, :at,"
    " :met_at, :stopped_at, :started_by)"
)
_TASK = (
    "INSERT INTO tasks (id, clock_id, kind, status, made_at) VALUES (:id, :id, 'written_notice', 'open', :at)"
)
ROWS: dict[str, dict[str, Any]] = {
    "file_access": {"met_at": "2026-03-10 08:00:00", "queue": "reception-mail"},
    "drug_treatment": {"stopped_at": "2026-03-10 08:30:00"},
    "application_debt": {"queue": "no-such-queue"},
    "child_assessment": {"started_by": "karen"},
}
#: Rule: unit, whether the facts say it is owed, ending, act, reason, and whether it has ended.
DUTIES = {
    "file_access": ("reception", True, "done", "completed", None, True),
    "drug_treatment": ("reception", True, "otherwise", None, "superseded", True),
    "application_debt": ("reception", False, None, None, None, False),
    "child_assessment": ("reception", False, None, None, None, False),
}


async def test_old_clocks_are_kept_as_duties_and_go_back_as_they_were(databases: Databases) -> None:
    database = Database(await databases.fresh("routing"))
    await migrate(database, "routing", "base")
    await migrate(database, "routing", "routing_0007")
    is_sqlite = database.is_sqlite
    at: Any = MOMENT.replace(tzinfo=None) if is_sqlite else MOMENT
    ids = {rule: (id_.hex if is_sqlite else id_) for rule in ROWS for id_ in [new_id()]}
    async with database.writing() as session:
        for statement in (_HOURS, _QUEUE):
            await session.execute(text(statement))
        for rule, columns in ROWS.items():
            row = {"queue": "reception-mail", "met_at": None, "stopped_at": None, "started_by": None}
            row |= {name: _moment(value, is_sqlite) for name, value in columns.items()}
            await session.execute(text(_CLOCK), {**row, "id": ids[rule], "rule": rule, "at": at, "no": False})
        await session.execute(text(_TASK), {"id": ids["application_debt"], "at": at})

    before = await _read(database, "SELECT rule, met_at, stopped_at, due_at FROM clocks ORDER BY rule")
    await migrate(database, "routing")
    found = await _read(
        database,
        "SELECT rule, unit, follows_facts, ending, act, reason, ended_at, carried_by = contact_id FROM duties",
    )
    assert {row[0]: (row[1], bool(row[2]), *row[3:6], row[6] is not None) for row in found} == DUTIES
    assert all(row[7] for row in found)
    joined = "SELECT duties.rule FROM tasks JOIN duties ON duties.id = tasks.duty_id"
    assert await _read(database, joined) == [("application_debt",)]

    async with database.engine.execution_options(begins_writing=True).connect() as connection:
        if is_sqlite:
            await migrating._let_tables_be_rebuilt(connection)
        async with connection.begin():
            await connection.run_sync(_one_step_down)
        await connection.invalidate()
    assert (
        await _read(database, "SELECT rule, met_at, stopped_at, due_at FROM clocks ORDER BY rule") == before
    )
    await database.close()


def _one_step_down(connection: Connection) -> None:
    command.downgrade(configuration("routing", connection), "routing_0007")


def _moment(value: Any, is_sqlite: bool) -> Any:
    if is_sqlite or not str(value).startswith("2026"):
        return value
    return datetime.fromisoformat(value).replace(tzinfo=UTC)


async def _read(database: Database, statement: str) -> list[tuple[Any, ...]]:
    async with database.reading() as session:
        return [tuple(row) for row in await session.execute(text(statement))]
