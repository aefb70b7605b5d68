"""Deliveries are stored before they are interpreted: with their form, a state, and an id to point at.

What was stored before was interpreted already. An event is there in canonical form, so its form is
`events`; what could not be interpreted came from Asterisk's queue_log, and is there as it was received. A
downgrade stores a row's form as its kind, which the older program ignores, so that a later upgrade can read
it again.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from shared.database import UtcDateTime
from shared.ids import new_id

revision: str = "intake_0005"
down_revision: str | None = "intake_0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_BATCH = 1000
_FORM = "form "


def upgrade() -> None:
    op.drop_index("ix_call_deliveries_call", "call_deliveries")
    op.drop_index("ix_call_deliveries_kind", "call_deliveries")
    op.drop_index("ix_call_deliveries_sealed_key", "call_deliveries")
    op.rename_table("call_deliveries", "call_deliveries_before")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER INDEX call_deliveries_pkey RENAME TO call_deliveries_before_pkey")
    new = _create_deliveries()
    _copy(_before(), new)
    op.drop_table("call_deliveries_before")
    op.create_index("ix_call_deliveries_id", "call_deliveries", ["id"], unique=True)
    _partial("ix_call_deliveries_call", "call_deliveries", ["source", "call_id"], "call_id IS NOT NULL")
    _partial("ix_call_deliveries_unread", "call_deliveries", ["source", "id"], "state = 'unread'")
    _partial("ix_call_deliveries_set_aside", "call_deliveries", ["id"], "state = 'set_aside'")
    _partial("ix_call_deliveries_restarts", "call_deliveries", ["source", "occurred_at"], "state = 'restart'")
    _partial("ix_call_deliveries_due", "call_deliveries", ["due_at"], "due_at IS NOT NULL")
    op.create_index("ix_call_deliveries_sealed_key", "call_deliveries", ["sealed_key"])

    op.drop_column("telephony_sources", "deliveries")
    op.create_table(
        "unconfigured_queues",
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("queue", sa.String(length=120), nullable=False),
        sa.Column("first_seen_at", UtcDateTime(), nullable=False),
        sa.Column("last_seen_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("source", "queue"),
    )
    op.add_column("calls", sa.Column("occurrence", sa.Integer(), server_default="1", nullable=False))
    op.add_column("calls", sa.Column("inconsistencies", sa.JSON(), server_default="[]", nullable=False))
    op.drop_index("ix_calls_call_id", "calls")
    op.create_index("ix_calls_call_id", "calls", ["call_id", "source", "started_at"])
    op.drop_index("ix_calls_open", "calls")
    _partial("ix_calls_open", "calls", ["last_event_at"], "gone_at IS NULL")


def _create_deliveries() -> sa.Table:
    return op.create_table(
        "call_deliveries",
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("delivery_id", sa.String(length=120), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("form", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=True),
        sa.Column("call_id", sa.String(length=120), nullable=True),
        sa.Column("occurred_at", UtcDateTime(), nullable=True),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("sealed_key", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("source", "delivery_id"),
    )


def _before() -> sa.Table:
    return sa.Table(
        "call_deliveries_before",
        sa.MetaData(),
        sa.Column("source", sa.String(length=40)),
        sa.Column("delivery_id", sa.String(length=120)),
        sa.Column("kind", sa.String(length=20)),
        sa.Column("call_id", sa.String(length=120)),
        sa.Column("occurred_at", UtcDateTime()),
        sa.Column("received_at", UtcDateTime()),
        sa.Column("sealed", sa.Text()),
        sa.Column("sealed_key", sa.String(length=16)),
    )


def _as_delivery(row: dict[str, object]) -> dict[str, object]:
    kind = str(row.pop("kind"))
    if kind.startswith(_FORM):
        form = kind.removeprefix(_FORM)
        return {**row, "id": new_id(), "form": form, "state": "unread", "reason": None, "due_at": None}
    understood = kind != "uninterpretable"
    return {
        **row,
        "id": new_id(),
        "form": "events" if understood else "asterisk",
        "state": kind if understood else "set_aside",
        "reason": None if understood else "uninterpretable",
        "due_at": None,
    }


def _partial(name: str, table: str, columns: list[str], only: str) -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(only), postgresql_where=sa.text(only))


def _copy(old: sa.Table, new: sa.Table) -> None:
    """Page by page, in the order of the key: a city's deliveries of years do not fit into memory."""
    connection = op.get_bind()
    key = sa.tuple_(old.c.source, old.c.delivery_id)
    page = sa.select(old).order_by(old.c.source, old.c.delivery_id).limit(_BATCH)
    rows = connection.execute(page).mappings().all()
    while rows:
        connection.execute(sa.insert(new), [_as_delivery(dict(row)) for row in rows])
        last = (rows[-1]["source"], rows[-1]["delivery_id"])
        rows = connection.execute(page.where(key > last)).mappings().all()


def downgrade() -> None:
    """What was not interpreted, or came in another form than canonical, is not known to the older schema.

    It keeps its rows, with the form as their kind: nothing that came is lost, and a later upgrade reads it
    again.
    """
    op.drop_index("ix_calls_open", "calls")
    _partial("ix_calls_open", "calls", ["source"], "gone_at IS NULL")
    op.drop_index("ix_calls_call_id", "calls")
    op.create_index("ix_calls_call_id", "calls", ["call_id", "source"])
    op.drop_column("calls", "inconsistencies")
    op.drop_column("calls", "occurrence")
    op.drop_table("unconfigured_queues")
    op.add_column(
        "telephony_sources", sa.Column("deliveries", sa.Integer(), server_default="0", nullable=False)
    )
    for name in ("due", "call", "restarts", "set_aside", "unread", "id"):
        op.drop_index(f"ix_call_deliveries_{name}", "call_deliveries")
    op.add_column(
        "call_deliveries",
        sa.Column("kind", sa.String(length=20), server_default="uninterpretable", nullable=False),
    )
    # A form with a longer name than a kind can have is no form of ours.
    op.execute(
        "UPDATE call_deliveries SET kind = CASE"
        " WHEN state IN ('event', 'restart') AND form = 'events' THEN state"
        " ELSE 'form ' || form END WHERE length(form) <= 15"
    )
    for column in ("due_at", "reason", "state", "form", "id"):
        op.drop_column("call_deliveries", column)
    op.create_index("ix_call_deliveries_call", "call_deliveries", ["source", "call_id"])
    op.create_index("ix_call_deliveries_kind", "call_deliveries", ["source", "kind", "occurred_at"])
