"""Intake from the beginning: contacts, calls, the trail, and the tables every service has."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from shared.database import UtcDateTime

revision: str = "intake_0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "access_log",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("action", sa.String(length=20), nullable=False),
        sa.Column("purpose", sa.String(length=200), nullable=False),
        sa.Column("criterion", sa.String(length=20), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_access_log_at", "access_log", ["at", "id"])
    op.create_index("ix_access_log_contact_id", "access_log", ["contact_id", "at", "id"])

    op.create_table(
        "call_deliveries",
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("delivery_id", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("call_id", sa.String(length=120), nullable=True),
        sa.Column("occurred_at", UtcDateTime(), nullable=True),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("sealed_key", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("source", "delivery_id"),
    )
    op.create_index("ix_call_deliveries_call", "call_deliveries", ["source", "call_id"])
    op.create_index("ix_call_deliveries_kind", "call_deliveries", ["source", "kind", "occurred_at"])
    op.create_index("ix_call_deliveries_sealed_key", "call_deliveries", ["sealed_key"])

    op.create_table(
        "contacts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=8), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("line", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("moved_by", sa.String(length=10), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("ticket", sa.String(length=12), nullable=True),
        sa.Column("anonymous", sa.Boolean(), nullable=False),
        sa.Column("address_protected_until", sa.Date(), nullable=True),
        sa.Column("facts", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("said", sa.Text(), nullable=True),
        sa.Column("said_key", sa.String(length=16), nullable=True),
        sa.Column("cpr_index", sa.String(length=64), nullable=True),
        sa.Column("phone_index", sa.String(length=64), nullable=True),
        sa.Column("companion_of", sa.Uuid(), nullable=True),
        sa.Column("concerns", sa.String(length=20), nullable=True),
        sa.Column("decision", sa.Integer(), nullable=False),
        sa.Column("returned_decision", sa.Integer(), nullable=False),
        sa.Column("entry_moved_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_contacts_companion_of", "contacts", ["companion_of"])
    op.create_index("ix_contacts_cpr_index", "contacts", ["cpr_index"])
    op.create_index("ix_contacts_phone_index", "contacts", ["phone_index"])
    op.create_index("ix_contacts_received_at", "contacts", ["received_at", "id"])
    op.create_index("ix_contacts_reference", "contacts", ["reference"])
    op.create_index("ix_contacts_said_key", "contacts", ["said_key"])
    op.create_index("ix_contacts_status", "contacts", ["status", "received_at", "id"])

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
        "lines",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("reception_queue", sa.String(length=60), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("telephony_queues", sa.JSON(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("ticket_prefix", sa.String(length=4), nullable=True),
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
        "telephony_sources",
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("deliveries", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("source"),
    )
    op.create_table(
        "ticket_rolls",
        sa.Column("line", sa.String(length=40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("line", "day"),
    )
    op.create_table(
        "calls",
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("call_id", sa.String(length=120), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("last_event_at", UtcDateTime(), nullable=False),
        sa.Column("gone_at", UtcDateTime(), nullable=True),
        sa.Column("visits", sa.JSON(), nullable=False),
        sa.Column("talks", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"]),
        sa.PrimaryKeyConstraint("contact_id"),
    )
    op.create_index("ix_calls_call_id", "calls", ["call_id", "source"], unique=True)
    op.create_index(
        "ix_calls_open",
        "calls",
        ["source"],
        sqlite_where=sa.text("gone_at IS NULL"),
        postgresql_where=sa.text("gone_at IS NULL"),
    )
    op.create_index("ix_calls_source", "calls", ["source", "started_at"])
    op.create_index("ix_calls_started_at", "calls", ["started_at", "contact_id"])

    op.create_table(
        "contact_names",
        sa.Column("word_index", sa.String(length=64), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"]),
        sa.PrimaryKeyConstraint("word_index", "contact_id"),
    )
    op.create_index("ix_contact_names_contact_id", "contact_names", ["contact_id"])


def downgrade() -> None:
    op.drop_table("contact_names")
    op.drop_table("calls")
    op.drop_table("ticket_rolls")
    op.drop_table("telephony_sources")
    op.drop_table("outbox")
    op.drop_table("lines")
    op.drop_table("inbox")
    op.drop_table("idempotency_answers")
    op.drop_table("contacts")
    op.drop_table("call_deliveries")
    op.drop_table("access_log")
