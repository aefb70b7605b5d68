"""Stores the city's units, opening hours, queues and administrations at the first start."""

from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from services.routing.models import HoursRow, QueueRow, UnitRow
from services.routing.opening_hours.closing_days import AdministrationTerms
from services.routing.opening_hours.hours import OpeningHours
from services.routing.opening_hours.repository import (
    StoredAdministration,
    store_administration,
    store_hours,
)
from services.routing.states import QueueKind
from services.routing.units.repository import add_queues, add_units, find_units
from shared.city.codes import RECEPTION
from shared.city.current import city
from shared.city.reading import QueueTerms
from shared.unit_of_work import UnitOfWork

#: The day from which the city has one reception for all of its social administration.
ONE_SOF = date(2025, 1, 1)
_FOLDER = Path(__file__).parents[1] / "example"


def read_example(name: str) -> Any:
    """What a file of the example says."""
    return yaml.safe_load((_FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))


async def store_city(work: UnitOfWork) -> None:
    """Store what the city's files say, unless units are stored already: later changes come over HTTP."""
    if await find_units(work.session, None):
        return
    units = [
        UnitRow(**period.model_dump() | {"districts": sorted(period.districts)}) for period in city().units
    ]
    await add_units(work.session, units)
    for document in read_example("opening_hours"):
        code = document.pop("code")
        definition = OpeningHours.model_validate(document).model_dump_json()
        await store_hours(work.session, HoursRow(code=code, definition=definition))
    await add_queues(work.session, _queues(units))
    for document in read_example("administrations"):
        code = document.pop("code")
        members = [{"unit": unit.code, "valid_from": ONE_SOF} for unit in units]
        terms = AdministrationTerms.model_validate({**document, "units": members})
        await store_administration(work.session, StoredAdministration(code, 0, terms))


def _queues(units: list[UnitRow]) -> list[QueueRow]:
    """The reception's queues, and one for each unit."""
    file = city().units_file
    make = partial(QueueRow, valid_from=file.valid_from)
    reception = [
        make(**_columns(queue), unit=RECEPTION, kind=QueueKind.RECEPTION) for queue in file.reception_queues
    ]
    own_terms = {unit.code: unit.queue or file.team_queue for unit in file.units}
    teams = [
        make(
            **_columns(own_terms[unit.code]),
            code=unit.code,
            name=unit.name,
            unit=unit.code,
            kind=QueueKind.TEAM,
        )
        for unit in units
    ]
    return [*reception, *teams]


def _columns(terms: QueueTerms) -> dict[str, Any]:
    return terms.model_dump() | {"age_bounds": list(terms.age_bounds)}
