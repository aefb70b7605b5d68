"""Bad input: each kind gets a problem of its own, and nothing is stored."""

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Table

from services.intake.models import metadata
from shared.vocabulary import Role
from tests.bench import Bench

CPR = "610190-1234"

WRONG: dict[str, tuple[dict[str, Any], str, str | None]] = {
    "unknown need": ({"facts": {"needs": ["gold"]}}, "invalid-input", "/facts/needs/0"),
    "no need": ({"facts": {"needs": []}}, "invalid-input", "/facts/needs"),
    "impossible date": ({"citizen": {"birth_date": "2026-02-30"}}, "invalid-input", "/citizen/birth_date"),
    "impossible moment": ({"received_at": "2026-13-01T00:00:00Z"}, "invalid-input", "/received_at"),
    "moment without offset": ({"received_at": "2026-03-01T00:00:00"}, "invalid-input", "/received_at"),
    "moment of another age": ({"received_at": "0001-01-01T00:00:00+12:00"}, "invalid-input", "/received_at"),
    "impossible day in the number": ({"citizen": {"cpr": "920190-1234"}}, "impossible-cpr", "/citizen/cpr"),
    "number too short": ({"citizen": {"cpr": "61019012"}}, "impossible-cpr", "/citizen/cpr"),
    "number of 1858": ({"citizen": {"cpr": "610158-5000"}}, "impossible-age", "/citizen/cpr"),
    "born tomorrow": ({"citizen": {"birth_date": "2026-03-11"}}, "impossible-age", "/citizen/birth_date"),
    "two ages": ({"citizen": {"cpr": CPR, "age": 36}}, "invalid-input", "/citizen"),
    "contradicting age": (
        {"citizen": {"cpr": CPR}, "facts": {"needs": ["debt"], "age": 35}},
        "contradicting-age",
        "/facts/age",
    ),
    "known, and not to be known": (
        {"citizen": {"age": 35}, "facts": {"needs": ["debt"], "cannot_be_known": ["age"]}},
        "contradicting-age",
        "/facts/cannot_be_known",
    ),
    "anonymous with number": (
        {"citizen": {"cpr": CPR, "anonymous": True}},
        "anonymous-with-cpr",
        "/citizen/cpr",
    ),
    "anonymous in the facts": (
        {"citizen": {"cpr": CPR}, "facts": {"needs": ["debt"], "anonymous": True}},
        "anonymous-with-cpr",
        "/facts/anonymous",
    ),
    "unknown line": ({"line": "moon"}, "unknown-line", "/line"),
    "line of another channel": ({"line": "postkassen"}, "unknown-line", "/line"),
    "line not yet open": (
        {"channel": "walk_in", "received_at": "2025-05-30T10:00:00Z"},
        "unknown-line",
        "/line",
    ),
    "unknown channel": ({"channel": "pigeon"}, "invalid-input", "/channel"),
    "misspelt field": ({"sumary": "x"}, "invalid-input", "/sumary"),
    "summary too long": ({"summary": "x" * 4001}, "invalid-input", "/summary"),
}


async def row_counts(bench: Bench) -> dict[str, int]:
    counted: dict[str, int] = {}
    for table in metadata.sorted_tables:
        assert isinstance(table, Table)
        counted[table.name] = await bench.count(table)
    return counted


@pytest.mark.parametrize("name", WRONG)
async def test_a_wrong_contact_is_refused_with_its_own_problem_and_stores_nothing(
    intake: Bench, name: str
) -> None:
    body, kind, pointer = WRONG[name]
    before = await row_counts(intake)
    answer = await intake.client(Role.RECEPTION).post(
        "/v1/contacts", json={"channel": "phone", **body}, headers={"Idempotency-Key": "k"}
    )

    problem = answer.json()
    assert (answer.status_code, answer.headers["Content-Type"]) == (422, "application/problem+json")
    assert problem["type"] == f"urn:dsi:problem:{kind}"
    assert [error["pointer"] for error in problem["errors"]] == [pointer]
    assert "1234" not in answer.text
    assert await row_counts(intake) == before


async def test_a_contact_from_the_future_is_refused(intake: Bench) -> None:
    ahead = intake.clock.now() + timedelta(minutes=5, seconds=1)
    answer = await intake.client(Role.RECEPTION).post(
        "/v1/contacts", json={"channel": "phone", "received_at": ahead.isoformat()}
    )

    assert answer.json()["type"] == "urn:dsi:problem:received-in-future"
    assert (await row_counts(intake))["contacts"] == 0


async def test_a_body_of_five_megabytes_is_refused(intake: Bench) -> None:
    before = await row_counts(intake)
    for path in ("/v1/contacts", "/v1/telephony/events", "/v1/telephony/asterisk"):
        answer = await intake.client(Role.SERVICE).post(path, content=b"x" * 5_000_000)
        assert (answer.status_code, answer.json()["type"]) == (413, "urn:dsi:problem:too-large")
    assert await row_counts(intake) == before


def queued(number: int) -> dict[str, object]:
    return {
        "source": "x",
        "delivery_id": f"d{number}",
        "call_id": f"c{number}",
        "type": "queued",
        "occurred_at": "2026-03-10T09:00:00Z",
    }


async def test_ten_thousand_events_at_once_are_refused(intake: Bench) -> None:
    before = await row_counts(intake)
    client = intake.client(Role.TELEPHONY)
    ten_thousand = await client.post("/v1/telephony/events", json=[queued(n) for n in range(10_000)])
    one_too_many = await client.post("/v1/telephony/events", json=[queued(n) for n in range(1001)])
    lines = await client.post(
        "/v1/telephony/asterisk", content="a\n" * 10_000, headers={"Content-Type": "text/plain"}
    )

    assert ten_thousand.status_code in (413, 422)
    for answer in (one_too_many, lines):
        assert (answer.status_code, answer.json()["type"]) == (422, "urn:dsi:problem:too-many-events")
    assert await row_counts(intake) == before


WRONG_EVENTS: list[tuple[dict[str, object], str]] = [
    ({"type": "sneezed"}, "/0/type"),
    ({"occurred_at": "yesterday"}, "/0/occurred_at"),
    ({"occurred_at": "0001-01-01T00:00:00+02:00"}, "/0/occurred_at"),
    ({"source": "Ex Change"}, "/0/source"),
    ({"queue": "a\x00b"}, "/0/queue"),
    ({"call_id": None}, "/0/call_id"),
    ({"reported_wait_seconds": -1}, "/0/reported_wait_seconds"),
]


@pytest.mark.parametrize(("part", "pointer"), WRONG_EVENTS)
async def test_one_wrong_event_refuses_its_whole_list(
    intake: Bench, part: dict[str, object], pointer: str
) -> None:
    before = await row_counts(intake)
    answer = await intake.client(Role.TELEPHONY).post(
        "/v1/telephony/events", json=[{**queued(1), **part}, queued(2)]
    )

    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert await row_counts(intake) == before


@pytest.mark.parametrize(
    "body", ["", "{", '{"channel": "phone"', "null", "[]", '"\\ud800"', '{"channel":"\\ud800"}']
)
async def test_a_body_that_is_no_contact_is_refused(intake: Bench, body: str | bytes) -> None:
    answer = await intake.client(Role.RECEPTION).post(
        "/v1/contacts", content=body, headers={"Content-Type": "application/json"}
    )

    assert (answer.status_code, answer.json()["type"]) == (422, "urn:dsi:problem:invalid-input")


async def test_a_missing_contact_is_not_found_and_an_invented_cursor_is_refused(intake: Bench) -> None:
    client = intake.client(Role.RECEPTION)
    missing = "/v1/contacts/01890000-0000-7000-8000-000000000000"

    assert (await client.get(missing)).status_code == 404
    assert (await client.get("/v1/calls/none")).status_code == 404
    assert (await client.post(f"{missing}/close", json={"outcome": "advised"})).status_code == 404
    assert (await client.put(f"{missing}/facts", json={"needs": ["debt"]})).status_code == 404
    assert (await client.get("/v1/contacts?cursor=abc")).json()["type"] == "urn:dsi:problem:invalid-cursor"
    assert (await client.get("/v1/calls/a%00b")).status_code == 422


SEARCHES: list[tuple[dict[str, object], str]] = [
    ({}, "invalid-input"),
    ({"cpr": CPR, "name": "Alma"}, "invalid-input"),
    ({"cpr": "920190-1234"}, "impossible-cpr"),
    ({"phone": "anonymous"}, "invalid-input"),
]


@pytest.mark.parametrize(("body", "kind"), SEARCHES)
async def test_a_search_needs_one_possible_criterion(
    intake: Bench, body: dict[str, object], kind: str
) -> None:
    answer = await intake.client(Role.RECEPTION).post("/v1/contacts/search", json=body)

    assert answer.json()["type"] == f"urn:dsi:problem:{kind}"
    assert json.dumps(body)[1:-1] not in answer.text or not body
