"""The tables that every service has beside its own: outbox, inbox and remembered answers."""

from sqlalchemy import (
    JSON,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    Uuid,
    text,
)

from shared.database import UtcDateTime


class ServiceTables:
    """Outbox, inbox and idempotency table in a service's own metadata."""

    def __init__(self, metadata: MetaData) -> None:
        self.outbox = Table(
            "outbox",
            metadata,
            Column("id", Uuid, primary_key=True),
            Column("event_id", Uuid, nullable=False),
            Column("peer", String(20), nullable=False),
            Column("type", String(60), nullable=False),
            Column("payload", JSON, nullable=False),
            Column("created_at", UtcDateTime, nullable=False),
            Column("due_at", UtcDateTime, nullable=False),
            Column("attempts", Integer, nullable=False, server_default=text("0")),
            Column("dead_at", UtcDateTime),
            Column("last_error", Text),
            Index("ix_outbox_due", "peer", "due_at", "id"),
        )
        self.inbox = Table(
            "inbox",
            metadata,
            Column("event_id", Uuid, primary_key=True),
            Column("type", String(60), nullable=False),
            Column("source", String(20), nullable=False),
            Column("received_at", UtcDateTime, nullable=False),
        )
        self.answers = Table(
            "idempotency_answers",
            metadata,
            Column("operation", String(80), primary_key=True),
            Column("subject", String(120), primary_key=True),
            Column("key", String(255), primary_key=True),
            Column("fingerprint", String(64), nullable=False),
            Column("status", Integer, nullable=False),
            Column("headers", JSON, nullable=False),
            Column("body", LargeBinary, nullable=False),
            Column("created_at", UtcDateTime, nullable=False),
            Index("ix_idempotency_answers_created_at", "created_at"),
        )
