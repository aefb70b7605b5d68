"""Clocks that people start and renew, the municipality's own deadlines, and the tasks that misses make."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from shared.database import UtcDateTime

revision: str = "routing_0004"
down_revision: str | None = "routing_0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("clocks", sa.Column("started_by", sa.String(length=255), nullable=True))
    op.add_column("clocks", sa.Column("renews", sa.Uuid(), nullable=True))
    op.create_table(
        "tasks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("clock_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("ended_by", sa.String(length=255), nullable=True),
        sa.Column("role", sa.String(length=40), nullable=True),
        sa.Column("new_due_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["clock_id"], ["clocks.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("clock_id"),
    )
    op.create_index("ix_tasks_status", "tasks", ["status", "made_at", "id"])
    op.create_table(
        "application_areas",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("units", sa.JSON(), nullable=False),
        sa.Column("kle", sa.JSON(), nullable=False),
        sa.Column("weeks", sa.Integer(), nullable=True),
        sa.Column("working_days", sa.Integer(), nullable=True),
        sa.Column("legal_basis", sa.String(length=200), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("code", "valid_from"),
    )
    op.create_table(
        "configuration",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.execute("INSERT INTO configuration (id, edition) VALUES (1, 0)")


def downgrade() -> None:
    for table in ("configuration", "application_areas", "tasks"):
        op.drop_table(table)
    op.drop_column("clocks", "renews")
    op.drop_column("clocks", "started_by")
