"""Clocks that routing itself sets: started by a caseworker, or promised by the municipality."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.routing.deadlines.own_deadlines import Area, area_of, conflicts_of
from shared.city import current
from shared.city.current import application_areas, city, use_application_areas
from shared.contracts import ApplicationAreasConfigured, ContactTriaged
from shared.ids import new_id
from shared.vocabulary import Channel, DestinationKind, Role, Unit
from tests.bench import Bench
from tests.conftest import StartService
from tests.routing.events import NOW, assessed, clock, triaged
from tests.routing.hours import local


@pytest.fixture(autouse=True)
def areas_of_the_file() -> Iterator[None]:
    """A process knows one city: other tests find its areas as they were."""
    yield
    current._current.areas_edition = 0
    use_application_areas(city().application_areas, 0)


APRIL = "2026-04-01"
BODY: dict[str, Any] = {
    "name": "Gæld",
    "units": ["ssp"],
    "weeks": 3,
    "legal_basis": "retssikkerhedsloven § 3",
}


def application(
    contact_id: UUID, unit: Unit = Unit.ADULTS, *, kle: str | None = None, **more: Any
) -> ContactTriaged:
    event = triaged(contact_id, unit, **more)
    return event.model_copy(update={"applies_for_measure": True, "kle": kle})


async def clocks(bench: Bench, contact_id: UUID) -> list[dict[str, Any]]:
    found = await bench.client(Role.OPERATIONS).get("/v1/entries", params={"contact_id": str(contact_id)})
    answered: list[dict[str, Any]] = found.json()["items"][-1]["clocks"]
    return answered


async def taken(bench: Bench, unit: Unit) -> tuple[httpx.AsyncClient, str]:
    """A caseworker who has taken the unit's first entry, and the entry's path."""
    karen = bench.client(Role.CASEWORKER, units=[unit], subject="karen")
    entry = (await karen.post(f"/v1/queues/{unit}/next")).json()
    return karen, f"/v1/entries/{entry['id']}"


async def test_four_months_run_from_when_the_need_became_known(routing: Bench) -> None:
    contact_id = new_id()
    await routing.deliver(triaged(contact_id, Unit.CHILDREN_AMAGER))
    karen, entry = await taken(routing, Unit.CHILDREN_AMAGER)
    known = "2026-02-28T12:00:00+01:00"
    started = await karen.post(f"{entry}/clocks", json={"rule": "child_assessment", "starts_at": known})
    assert started.status_code == 201, started.text
    (runs,) = started.json()["clocks"]
    assert (runs["due_at"], runs["legal_basis"], runs["name"]) == (
        "2026-06-28T10:00:00Z",
        "barnets lov § 20",
        "børnefaglig undersøgelse",
    )
    trail = (await karen.get(entry)).json()["trail"]
    assert (trail[-1]["kind"], trail[-1]["reason"]) == ("clock_started", "child_assessment")
    assert (await karen.post(f"{entry}/clocks", json={"rule": "child_assessment"})).status_code == 409

    await routing.deliver(triaged(contact_id, Unit.CHILDREN_CITY_OESTERBRO, decision=2))
    assert [one["rule"] for one in await clocks(routing, contact_id)] == ["child_assessment"]


@pytest.mark.parametrize(
    ("unit", "body", "pointer"),
    [
        (Unit.CHILDREN_AMAGER, {"rule": "rain"}, "/rule"),
        (Unit.ADULTS, {"rule": "child_assessment"}, "/rule"),
        (
            Unit.CHILDREN_AMAGER,
            {"rule": "child_assessment", "starts_at": "2026-03-11T00:00:00Z"},
            "/starts_at",
        ),
        (
            Unit.CHILDREN_AMAGER,
            {"rule": "child_assessment", "starts_at": "2021-03-11T00:00:00Z"},
            "/starts_at",
        ),
        (
            Unit.CHILDREN_AMAGER,
            {"rule": "child_assessment", "starts_at": "2026-03-09T00:00:00"},
            "/starts_at",
        ),
    ],
)
async def test_what_cannot_be_started_is_refused_with_its_field(
    routing: Bench, unit: Unit, body: dict[str, str], pointer: str
) -> None:
    contact_id = new_id()
    await routing.deliver(triaged(contact_id, unit))
    karen, entry = await taken(routing, unit)
    refused = await karen.post(f"{entry}/clocks", json=body)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, pointer)
    assert await clocks(routing, contact_id) == []


async def test_only_who_has_the_entry_starts_a_clock_on_it(routing: Bench) -> None:
    await routing.deliver(triaged(new_id(), Unit.CHILDREN_AMAGER))
    _, entry = await taken(routing, Unit.CHILDREN_AMAGER)
    bo = routing.client(Role.CASEWORKER, units=[Unit.CHILDREN_AMAGER], subject="bo")
    assert (await bo.post(f"{entry}/clocks", json={"rule": "child_assessment"})).status_code == 409
    stranger = routing.client(Role.CASEWORKER, units=[Unit.ADULTS])
    assert (await stranger.post(f"{entry}/clocks", json={"rule": "child_assessment"})).status_code == 403


async def test_an_application_gets_the_deadline_of_its_area_the_narrower_one_first(routing: Bench) -> None:
    own_home, other, advice = new_id(), new_id(), new_id()
    await routing.deliver(
        application(own_home, kle="27.36.12"),
        application(other, kle="27.12.26"),
        triaged(advice, Unit.ADULTS),
    )
    (narrow,), (wide,) = await clocks(routing, own_home), await clocks(routing, other)
    assert (narrow["rule"], narrow["due_at"]) == ("application_support_at_home", "2026-05-05T21:59:59Z")
    assert (wide["rule"], wide["due_at"]) == ("application_adults_other", "2026-04-21T21:59:59Z")
    assert (wide["name"], wide["paused_when_closed"]) == ("svar på ansøgning", False)
    assert await clocks(routing, advice) == []


async def test_an_application_keeps_its_deadline_whatever_is_decided_later(routing: Bench) -> None:
    contact_id = new_id()
    first = application(contact_id)
    await routing.deliver(first, application(contact_id, Unit.YOUTH, decision=2, at=NOW))
    assert [one["rule"] for one in await clocks(routing, contact_id)] == ["application_adults_other"]
    await routing.deliver(
        application(contact_id, Unit.ASSISTIVE_DEVICES, decision=3, at=NOW + timedelta(minutes=1))
    )
    assert [one["rule"] for one in await clocks(routing, contact_id)] == ["application_adults_other"]


async def test_an_office_clock_of_an_application_is_paused_when_the_office_is_closed(
    routing: Bench,
) -> None:
    contact_id = new_id()
    await routing.deliver(application(contact_id, Unit.ASSISTIVE_DEVICES))
    (devices,) = await clocks(routing, contact_id)
    assert (devices["rule"], devices["paused_when_closed"]) == ("application_assistive_devices", True)


async def test_a_decision_neither_doubles_nor_ends_an_application_that_was_assessed(routing: Bench) -> None:
    contact_id = new_id()
    owed = clock("application_support_at_home", NOW, NOW + timedelta(weeks=8))
    await routing.deliver(assessed(contact_id, owed), application(contact_id))
    assert [one["rule"] for one in await clocks(routing, contact_id)] == ["application_support_at_home"]
    await routing.deliver(assessed(contact_id, owed, number=2), application(contact_id, decision=2))
    assert [one["rule"] for one in await clocks(routing, contact_id)] == ["application_support_at_home"]


async def test_a_letter_that_a_new_decision_keeps_here_is_not_forwarded_and_again_when_it_does_not(
    routing: Bench,
) -> None:
    letter = new_id()
    elsewhere: Any = {"channel": Channel.WRITTEN, "kind": DestinationKind.OTHER_AUTHORITY}
    await routing.deliver(
        triaged(letter, Unit.RECEPTION, **elsewhere),
        triaged(letter, Unit.ADULTS, decision=2, channel=Channel.WRITTEN, at=NOW + timedelta(minutes=1)),
    )
    assert await clocks(routing, letter) == []
    await routing.deliver(
        triaged(letter, Unit.RECEPTION, decision=3, **elsewhere, at=NOW + timedelta(minutes=2))
    )
    (again,) = await clocks(routing, letter)
    assert (again["rule"], again["starts_at"]) == ("forwarding", "2026-03-10T09:00:00Z")


async def test_a_letter_for_another_authority_is_to_be_sent_on_by_the_citys_own_target(
    routing: Bench,
) -> None:
    letter, call = new_id(), new_id()
    elsewhere = DestinationKind.OTHER_AUTHORITY
    await routing.deliver(
        triaged(letter, Unit.RECEPTION, channel=Channel.WRITTEN, kind=elsewhere),
        triaged(call, Unit.RECEPTION, channel=Channel.PHONE, kind=elsewhere),
    )
    (runs,) = await clocks(routing, letter)
    assert (runs["rule"], runs["due_at"]) == ("forwarding", "2026-03-12T22:59:59Z")
    assert "byens eget mål" in runs["legal_basis"]
    assert await clocks(routing, call) == []


async def put(bench: Bench, place: str, body: dict[str, Any], **headers: str) -> httpx.Response:
    client = bench.client(Role.OPERATIONS)
    return await client.put(f"/v1/application-areas/{place}", json=body, headers=headers)


async def test_an_area_is_changed_only_with_the_etag_that_was_read_and_applies_at_once(
    routing: Bench,
) -> None:
    made = await put(routing, "crime/2026-03-01", BODY)
    assert (made.status_code, made.json()["weeks"]) == (201, 3)
    assert (await put(routing, "crime/2026-03-01", BODY)).status_code == 428
    etag = {"If-Match": made.headers["ETag"]}
    changed = await put(routing, "crime/2026-03-01", {**BODY, "weeks": None, "working_days": 1}, **etag)
    assert (changed.status_code, changed.json()["working_days"]) == (200, 1)
    assert (await put(routing, "crime/2026-03-01", BODY, **etag)).status_code == 412

    contact_id = new_id()
    await routing.deliver(application(contact_id, Unit.SSP))
    assert [one["due_at"] for one in await clocks(routing, contact_id)] == ["2026-03-11T22:59:59Z"]
    listed = await routing.client(Role.CASEWORKER).get("/v1/application-areas", params={"on": "2026-02-28"})
    assert "crime" not in {area["code"] for area in listed.json()["items"]}


async def test_a_change_reaches_triage_which_then_uses_it(
    routing: Bench, start_service: StartService
) -> None:
    triage = await start_service("triage")
    await put(routing, f"crime/{APRIL}", {**BODY, "needs": ["crime_exit"], "valid_to": "2026-05-31"})
    await put(routing, "crime/2026-06-01", {**BODY, "needs": ["crime_exit"], "weeks": 4})
    first, second = [
        ApplicationAreasConfigured.model_validate(one)
        for one in await routing.published("application_areas.configured")
    ]
    current._current.areas_edition = 0
    use_application_areas([], 0)

    await triage.deliver(second, first)

    weeks = [(set(area.needs), area.weeks) for area in application_areas() if area.code == "crime"]
    assert weeks == [({"crime_exit"}, 3), ({"crime_exit"}, 4)]


@pytest.mark.parametrize(
    ("place", "body", "pointer"),
    [
        ("hky-two/2026-03-01", {**BODY, "units": ["hky"]}, "/units"),
        ("home-two/2026-03-01", {**BODY, "units": ["adults"], "kle": ["27.36.12"]}, "/kle"),
        ("disability-benefits/2026-03-01", BODY, "/valid_to"),
        ("crime/2026-03-01", {**BODY, "valid_to": "2026-02-28"}, "/valid_to"),
        ("crime/2026-03-01", {**BODY, "units": ["moon"]}, "/units/0"),
        ("crime/2026-03-01", {**BODY, "kle": ["27.36"]}, "/kle/0"),
        ("crime/2026-03-01", {**BODY, "weeks": 0}, "/weeks"),
        ("crime/2026-03-01", {**BODY, "working_days": 3}, ""),
    ],
)
async def test_what_would_give_one_application_two_deadlines_is_refused(
    routing: Bench, place: str, body: dict[str, Any], pointer: str
) -> None:
    before = (await routing.client(Role.OPERATIONS).get("/v1/application-areas")).json()
    refused = await put(routing, place, body)
    assert refused.status_code == 422, refused.text
    assert pointer in {error["pointer"] for error in refused.json()["errors"]}
    assert (await routing.client(Role.OPERATIONS).get("/v1/application-areas")).json() == before


async def test_only_operations_set_areas(routing: Bench) -> None:
    refused = await routing.client(Role.CASEWORKER).put(f"/v1/application-areas/crime/{APRIL}", json=BODY)
    assert refused.status_code == 403


def area(code: str, **more: Any) -> Area:
    return Area.model_validate({"code": code, "valid_from": "2026-01-01", **BODY, **more})


def test_an_area_holds_for_the_day_of_receipt_both_ends_included() -> None:
    only_march = area("a", valid_from="2026-03-01", valid_to="2026-03-31")
    found = [
        area_of([only_march], Unit.SSP, None, local(moment))
        for moment in ("2026-02-28 23:59", "2026-03-01 00:00", "2026-03-31 23:59", "2026-04-01 00:00")
    ]
    assert found == [None, only_march, only_march, None]


def test_areas_that_follow_each_other_do_not_contradict() -> None:
    old, new = area("a", valid_to="2026-03-31"), area("a", valid_from="2026-04-01")
    assert conflicts_of(new, [old]) == []
    assert conflicts_of(area("b", valid_to=date(2025, 1, 1)), [])[0].pointer == "/valid_to"
