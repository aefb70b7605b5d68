"""Clocks become duties: whose words they came in, who answers for them, and the act that ended each."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from shared.database import UtcDateTime

revision: str = "routing_0009"
down_revision: str | None = "routing_0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_ADDED = {
    "carried_by": sa.Uuid(),
    "unit": sa.String(length=60),
    "follows_facts": sa.Boolean(),
    "ended_at": UtcDateTime(),
    "ending": sa.String(length=20),
    "act": sa.String(length=40),
    "reason": sa.String(length=40),
    "ended_by": sa.String(length=255),
    "role": sa.String(length=40),
    "written_at": UtcDateTime(),
    "details": sa.JSON(),
}
_REQUIRED = ("carried_by", "unit", "follows_facts")

#: What was met is done by the act `completed`; what was stopped ended otherwise. The municipality's own
#: deadlines and what a caseworker started do not follow from the facts.
_FORWARD = """
UPDATE duties SET
    carried_by = contact_id,
    unit = COALESCE((SELECT queues.unit FROM queues WHERE queues.code = duties.queue), 'reception'),
    follows_facts = (started_by IS NULL AND rule <> 'forwarding' AND rule NOT LIKE 'application%'),
    ended_at = COALESCE(met_at, stopped_at),
    written_at = COALESCE(met_at, stopped_at),
    ending = CASE WHEN met_at IS NOT NULL THEN 'done' WHEN stopped_at IS NOT NULL THEN 'otherwise' END,
    act = CASE WHEN met_at IS NOT NULL THEN 'completed' END,
    reason = CASE WHEN met_at IS NULL AND stopped_at IS NOT NULL THEN 'superseded' END
"""
_BACK = """
UPDATE duties SET
    met_at = CASE WHEN ending = 'done' THEN ended_at END,
    stopped_at = CASE WHEN ending = 'otherwise' THEN ended_at END
"""


def upgrade() -> None:
    for index in ("ix_clocks_counting", "ix_clocks_due", "ix_clocks_contact"):
        op.drop_index(index, "clocks")
    op.rename_table("clocks", "duties")
    op.execute("ALTER TABLE tasks RENAME COLUMN clock_id TO duty_id")
    for name, type_ in _ADDED.items():
        op.add_column("duties", sa.Column(name, type_, nullable=True))
    op.execute(_FORWARD)
    with op.batch_alter_table("duties") as duties:
        for name in _REQUIRED:
            duties.alter_column(name, existing_type=_ADDED[name], nullable=False)
        duties.drop_column("met_at")
        duties.drop_column("stopped_at")
    running = sa.text("ended_at IS NULL")
    op.create_index("ix_duties_contact", "duties", ["contact_id"])
    op.create_index("ix_duties_carrier", "duties", ["carried_by"])
    op.create_index("ix_duties_due", "duties", ["due_at", "id"])
    op.create_index(
        "ix_duties_running", "duties", ["due_at", "id"], sqlite_where=running, postgresql_where=running
    )


def downgrade() -> None:
    for index in ("ix_duties_running", "ix_duties_due", "ix_duties_carrier", "ix_duties_contact"):
        op.drop_index(index, "duties")
    op.add_column("duties", sa.Column("met_at", UtcDateTime(), nullable=True))
    op.add_column("duties", sa.Column("stopped_at", UtcDateTime(), nullable=True))
    op.execute(_BACK)
    with op.batch_alter_table("duties") as duties:
        for name in _ADDED:
            duties.drop_column(name)
    op.execute("ALTER TABLE tasks RENAME COLUMN duty_id TO clock_id")
    op.rename_table("duties", "clocks")
    counting = sa.text("met_at IS NULL AND stopped_at IS NULL")
    op.create_index("ix_clocks_contact", "clocks", ["contact_id"])
    op.create_index("ix_clocks_due", "clocks", ["due_at"])
    op.create_index(
        "ix_clocks_counting", "clocks", ["due_at", "id"], sqlite_where=counting, postgresql_where=counting
    )
