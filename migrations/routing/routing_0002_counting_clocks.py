"""Deadlines that still count are found among all that were met."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "routing_0002"
down_revision: str | None = "routing_0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    counting = sa.text("met_at IS NULL AND stopped_at IS NULL")
    op.create_index(
        "ix_clocks_counting",
        "clocks",
        ["due_at", "id"],
        sqlite_where=counting,
        postgresql_where=counting,
    )


def downgrade() -> None:
    op.drop_index("ix_clocks_counting", "clocks")
