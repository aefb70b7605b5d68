"""A contact's way from edge to edge, through all services, as the people at the entrance see it."""

from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from services.hosting.all_in_one import AllInOne
from shared.clock import SettableClock
from shared.vocabulary import Role
from tests.system.conftest import ClientOf


class Entrance:
    """The people who play: Alma at the reception, Bo in the teams, and the exchange."""

    def __init__(self, system: AllInOne, client_of: ClientOf) -> None:
        self.system = system
        self.intake = client_of("intake", Role.RECEPTION)
        self.triage = client_of("triage", Role.RECEPTION)
        self.routing = client_of("routing", Role.RECEPTION)
        self.team = client_of("routing", Role.CASEWORKER, units=("*",), subject="bo")

    async def say(self, client: httpx.AsyncClient, path: str, body: Any = None, **headers: str) -> Any:
        answer = await client.post(path, json=body, headers=headers)
        assert answer.is_success, answer.text
        await self.system.settle()
        return answer.json() if answer.content else None

    async def arrives(self, channel: str = "walk_in", **more: Any) -> dict[str, Any]:
        contact: dict[str, Any] = await self.say(self.intake, "/v1/contacts", {"channel": channel, **more})
        return contact

    async def contact(self, contact_id: str) -> dict[str, Any]:
        found: dict[str, Any] = (await self.intake.get(f"/v1/contacts/{contact_id}")).json()
        return found

    async def record_facts(self, contact_id: str, facts: dict[str, Any]) -> dict[str, Any]:
        etag = (await self.intake.get(f"/v1/contacts/{contact_id}")).headers["etag"]
        answer = await self.intake.put(
            f"/v1/contacts/{contact_id}/facts", json=facts, headers={"If-Match": etag}
        )
        assert answer.is_success, answer.text
        await self.system.settle()
        return await self.assessment(contact_id)

    async def assessment(self, contact_id: str) -> dict[str, Any]:
        items = (await self.triage.get("/v1/assessments", params={"contact_id": contact_id})).json()["items"]
        newest: dict[str, Any] = max(items, key=lambda item: item["id"])
        return newest

    async def decides(self, contact_id: str, **decision: Any) -> Any:
        assessment = await self.assessment(contact_id)
        return await self.say(
            self.triage, f"/v1/assessments/{assessment['id']}/decision", decision or {"accept": True}
        )

    async def places(self, contact_id: str) -> list[dict[str, Any]]:
        """The open entries of a contact: never more than one."""
        found = (await self.routing.get("/v1/entries", params={"contact_id": contact_id})).json()["items"]
        return [entry for entry in found if entry["status"] in {"waiting", "taken"}]

    async def queue_of(self, contact_id: str) -> str:
        places = await self.places(contact_id)
        assert len(places) == 1, places
        return str(places[0]["queue"])


@pytest.fixture
def entrance(system: AllInOne, client_of: ClientOf) -> Entrance:
    return Entrance(system, client_of)


async def test_somebody_without_a_home_walks_in_and_waits_where_they_belong(entrance: Entrance) -> None:
    contact = await entrance.arrives(citizen={"age": 34})
    assert contact["status"] == "waiting"
    assert contact["ticket"]
    assert await entrance.queue_of(contact["id"]) == "reception-desk"

    entry = await entrance.say(entrance.routing, "/v1/queues/reception-desk/next")
    assert entry["contact_id"] == contact["id"]
    assert (await entrance.contact(contact["id"]))["status"] == "open"

    assessment = await entrance.record_facts(
        contact["id"], {"needs": ["homelessness"], "in_municipality": True}
    )
    assert assessment["recommendation"]["destination"]["unit"] == "housing-social"
    assert await entrance.queue_of(contact["id"]) == "reception-desk", "a recommendation moves nobody"

    await entrance.decides(contact["id"])
    assert (await entrance.contact(contact["id"]))["status"] == "triaged"
    assert await entrance.queue_of(contact["id"]) == "housing-social"

    taken = await entrance.say(entrance.team, "/v1/queues/housing-social/next")
    assert taken["contact_id"] == contact["id"]
    await entrance.say(entrance.team, f"/v1/entries/{taken['id']}/complete")
    assert (await entrance.contact(contact["id"]))["status"] == "closed"
    assert await entrance.places(contact["id"]) == []


async def test_facts_given_at_once_are_assessed_by_themselves(entrance: Entrance) -> None:
    contact = await entrance.arrives(
        "written", facts={"needs": ["assistive_devices"], "age": 50, "district": 2}
    )
    assessment = await entrance.assessment(contact["id"])
    assert assessment["recommendation"]["destination"]["unit"] == "assistive-devices"


async def test_a_child_at_risk_beside_an_adults_own_matter_becomes_a_contact_of_its_own(
    entrance: Entrance, clock: SettableClock
) -> None:
    received = clock.now()
    facts = {"needs": ["support_at_home"], "age": 35, "district": 3}
    child = {"child_at_risk": True, "child_age": 6, "child_district": 10}
    contact = await entrance.arrives("written", facts={**facts, **child})
    await entrance.decides(contact["id"])
    assert await entrance.queue_of(contact["id"]) == "adults"
    companions = (await entrance.intake.get("/v1/contacts", params={"companion_of": contact["id"]})).json()[
        "items"
    ]
    assert len(companions) == 1
    [entry] = await entrance.places(companions[0]["id"])
    assert entry["queue"] == "children-amager"
    assert entry["urgency"] == "day"
    due = {c["rule"]: datetime.fromisoformat(c["due_at"]) for c in entry["clocks"]}
    assert due["notification_assessment"] == received + timedelta(hours=24)

    await entrance.say(entrance.intake, f"/v1/contacts/{contact['id']}/close", {"outcome": "advised"})
    assert await entrance.places(contact["id"]) == []
    assert await entrance.queue_of(companions[0]["id"]) == "children-amager", "the child still waits"


async def test_the_wrong_unit_sends_it_back_and_a_new_decision_moves_it_on(entrance: Entrance) -> None:
    contact = await entrance.arrives("written", facts={"needs": ["child_concern"], "age": 8, "district": 1})
    await entrance.decides(contact["id"])
    entry = await entrance.say(entrance.team, "/v1/queues/children-city-oesterbro/next")
    clocks = {clock["rule"]: clock["due_at"] for clock in entry["clocks"]}
    await entrance.say(entrance.team, f"/v1/entries/{entry['id']}/return", {"reason": "Bor på Amager nu"})
    [back] = await entrance.places(contact["id"])
    assert back["queue"] == "reception"
    assert {clock["rule"]: clock["due_at"] for clock in back["clocks"]} == clocks, "the clock never stops"
    assert (await entrance.contact(contact["id"]))["status"] == "registered"
    assert (await entrance.assessment(contact["id"]))["status"] == "undecided"

    await entrance.decides(
        contact["id"], override={"kind": "unit", "unit": "children-amager"}, reason="Flyttet i sidste uge"
    )
    assert await entrance.queue_of(contact["id"]) == "children-amager"


async def test_advice_given_at_the_desk_ends_the_contact(entrance: Entrance) -> None:
    contact = await entrance.arrives()
    entry = await entrance.say(entrance.routing, "/v1/queues/reception-desk/next")
    await entrance.say(entrance.routing, f"/v1/entries/{entry['id']}/complete")
    closed = await entrance.contact(contact["id"])
    assert (closed["status"], closed["outcome"]) == ("closed", "advised")


class Exchange:
    """A telephone exchange that reports one call after the other."""

    def __init__(self, entrance: Entrance, client: httpx.AsyncClient, clock: SettableClock) -> None:
        self.entrance, self.client, self.clock = entrance, client, clock

    async def report(self, call: str, type_: str, seconds: int, **more: str) -> str:
        """One event, `seconds` from now; returns the id of the call's contact."""
        at = (self.clock.now() + timedelta(seconds=seconds)).isoformat()
        event = {"source": "pbx", "delivery_id": f"{call}-{type_}-{seconds}", "call_id": call, "type": type_}
        await self.entrance.say(self.client, "/v1/telephony/events", {**event, "occurred_at": at, **more})
        return str((await self.entrance.intake.get(f"/v1/calls/{call}")).json()["contact_id"])


@pytest.fixture
def exchange(entrance: Entrance, client_of: ClientOf, clock: SettableClock) -> Exchange:
    return Exchange(entrance, client_of("intake", Role.TELEPHONY), clock)


async def test_a_call_that_is_answered_is_open_and_one_that_is_given_up_is_closed(
    entrance: Entrance, exchange: Exchange
) -> None:
    carla = await exchange.report("carla", "queued", 0, queue="socialservice")
    dan = await exchange.report("dan", "queued", 5, queue="socialservice")
    assert await entrance.queue_of(carla) == "reception-phone"
    await exchange.report("carla", "answered", 40)
    await exchange.report("dan", "abandoned", 65)
    assert (await entrance.contact(carla))["status"] == "open"
    assert (await entrance.places(carla))[0]["wait_seconds"] == 40
    given_up = await entrance.contact(dan)
    assert (given_up["status"], given_up["outcome"]) == ("closed", "abandoned")
    assert await entrance.places(dan) == []


async def test_a_caller_is_in_one_place_from_the_first_ring_to_the_end(
    entrance: Entrance, exchange: Exchange
) -> None:
    ea = await exchange.report("ea", "ringing", 0)
    assert await entrance.queue_of(ea) == "reception-phone"
    await exchange.report("ea", "queued", 3, queue="nobody")
    await exchange.report("ea", "overflowed", 9, queue="nobody")
    [place] = await entrance.places(ea)
    assert (place["queue"], place["status"]) == ("reception-phone", "waiting"), "left one queue for none"
    await exchange.report("ea", "queued", 9, queue="socialservice")
    await exchange.report("ea", "answered", 10, queue="socialservice", agent="Anna")
    [place] = await entrance.places(ea)
    assert (place["status"], place["wait_seconds"]) == ("taken", 1)
    entries = (await entrance.routing.get("/v1/entries", params={"contact_id": ea})).json()["items"]
    assert sorted(entry["wait_seconds"] for entry in entries) == [1, 6]


async def test_a_caller_whom_the_exchange_lost_between_two_queues_is_not_left_waiting(
    entrance: Entrance, exchange: Exchange
) -> None:
    finn = await exchange.report("finn", "queued", 0, queue="socialservice")
    await exchange.report("finn", "overflowed", 20, queue="socialservice")
    await exchange.report("finn", "ended", 25)
    assert (await entrance.contact(finn))["status"] == "closed"
    assert await entrance.places(finn) == []


async def test_who_comes_back_with_the_same_need_after_a_referral_is_counted(
    entrance: Entrance, clock: SettableClock
) -> None:
    lonely = {"needs": ["loneliness"], "district": 3}
    alma, bo = {"cpr": "610190-1234"}, {"cpr": "610190-4321"}
    fitting = await entrance.say(entrance.triage, "/v1/offers/match", {"facts": {**lonely, "age": 36}})
    offer = fitting["fitting"][0]["id"]
    for citizen in (alma, bo):
        contact = await entrance.arrives(citizen=citizen, facts=lonely)
        await entrance.decides(contact["id"], accept=True, service_id=offer)
    clock.advance(timedelta(days=2))
    await entrance.arrives(citizen=alma, facts=lonely)

    outcomes = (await entrance.triage.get(f"/v1/services/{offer}/outcomes")).json()
    assert (outcomes["referred"], outcomes["came_back"], outcomes["not_known_yet"]) == (2, 1, 1)
