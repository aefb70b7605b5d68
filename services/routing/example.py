"""The example city's units, opening hours and queues; loaded where there are none."""

from datetime import date
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import insert, select

from services.routing.deadlines.own_deadlines import Area
from services.routing.deadlines.service import add_areas
from services.routing.models import HoursRow, QueueRow, UnitRow
from services.routing.opening_hours.closing_days import AdministrationTerms
from services.routing.opening_hours.hours import OpeningHours
from services.routing.opening_hours.repository import store_administration
from services.routing.states import QueueKind
from shared.database import table_of
from shared.unit_of_work import UnitOfWork

ONE_SOF = date(2025, 1, 1)
_FOLDER = Path(__file__).parent / "example"


async def load_example(work: UnitOfWork) -> None:
    """Fill units, opening hours and queues; leaves a city that is configured alone."""
    if (await work.session.execute(select(table_of(UnitRow).c.code).limit(1))).first() is not None:
        return
    units = _read("units")
    await work.session.execute(
        insert(table_of(UnitRow)), [{"valid_from": ONE_SOF, "valid_to": None, **unit} for unit in units]
    )
    await work.session.execute(
        insert(table_of(HoursRow)), [_hours(hours) for hours in _read("opening_hours")]
    )
    await work.session.execute(insert(table_of(QueueRow)), _queues(units))
    for written in _read("administrations"):
        members = [{"unit": unit["code"], "valid_from": ONE_SOF} for unit in units]
        terms = AdministrationTerms.model_validate(
            {"closing_days": written["closing_days"], "units": members}
        )
        await store_administration(work.session, written["code"], terms, edition=0)
    areas = [Area(valid_from=ONE_SOF, **area) for area in _read("application_areas")]
    await add_areas(work.session, areas)


def _read(name: str) -> Any:
    return yaml.safe_load((_FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))


def _hours(written: dict[str, Any]) -> dict[str, Any]:
    definition = {key: value for key, value in written.items() if key != "code"}
    return {
        "code": written["code"],
        "definition": OpeningHours.model_validate(definition).model_dump_json(),
        "edition": 0,
    }


def _queues(units: list[dict[str, Any]]) -> list[dict[str, Any]]:
    written = _read("queues")
    valid = {"valid_from": ONE_SOF, "valid_to": None}
    reception = [
        {
            **written["reception_defaults"],
            **(written["mail_defaults"] if queue["channel"] == "written" else {}),
            **queue,
            "kind": QueueKind.RECEPTION,
        }
        for queue in written["reception"]
    ]
    teams = [
        {
            **written["team"],
            "code": unit["code"],
            "name": unit["name"],
            "unit": unit["code"],
            "kind": QueueKind.TEAM,
            "channel": None,
        }
        for unit in units
    ]
    return [{**queue, **valid} for queue in (*reception, *teams)]
