"""Statements on opening hours, administrations and their units.

Every request reads them from storage, so that a change is valid from the next one on, in all replicas.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import Table, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.routing.models import AdministrationRow, HoursRow, MembershipRow, QueueRow
from services.routing.opening_hours.closing_days import (
    AdministrationTerms,
    Belonging,
    ClosingDays,
    Membership,
)
from shared.database import table_of, upsert
from shared.vocabulary import Administration

_hours = table_of(HoursRow)
_administrations = table_of(AdministrationRow)
_memberships = table_of(MembershipRow)
_queues = table_of(QueueRow)


async def list_hours(session: AsyncSession) -> Sequence[HoursRow]:
    """All opening hours, by code."""
    found = await session.execute(select(_hours).order_by(_hours.c.code))
    return [HoursRow(**row) for row in found.mappings()]


async def find_hours(session: AsyncSession, code: str) -> HoursRow | None:
    row = (await session.execute(select(_hours).where(_hours.c.code == code))).mappings().first()
    return None if row is None else HoursRow(**row)


async def store_hours(session: AsyncSession, row: HoursRow) -> None:
    """Add opening hours, or replace those under the same code."""
    await _store(session, _hours, row.model_dump())


async def queues_by_hours(session: AsyncSession) -> Mapping[str, list[str]]:
    """Which queues go by which hours."""
    by_hours: dict[str, list[str]] = {}
    found = await session.execute(select(_queues.c.hours, _queues.c.code).order_by(_queues.c.code))
    for hours, code in found:
        by_hours.setdefault(hours, []).append(code)
    return by_hours


class StoredAdministration(NamedTuple):
    """An administration as it is stored; `edition` is the number of the change that made it so."""

    code: Administration
    edition: int
    terms: AdministrationTerms


async def list_administrations(session: AsyncSession) -> list[StoredAdministration]:
    """Every administration that something is set for, with its units."""
    members: dict[str, list[Membership]] = {}
    found = await session.execute(
        select(_memberships).order_by(_memberships.c.unit, _memberships.c.valid_from)
    )
    for row in found.mappings():
        columns = dict(row)
        members.setdefault(columns.pop("administration"), []).append(Membership.model_validate(columns))
    rows = await session.execute(select(_administrations).order_by(_administrations.c.code))
    return [
        StoredAdministration(
            Administration(row["code"]),
            row["edition"],
            AdministrationTerms(
                units=tuple(members.get(row["code"], ())),
                **ClosingDays.model_validate_json(row["calendar"]).model_dump(),
            ),
        )
        for row in rows.mappings()
    ]


async def store_administration(session: AsyncSession, administration: StoredAdministration) -> None:
    """Store its closing days, and its units in the place of those it had."""
    code, edition, terms = administration
    calendar = ClosingDays(closing_days=terms.closing_days, closings=terms.closings).model_dump_json()
    await _store(session, _administrations, {"code": code, "calendar": calendar, "edition": edition})
    await session.execute(delete(_memberships).where(_memberships.c.administration == code))
    if terms.units:
        members = [{"administration": code, **one.model_dump()} for one in terms.units]
        await session.execute(insert(_memberships), members)


async def belongings_of(session: AsyncSession, unit: str) -> tuple[Belonging, ...]:
    """The administrations that a unit belongs to, in the order of their periods."""
    found = await session.execute(
        select(_memberships.c.valid_from, _memberships.c.valid_to, _administrations.c.calendar)
        .join(_administrations, _administrations.c.code == _memberships.c.administration)
        .where(_memberships.c.unit == unit)
        .order_by(_memberships.c.valid_from)
    )
    return tuple(Belonging(*row) for row in found)


async def _store(session: AsyncSession, table: Table, columns: dict[str, object]) -> None:
    new = upsert(session, table).values(columns)
    await session.execute(new.on_conflict_do_update(index_elements=["code"], set_=columns))
