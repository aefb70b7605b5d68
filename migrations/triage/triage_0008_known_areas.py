"""The municipality's deadlines for applications as routing published them last."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "triage_0008"
down_revision: str | None = "triage_0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "known_application_areas",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("areas", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )


def downgrade() -> None:
    op.drop_table("known_application_areas")
