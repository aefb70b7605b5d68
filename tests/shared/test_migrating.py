"""A database with rows in it is brought to the newest schema, whatever refers to what."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from shared.database import Database
from shared.ids import new_id
from shared.migrating import is_current, migrate

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC).replace(tzinfo=None)
_HOURS = "INSERT INTO opening_hours (code, definition) VALUES ('always', '{}')"
_QUEUE = (
    "INSERT INTO queues (code, name, unit, kind, hours, target_seconds, figures_seconds, age_bounds,"
    " prior_interval_seconds, valid_from) VALUES"
    " ('youth', 'Ungeområdet', 'youth', 'team', 'always', 60, 60, '[]', 60, '2025-01-01')"
)
_ENTRY = (
    "INSERT INTO entries (id, contact_id, reference, channel, queue, decision, urgency, status, rank, order_at,"
    " received_at, entered_at, by_person) VALUES"
    " (:id, :id, 'ABCD1234', 'phone', 'youth', 0, 'normal', 'waiting', 1, :now, :now, :now, 0)"
)
_MOVE = (
    "INSERT INTO entry_moves (id, entry_id, at, kind, role) VALUES (:id, :entry, :now, 'entered', 'intake')"
)


async def test_a_table_that_others_refer_to_is_rebuilt_with_its_rows(tmp_path: Path) -> None:
    database = Database(f"sqlite+aiosqlite:///{tmp_path}/routing.db")
    await migrate(database, "routing", "routing_0002")
    entry = new_id().hex
    async with database.writing() as session:
        for statement in (_HOURS, _QUEUE):
            await session.execute(text(statement))
        await session.execute(text(_ENTRY), {"id": entry, "now": NOW})
        await session.execute(text(_MOVE), {"id": new_id().hex, "entry": entry, "now": NOW})

    await migrate(database, "routing")

    assert await is_current(database, "routing")
    async with database.reading() as session:
        for table in ("entries", "entry_moves"):
            assert (await session.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one() == 1
    with pytest.raises(IntegrityError, match="FOREIGN KEY"):
        async with database.writing() as session:
            await session.execute(text(_MOVE), {"id": new_id().hex, "entry": new_id().hex, "now": NOW})
    await database.close()
