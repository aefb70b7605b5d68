"""The needs that an application area is for."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "routing_0008"
down_revision: str | None = "routing_0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    with op.batch_alter_table("application_areas") as table:
        table.add_column(sa.Column("needs", sa.JSON(), nullable=False, server_default="[]"))
    with op.batch_alter_table("application_areas") as table:
        table.alter_column("needs", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("application_areas") as table:
        table.drop_column("needs")
