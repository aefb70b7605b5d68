"""Changing the units: checked as a whole, with a trail, and published to the other services."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.routing.models import QueueRow, UnitChangeRow, UnitRow
from services.routing.problems import ContradictingUnits
from services.routing.repository import begin_change
from services.routing.states import QueueKind
from services.routing.units import repository
from services.routing.units.schemas import UnitsChange
from shared.access import Principal
from shared.city.current import city, use_units
from shared.city.units import UnitPeriod, Units, conflicts_of
from shared.contracts import ConfiguredUnit, UnitsConfigured
from shared.etags import require_version
from shared.ids import new_id
from shared.problems import FieldError
from shared.unit_of_work import UnitOfWork


async def use_stored_units(session: AsyncSession) -> None:
    """Use the stored units in this process; before they are stored, those of the city's files are used."""
    rows = await repository.find_units(session, None)
    edition = await repository.units_edition(session)
    if rows and edition:
        use_units(Units([_period(row) for row in rows], edition))


async def change_units(
    work: UnitOfWork, who: Principal, body: UnitsChange, if_match: str | None
) -> tuple[Sequence[UnitRow], int]:
    """Store the periods and return all units with the number of this change.

    Each unit without a queue gets one, measured as the city's file says. Raises VersionRequired, StaleVersion
    and ContradictingUnits, with each fault, when some day would have a unit twice, no reception, or a
    district in no area or in two.
    """
    require_version(if_match, await repository.units_edition(work.session))
    edition = await begin_change(work.session)
    changed = {(period.code, period.valid_from): period for period in body.periods}
    kept = {
        (row.code, row.valid_from): _period(row) for row in await repository.find_units(work.session, None)
    }
    units = Units(list((kept | changed).values()), edition)
    if found := conflicts_of(units, city().places.numbers):
        places = {period.code: place for place, period in enumerate(body.periods)}
        raise ContradictingUnits(
            errors=[
                FieldError(
                    pointer=f"/periods/{places.get(one.code, 0)}/{one.field}",
                    message=f"{one.code}: {one.message}",
                )
                for one in found
            ]
        )
    rows = [_row(period) for period in body.periods]
    await repository.store_units(work.session, rows)
    await _store_queues(work.session, units, {period.code for period in body.periods})
    await repository.add_unit_change(
        work.session,
        UnitChangeRow(
            edition=edition,
            at=work.clock.now(),
            subject=who.subject,
            role=who.role,
            reason=body.reason,
            changed=[period.model_dump(mode="json") for period in body.periods],
        ),
    )
    configured = [ConfiguredUnit(**_fields(period)) for period in units]
    event = UnitsConfigured(id=new_id(), occurred_at=work.clock.now(), edition=edition, units=configured)
    await work.publish(event)
    use_units(units)
    return await repository.find_units(work.session, None), edition


async def _store_queues(session: AsyncSession, units: Units, codes: set[str]) -> None:
    """A unit's queue has the unit's newest name, and is there for as long as the unit is."""
    terms: dict[str, Any] = city().units_file.team_queue.model_dump()
    terms["age_bounds"] = list(terms["age_bounds"])
    for code in sorted(codes):
        periods = [period for period in units if period.code == code]
        lasts = [period.valid_to for period in periods]
        dates: dict[str, Any] = {
            "name": units.name_of(code),
            "valid_from": min(period.valid_from for period in periods),
            "valid_to": None if None in lasts else max(last for last in lasts if last is not None),
        }
        if await repository.find_queue(session, code) is None:
            new = QueueRow(code=code, unit=code, kind=QueueKind.TEAM, channel=None, **terms, **dates)
            await repository.add_queues(session, [new])
        else:
            await repository.change_queue(session, code, **dates)


def _fields(period: UnitPeriod) -> dict[str, Any]:
    return period.model_dump() | {"districts": sorted(period.districts)}


def _row(period: UnitPeriod) -> UnitRow:
    return UnitRow(**_fields(period))


def _period(row: UnitRow) -> UnitPeriod:
    return UnitPeriod.model_validate(row.model_dump())
