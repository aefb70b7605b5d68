"""Where and how often a ticket is called, and how often its holder did not come."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from shared.database import UtcDateTime

revision: str = "routing_0003"
down_revision: str | None = "routing_0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_COUNTS = ("calls", "no_shows")


def upgrade() -> None:
    with op.batch_alter_table("entries") as entries:
        entries.add_column(sa.Column("counter", sa.String(length=20), nullable=True))
        entries.add_column(sa.Column("called_at", UtcDateTime(), nullable=True))
        for name in _COUNTS:
            entries.add_column(sa.Column(name, sa.SmallInteger(), nullable=False, server_default="0"))
    with op.batch_alter_table("entries") as entries:
        for name in _COUNTS:
            entries.alter_column(name, server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("entries") as entries:
        for name in (*_COUNTS, "called_at", "counter"):
            entries.drop_column(name)
