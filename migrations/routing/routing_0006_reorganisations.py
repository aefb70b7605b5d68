"""Reorganisations with their moves, and the units that each member of staff works in."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

import shared.database

revision: str = "routing_0006"
down_revision: str | None = "routing_0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "reorganisations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("from_unit", sa.String(length=60), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("moved", sa.Integer(), nullable=False),
        sa.Column("stayed", sa.Integer(), nullable=False),
        sa.Column("undone", sa.Integer(), nullable=False),
        sa.Column("planned_at", shared.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("planned_by", sa.String(length=255), nullable=False),
        sa.Column("started_at", shared.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("ended_at", shared.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("after_entry", sa.Uuid(), nullable=True),
        sa.Column("trouble", sa.String(length=200), nullable=True),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_reorganisations_state", "reorganisations", ["state", "effective_on"])
    op.create_table(
        "reorganisation_moves",
        sa.Column("reorganisation_id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=20), nullable=False),
        sa.Column("from_entry", sa.Uuid(), nullable=False),
        sa.Column("to_entry", sa.Uuid(), nullable=False),
        sa.Column("to_unit", sa.String(length=60), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("moved_at", shared.database.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["reorganisation_id"], ["reorganisations.id"]),
        sa.ForeignKeyConstraint(["from_entry"], ["entries.id"]),
        sa.ForeignKeyConstraint(["to_entry"], ["entries.id"]),
        sa.PrimaryKeyConstraint("reorganisation_id", "contact_id"),
    )
    op.create_table(
        "staff_units",
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("unit", sa.String(length=60), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("subject", "unit", "valid_from"),
    )


def downgrade() -> None:
    op.drop_table("staff_units")
    op.drop_table("reorganisation_moves")
    op.drop_index("ix_reorganisations_state", table_name="reorganisations")
    op.drop_table("reorganisations")
