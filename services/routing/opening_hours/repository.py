"""Opening hours and administrations as operations keep them. Nothing here commits.

Every request reads them anew, so that what was put holds from the next one on, in all replicas.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import combinations
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.routing.deadlines.service import begin_change
from services.routing.models import AdministrationRow, HoursRow, MembershipRow, QueueRow
from services.routing.opening_hours.closing_days import (
    AdministrationOut,
    AdministrationTerms,
    Belonging,
    ClosingDays,
    Membership,
    conflicts_of,
)
from services.routing.opening_hours.hours import OpeningHours
from services.routing.problems import ContradictingHours
from shared.database import table_of, upsert
from shared.etags import require_version
from shared.problems import FieldError, NotFound
from shared.unit_of_work import UnitOfWork
from shared.vocabulary import Administration

HOURS = table_of(HoursRow)
ADMINISTRATIONS = table_of(AdministrationRow)
MEMBERSHIPS = table_of(MembershipRow)
_QUEUES = table_of(QueueRow)


async def read_hours(session: AsyncSession) -> Sequence[HoursRow]:
    found = await session.execute(select(HOURS).order_by(HOURS.c.code))
    return [HoursRow(**row) for row in found.mappings()]


async def get_hours(session: AsyncSession, code: str) -> HoursRow:
    """The opening hours under a code. Raises NotFound."""
    row = (await session.execute(select(HOURS).where(HOURS.c.code == code))).mappings().first()
    if row is None:
        raise NotFound("No opening hours have this code.")
    return HoursRow(**row)


async def queues_by_hours(session: AsyncSession) -> Mapping[str, list[str]]:
    """Which queues go by which hours."""
    found: dict[str, list[str]] = {}
    for hours, code in await session.execute(
        select(_QUEUES.c.hours, _QUEUES.c.code).order_by(_QUEUES.c.code)
    ):
        found.setdefault(hours, []).append(code)
    return found


async def put_hours(
    work: UnitOfWork, code: str, hours: OpeningHours, if_match: str | None
) -> tuple[HoursRow, bool]:
    """Store opening hours, and say whether the code is new.

    Raises VersionRequired, StaleVersion and ContradictingHours, with nothing changed.
    """
    edition = await begin_change(work.session)
    stored = {row.code: row for row in await read_hours(work.session)}
    if code in stored:
        require_version(if_match, stored[code].edition)
    wrong = _overlaps(hours)
    if wrong:
        raise ContradictingHours(errors=wrong)
    row = HoursRow(code=code, definition=hours.model_dump_json(), edition=edition)
    await _put(work.session, HOURS, row.model_dump())
    return row, code not in stored


def _overlaps(hours: OpeningHours) -> list[FieldError]:
    """Weeks that hold on the same day, and a day's intervals that run into each other."""
    weeks = {
        later
        for (_, one), (later, other) in combinations(enumerate(hours.weeks), 2)
        if (one.valid_to is None or other.valid_from <= one.valid_to)
        and (other.valid_to is None or one.valid_from <= other.valid_to)
    }
    wrong = [
        FieldError(pointer=f"/weeks/{place}/valid_from", message="overlaps a week before it")
        for place in sorted(weeks)
    ]
    wrong += [
        FieldError(pointer=f"/weeks/{place}/valid_to", message="lies before valid_from")
        for place, week in enumerate(hours.weeks)
        if week.valid_to is not None and week.valid_to < week.valid_from
    ]
    return wrong


async def _put(session: AsyncSession, table: Any, columns: dict[str, Any]) -> None:
    new = upsert(session, table).values(columns)
    await session.execute(new.on_conflict_do_update(index_elements=["code"], set_=columns))


async def read_administrations(session: AsyncSession) -> list[AdministrationOut]:
    """Every administration that anybody has set, with its units."""
    members: dict[str, list[dict[str, Any]]] = {}
    found = await session.execute(select(MEMBERSHIPS).order_by(MEMBERSHIPS.c.unit, MEMBERSHIPS.c.valid_from))
    for row in found.mappings():
        columns = dict(row)
        members.setdefault(columns.pop("administration"), []).append(columns)
    rows = await session.execute(select(ADMINISTRATIONS).order_by(ADMINISTRATIONS.c.code))
    return [
        AdministrationOut(
            code=Administration(row["code"]),
            edition=row["edition"],
            units=tuple(Membership.model_validate(one) for one in members.get(row["code"], ())),
            **ClosingDays.model_validate_json(row["calendar"]).model_dump(),
        )
        for row in rows.mappings()
    ]


async def put_administration(
    work: UnitOfWork, code: Administration, terms: AdministrationTerms, if_match: str | None
) -> tuple[AdministrationOut, bool]:
    """Store an administration's closing days and units, and say whether it is new.

    Raises VersionRequired, StaleVersion and ContradictingHours, with nothing changed.
    """
    edition = await begin_change(work.session)
    stored = {one.code: one for one in await read_administrations(work.session)}
    if code in stored:
        require_version(if_match, stored[code].edition)
    elsewhere = [unit for one in stored.values() if one.code != code for unit in one.units]
    wrong = conflicts_of(terms.units, elsewhere)
    if wrong:
        raise ContradictingHours(errors=wrong)
    await store_administration(work.session, code, terms, edition)
    return AdministrationOut(code=code, edition=edition, **terms.model_dump()), code not in stored


async def store_administration(
    session: AsyncSession, code: Administration, terms: AdministrationTerms, edition: int
) -> None:
    """What it closes, and its units in the place of those it had."""
    calendar = ClosingDays(closing_days=terms.closing_days, closings=terms.closings).model_dump_json()
    await _put(session, ADMINISTRATIONS, {"code": code, "calendar": calendar, "edition": edition})
    await session.execute(delete(MEMBERSHIPS).where(MEMBERSHIPS.c.administration == code))
    if terms.units:
        members = [{"administration": code, **one.model_dump()} for one in terms.units]
        await session.execute(insert(MEMBERSHIPS), members)


async def belongings_of(session: AsyncSession, unit: str) -> tuple[Belonging, ...]:
    """The administrations of a unit, in their order."""
    found = await session.execute(
        select(MEMBERSHIPS.c.valid_from, MEMBERSHIPS.c.valid_to, ADMINISTRATIONS.c.calendar)
        .join(ADMINISTRATIONS, ADMINISTRATIONS.c.code == MEMBERSHIPS.c.administration)
        .where(MEMBERSHIPS.c.unit == unit)
        .order_by(MEMBERSHIPS.c.valid_from)
    )
    return tuple(Belonging(*row) for row in found)


def days_between(first: date, last: date) -> list[date]:
    """Both included."""
    return [date.fromordinal(day) for day in range(first.toordinal(), last.toordinal() + 1)]
