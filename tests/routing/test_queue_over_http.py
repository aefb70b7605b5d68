"""A queue as staff see it: who waits, in which order, why, and with which clocks."""

from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from services.routing.models import QueueRow, UnitRow
from services.routing.units.first_start import store_city
from shared.database import table_of
from shared.ids import new_id
from shared.unit_of_work import unit_of_work
from shared.vocabulary import Channel, Role, Unit, Urgency
from tests.bench import Bench
from tests.routing.events import NOW, ago, assessment_clock, clock, triaged, waiting
from tests.routing.hours import local


@pytest.fixture
def dorte(routing: Bench) -> httpx.AsyncClient:
    """Dorte is a caseworker for the children of Amager."""
    return routing.client(Role.CASEWORKER, units=["children-amager"], subject="dorte")


AMAGER = "/v1/queues/children-amager"


async def listed(
    client: httpx.AsyncClient, path: str = f"{AMAGER}/entries", **params: Any
) -> list[dict[str, Any]]:
    answer = await client.get(path, params=params)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_a_queue_is_listed_and_taken_in_the_same_order_and_says_why(
    routing: Bench, dorte: httpx.AsyncClient
) -> None:
    acute, overdue, soon, later, plain = (new_id() for _ in range(5))
    fortnight = clock("drug_treatment", NOW, NOW + timedelta(days=14))
    await routing.deliver(
        triaged(plain, Unit.CHILDREN_AMAGER, at=ago(days=1)),
        triaged(later, Unit.CHILDREN_AMAGER, urgency=Urgency.PROMPT, clocks=[fortnight]),
        triaged(soon, Unit.CHILDREN_AMAGER, urgency=Urgency.DAY, clocks=[assessment_clock(ago(hours=2))]),
        triaged(overdue, Unit.CHILDREN_AMAGER, urgency=Urgency.DAY, clocks=[assessment_clock(ago(hours=25))]),
        triaged(acute, Unit.CHILDREN_AMAGER, urgency=Urgency.ACUTE),
    )
    expected = [acute, overdue, soon, plain, later]
    queue = await listed(dorte)
    assert [one["contact_id"] for one in queue] == [str(contact_id) for contact_id in expected]
    assert [one["position"] for one in queue] == [1, 2, 3, 4, 5]
    assert [one["order"]["reason"] for one in queue] == ["acute", "overdue", "due", "target", "target"]
    assert queue[0]["order"]["text"] == "Akut: tages før alle andre."
    assert queue[3]["order"]["text"].startswith("Ingen lovbestemt frist. Køens eget mål")
    assert queue[4]["order"]["text"].startswith("Køens eget mål kommer før fristen")
    assert "Fristen er overskredet: 24-timers vurdering af underretning" in queue[1]["order"]["text"]
    taken = [(await dorte.post(f"{AMAGER}/next")).json()["contact_id"] for _ in expected]
    assert taken == [str(contact_id) for contact_id in expected]


async def test_a_long_queue_comes_in_pages_that_hold_everybody_once(
    routing: Bench, dorte: httpx.AsyncClient
) -> None:
    contacts = [new_id() for _ in range(7)]
    await routing.deliver(
        *(triaged(one, Unit.CHILDREN_AMAGER, at=ago(minutes=number)) for number, one in enumerate(contacts))
    )
    first = await dorte.get(f"{AMAGER}/entries", params={"limit": 3})
    assert 'rel="next"' in first.headers["Link"]
    # Somebody is taken between the pages; nobody is skipped or seen twice for it.
    await dorte.post(f"{AMAGER}/next")
    second = await dorte.get(f"{AMAGER}/entries", params={"limit": 4, "cursor": first.json()["next_cursor"]})
    assert second.json()["next_cursor"] is None
    seen = [one["contact_id"] for page in (first, second) for one in page.json()["items"]]
    assert seen == [str(contact_id) for contact_id in reversed(contacts)]
    assert second.json()["items"][0]["position"] == 3


async def test_a_cursor_that_is_none_of_ours_is_refused(dorte: httpx.AsyncClient) -> None:
    for cursor in (
        "x",
        "WyIyMDI2LTAzLTEwVDA5OjAwOjAwKzAwOjAwIiwgIjAxOTljZGIwLTAwMDAtNzAwMC04MDAwLTAwMDAwMDAwMDAwMCJd",
    ):
        answer = await dorte.get(f"{AMAGER}/entries", params={"cursor": cursor})
        assert (answer.status_code, answer.json()["type"]) == (422, "urn:dsi:problem:invalid-cursor")


async def test_those_taken_are_listed_by_their_status_and_wait_no_more(
    routing: Bench, dorte: httpx.AsyncClient
) -> None:
    await routing.deliver(*(triaged(new_id(), Unit.CHILDREN_AMAGER) for _ in range(3)))
    taken = (await dorte.post(f"{AMAGER}/next")).json()
    assert len(await listed(dorte)) == 2
    assert [(one["id"], one["position"]) for one in await listed(dorte, status="taken")] == [
        (taken["id"], None)
    ]
    assert len(await listed(dorte, status="open")) == 3


@pytest.mark.parametrize(
    ("received", "read_at", "remaining_hours"),
    [
        ("2026-03-13 16:00", "2026-03-14 10:00", 6),
        ("2026-12-24 18:00", "2026-12-25 08:00", 10),
        ("2026-03-28 12:00", "2026-03-29 12:00", 1),
        ("2026-10-24 12:00", "2026-10-25 10:00", 1),
    ],
    ids=["a weekend", "Christmas", "the short night", "the long night"],
)
async def test_the_24_hour_clock_never_pauses(
    routing: Bench, dorte: httpx.AsyncClient, received: str, read_at: str, remaining_hours: int
) -> None:
    received_at = local(received)
    event = triaged(new_id(), Unit.CHILDREN_AMAGER, at=received_at, clocks=[assessment_clock(received_at)])
    await routing.deliver(event)
    routing.clock.set(local(read_at))
    (clock,) = (await listed(dorte))[0]["clocks"]
    assert (clock["state"], clock["remaining_seconds"]) == ("running", remaining_hours * 3600)
    routing.clock.set(received_at + timedelta(hours=24, minutes=1))
    (clock,) = (await listed(dorte))[0]["clocks"]
    assert (clock["state"], clock["overdue_seconds"]) == ("overdue", 60)


@pytest.mark.parametrize(
    ("read_at", "state"),
    [
        ("2026-03-13 10:00", "running"),
        ("2026-03-14 10:00", "paused"),
        ("2026-03-16 07:59", "paused"),
        ("2026-03-16 08:00", "running"),
    ],
)
async def test_an_office_clock_follows_the_offices_hours(
    routing: Bench, dorte: httpx.AsyncClient, read_at: str, state: str
) -> None:
    due = local("2026-03-19 23:59:59")
    office_clock = clock("file_access", NOW, due, paused=True)
    await routing.deliver(triaged(new_id(), Unit.CHILDREN_AMAGER, clocks=[office_clock]))
    routing.clock.set(local(read_at))
    (running,) = (await listed(dorte))[0]["clocks"]
    assert running["state"] == state
    assert datetime.fromisoformat(running["due_at"]) == due


async def test_an_office_clock_has_no_time_to_run_over_the_weekend(
    routing: Bench, dorte: httpx.AsyncClient
) -> None:
    office_clock = clock("file_access", NOW, local("2026-03-19 23:59:59"), paused=True)
    await routing.deliver(triaged(new_id(), Unit.CHILDREN_AMAGER, clocks=[office_clock]))
    left = []
    for moment in ("2026-03-13 18:00", "2026-03-15 18:00"):
        routing.clock.set(local(moment))
        left.append((await listed(dorte))[0]["clocks"][0]["remaining_seconds"])
    # Monday to Wednesday 8 to 15:30, Thursday to 17.
    assert left == [31.5 * 3600, 31.5 * 3600]


async def test_the_units_are_the_sixteen_of_the_city_with_their_dates(dorte: httpx.AsyncClient) -> None:
    units = await listed(dorte, "/v1/units")
    assert {unit["code"] for unit in units} == set(Unit)
    assert {unit["valid_from"] for unit in units} == {"2025-01-01"}
    assert await listed(dorte, "/v1/units", on="2024-12-31") == []
    assert len(await listed(dorte, "/v1/units", on="2025-01-01")) == 16


async def test_there_is_a_queue_for_each_channel_of_the_reception_and_for_each_unit(
    dorte: httpx.AsyncClient,
) -> None:
    queues = await listed(dorte, "/v1/queues")
    reception = {queue["code"]: queue["channel"] for queue in queues if queue["kind"] == "reception"}
    teams = {queue["code"]: queue["unit"] for queue in queues if queue["kind"] == "team"}
    assert reception == {"reception-phone": "phone", "reception-desk": "walk_in", "reception-mail": "written"}
    assert teams == {unit: unit for unit in Unit}


async def test_starting_again_keeps_what_the_city_has_configured(routing: Bench) -> None:
    state = routing.app.state
    async with state.database.writing() as session:
        await session.execute(table_of(UnitRow).update().values(name="Omdøbt"))
        await store_city(unit_of_work(state, session))
    assert await routing.count(table_of(QueueRow)) == 19
    units = await listed(routing.client(Role.OPERATIONS), "/v1/units")
    assert {unit["name"] for unit in units} == {"Omdøbt"}


async def test_a_reception_queue_is_first_come_first_served(routing: Bench) -> None:
    contacts = [new_id() for _ in range(4)]
    events = [
        waiting(one, channel=Channel.WALK_IN, entered_at=ago(minutes=n)) for n, one in enumerate(contacts)
    ]
    await routing.deliver(*events)
    alma = routing.client(Role.RECEPTION)
    taken = [(await alma.post("/v1/queues/reception-desk/next")).json()["contact_id"] for _ in contacts]
    assert taken == [str(one) for one in reversed(contacts)]
