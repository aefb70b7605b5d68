"""Whose contact it is, as an opaque key."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "triage_0002"
down_revision: str | None = "triage_0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("contact_courses", sa.Column("citizen_key", sa.String(length=64), nullable=True))
    op.create_index("ix_contact_courses_citizen_key", "contact_courses", ["citizen_key"])


def downgrade() -> None:
    op.drop_index("ix_contact_courses_citizen_key", "contact_courses")
    op.drop_column("contact_courses", "citizen_key")
