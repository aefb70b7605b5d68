"""Which contacts are replayed: the newest assessment of each, read in batches."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.triage.assessments.repository import ASSESSMENTS, COURSES
from services.triage.recommendations.adviser import Moment
from services.triage.simulation.replay import Past, Period
from shared.contracts import Facts
from shared.vocabulary import Channel

#: So many assessments are in memory at a time.
BATCH = 500


async def read_batch(
    session: AsyncSession, period: Period, after: tuple[datetime, UUID] | None
) -> tuple[list[Past], tuple[datetime, UUID] | None]:
    """One batch, newest first, and where the next one starts; None when this was the last."""
    columns = ASSESSMENTS.c
    found = (
        select(
            columns.id,
            columns.contact_id,
            columns.reference,
            columns.ruleset,
            columns.channel,
            columns.received_at,
            columns.facts,
            columns.made_at,
        )
        .join(COURSES, COURSES.c.latest_assessment == columns.id)
        .where(columns.made_at >= period.first, columns.made_at < period.last)
        .order_by(columns.made_at.desc(), columns.id.desc())
        .limit(BATCH)
    )
    if after is not None:
        made_at, id_ = after
        found = found.where(
            or_(columns.made_at < made_at, and_(columns.made_at == made_at, columns.id < id_))
        )
    rows = (await session.execute(found)).all()
    more = (rows[-1].made_at, rows[-1].id) if len(rows) == BATCH else None
    return [_past(row) for row in rows], more


def _past(row: Any) -> Past:
    moment = Moment(Channel(row.channel), row.received_at)
    facts = Facts.model_validate(row.facts)
    return Past(row.id, row.contact_id, row.reference, row.ruleset, moment, facts)
