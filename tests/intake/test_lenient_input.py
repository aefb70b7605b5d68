"""Lenient input: parts sent as null, numbers for ids, a body without its Content-Type."""

import json

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select

from shared.vocabulary import Role
from tests.bench import Bench

RING = {"source": "pbx", "type": "ringing", "occurred_at": "2026-03-10T08:59:00Z"}


async def test_parts_sent_as_null_are_parts_left_out(intake: Bench) -> None:
    parts = ("received_at", "line", "citizen", "contact_person", "summary", "facts")
    answer = await intake.client(Role.RECEPTION).post(
        "/v1/contacts", json={"channel": "written", **dict.fromkeys(parts)}
    )
    assert answer.status_code == 201, answer.text
    assert answer.json()["citizen"]["anonymous"] is False
    assert answer.json()["status"] == "waiting"


async def test_a_body_without_its_type_is_read_as_json(intake: Bench) -> None:
    answer = await intake.client(Role.RECEPTION).post("/v1/contacts", content=b'{"channel": "written"}')
    assert answer.status_code == 201, answer.text


async def test_an_exchange_may_number_its_calls(intake: Bench) -> None:
    answer = await intake.client(Role.TELEPHONY).post(
        "/v1/telephony/events", json={**RING, "delivery_id": 17, "call_id": 4711, "cause": 16}
    )
    assert answer.status_code == 202, answer.text
    read = await intake.client(Role.RECEPTION).get("/v1/calls/4711")
    assert read.json()["call_id"] == "4711"


async def test_a_call_may_have_a_slash_in_its_name(intake: Bench) -> None:
    await intake.client(Role.TELEPHONY).post(
        "/v1/telephony/events", json={**RING, "delivery_id": "1", "call_id": "SIP/trunk-1"}
    )
    read = await intake.client(Role.RECEPTION).get("/v1/calls/SIP%2Ftrunk-1")
    assert read.json()["call_id"] == "SIP/trunk-1"


async def test_an_idempotency_key_is_not_stored_as_it_was_sent(intake: Bench) -> None:
    alma = intake.client(Role.RECEPTION)
    key = {"Idempotency-Key": "610190-1234"}
    made = [await alma.post("/v1/contacts", json={"channel": "written"}, headers=key) for _ in range(2)]
    assert made[0].json() == made[1].json()
    async with intake.app.state.database.reading() as session:
        kept = (await session.execute(select(intake.app.state.tables.answers.c.key))).scalars().all()
    assert len(kept) == 1
    assert "610190" not in kept[0]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/v1/contacts/search", {"name": "alma", "purpose": "fordi\0"}),
        ("POST", "/v1/contacts/search", {"name": "al\0ma"}),
        ("POST", "/v1/contacts", {"channel": "written", "summary": "a\0b", "citizen": {"name": "a\0b"}}),
        ("POST", "/v1/contacts", {"channel": "phone", "contact_person": {"phone": "20\x0000"}}),
        ("GET", "/v1/calls/a%00b", None),
        ("GET", "/v1/contacts?line=%00", None),
    ],
)
async def test_a_null_character_never_causes_a_server_error(
    intake: Bench, method: str, path: str, body: dict[str, object] | None
) -> None:
    answer = await intake.client(Role.RECEPTION).request(
        method, path, content=None if body is None else json.dumps(body)
    )
    assert answer.status_code < 500, answer.text


async def test_a_null_character_in_a_closing_never_causes_a_server_error(intake: Bench) -> None:
    alma = intake.client(Role.RECEPTION)
    made = (await alma.post("/v1/contacts", json={"channel": "written"})).json()
    answer = await alma.post(
        f"/v1/contacts/{made['id']}/close", json={"outcome": "advised", "reason": "a\0b"}
    )
    assert answer.status_code < 500, answer.text


async def test_a_new_contact_is_found_where_its_location_says_under_any_prefix(intake: Bench) -> None:
    system = FastAPI()
    system.mount("/intake", intake.app)
    alma = intake.client(Role.RECEPTION)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(system), base_url="http://test", headers=alma.headers
    ) as outside:
        key = {"Idempotency-Key": "1"}
        for _ in range(2):
            made = await outside.post("/intake/v1/contacts", json={"channel": "written"}, headers=key)
            read = await outside.get(made.headers["Location"])
            assert read.json()["id"] == made.json()["id"]
