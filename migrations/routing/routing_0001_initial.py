"""Routing from the beginning: units, hours, queues, entries with clocks and trail, the common tables."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from shared.database import UtcDateTime

revision: str = "routing_0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "clocks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("queue", sa.String(length=60), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("rule", sa.String(length=60), nullable=False),
        sa.Column("legal_basis", sa.String(length=200), nullable=False),
        sa.Column("paused_when_closed", sa.Boolean(), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("met_at", UtcDateTime(), nullable=True),
        sa.Column("stopped_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_clocks_contact", "clocks", ["contact_id"])
    op.create_index("ix_clocks_due", "clocks", ["due_at"])

    op.create_table(
        "contacts",
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("story", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("contact_id"),
    )
    op.create_table(
        "idempotency_answers",
        sa.Column("operation", sa.String(length=80), nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("operation", "subject", "key"),
    )
    op.create_index("ix_idempotency_answers_created_at", "idempotency_answers", ["created_at"])

    op.create_table(
        "inbox",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.String(length=60), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("event_id"),
    )
    op.create_table(
        "opening_hours",
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("code"),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("peer", sa.String(length=20), nullable=False),
        sa.Column("type", sa.String(length=60), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("dead_at", UtcDateTime(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_outbox_due", "outbox", ["peer", "due_at", "id"])

    op.create_table(
        "units",
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("takes", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("code", "valid_from"),
    )
    op.create_table(
        "queues",
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("unit", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=True),
        sa.Column("hours", sa.String(length=60), nullable=False),
        sa.Column("target_seconds", sa.Integer(), nullable=False),
        sa.Column("figures_seconds", sa.Integer(), nullable=False),
        sa.Column("age_bounds", sa.JSON(), nullable=False),
        sa.Column("prior_interval_seconds", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["hours"], ["opening_hours.code"]),
        sa.PrimaryKeyConstraint("code"),
    )
    op.create_table(
        "entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=20), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("queue", sa.String(length=60), nullable=False),
        sa.Column("origin", sa.String(length=120), nullable=True),
        sa.Column("ticket", sa.String(length=40), nullable=True),
        sa.Column("visit", sa.Integer(), nullable=True),
        sa.Column("decision", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=True),
        sa.Column("urgency", sa.String(length=20), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("rank", sa.SmallInteger(), nullable=False),
        sa.Column("order_at", UtcDateTime(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("entered_at", UtcDateTime(), nullable=False),
        sa.Column("taken_at", UtcDateTime(), nullable=True),
        sa.Column("taken_by", sa.String(length=255), nullable=True),
        sa.Column("agent", sa.String(length=120), nullable=True),
        sa.Column("left_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("outcome", sa.String(length=40), nullable=True),
        sa.Column("by_person", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["queue"], ["queues.code"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_entries_contact", "entries", ["contact_id", "id"])
    op.create_index("ix_entries_entered", "entries", ["entered_at"])
    op.create_index("ix_entries_left", "entries", ["queue", "left_at"])
    op.create_index(
        "ix_entries_taken",
        "entries",
        ["queue"],
        sqlite_where=sa.text("status = 'taken'"),
        postgresql_where=sa.text("status = 'taken'"),
    )
    op.create_index(
        "ix_entries_waiting",
        "entries",
        ["queue", "rank", "order_at", "entered_at", "id"],
        sqlite_where=sa.text("status = 'waiting'"),
        postgresql_where=sa.text("status = 'waiting'"),
    )
    op.create_index(
        "uq_entries_open_contact",
        "entries",
        ["contact_id"],
        unique=True,
        sqlite_where=sa.text("status IN ('waiting', 'taken')"),
        postgresql_where=sa.text("status IN ('waiting', 'taken')"),
    )

    op.create_table(
        "entry_moves",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_entry_moves_entry", "entry_moves", ["entry_id", "id"])


def downgrade() -> None:
    op.drop_index("ix_entry_moves_entry", "entry_moves")

    op.drop_table("entry_moves")
    op.drop_index("uq_entries_open_contact", "entries")
    op.drop_index("ix_entries_waiting", "entries")
    op.drop_index("ix_entries_taken", "entries")
    op.drop_index("ix_entries_left", "entries")
    op.drop_index("ix_entries_entered", "entries")
    op.drop_index("ix_entries_contact", "entries")

    op.drop_table("entries")
    op.drop_table("queues")
    op.drop_table("units")
    op.drop_index("ix_outbox_due", "outbox")

    op.drop_table("outbox")
    op.drop_table("opening_hours")
    op.drop_table("inbox")
    op.drop_index("ix_idempotency_answers_created_at", "idempotency_answers")

    op.drop_table("idempotency_answers")
    op.drop_table("contacts")
    op.drop_index("ix_clocks_due", "clocks")
    op.drop_index("ix_clocks_contact", "clocks")

    op.drop_table("clocks")
