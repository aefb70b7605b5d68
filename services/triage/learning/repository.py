"""The decisions that people made in a period, read in batches."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.triage.learning.trust import DecisionRecord, Place, RowKey
from services.triage.models import Assessment, DecisionRow, ReturnRow
from services.triage.recommendations.schemas import deciding_rule
from shared.database import table_of
from shared.vocabulary import DestinationKind

ASSESSMENTS = table_of(Assessment)
DECISIONS = table_of(DecisionRow)
RETURNS = table_of(ReturnRow)

#: How many decisions are in memory at a time.
BATCH = 1000


async def read_decisions(
    session: AsyncSession, first: datetime, last: datetime
) -> AsyncIterator[list[DecisionRecord]]:
    """The decisions made from `first` on and before `last`, those of an assessment one after the other."""
    after: tuple[UUID, int] | None = None
    while True:
        rows = (await session.execute(_statement(first, last, after))).all()
        if rows:
            yield [_record(row) for row in rows]
        if len(rows) < BATCH:
            return
        after = rows[-1].assessment_id, rows[-1].number


def _statement(first: datetime, last: datetime, after: tuple[UUID, int] | None) -> Select[Any]:
    """Decisions of the period, assessment by assessment, each with its return if there was one."""
    decision, assessment = DECISIONS.c, ASSESSMENTS.c
    found = (
        select(
            decision.assessment_id,
            decision.contact_id,
            decision.number,
            decision.decided_at,
            decision.decision,
            assessment.reference,
            assessment.ruleset,
            assessment.recommendation["destination"].label("destination"),
            assessment.recommendation["reasons"].label("reasons"),
            RETURNS.c.id.label("return_id"),
            RETURNS.c.reason_code.label("return_code"),
        )
        .join(ASSESSMENTS, assessment.id == decision.assessment_id)
        .outerjoin(
            RETURNS,
            and_(RETURNS.c.contact_id == decision.contact_id, RETURNS.c.decision == decision.number),
        )
        .where(decision.decided_at >= first, decision.decided_at < last)
        .order_by(decision.assessment_id, decision.number)
        .limit(BATCH)
    )
    if after is None:
        return found
    assessment_id, number = after
    return found.where(
        or_(
            decision.assessment_id > assessment_id,
            and_(decision.assessment_id == assessment_id, decision.number > number),
        )
    )


def _record(row: Any) -> DecisionRecord:
    recommended = _place(row.destination)
    rule = deciding_rule(DestinationKind(recommended.kind), (reason["rule"] for reason in row.reasons))
    return DecisionRecord(
        assessment_id=row.assessment_id,
        contact_id=row.contact_id,
        reference=row.reference,
        row_key=RowKey(row.ruleset, int(rule), recommended),
        decided_at=row.decided_at,
        overridden=row.decision["overridden"],
        place=_place(row.decision["destination"]),
        reason_code=row.decision.get("reason_code"),
        returned=row.return_id is not None,
        return_code=row.return_code,
    )


def _place(destination: dict[str, Any]) -> Place:
    return Place(destination["kind"], destination["unit"], destination.get("administration"))
