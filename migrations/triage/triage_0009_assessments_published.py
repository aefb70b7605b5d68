"""How many assessments of a contact were published, and several companions in place of one."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

revision: str = "triage_0009"
down_revision: str | None = "triage_0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_COURSES = sa.table(
    "contact_courses",
    sa.column("contact_id", sa.Uuid()),
    sa.column("companion", sa.JSON(none_as_null=True)),
    sa.column("companions", sa.JSON()),
)


def upgrade() -> None:
    op.add_column(
        "contact_courses", sa.Column("assessments", sa.Integer(), nullable=False, server_default="0")
    )
    op.add_column("contact_courses", sa.Column("companions", sa.JSON(), nullable=False, server_default="{}"))
    for contact_id, companion in _rows("companion"):
        first = {"contact_id": companion["contact_id"], "published": companion}
        _set(contact_id, companions={"0": first})
    with op.batch_alter_table("contact_courses") as batch:
        batch.drop_column("companion")
        batch.alter_column("assessments", server_default=None)
        batch.alter_column("companions", server_default=None)


def downgrade() -> None:
    op.add_column("contact_courses", sa.Column("companion", sa.JSON(), nullable=True))
    for contact_id, companions in _rows("companions"):
        # The form before has room for one; only the first child's contact goes back into it.
        published = companions.get("0", {}).get("published")
        if published is not None:
            _set(contact_id, companion=published)
    with op.batch_alter_table("contact_courses") as batch:
        batch.drop_column("companions")
        batch.drop_column("assessments")


def _rows(column: str) -> Sequence[Any]:
    chosen = sa.select(_COURSES.c.contact_id, _COURSES.c[column]).where(_COURSES.c[column].is_not(sa.null()))
    return op.get_bind().execute(chosen).all()


def _set(contact_id: object, **columns: object) -> None:
    op.get_bind().execute(sa.update(_COURSES).where(_COURSES.c.contact_id == contact_id).values(columns))
