"""The calls at one's own phone: ringing there, answered there, and sent to the desk at once."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from shared.vocabulary import Role
from tests.bench import Bench
from tests.intake.test_telephony import ANSWERED, RINGS_IN, call_event, its_contact, report

OFFERED = call_event(2, "offered", agent="Anna")
MISSED = call_event(4, "offer_missed", agent="Anna")
ENDED = call_event(30, "ended", agent="Anna")


def at_desk(bench: Bench, name: str) -> httpx.AsyncClient:
    return bench.client(Role.RECEPTION, subject=name)


async def sit(bench: Bench, name: str, agent: str = "Anna", source: str = "pbx") -> httpx.AsyncClient:
    client = at_desk(bench, name)
    answer = await client.put("/v1/my-phone", json={"source": source, "agent": agent})
    assert answer.status_code == 200
    return client


async def mine(client: httpx.AsyncClient) -> list[dict[str, Any]]:
    calls: list[dict[str, Any]] = (await client.get("/v1/my-calls/now")).json()
    return calls


async def test_a_call_rings_at_the_phone_and_is_answered_there(intake: Bench) -> None:
    anna, bo = await sit(intake, "anna"), await sit(intake, "bo", "Bo")
    await report(intake, RINGS_IN)
    assert await mine(anna) == []
    await report(intake, OFFERED)
    assert [call["state"] for call in await mine(anna)] == ["ringing"]
    await report(intake, ANSWERED)
    (call,) = await mine(anna)
    contact = await its_contact(intake)
    assert (call["state"], call["contact_id"], call["status"]) == ("answered", contact["id"], "open")
    assert (call["reference"], call["waited_seconds"], call["withheld"]) == (contact["reference"], 5.0, False)
    assert await mine(bo) == []
    await report(intake, ENDED)
    assert await mine(anna) == []


async def test_a_phone_that_rang_in_vain_rings_no_more(intake: Bench) -> None:
    anna = await sit(intake, "anna")
    await report(intake, RINGS_IN, OFFERED, MISSED)
    assert await mine(anna) == []


async def test_a_call_names_nobody(intake: Bench) -> None:
    anna = await sit(intake, "anna")
    await report(intake, RINGS_IN, ANSWERED)
    assert "20000001" not in json.dumps(await mine(anna))


async def test_who_takes_a_phone_has_it_and_its_calls(intake: Bench) -> None:
    anna = await sit(intake, "anna")
    await report(intake, RINGS_IN, ANSWERED)
    bo = await sit(intake, "bo")
    assert len(await mine(bo)) == 1
    assert await mine(anna) == []
    assert (await anna.get("/v1/my-phone")).status_code == 404
    await bo.delete("/v1/my-phone")
    assert await mine(bo) == []


async def test_nobody_sits_at_two_phones(intake: Bench) -> None:
    await sit(intake, "anna")
    anna = await sit(intake, "anna", "Bo")
    assert (await anna.get("/v1/my-phone")).json() == {"source": "pbx", "agent": "Bo"}
    await report(intake, RINGS_IN, ANSWERED)
    assert await mine(anna) == []


async def test_routing_learns_who_answered_and_not_who_has_the_phone_later(intake: Bench) -> None:
    await sit(intake, "anna")
    await report(intake, RINGS_IN, ANSWERED)
    await sit(intake, "bo")
    await report(intake, ENDED, call_event(31, "offered", agent="Carla"))
    visits = [event["visits"][-1] for event in await intake.published("contact.waiting")]
    assert {visit.get("employee") for visit in visits if visit["outcome"] == "answered"} == {"anna"}


async def test_the_stream_shows_each_change_and_nothing_twice(intake: Bench) -> None:
    anna = await sit(intake, "anna")
    async with anna.stream("GET", "/v1/my-calls") as answer, asyncio.timeout(60):
        assert answer.headers["content-type"].startswith("text/event-stream")
        lists = _lists(answer.aiter_lines())
        assert await anext(lists) == []
        await report(intake, RINGS_IN)
        await report(intake, OFFERED)
        assert [call["state"] for call in await anext(lists)] == ["ringing"]
        await report(intake, ANSWERED)
        assert [call["state"] for call in await anext(lists)] == ["answered"]


async def _lists(lines: AsyncIterator[str]) -> AsyncIterator[list[dict[str, Any]]]:
    async for line in lines:
        if line.startswith("data: "):
            yield json.loads(line.removeprefix("data: "))


@pytest.mark.parametrize("role", [Role.OPERATIONS, Role.TELEPHONY, Role.AUDITOR])
async def test_who_answers_no_calls_has_no_phone(intake: Bench, role: Role) -> None:
    client = intake.client(role)
    assert (await client.put("/v1/my-phone", json={"source": "pbx", "agent": "x"})).status_code == 403
    assert (await client.get("/v1/my-calls")).status_code == 403


@pytest.mark.parametrize("phone", [{}, {"source": "pbx"}, {"source": "PBX!", "agent": "a"}, {"agent": ""}])
async def test_a_phone_that_cannot_be_is_refused(intake: Bench, phone: dict[str, str]) -> None:
    anna = at_desk(intake, "anna")
    assert (await anna.put("/v1/my-phone", json=phone)).status_code == 422
    assert (await anna.get("/v1/my-phone")).status_code == 404
