"""Lines hold in periods: who answers, which numbers and queues of which exchange, and a version of
them all.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "intake_0002"
down_revision: str | None = "intake_0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_KEPT = (
    ("code", sa.String(length=40), False),
    ("name", sa.String(length=120), False),
    ("channel", sa.String(length=20), False),
    ("reception_queue", sa.String(length=60), False),
    ("is_default", sa.Boolean(), False),
    ("telephony_queues", sa.JSON(), False),
    ("valid_from", sa.Date(), False),
    ("valid_to", sa.Date(), True),
    ("ticket_prefix", sa.String(length=4), True),
)
_NEW = (
    ("queues_by_source", sa.JSON(), False),
    ("called_numbers", sa.JSON(), False),
    ("administration", sa.String(length=10), True),
    ("opening_hours", sa.String(length=60), True),
    ("short_call_seconds", sa.Float(), True),
    ("edition", sa.Integer(), False),
)


def upgrade() -> None:
    rows = _rows()
    op.drop_table("lines")
    _create((*_KEPT, *_NEW), "code", "valid_from")
    op.bulk_insert(
        _table((*_KEPT, *_NEW)),
        [{**row, "queues_by_source": {}, "called_numbers": [], "edition": 1} for row in rows],
    )
    op.create_table(
        "lines_version",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.execute("INSERT INTO lines_version (id, version) VALUES (1, 1)")


def downgrade() -> None:
    """A line had one period only: the latest is kept."""
    latest = {row["code"]: row for row in sorted(_rows(), key=lambda row: row["valid_from"])}
    op.drop_table("lines_version")
    op.drop_table("lines")
    _create(_KEPT, "code")
    op.bulk_insert(_table(_KEPT), list(latest.values()))


def _rows() -> list[dict[str, object]]:
    # Lines are a few dozen at most, so they are carried over by hand: neither database renames a primary key.
    return [dict(row) for row in op.get_bind().execute(sa.select(_table(_KEPT))).mappings()]


def _table(columns: Sequence[tuple[str, sa.types.TypeEngine[object], bool]]) -> sa.TableClause:
    return sa.table("lines", *(sa.column(name, kind) for name, kind, _ in columns))


def _create(columns: Sequence[tuple[str, sa.types.TypeEngine[object], bool]], *keys: str) -> None:
    made = [sa.Column(name, kind, nullable=nullable) for name, kind, nullable in columns]
    op.create_table("lines", *made, sa.PrimaryKeyConstraint(*keys))
