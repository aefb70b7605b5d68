"""Operations change the city's units: as a whole, with a trail, and every service knows it."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from shared.city import current
from shared.city.codes import Unit
from shared.city.places import Geography
from shared.contracts import UnitsConfigured
from shared.vocabulary import Role
from tests.bench import Bench
from tests.conftest import StartService

NEW = {
    "code": "night-team",
    "name": "Natteamet",
    "takes": "hjælp om natten",
    "valid_from": "2026-03-01",
}


@pytest.fixture(autouse=True)
def units_as_before() -> Iterator[None]:
    """The units are known to the whole process: each test leaves them as it found them."""
    units, codes = current.units(), dict(Unit._members)
    yield
    Unit._members.clear()
    Unit._members.update(codes)
    current._current.use(units)


async def change(routing: Bench, *periods: dict[str, Any], edition: int = 0) -> Any:
    return await routing.client(Role.OPERATIONS, subject="olga").post(
        "/v1/units/changes",
        json={"periods": list(periods), "reason": "Ny organisering"},
        headers={"If-Match": f'"{edition}"'},
    )


async def test_a_new_unit_has_a_queue_and_a_name_everywhere(routing: Bench) -> None:
    answer = await change(routing, NEW)
    assert answer.status_code == 200, answer.text
    assert answer.headers["ETag"] == '"1"'

    queues = (await routing.client(Role.OPERATIONS).get("/v1/queues")).json()["items"]
    assert "Natteamet" in [queue["name"] for queue in queues if queue["code"] == "night-team"]
    assert current.unit_name("night-team") == "Natteamet"
    assert Unit("night-team") in Unit
    (event,) = await routing.published("units.configured")
    assert [unit["name"] for unit in event["units"] if unit["code"] == "night-team"] == ["Natteamet"]


async def test_the_other_services_take_the_new_unit_over_and_rules_can_send_to_it(
    routing: Bench, start_service: StartService
) -> None:
    triage = await start_service("triage")
    body = {
        "facts": {"needs": ["existing_case"], "existing_case_unit": "late-team", "in_municipality": True},
        "channel": "phone",
    }
    refused = await triage.client(Role.RECEPTION).post("/v1/recommendations", json=body)
    assert refused.status_code == 422

    await change(routing, {**NEW, "code": "late-team", "name": "Sent-teamet"})
    (payload,) = await routing.published("units.configured")

    await triage.deliver(UnitsConfigured.model_validate(payload))

    answer = await triage.client(Role.RECEPTION).post("/v1/recommendations?explain=true", json=body)
    assert answer.json()["destination"]["unit"] == "late-team"
    assert "Sent-teamet" in answer.text


async def test_a_district_changes_hands_in_one_change_and_contacts_go_by_their_own_day(
    routing: Bench,
) -> None:
    amager = {"code": "children-amager", "name": "Børneområde Amager", "takes": "børn"}
    answer = await change(
        routing,
        {**amager, "valid_from": "2025-01-01", "valid_to": "2026-12-31", "districts": [9, 10]},
        {**amager, "valid_from": "2027-01-01", "districts": [9]},
        {
            "code": "children-city-oesterbro",
            "name": "Børneområde City-Østerbro",
            "takes": "børn",
            "valid_from": "2025-01-01",
            "valid_to": "2026-12-31",
            "districts": [1, 2],
        },
        {
            "code": "children-city-oesterbro",
            "name": "Børneområde City-Østerbro",
            "takes": "børn",
            "valid_from": "2027-01-01",
            "districts": [1, 2, 10],
        },
    )
    assert answer.status_code == 200, answer.text

    def area(day: date) -> Geography:
        return current.geography_on(day)

    assert area(date(2026, 12, 31)).area_of[10] == "children-amager"
    assert area(date(2027, 1, 1)).area_of[10] == "children-city-oesterbro"
    assert area(date(2026, 12, 31)).locality("2300").area == "children-amager"
    assert area(date(2027, 1, 1)).locality("2300").area is None


@pytest.mark.parametrize(
    ("period", "message"),
    [
        ({**NEW, "districts": [9]}, "district 9 is also in the area of children-amager"),
        ({**NEW, "districts": [11]}, "there is no district 11"),
        (
            {"code": "reception", "name": "Indgangen", "takes": "", "valid_from": "2025-01-01", "valid_to": "2026-12-31"},
            "there is no reception on 2027-01-01",
        ),
        (
            {"code": "children-amager", "name": "Amager", "takes": "", "valid_from": "2025-01-01", "districts": [9]},
            "district 10 is in no unit's area",
        ),
        ({"code": "youth", "name": "Unge", "takes": "", "valid_from": "2026-01-01"}, "overlap"),
    ],
)  # fmt: skip
async def test_a_change_after_which_a_child_has_no_unit_or_two_is_refused_whole(
    routing: Bench, period: dict[str, Any], message: str
) -> None:
    before = (await routing.client(Role.OPERATIONS).get("/v1/units")).json()
    answer = await change(routing, {**NEW, "code": "other-team"}, period)
    assert answer.status_code == 422
    assert answer.json()["type"] == "urn:dsi:problem:contradicting-units"
    assert any(message in error["message"] for error in answer.json()["errors"])
    assert (await routing.client(Role.OPERATIONS).get("/v1/units")).json() == before


async def test_two_people_at_once_do_not_overwrite_each_other(routing: Bench) -> None:
    assert (await change(routing, NEW)).status_code == 200
    stale = await change(routing, {**NEW, "name": "Nattens team"})
    assert stale.status_code == 412
    assert (await change(routing, {**NEW, "name": "Nattens team"}, edition=1)).status_code == 200
    trail = (await routing.client(Role.AUDITOR).get("/v1/units/changes")).json()["items"]
    assert [(one["edition"], one["subject"], one["changed"][0]["name"]) for one in trail] == [
        (2, "olga", "Nattens team"),
        (1, "olga", "Natteamet"),
    ]


async def test_only_operations_change_units(routing: Bench) -> None:
    for role in (Role.RECEPTION, Role.CASEWORKER, Role.AUDITOR, Role.RULES_EDITOR):
        answer = await routing.client(role).post(
            "/v1/units/changes", json={"periods": [NEW], "reason": "Ny organisering"}
        )
        assert answer.status_code == 403
