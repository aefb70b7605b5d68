"""Tickets: called to a counter, called again, and what becomes of somebody who does not come."""

from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.routing.entries.queue_order import PLACES_BACK, moved_back
from shared.ids import new_id
from shared.vocabulary import Channel, Role, Unit
from tests.bench import Bench
from tests.routing.events import NOW, ago, triaged, waiting

DESK = "/v1/queues/reception-desk"


@pytest.fixture
def alma(routing: Bench) -> httpx.AsyncClient:
    """Alma sits at counter 2."""
    return routing.client(Role.RECEPTION, subject="alma")


async def in_line(routing: Bench, *tickets: str) -> None:
    """Walk-ins, a minute apart, the last one just now."""
    for number, ticket in enumerate(reversed(tickets)):
        entered_at = ago(minutes=number)
        await routing.deliver(
            waiting(new_id(), channel=Channel.WALK_IN, entered_at=entered_at, ticket=ticket)
        )


async def called(client: httpx.AsyncClient, counter: str = "2") -> dict[str, Any]:
    answer = await client.post(f"{DESK}/next", json={"counter": counter})
    assert answer.status_code == 200
    entry: dict[str, Any] = answer.json()
    return entry


async def line(client: httpx.AsyncClient) -> list[str]:
    """The tickets in the order in which they will be called."""
    items = (await client.get(f"{DESK}/entries")).json()["items"]
    return [item["ticket"] for item in items]


async def screen(client: httpx.AsyncClient) -> list[tuple[str, str | None, int]]:
    board = (await client.get("/v1/board/now")).json()
    return [(one["ticket"], one["counter"], one["calls"]) for one in board["called"]]


async def test_a_screen_says_which_counter_calls(routing: Bench, alma: httpx.AsyncClient) -> None:
    await in_line(routing, "A1", "A2")
    await called(alma)
    bo = routing.client(Role.RECEPTION, subject="bo")
    (waits,) = (await bo.get(f"{DESK}/entries")).json()["items"]
    await bo.post(f"/v1/entries/{waits['id']}/take", json={"counter": " Lokale 3 "})
    assert sorted(await screen(alma)) == [("A1", "2", 1), ("A2", "Lokale 3", 1)]


async def test_a_ticket_called_again_comes_first_and_its_wait_does_not_grow(
    routing: Bench, alma: httpx.AsyncClient
) -> None:
    await in_line(routing, "A1", "A2")
    first = await called(alma)
    routing.clock.advance(timedelta(minutes=1))
    await called(alma)
    routing.clock.advance(timedelta(minutes=1))
    again = (await alma.post(f"/v1/entries/{first['id']}/call")).json()
    assert (again["calls"], again["counter"], again["wait_seconds"]) == (2, "2", first["wait_seconds"])
    assert await screen(alma) == [("A1", "2", 2), ("A2", "2", 1)]
    trail = (await alma.get(f"/v1/entries/{first['id']}")).json()["trail"]
    assert [move["kind"] for move in trail] == ["entered", "taken", "called"]


async def test_who_does_not_come_waits_three_places_down_and_others_lose_nothing(
    routing: Bench, alma: httpx.AsyncClient
) -> None:
    await in_line(routing, "A1", "A2", "A3", "A4", "A5", "A6")
    entry = await called(alma)
    missed = (await alma.post(f"/v1/entries/{entry['id']}/no-show")).json()
    assert (missed["status"], missed["no_shows"], missed["counter"]) == ("waiting", 1, None)
    assert missed["order"]["reason"] == "no_show"
    assert await line(alma) == ["A2", "A3", "A4", "A1", "A5", "A6"]
    assert await screen(alma) == []
    (released,) = await routing.published("entry.released")
    assert released["entry_id"] == entry["id"]


async def test_who_is_put_back_by_hand_after_being_absent_keeps_the_place_left_to_them(
    routing: Bench, alma: httpx.AsyncClient
) -> None:
    await in_line(routing, "A1", "A2", "A3")
    entry = await called(alma)
    await alma.post(f"/v1/entries/{entry['id']}/no-show")
    await alma.post(f"/v1/entries/{entry['id']}/take")
    await alma.post(f"/v1/entries/{entry['id']}/release")
    assert await line(alma) == ["A2", "A3", "A1"]


async def test_the_third_time_nobody_comes_the_contact_ends(routing: Bench, alma: httpx.AsyncClient) -> None:
    await in_line(routing, "A1")
    for times in (1, 2, 3):
        entry = await called(alma)
        missed = (await alma.post(f"/v1/entries/{entry['id']}/no-show")).json()
        assert missed["no_shows"] == times
    assert (missed["status"], missed["outcome"]) == ("abandoned", "abandoned")
    assert await line(alma) == []
    (completed,) = await routing.published("entry.completed")
    assert completed["outcome"] == "abandoned"
    trail = (await alma.get(f"/v1/entries/{entry['id']}")).json()["trail"]
    assert [move["kind"] for move in trail][-2:] == ["no_show", "abandoned"]


async def test_only_ones_own_ticket_that_is_called_can_be_missed_or_called_again(
    routing: Bench, alma: httpx.AsyncClient
) -> None:
    await in_line(routing, "A1")
    (waits,) = (await alma.get(f"{DESK}/entries")).json()["items"]
    bo = routing.client(Role.RECEPTION, subject="bo")
    for step in ("call", "no-show"):
        early = await alma.post(f"/v1/entries/{waits['id']}/{step}")
        assert (early.status_code, early.json()["type"]) == (409, "urn:dsi:problem:not-taken")
    await called(alma)
    for step in ("call", "no-show"):
        others = await bo.post(f"/v1/entries/{waits['id']}/{step}")
        assert (others.status_code, others.json()["type"]) == (409, "urn:dsi:problem:taken-by-another")
    assert (await alma.get(f"/v1/entries/{waits['id']}")).json()["no_shows"] == 0


async def test_a_contact_without_a_ticket_cannot_be_missed(routing: Bench) -> None:
    await routing.deliver(triaged(new_id(), Unit.YOUTH))
    bo = routing.client(Role.CASEWORKER, units=["youth"], subject="bo")
    entry = (await bo.post("/v1/queues/youth/next")).json()
    refused = await bo.post(f"/v1/entries/{entry['id']}/no-show")
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:dsi:problem:no-ticket")


@pytest.mark.parametrize("counter", ["", "   ", "x" * 21, 7])
async def test_a_counter_that_is_none_takes_nobody(
    routing: Bench, alma: httpx.AsyncClient, counter: object
) -> None:
    await in_line(routing, "A1")
    refused = await alma.post(f"{DESK}/next", json={"counter": counter})
    assert refused.status_code == 422
    assert await line(alma) == ["A1"]


moments = st.integers(0, 10_000).map(lambda seconds: NOW + timedelta(seconds=seconds))


@given(moments, st.lists(moments, unique=True, max_size=12))
def test_absence_costs_a_few_places_and_never_gains_one(own: datetime, others: list[datetime]) -> None:
    behind = [moment for moment in others if moment > own]
    place = moved_back(own, behind)
    assert place >= own
    assert sum(moment < place for moment in behind) == min(PLACES_BACK, len(behind))
