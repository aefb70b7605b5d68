"""What people decided in a period, read from storage and counted by row."""

from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.triage.assessments.repository import ASSESSMENTS, DECISIONS, RETURNS
from services.triage.learning.trust import Asked, Bucket, Decided, Place, Trust, verdict_of
from services.triage.recommendations.schemas import deciding_rule
from shared.vocabulary import DestinationKind

#: So many decisions are in memory at a time.
BATCH = 1000


@dataclass(frozen=True)
class Learned:
    """What was counted by row and destination."""

    rows: dict[Asked, Trust]

    @property
    def decided(self) -> int:
        return sum(trust.decided for trust in self.rows.values())

    @property
    def distrusted(self) -> int:
        return sum(trust.distrusted for trust in self.rows.values())


async def learn(session: AsyncSession, first: datetime, last: datetime, bucket: Bucket) -> Learned:
    """Count the assessments that were decided on from `first` on and before `last`."""
    rows: dict[Asked, Trust] = defaultdict(Trust)
    held: list[Decided] = []
    async for batch in _batches(session, first, last):
        # The last assessment of a batch may go on in the next one.
        known = [*held, *batch]
        groups = [list(group) for _, group in groupby(known, key=lambda one: one.assessment_id)]
        held = groups.pop()
        for group in groups:
            rows[group[0].asked].add(verdict_of(group), bucket)
    if held:
        rows[held[0].asked].add(verdict_of(held), bucket)
    return Learned(dict(rows))


async def _batches(session: AsyncSession, first: datetime, last: datetime) -> AsyncIterator[list[Decided]]:
    after: tuple[UUID, int] | None = None
    while True:
        rows = (await session.execute(_statement(first, last, after))).all()
        if rows:
            yield [_decided(row) for row in rows]
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


def _decided(row: Any) -> Decided:
    place = _place(row.destination)
    rule = deciding_rule(DestinationKind(place.kind), (reason["rule"] for reason in row.reasons))
    return Decided(
        assessment_id=row.assessment_id,
        contact_id=row.contact_id,
        reference=row.reference,
        asked=Asked(row.ruleset, int(rule), place),
        decided_at=row.decided_at,
        overridden=row.decision["overridden"],
        place=_place(row.decision["destination"]),
        reason_code=row.decision.get("reason_code"),
        returned=row.return_id is not None,
        return_code=row.return_code,
    )


def _place(destination: dict[str, Any]) -> Place:
    return Place(destination["kind"], destination["unit"], destination.get("administration"))
