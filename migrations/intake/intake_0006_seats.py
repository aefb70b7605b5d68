"""Who sits at which phone, and where a call rings."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from shared.database import UtcDateTime

revision: str = "intake_0006"
down_revision: str | None = "intake_0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "phone_seats",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("agent", sa.String(length=120), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_phone_seats_source", "phone_seats", ["source", "until"])
    now = sa.text("until IS NULL")
    op.create_index(
        "uq_phone_seats_phone",
        "phone_seats",
        ["source", "agent"],
        unique=True,
        sqlite_where=now,
        postgresql_where=now,
    )
    op.create_index(
        "uq_phone_seats_person",
        "phone_seats",
        ["subject"],
        unique=True,
        sqlite_where=now,
        postgresql_where=now,
    )
    with op.batch_alter_table("calls") as calls:
        calls.add_column(sa.Column("ringing_at", sa.JSON(), nullable=False, server_default="[]"))
    with op.batch_alter_table("calls") as calls:
        calls.alter_column("ringing_at", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("calls") as calls:
        calls.drop_column("ringing_at")
    op.drop_table("phone_seats")
