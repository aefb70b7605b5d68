"""Opening hours and administrations' closing days: kept by operations, holding at once, refused
when unclear.
"""

from datetime import date, timedelta
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.routing.opening_hours.closing_days import (
    Belonging,
    ClosingDays,
    Membership,
    conflicts_of,
    hours_of,
)
from services.routing.opening_hours.hours import ALWAYS_OPEN, OpeningHours
from shared.ids import new_id
from shared.vocabulary import Role, Unit
from tests.bench import Bench
from tests.routing.events import NOW, clock, triaged
from tests.routing.hours import OFFICE

LONG_DAYS: dict[str, Any] = {
    "weeks": [{"valid_from": "2025-01-01", "tuesday": ["08:00-12:00", "13:00-20:00"]}],
    "inherits_closing_days": True,
}
INHERITS = OFFICE.model_copy(update={"inherits_closing_days": True}).model_dump_json()


def closed_on(day: str, name: str = "Flytning") -> dict[str, Any]:
    return {"closings": [{"first": day, "last": day, "name": name}]}


async def put(bench: Bench, place: str, body: dict[str, Any], **headers: str) -> httpx.Response:
    return await bench.client(Role.OPERATIONS).put(f"/v1/{place}", json=body, headers=headers)


async def change(bench: Bench, place: str, body: dict[str, Any]) -> httpx.Response:
    """Put what is there already, as a client that has just read it does."""
    read = await bench.client(Role.OPERATIONS).get(f"/v1/{place}")
    return await put(bench, place, body, **{"If-Match": read.headers["ETag"]})


async def days(bench: Bench, code: str, first: str, last: str, **query: str) -> list[dict[str, Any]]:
    params = {"from": first, "to": last, **query}
    answer = await bench.client(Role.CASEWORKER).get(f"/v1/opening-hours/{code}/days", params=params)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def is_open(bench: Bench, queue: str = "adults") -> bool:
    answer = await bench.client(Role.OPERATIONS).get(f"/v1/queues/{queue}")
    live: bool = answer.json()["live"]["is_open"]
    return live


async def test_hours_are_changed_only_by_a_client_that_has_read_them(routing: Bench) -> None:
    made = await put(routing, "opening-hours/evening", LONG_DAYS)
    assert (made.status_code, made.json()["hours"]["weeks"][0]["tuesday"]) == (
        201,
        ["08:00-12:00", "13:00-20:00"],
    )
    assert (await put(routing, "opening-hours/evening", LONG_DAYS)).status_code == 428
    assert (await change(routing, "opening-hours/evening", LONG_DAYS)).status_code == 200
    stale = await put(routing, "opening-hours/evening", LONG_DAYS, **{"If-Match": made.headers["ETag"]})
    assert stale.status_code == 412
    read = await routing.client(Role.AUDITOR).get("/v1/opening-hours/evening")
    assert read.json()["hours"]["weeks"][0]["friday"] == []
    listed = (await routing.client(Role.AUDITOR).get("/v1/opening-hours")).json()["items"]
    assert {one["code"] for one in listed} == {"evening", "office", "reception"}
    assert "adults" in next(one["queues"] for one in listed if one["code"] == "office")


async def test_new_hours_hold_from_the_next_request_on_and_office_clocks_go_by_them(routing: Bench) -> None:
    contact_id = new_id()
    due = NOW + timedelta(hours=12)
    await routing.deliver(
        triaged(contact_id, Unit.ADULTS, clocks=[clock("file_access", NOW, due, paused=True)])
    )

    async def remaining() -> float:
        found = await routing.client(Role.OPERATIONS).get(
            "/v1/entries", params={"contact_id": str(contact_id)}
        )
        seconds: float = found.json()["items"][0]["clocks"][0]["remaining_seconds"]
        return seconds

    assert await remaining() == 5.5 * 3600
    await change(routing, "opening-hours/office", LONG_DAYS)
    assert await remaining() == 9 * 3600
    await change(routing, "administrations/SOF", {**closed_on("2026-03-10"), "units": [member(Unit.ADULTS)]})
    assert await remaining() == 0


def member(unit: Unit, valid_from: str = "2025-01-01", valid_to: str | None = None) -> dict[str, Any]:
    return {"unit": unit, "valid_from": valid_from, "valid_to": valid_to}


async def test_a_unit_is_closed_with_the_administration_it_belongs_to_that_day(routing: Bench) -> None:
    assert await is_open(routing)
    until = [member(Unit.ADULTS, valid_to="2026-03-09"), member(Unit.YOUTH)]
    await change(routing, "administrations/SOF", {**closed_on("2026-03-10"), "units": until})
    assert (await is_open(routing), await is_open(routing, "youth")) == (True, False)
    moved = {**closed_on("2026-03-10", "Lukkedag"), "units": [member(Unit.ADULTS, "2026-03-10")]}
    assert (await put(routing, "administrations/SUF", moved)).status_code == 201
    assert not await is_open(routing)
    (day,) = await days(routing, "office", "2026-03-10", "2026-03-10", unit="adults")
    assert (day["open"], day["closed_because"]) == ([], "Lukkedag")
    (without,) = await days(routing, "office", "2026-03-10", "2026-03-10")
    assert len(without["open"]) == 1


async def test_days_are_listed_with_what_closes_them(routing: Bench) -> None:
    found = await days(routing, "office", "2026-12-23", "2026-12-26", unit="adults")
    assert [(day["date"], day["closed_because"], len(day["open"])) for day in found] == [
        ("2026-12-23", None, 1),
        ("2026-12-24", "Juleaftensdag", 0),
        ("2026-12-25", "Juledag", 0),
        ("2026-12-26", "Anden juledag", 0),
    ]
    assert found[0]["open"] == [{"opens": "2026-12-23T07:00:00Z", "closes": "2026-12-23T14:30:00Z"}]


WEEK: dict[str, Any] = {"valid_from": "2025-01-01", "valid_to": "2025-12-31", "monday": ["09:00-12:00"]}


@pytest.mark.parametrize(
    ("hours", "pointer"),
    [
        ({"weeks": [{**WEEK, "monday": ["09:00-12:00", "11:00-13:00"]}]}, "/weeks/0"),
        ({"weeks": [{**WEEK, "monday": ["12:00-09:00"]}]}, "/weeks/0/monday/0"),
        ({"weeks": [{**WEEK, "monday": ["nine to five"]}]}, "/weeks/0/monday/0"),
        ({"weeks": [WEEK, {**WEEK, "valid_from": "2025-12-31", "valid_to": None}]}, "/weeks/1/valid_from"),
        ({"weeks": [{**WEEK, "valid_to": "2024-12-31"}]}, "/weeks/0/valid_to"),
        ({"weeks": [WEEK], "days": {"2026-05-15": ["09:00-12:00", "11:00-12:30"]}}, "/days"),
        ({"weeks": [WEEK], "closing_days": {"13-45": "Aldrig"}}, "/closing_days/13-45"),
        ({"weeks": [WEEK], "lunch": True}, "/lunch"),
    ],
)
async def test_hours_that_are_unclear_are_refused_with_their_field_and_change_nothing(
    routing: Bench, hours: dict[str, Any], pointer: str
) -> None:
    before = (await routing.client(Role.OPERATIONS).get("/v1/opening-hours/office")).json()
    refused = await change(routing, "opening-hours/office", hours)
    assert refused.status_code == 422, refused.text
    assert any(error["pointer"].startswith(pointer) for error in refused.json()["errors"]), refused.text
    assert (await routing.client(Role.OPERATIONS).get("/v1/opening-hours/office")).json() == before


@pytest.mark.parametrize(
    ("terms", "pointer"),
    [
        ({"units": [member(Unit.ADULTS)]}, "/units/0"),
        (
            {
                "units": [
                    member(Unit.SSP, "2024-01-01", "2024-06-30"),
                    member(Unit.SSP, "2024-06-30", "2024-12-31"),
                ]
            },
            "/units/1",
        ),
        ({"units": [{"unit": "moon", "valid_from": "2025-01-01"}]}, "/units/0/unit"),
        ({"units": [member(Unit.SSP, "2024-01-01", "2023-01-01")]}, "/units/0"),
        ({"closings": [{"first": "2026-03-10", "last": "2026-03-09", "name": "x"}]}, "/closings/0"),
        ({"closing_days": {"02-30": "x"}}, "/closing_days/02-30"),
    ],
)
async def test_an_administration_that_is_unclear_is_refused_with_its_field(
    routing: Bench, terms: dict[str, Any], pointer: str
) -> None:
    refused = await put(routing, "administrations/BIF", terms)
    assert refused.status_code == 422, refused.text
    assert any(error["pointer"].startswith(pointer) for error in refused.json()["errors"]), refused.text
    assert (await routing.client(Role.OPERATIONS).get("/v1/administrations/BIF")).status_code == 404


@pytest.mark.parametrize("place", ["opening-hours/office", "administrations/SOF"])
async def test_only_operations_keep_calendars(routing: Bench, place: str) -> None:
    refused = await routing.client(Role.CASEWORKER).put(f"/v1/{place}", json={"weeks": []})
    assert refused.status_code == 403


async def test_what_is_not_there_or_too_long_is_refused(routing: Bench) -> None:
    client = routing.client(Role.CASEWORKER)
    assert (await client.get("/v1/opening-hours/moon")).status_code == 404
    assert (await put(routing, "administrations/XYZ", {})).status_code == 422
    for last in ("2026-01-01", "2027-12-31"):
        refused = await client.get("/v1/opening-hours/office/days", params={"from": "2026-03-10", "to": last})
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/query/to")


def belonging(calendar: ClosingDays, first: str = "2025-01-01", last: str | None = None) -> Belonging:
    return Belonging(
        date.fromisoformat(first),
        None if last is None else date.fromisoformat(last),
        calendar.model_dump_json(),
    )


MOVING = ClosingDays.model_validate(
    {
        "closings": [{"first": "2026-11-23", "last": "2026-11-27", "name": "Flytning"}],
        "closing_days": {"10-01": "x"},
    }
)


def test_a_single_day_of_the_units_own_wins_over_what_it_inherits() -> None:
    hours = hours_of(INHERITS, (belonging(MOVING),))
    assert hours.closed_because(date(2026, 11, 26)) == "Flytning"
    assert hours.spans_on(date(2026, 11, 27)) == OFFICE.spans_on(date(2026, 11, 27)) != ()
    assert hours.closed_because(date(2026, 11, 27)) is None


def test_hours_that_inherit_nothing_are_closed_by_nobody_else() -> None:
    hours = hours_of(OFFICE.model_dump_json(), (belonging(MOVING),))
    assert hours.spans_on(date(2026, 11, 23)) == OFFICE.spans_on(date(2026, 11, 23)) != ()


DAYS = st.dates(date(2025, 12, 1), date(2026, 12, 31))


@given(DAYS, DAYS, DAYS)
def test_inheriting_only_ever_closes_days_and_only_in_its_period(day: date, first: date, last: date) -> None:
    hours = hours_of(INHERITS, (belonging(MOVING, first.isoformat(), last.isoformat()),))
    shut = first <= day <= last and MOVING.closed_because(day) is not None and day not in OFFICE.days
    assert hours.spans_on(day) == (() if shut else OFFICE.spans_on(day))


@given(DAYS)
def test_a_day_that_something_closes_has_no_open_stretch(day: date) -> None:
    if OFFICE.closed_because(day) is not None:
        assert OFFICE.spans_on(day) == ()
    assert ALWAYS_OPEN.closed_because(day) is None
    assert OpeningHours.model_validate_json(OFFICE.model_dump_json()).spans_on(day) == OFFICE.spans_on(day)


def test_a_unit_that_moves_over_belongs_to_one_administration_a_day() -> None:
    old = Membership(unit=Unit.CENTRE_TEAM, valid_from=date(2025, 1, 1), valid_to=date(2026, 5, 31))
    new = Membership(unit=Unit.CENTRE_TEAM, valid_from=date(2026, 6, 1))
    assert conflicts_of([new], [old]) == []
    assert [error.pointer for error in conflicts_of([old, new, new], [])] == ["/units/2"]
