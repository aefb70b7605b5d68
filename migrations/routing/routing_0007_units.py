"""Units have the districts whose children they take, and a trail of their changes."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

import shared.database

revision: str = "routing_0007"
down_revision: str | None = "routing_0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

#: The areas as they were in triage's geography until now (domain.md § 4).
_AREAS = {
    "children-city-oesterbro": "[1, 2]",
    "children-noerrebro-bispebjerg": "[3, 8]",
    "children-valby-vesterbro-kgs-enghave": "[4, 5]",
    "children-broenshoej-husum-vanloese": "[6, 7]",
    "children-amager": "[9, 10]",
}


def upgrade() -> None:
    op.add_column("units", sa.Column("districts", sa.JSON(), nullable=False, server_default="[]"))
    for code, districts in _AREAS.items():
        op.execute(f"UPDATE units SET districts = '{districts}' WHERE code = '{code}'")  # noqa: S608 -- constants
    with op.batch_alter_table("units") as units:
        units.alter_column("districts", server_default=None)
    op.create_table(
        "unit_changes",
        sa.Column("edition", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", shared.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("changed", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("edition"),
    )


def downgrade() -> None:
    op.drop_table("unit_changes")
    op.drop_column("units", "districts")
