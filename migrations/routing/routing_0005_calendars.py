"""Administrations' closing days and units, dated; opening hours that are kept over HTTP."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "routing_0005"
down_revision: str | None = "routing_0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("opening_hours", sa.Column("edition", sa.Integer(), nullable=False, server_default="0"))
    op.create_table(
        "administrations",
        sa.Column("code", sa.String(length=10), nullable=False),
        sa.Column("calendar", sa.Text(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("code"),
    )
    op.create_table(
        "unit_administrations",
        sa.Column("unit", sa.String(length=60), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("administration", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(["administration"], ["administrations.code"]),
        sa.PrimaryKeyConstraint("unit", "valid_from"),
    )


def downgrade() -> None:
    op.drop_table("unit_administrations")
    op.drop_table("administrations")
    op.drop_column("opening_hours", "edition")
