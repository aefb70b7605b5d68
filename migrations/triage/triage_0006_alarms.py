"""Repeat alarms, and the citizens' opaque keys that they are held by."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from shared.database import UtcDateTime

revision: str = "triage_0006"
down_revision: str | None = "triage_0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "citizens",
        sa.Column("citizen_key", sa.String(length=64), nullable=False),
        sa.Column("now_key", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("citizen_key"),
    )
    op.create_table(
        "alarms",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("citizen_key", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("need", sa.String(length=60), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("contacts", sa.JSON(), nullable=False),
        sa.Column("unseen", sa.JSON(), nullable=False),
        sa.Column("first_at", UtcDateTime(), nullable=False),
        sa.Column("latest_at", UtcDateTime(), nullable=False),
        sa.Column("raised_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("ended_by", sa.String(length=120), nullable=True),
        sa.Column("role", sa.String(length=40), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    is_open = sa.text("status = 'open'")
    op.create_index(
        "ux_alarms_open",
        "alarms",
        ["citizen_key", "kind", "need"],
        unique=True,
        sqlite_where=is_open,
        postgresql_where=is_open,
    )
    op.create_index("ix_alarms_citizen_key", "alarms", ["citizen_key"])
    op.create_index("ix_alarms_status", "alarms", ["status", "raised_at", "id"])


def downgrade() -> None:
    op.drop_table("alarms")
    op.drop_table("citizens")
