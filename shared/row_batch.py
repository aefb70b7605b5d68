"""Rows to insert, collected by table: pure code adds them, and a transaction writes them later.

They can be written alone, or joined with those of other requests into one statement for each table
(group_commit.py): the same rows either way.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Self

from sqlalchemy import Insert, Table, insert
from sqlalchemy.ext.asyncio import AsyncSession

from shared.database import notify_after_commit

Row = Mapping[str, Any]


@dataclass(frozen=True)
class RowBatch:
    """Rows by table, in the order they are written: add a row before those that refer to it.

    `peers` are the receivers of events among the rows.
    """

    by_table: dict[Table, list[Row]] = field(default_factory=dict)
    peers: set[str] = field(default_factory=set)

    @classmethod
    def joined(cls, several: Iterable["RowBatch"]) -> Self:
        """All of them, to be written at once."""
        joined = cls()
        for rows in several:
            for table, new in rows.by_table.items():
                joined.note(table, new)
            joined.peers.update(rows.peers)
        return joined

    def note(self, table: Table, rows: Iterable[Row]) -> None:
        """Add these rows of a table. All rows of one table have the same columns."""
        self.by_table.setdefault(table, []).extend(rows)

    async def write(self, session: AsyncSession) -> None:
        """Write them in the caller's transaction. Raises IntegrityError when one of them is there already."""
        for table, rows in self.by_table.items():
            if rows:
                await session.execute(_insert_into(table), rows)
        notify_after_commit(session, self.peers)


@cache
def _insert_into(table: Table) -> Insert:
    # Built once: with its values passed separately, a statement is compiled once and cached.
    return insert(table)
