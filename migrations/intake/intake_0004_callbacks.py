"""Call-backs: the numbers that called, their calls, what is owed to them, and what people did about it."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from shared.database import UtcDateTime

revision: str = "intake_0004"
down_revision: str | None = "intake_0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "callers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("phone_index", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("sealed_key", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_callers_phone_index", "callers", ["phone_index"], unique=True)
    op.create_index("ix_callers_sealed_key", "callers", ["sealed_key"])

    op.create_table(
        "callback_calls",
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("caller_id", sa.Uuid(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("line", sa.String(length=40), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("waited_seconds", sa.Float(), nullable=False),
        sa.Column("is_short", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"]),
        sa.ForeignKeyConstraint(["caller_id"], ["callers.id"]),
        sa.PrimaryKeyConstraint("contact_id"),
    )
    op.create_index("ix_callback_calls_caller", "callback_calls", ["caller_id", "day"])
    op.create_index(
        "ix_callback_calls_anonymous",
        "callback_calls",
        ["day"],
        sqlite_where=sa.text("caller_id IS NULL"),
        postgresql_where=sa.text("caller_id IS NULL"),
    )

    op.create_table(
        "callbacks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("caller_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("line", sa.String(length=40), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("first_attempt_at", UtcDateTime(), nullable=False),
        sa.Column("last_attempt_at", UtcDateTime(), nullable=False),
        sa.Column("waiting_since", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("longest_wait_seconds", sa.Float(), nullable=False),
        sa.Column("last_wait_seconds", sa.Float(), nullable=False),
        sa.Column("is_short", sa.Boolean(), nullable=False),
        sa.Column("last_contact_id", sa.Uuid(), nullable=False),
        sa.Column("taken_by", sa.String(length=120), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try_at", UtcDateTime(), nullable=True),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["caller_id"], ["callers.id"]),
        sa.ForeignKeyConstraint(["last_contact_id"], ["contacts.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_callbacks_caller", "callbacks", ["caller_id", "day"], unique=True)
    op.create_index("ix_callbacks_due", "callbacks", ["status", "due_at", "id"])
    op.create_index("ix_callbacks_day", "callbacks", ["day", "line"])

    op.create_table(
        "callback_clearings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("criteria", sa.JSON(), nullable=False),
        sa.Column("cleared", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_callback_clearings_at", "callback_clearings", ["at", "id"])

    op.create_table(
        "callback_deeds",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("callback_id", sa.Uuid(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("action", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("next_try_at", UtcDateTime(), nullable=True),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.Column("clearing_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["callback_id"], ["callbacks.id"]),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"]),
        sa.ForeignKeyConstraint(["clearing_id"], ["callback_clearings.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_callback_deeds_callback", "callback_deeds", ["callback_id", "at", "id"])
    op.create_index("ix_callback_deeds_clearing", "callback_deeds", ["clearing_id"])


def downgrade() -> None:
    op.drop_table("callback_deeds")
    op.drop_table("callback_clearings")
    op.drop_table("callbacks")
    op.drop_table("callback_calls")
    op.drop_table("callers")
