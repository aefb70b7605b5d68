"""What routing asks when a unit's work is reorganised."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from services.triage.reorganisations.matching import fits
from services.triage.reorganisations.schemas import GroupIn
from shared.city.current import geography_on
from shared.contracts import Facts
from shared.ids import new_id
from shared.vocabulary import Role
from tests.bench import Bench

GEOGRAPHY = geography_on(date(2026, 3, 10))


@pytest.mark.parametrize(
    ("facts", "group", "expected"),
    [
        ({"age": 18}, {"ages": {"from": 18, "to": 30}}, True),
        ({"age": 30}, {"ages": {"from": 18, "to": 30}}, True),
        ({"age": 31}, {"ages": {"from": 18, "to": 30}}, False),
        ({}, {"ages": {"from": 0, "to": 130}}, False),
        ({"district": 9}, {"districts": [9, 10]}, True),
        ({"district": 1}, {"districts": [9, 10]}, False),
        ({"postal_code": "2300"}, {"districts": [9, 10]}, True),
        ({"postal_code": "2300"}, {"districts": [9]}, False),
        ({"postal_code": "8000"}, {"districts": [9, 10]}, False),
        ({}, {"districts": [9, 10]}, False),
        ({"age": 40, "district": 1, "child_district": 9}, {"districts": [9]}, True),
        ({"age": 40, "child_age": 7}, {"ages": {"from": 0, "to": 17}}, True),
        ({"needs": ["debt", "loneliness"]}, {"needs": ["loneliness", "autism"]}, True),
        ({"needs": ["debt"]}, {"needs": ["autism"]}, False),
        ({"age": 20, "needs": ["debt"]}, {"needs": ["debt"], "ages": {"from": 30}}, False),
        ({}, {}, True),
    ],
)
def test_a_contact_is_in_a_group_when_all_that_is_given_certainly_fits(
    facts: dict[str, Any], group: dict[str, Any], *, expected: bool
) -> None:
    known = Facts.model_validate({"needs": ["debt"], **facts})
    assert fits(known, GroupIn.model_validate(group), GEOGRAPHY) is expected


async def _assessed(triage_service: Bench, **facts: Any) -> UUID:
    contact = new_id()
    body = {"contact_id": str(contact), "channel": "phone", "facts": {"needs": ["debt"], **facts}}
    answer = await triage_service.client(Role.RECEPTION).post("/v1/assessments", json=body)
    assert answer.status_code == 201, answer.text
    return contact


async def test_services_learn_which_contacts_fit_by_their_newest_facts(triage_service: Bench) -> None:
    young, old = await _assessed(triage_service, age=20), await _assessed(triage_service, age=60)
    body = {"contact_id": str(young), "channel": "phone", "facts": {"needs": ["debt"], "age": 31}}
    request = {
        "contact_ids": [str(young), str(old), str(new_id())],
        "groups": [{"ages": {"from": 18, "to": 30}}, {"needs": ["debt"]}],
    }
    service = triage_service.client(Role.SERVICE)
    answer = await service.post("/v1/contacts/matching", json=request)
    assert [item["groups"] for item in answer.json()["items"]] == [[0, 1], [1], []]

    assert (await triage_service.client(Role.RECEPTION).post("/v1/assessments", json=body)).status_code == 201
    answer = await service.post("/v1/contacts/matching", json=request)
    assert [item["groups"] for item in answer.json()["items"]] == [[1], [1], []]


async def test_staff_cannot_ask_for_facts_this_way(triage_service: Bench) -> None:
    for role in (Role.RECEPTION, Role.CASEWORKER, Role.OPERATIONS):
        answer = await triage_service.client(role).post(
            "/v1/contacts/matching", json={"contact_ids": [str(new_id())], "groups": [{}]}
        )
        assert answer.status_code == 403


@pytest.mark.parametrize(
    ("unit", "rows"),
    [
        ("hky", [10]),
        ("youth", [18, 20]),
        ("children-amager", [2, 14, 18, 20]),
        ("reception", [2, 5, 6, 7, 19, 21]),
        ("nowhere", []),
    ],
)
async def test_the_rows_that_send_contacts_to_a_unit_are_named(
    triage_service: Bench, unit: str, rows: list[int]
) -> None:
    answer = await triage_service.client(Role.OPERATIONS).get(f"/v1/units/{unit}/rules")
    items = answer.json()["items"]
    assert [item["row"] for item in items] == rows
    assert {(item["version"], item["status"]) for item in items} <= {("2", "active")}
