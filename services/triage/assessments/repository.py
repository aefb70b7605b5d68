"""The statements on contacts' courses, assessments, decisions and returns."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.triage.assessments.schemas import AssessmentStatus
from services.triage.models import Assessment, ContactCourse, DecisionRow, ReturnRow
from shared.database import table_of, upsert
from shared.paging import Cursor

ASSESSMENTS = table_of(Assessment)
COURSES = table_of(ContactCourse)
DECISIONS = table_of(DecisionRow)
RETURNS = table_of(ReturnRow)


@dataclass(frozen=True)
class AssessmentFilter:
    """Which assessments to list; None means any."""

    contact_id: UUID | None = None
    status: AssessmentStatus | None = None


async def lock_course(session: AsyncSession, contact_id: UUID) -> ContactCourse:
    """The contact's course, made when it is new, locked until this transaction ends.

    Everything about a contact is changed under this lock, so that events and decisions that come at the same
    moment are done one after the other.
    """
    await session.execute(
        upsert(session, COURSES)
        .values(
            contact_id=contact_id,
            registered_version=0,
            closed_version=0,
            decision=0,
            returned_decision=-1,
            decided_itself=False,
            assessments=0,
            companions={},
        )
        .on_conflict_do_nothing()
    )
    found = await session.execute(
        select(ContactCourse)
        .where(COURSES.c.contact_id == contact_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return found.scalar_one()


async def change_course(session: AsyncSession, contact_id: UUID, **columns: object) -> None:
    """Set these columns of a course that is locked."""
    await session.execute(update(COURSES).where(COURSES.c.contact_id == contact_id).values(columns))


async def find_assessment(session: AsyncSession, assessment_id: UUID) -> Assessment | None:
    """The assessment as it is stored now."""
    found = await session.execute(
        select(Assessment).where(ASSESSMENTS.c.id == assessment_id).execution_options(populate_existing=True)
    )
    return found.scalar_one_or_none()


async def unpublished_courses(session: AsyncSession, after: UUID | None, limit: int) -> Sequence[UUID]:
    """Contacts that are open and assessed, but no assessment of which was published; oldest ids first."""
    found = (
        select(COURSES.c.contact_id)
        .where(
            COURSES.c.assessments == 0,
            COURSES.c.closed_version == 0,
            COURSES.c.latest_assessment.is_not(None),
        )
        .order_by(COURSES.c.contact_id)
        .limit(limit)
    )
    if after is not None:
        found = found.where(COURSES.c.contact_id > after)
    return (await session.execute(found)).scalars().all()


async def newest_assessed(session: AsyncSession, contact_id: UUID) -> tuple[int, datetime | None]:
    """The newest version of the contact's facts that was assessed, and when the newest assessment was made.

    0 and None where there is no assessment.
    """
    found = await session.execute(
        select(func.max(ASSESSMENTS.c.contact_version), func.max(ASSESSMENTS.c.made_at)).where(
            ASSESSMENTS.c.contact_id == contact_id
        )
    )
    version, made_at = found.one()
    return version or 0, made_at


async def assessment_of_version(session: AsyncSession, contact_id: UUID, version: int) -> Assessment:
    """The assessment of this version of the contact's facts; there must be one."""
    found = await session.execute(
        select(Assessment)
        .where(ASSESSMENTS.c.contact_id == contact_id, ASSESSMENTS.c.contact_version == version)
        .execution_options(populate_existing=True)
    )
    return found.scalar_one()


async def add_assessment(session: AsyncSession, columns: dict[str, Any]) -> None:
    """Store a new assessment; it supersedes those of the contact that are undecided."""
    await end_undecided(session, columns["contact_id"], AssessmentStatus.SUPERSEDED)
    await session.execute(insert(ASSESSMENTS).values(columns))


async def end_undecided(session: AsyncSession, contact_id: UUID, status: AssessmentStatus) -> None:
    """Give the contact's undecided assessments this status: no decision on them is needed any more."""
    await session.execute(
        update(ASSESSMENTS)
        .where(ASSESSMENTS.c.contact_id == contact_id, ASSESSMENTS.c.status == AssessmentStatus.UNDECIDED)
        .values(status=status, version=ASSESSMENTS.c.version + 1)
    )


async def change_assessment(session: AsyncSession, assessment_id: UUID, **columns: object) -> None:
    """Set these columns, and count the version up."""
    await session.execute(
        update(ASSESSMENTS)
        .where(ASSESSMENTS.c.id == assessment_id)
        .values(columns | {"version": ASSESSMENTS.c.version + 1})
    )


async def add_decision(session: AsyncSession, columns: dict[str, Any]) -> None:
    await session.execute(insert(DECISIONS).values(columns))


async def add_return(session: AsyncSession, columns: dict[str, Any]) -> None:
    await session.execute(insert(RETURNS).values(columns))


async def list_assessments(
    session: AsyncSession, filters: AssessmentFilter, after: Cursor | None, limit: int
) -> Sequence[Assessment]:
    """Newest first; one more than the limit when more follow."""
    made_at, id_ = ASSESSMENTS.c.made_at, ASSESSMENTS.c.id
    found = select(Assessment).order_by(made_at.desc(), id_.desc()).limit(limit + 1)
    if filters.contact_id is not None:
        found = found.where(ASSESSMENTS.c.contact_id == filters.contact_id)
    if filters.status is not None:
        found = found.where(ASSESSMENTS.c.status == filters.status)
    if after is not None:
        found = found.where(or_(made_at < after.at, and_(made_at == after.at, id_ < after.id)))
    return (await session.execute(found)).scalars().all()


async def count_undecided(session: AsyncSession) -> dict[str, tuple[int, datetime]]:
    """How many assessments wait for a person, by recommended kind, and since when the oldest has waited."""
    rows = await session.execute(
        select(ASSESSMENTS.c.kind, func.count(), func.min(ASSESSMENTS.c.made_at))
        .where(ASSESSMENTS.c.status == AssessmentStatus.UNDECIDED)
        .group_by(ASSESSMENTS.c.kind)
    )
    return {kind: (count, oldest) for kind, count, oldest in rows}
