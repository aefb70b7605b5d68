"""The newest facts of many contacts at once."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.triage.models import Assessment, ContactCourse
from shared.database import table_of

_ASSESSMENTS = table_of(Assessment)
_COURSES = table_of(ContactCourse)


async def newest_facts(session: AsyncSession, contacts: Collection[UUID]) -> Mapping[UUID, dict[str, Any]]:
    """The facts of each contact's newest assessment, by contact; a contact without one is left out."""
    found = await session.execute(
        select(_ASSESSMENTS.c.contact_id, _ASSESSMENTS.c.facts)
        .join(_COURSES, _COURSES.c.latest_assessment == _ASSESSMENTS.c.id)
        .where(_COURSES.c.contact_id.in_(list(contacts)))
    )
    return {row.contact_id: row.facts for row in found}
