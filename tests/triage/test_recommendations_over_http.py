"""POST /v1/recommendations: advice on facts, with nothing stored."""

from typing import Any

import pytest

from services.triage.models import Assessment
from shared.database import table_of
from shared.vocabulary import Role
from tests.bench import Bench

FACTS: dict[str, Any] = {"needs": ["intellectual_disability"], "age": 19, "district": 3}


async def ask(bench: Bench, facts: dict[str, Any], path: str = "", **more: Any) -> Any:
    body = {"facts": facts, "channel": "phone", "received_at": "2026-03-10T09:00:00+01:00", **more}
    return await bench.client(Role.RECEPTION).post(f"/v1/recommendations{path}", json=body)


async def test_a_recommendation_has_the_contracts_form(triage_service: Bench) -> None:
    answer = await ask(triage_service, FACTS)
    assert answer.status_code == 200
    found = answer.json()
    assert found["ruleset"] == "2"
    assert found["destination"] == {"kind": "unit", "unit": "disability-adults", "administration": None}
    assert (found["urgency"], found["kle"], found["questions"], found["trace"]) == (
        "normal",
        "27.12.04",
        [],
        None,
    )
    assert found["reasons"][0]["because"] == {"needs": ["intellectual_disability"], "age": 19}


async def test_a_clock_is_in_utc(triage_service: Bench) -> None:
    found = (await ask(triage_service, {"needs": ["child_concern"], "child_district": 3})).json()
    assert found["clocks"][0] == {
        "rule": "notification_assessment",
        "starts_at": "2026-03-10T08:00:00Z",
        "due_at": "2026-03-11T08:00:00Z",
        "legal_basis": "barnets lov § 136",
        "paused_when_closed": False,
    }


async def test_the_trace_is_answered_with_the_trace_parameter(triage_service: Bench) -> None:
    trace = (await ask(triage_service, FACTS, "?trace=true")).json()["trace"]
    assert [row["rule"] for row in trace] == [str(number) for number in range(1, 22)]


async def test_without_a_moment_the_contact_is_received_now(triage_service: Bench) -> None:
    body = {"facts": {"needs": ["child_concern"], "child_district": 3}, "channel": "phone"}
    found = await triage_service.client(Role.RECEPTION).post("/v1/recommendations", json=body)
    assert found.json()["clocks"][0]["starts_at"] == "2026-03-10T09:00:00Z"


async def test_facts_may_stand_beside_the_channel(triage_service: Bench) -> None:
    reception = triage_service.client(Role.RECEPTION)
    flat = await reception.post("/v1/recommendations", json={**FACTS, "channel": "phone"})
    assert flat.json()["destination"]["unit"] == "disability-adults"
    wrong = await reception.post("/v1/recommendations", json={**FACTS, "shoe_size": 43})
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/facts/shoe_size")


async def test_nothing_is_stored(triage_service: Bench) -> None:
    await ask(triage_service, FACTS)
    assert await triage_service.count(table_of(Assessment)) == 0
    assert await triage_service.published() == []


async def test_a_named_rule_set_advises_and_an_unknown_one_is_a_problem(triage_service: Bench) -> None:
    assert (await ask(triage_service, FACTS, "?ruleset=1")).status_code == 200
    answer = await ask(triage_service, FACTS, "?ruleset=99")
    assert (answer.status_code, answer.json()["type"]) == (404, "urn:dsi:problem:unknown-ruleset")


@pytest.mark.parametrize(
    ("facts", "kind", "pointer"),
    [
        ({"needs": ["magic"]}, "invalid-input", "/facts/needs/0"),
        ({"needs": []}, "invalid-input", "/facts/needs"),
        ({"needs": ["debt"], "age": 131}, "invalid-input", "/facts/age"),
        ({"needs": ["debt"], "district": 11}, "invalid-input", "/facts/district"),
        ({"needs": ["debt"], "postal_code": "22000"}, "invalid-input", "/facts/postal_code"),
        ({"needs": ["debt"], "district": 3, "in_municipality": False}, "invalid-input", "/facts"),
        ({"needs": ["debt"], "age": 3, "cannot_be_known": ["age"]}, "invalid-input", "/facts"),
        ({"needs": ["debt"], "child_age": 18}, "contradictory-facts", "/facts/child_age"),
    ],
)
async def test_facts_that_cannot_be_are_refused_with_their_place(
    triage_service: Bench, facts: dict[str, Any], kind: str, pointer: str
) -> None:
    answer = await ask(triage_service, facts)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["type"] == f"urn:dsi:problem:{kind}"
    assert [error["pointer"] for error in problem["errors"]] == [pointer]


@pytest.mark.parametrize("moment", ["yesterday", "2026-03-10T09:00:00", "9999-12-31T23:59:59Z"])
async def test_an_impossible_moment_is_refused(triage_service: Bench, moment: str) -> None:
    answer = await ask(triage_service, FACTS, received_at=moment)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/received_at")


async def test_a_stranger_and_a_telephone_exchange_are_not_advised(triage_service: Bench) -> None:
    body = {"facts": FACTS, "channel": "phone"}
    stranger = await triage_service.client(None).post("/v1/recommendations", json=body)
    exchange = await triage_service.client(Role.TELEPHONY).post("/v1/recommendations", json=body)
    assert (stranger.status_code, exchange.status_code) == (401, 403)
