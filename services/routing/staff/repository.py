"""Members of staff and their units, in storage. Nothing here commits."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy import delete, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.routing.models import StaffUnitRow
from services.routing.staff.membership import Membership, units_on
from shared.database import table_of

_STAFF = table_of(StaffUnitRow)
#: Rows of one statement: SQLite takes 32,766 parameters.
_MOST_ROWS = 5_000


async def memberships(session: AsyncSession, subjects: Collection[str] | None = None) -> Sequence[Membership]:
    """The memberships of these members of staff (default: of all), by subject and first day."""
    wanted = select(_STAFF).order_by(_STAFF.c.subject, _STAFF.c.valid_from, _STAFF.c.unit)
    if subjects is not None:
        wanted = wanted.where(_STAFF.c.subject.in_(list(subjects)))
    return [Membership(**row) for row in (await session.execute(wanted)).mappings()]


async def units_of_staff(
    session: AsyncSession, subjects: Collection[str], day: date
) -> Mapping[str, Collection[str]]:
    """The units of that day of each of these who is in the staff file by then; nobody else is among them."""
    return units_on(await memberships(session, subjects), day) if subjects else {}


async def list_memberships(
    session: AsyncSession, *, unit: str | None, subject: str | None, on: date | None, most: int
) -> Sequence[Membership]:
    """Memberships by subject, those that fit what is given."""
    wanted = select(_STAFF).order_by(_STAFF.c.subject, _STAFF.c.valid_from, _STAFF.c.unit).limit(most)
    if unit is not None:
        wanted = wanted.where(_STAFF.c.unit == unit)
    if subject is not None:
        wanted = wanted.where(_STAFF.c.subject == subject)
    if on is not None:
        still = or_(_STAFF.c.valid_to.is_(None), _STAFF.c.valid_to >= on)
        wanted = wanted.where(_STAFF.c.valid_from <= on, still)
    return [Membership(**row) for row in (await session.execute(wanted)).mappings()]


async def replace_memberships(session: AsyncSession, new: Iterable[Membership]) -> None:
    """Make these all the memberships of everybody they name."""
    rows = [membership._asdict() for membership in new]
    subjects = sorted({row["subject"] for row in rows})
    for begin in range(0, len(subjects), _MOST_ROWS):
        await session.execute(
            delete(_STAFF).where(_STAFF.c.subject.in_(subjects[begin : begin + _MOST_ROWS]))
        )
    for begin in range(0, len(rows), _MOST_ROWS):
        await session.execute(insert(_STAFF), rows[begin : begin + _MOST_ROWS])
