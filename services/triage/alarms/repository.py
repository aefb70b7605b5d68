"""The statements on repeat alarms and on citizens' opaque keys."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.triage.alarms.repeats import CitizenContact
from services.triage.models import AlarmRow, Assessment, CitizenRow, ContactCourse
from shared.contracts import Facts
from shared.database import table_of, upsert
from shared.paging import Cursor
from shared.vocabulary import Need

ALARMS = table_of(AlarmRow)
ASSESSMENTS = table_of(Assessment)
CITIZENS = table_of(CitizenRow)
COURSES = table_of(ContactCourse)


async def lock_citizen(session: AsyncSession, key: str) -> str:
    """The citizen's present key, locked until this transaction ends.

    Without the lock, two contacts of one citizen that arrive at the same moment would not see each other.
    """
    await session.execute(upsert(session, CITIZENS).values(citizen_key=key).on_conflict_do_nothing())
    found = await session.execute(
        select(CITIZENS.c.now_key).where(CITIZENS.c.citizen_key == key).with_for_update()
    )
    now_key = found.scalar_one()
    return key if now_key is None else await lock_citizen(session, now_key)


async def replace_key(session: AsyncSession, old_key: str, new_key: str) -> None:
    """Let the new key be the citizen's from now on. A key that was replaced before stays as it is."""
    await session.execute(
        update(CITIZENS)
        .where(CITIZENS.c.citizen_key == old_key, CITIZENS.c.now_key.is_(None))
        .values(now_key=new_key)
    )


async def rekey_citizen(session: AsyncSession, old_key: str, new_key: str) -> None:
    """Move the citizen's contacts to the new key."""
    await session.execute(update(COURSES).where(COURSES.c.citizen_key == old_key).values(citizen_key=new_key))


async def contacts_of_citizen(session: AsyncSession, key: str) -> list[CitizenContact]:
    """The citizen's contacts, each by the newest version of its facts."""
    # Not by `registered_version`: a decision on newer facts can come before their event.
    versions = ASSESSMENTS.alias("versions")
    newest = (
        select(func.max(versions.c.contact_version))
        .where(versions.c.contact_id == COURSES.c.contact_id, versions.c.contact_version > 0)
        .scalar_subquery()
    )
    of_contact = ASSESSMENTS.c.contact_id == COURSES.c.contact_id
    found = await session.execute(
        select(COURSES.c.contact_id, ASSESSMENTS.c.received_at, ASSESSMENTS.c.facts)
        .select_from(COURSES)
        .join(ASSESSMENTS, of_contact & (ASSESSMENTS.c.contact_version == newest))
        .where(COURSES.c.citizen_key == key, COURSES.c.registered_version > 0)
    )
    return [_citizen_contact(*row) for row in found]


def _citizen_contact(contact_id: UUID, received_at: datetime, stored: Mapping[str, Any]) -> CitizenContact:
    facts = Facts.model_validate(stored)
    notification = facts.child_at_risk or Need.CHILD_CONCERN in facts.needs
    return CitizenContact(contact_id, received_at, facts.needs, notification)


async def alarms_of(session: AsyncSession, key: str) -> Sequence[AlarmRow]:
    """Every alarm about this citizen, ended ones as well."""
    found = await session.execute(
        select(AlarmRow).where(ALARMS.c.citizen_key == key).execution_options(populate_existing=True)
    )
    return found.scalars().all()


async def add_alarm(session: AsyncSession, columns: Mapping[str, Any]) -> None:
    await session.execute(insert(ALARMS).values(columns))


async def change_alarm(session: AsyncSession, alarm_id: UUID, **columns: Any) -> None:
    """Set these columns, and count the version up."""
    await session.execute(
        update(ALARMS).where(ALARMS.c.id == alarm_id).values(columns | {"version": ALARMS.c.version + 1})
    )


async def find_alarm(session: AsyncSession, alarm_id: UUID) -> AlarmRow | None:
    found = await session.execute(
        select(AlarmRow).where(ALARMS.c.id == alarm_id).execution_options(populate_existing=True)
    )
    return found.scalar_one_or_none()


async def list_alarms(
    session: AsyncSession, status: str | None, after: Cursor | None, limit: int
) -> Sequence[AlarmRow]:
    """Those raised first come first; one more than the limit when more follow."""
    raised_at, id_ = ALARMS.c.raised_at, ALARMS.c.id
    found = select(AlarmRow).order_by(raised_at, id_).limit(limit + 1)
    if status is not None:
        found = found.where(ALARMS.c.status == status)
    if after is not None:
        found = found.where(or_(raised_at > after.at, and_(raised_at == after.at, id_ > after.id)))
    return (await session.execute(found)).scalars().all()


async def open_alarms_about(
    session: AsyncSession, contact_ids: Collection[UUID]
) -> dict[UUID, list[AlarmRow]]:
    """For each contact, the open alarms about the citizen whose contact it is."""
    found = await session.execute(
        select(COURSES.c.contact_id, AlarmRow)
        .join(AlarmRow, ALARMS.c.citizen_key == COURSES.c.citizen_key)
        .where(COURSES.c.contact_id.in_(contact_ids), ALARMS.c.status == "open")
        .order_by(ALARMS.c.raised_at, ALARMS.c.id)
    )
    about: dict[UUID, list[AlarmRow]] = {contact_id: [] for contact_id in contact_ids}
    for contact_id, alarm in found:
        about[contact_id].append(alarm)
    return about


async def received_at(session: AsyncSession, contact_ids: Collection[UUID]) -> dict[UUID, datetime]:
    """When each of these contacts was received."""
    found = await session.execute(
        select(ASSESSMENTS.c.contact_id, func.min(ASSESSMENTS.c.received_at).label("received_at"))
        .where(ASSESSMENTS.c.contact_id.in_(contact_ids))
        .group_by(ASSESSMENTS.c.contact_id)
    )
    return {row[0]: row[1] for row in found}


async def count_open_alarms(session: AsyncSession) -> dict[str, tuple[int, datetime]]:
    """How many alarms are open, by kind, and when the oldest of each was raised."""
    found = await session.execute(
        select(ALARMS.c.kind, func.count(), func.min(ALARMS.c.raised_at))
        .where(ALARMS.c.status == "open")
        .group_by(ALARMS.c.kind)
    )
    return {kind: (count, oldest) for kind, count, oldest in found}
