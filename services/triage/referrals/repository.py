"""The statements on referrals, and on the later contacts of the citizens who were referred."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.triage.models import Assessment, ContactCourse, Referral
from services.triage.referrals.outcomes import LaterContact
from shared.database import table_of, upsert

REFERRALS = table_of(Referral)
ASSESSMENTS = table_of(Assessment)
COURSES = table_of(ContactCourse)


async def add_referral(session: AsyncSession, columns: dict[str, Any]) -> Referral:
    """The referral of this contact to this offer; the one that is there already where there is one."""
    await session.execute(
        upsert(session, REFERRALS)
        .values(columns)
        .on_conflict_do_nothing(index_elements=["contact_id", "offer_id"])
    )
    found = await session.execute(
        select(Referral).where(
            REFERRALS.c.contact_id == columns["contact_id"], REFERRALS.c.offer_id == columns["offer_id"]
        )
    )
    return found.scalar_one()


async def find_referral(session: AsyncSession, id_: UUID) -> Referral | None:
    """The referral as it is stored now."""
    found = await session.execute(
        select(Referral).where(REFERRALS.c.id == id_).execution_options(populate_existing=True)
    )
    return found.scalar_one_or_none()


async def change_referral(session: AsyncSession, id_: UUID, **columns: object) -> None:
    await session.execute(update(REFERRALS).where(REFERRALS.c.id == id_).values(columns))


async def referrals_of_contact(session: AsyncSession, contact_id: UUID) -> Sequence[Referral]:
    """In the order they were made."""
    found = select(Referral).where(REFERRALS.c.contact_id == contact_id)
    return (await session.execute(found.order_by(REFERRALS.c.id))).scalars().all()


async def needs_of_contact(session: AsyncSession, contact_id: UUID) -> list[str]:
    """What the contact needs by its newest assessment; nothing where there is none."""
    facts = await session.execute(
        select(ASSESSMENTS.c.facts)
        .join(COURSES, COURSES.c.latest_assessment == ASSESSMENTS.c.id)
        .where(COURSES.c.contact_id == contact_id)
    )
    found = facts.scalar_one_or_none()
    return [] if found is None else list(found["needs"])


def _of_offer(offer_id: UUID, begin: datetime | None, end: datetime | None) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = [REFERRALS.c.offer_id == offer_id]
    if begin is not None:
        where.append(REFERRALS.c.referred_at >= begin)
    if end is not None:
        where.append(REFERRALS.c.referred_at < end)
    return where


async def referrals_to(
    session: AsyncSession, offer_id: UUID, begin: datetime | None, end: datetime | None
) -> list[tuple[Referral, bool]]:
    """The referrals to an offer in that time, and whether it is known whose each was."""
    found = await session.execute(
        select(Referral, COURSES.c.citizen_key.is_not(None))
        .outerjoin(COURSES, COURSES.c.contact_id == REFERRALS.c.contact_id)
        .where(*_of_offer(offer_id, begin, end))
    )
    return [(row[0], bool(row[1])) for row in found.all()]


async def later_contacts(
    session: AsyncSession, offer_id: UUID, begin: datetime | None, end: datetime | None
) -> list[LaterContact]:
    """The contacts that the referred citizens made after their referral, known by their opaque keys only."""
    own, later = COURSES.alias("own"), COURSES.alias("later")
    found = await session.execute(
        select(REFERRALS.c.id, ASSESSMENTS.c.received_at, ASSESSMENTS.c.facts)
        .join(own, own.c.contact_id == REFERRALS.c.contact_id)
        .join(later, (later.c.citizen_key == own.c.citizen_key) & (later.c.contact_id != own.c.contact_id))
        .join(ASSESSMENTS, ASSESSMENTS.c.id == later.c.latest_assessment)
        .where(*_of_offer(offer_id, begin, end), ASSESSMENTS.c.received_at > REFERRALS.c.referred_at)
    )
    return [LaterContact(id_, at, frozenset(facts["needs"])) for id_, at, facts in found.all()]
