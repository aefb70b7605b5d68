"""Operations change lines over HTTP, and every replica uses them without a restart."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from services.intake.app import create_app
from services.intake.settings import Settings
from shared.vocabulary import Role
from tests.bench import UNREACHABLE, Bench
from tests.intake.test_telephony import RINGS_IN, call_event, its_contact, report, the_call

NIGHT_LINE = {"name": "Aftenlinjen", "channel": "phone", "reception_queue": "reception-phone"}
PLACE = "/v1/lines/aftenlinjen/2026-03-01"


async def put(bench: Bench, place: str, line: dict[str, Any], **headers: str) -> httpx.Response:
    return await bench.client(Role.OPERATIONS).put(place, json=line, headers=headers)


async def test_a_new_period_applies_to_calls_within_seconds_and_without_a_restart(intake: Bench) -> None:
    answer = await put(intake, PLACE, {**NIGHT_LINE, "telephony_queues": ["aften"], "administration": "SOF"})
    assert (answer.status_code, answer.json()["administration"]) == (201, "SOF")

    intake.clock.advance(timedelta(seconds=3))
    await report(intake, call_event(0, "queued", "aften"), call_event(5, "answered", "aften", agent="Anna"))
    contact, call = await its_contact(intake), await the_call(intake)
    assert (contact["line"], contact["answered_by"]) == ("aftenlinjen", "SOF")
    assert (call["line"], call["answered_by"]) == ("aftenlinjen", "SOF")


async def test_another_replica_uses_the_change_too(intake: Bench) -> None:
    url = intake.app.state.database.engine.url.render_as_string(hide_password=False)
    settings = Settings(data=intake.app.state.settings.data, intake_database_url=url)
    connect = {peer: lambda: httpx.AsyncClient(base_url=UNREACHABLE) for peer in ("triage", "routing")}
    replica = create_app(settings, clock=intake.clock, connect=connect, relay=False)
    async with replica.router.lifespan_context(replica):
        other = Bench(replica, intake.clock)
        await put(intake, PLACE, {**NIGHT_LINE, "telephony_queues": ["aften"]})
        intake.clock.advance(timedelta(seconds=3))
        await report(other, call_event(0, "queued", "aften"))
        assert (await the_call(other))["line"] == "aftenlinjen"
        await other.close()


async def test_from_april_the_phones_are_answered_by_kff(intake: Bench) -> None:
    march = (await intake.client(Role.AUDITOR).get("/v1/lines?on=2026-03-31")).json()["items"]
    april = (await intake.client(Role.AUDITOR).get("/v1/lines?on=2026-04-01")).json()["items"]

    assert {(line["code"], line["administration"]) for line in march if line["channel"] == "phone"} == {
        ("hovednummer", "SOF"),
        ("ungelinjen", "SOF"),
    }
    assert {line["administration"] for line in april if line["channel"] == "phone"} == {"KFF"}
    assert {line["administration"] for line in april if line["channel"] != "phone"} == {"SOF"}


CONTRADICTIONS = [
    ("/v1/lines/hovednummer/2026-03-01", {}, "/valid_to"),
    (PLACE, {"is_default": True}, "/is_default"),
    (PLACE, {"telephony_queues": ["aften", "rotate"]}, "/telephony_queues/1"),
    (PLACE, {"valid_to": "2026-02-28"}, "/valid_to"),
]


@pytest.mark.parametrize(("place", "more", "pointer"), CONTRADICTIONS)
async def test_what_contradicts_another_line_is_refused_with_its_field(
    intake: Bench, place: str, more: dict[str, Any], pointer: str
) -> None:
    before = (await intake.client(Role.OPERATIONS).get("/v1/lines")).json()
    answer = await put(intake, place, {**NIGHT_LINE, **more})

    assert (answer.status_code, answer.json()["type"]) == (422, "urn:dsi:problem:contradicting-lines")
    assert pointer in {error["pointer"] for error in answer.json()["errors"]}
    assert (await intake.client(Role.OPERATIONS).get("/v1/lines")).json() == before


async def test_changing_a_period_needs_its_latest_etag(intake: Bench) -> None:
    first = await put(intake, PLACE, NIGHT_LINE)
    assert (await put(intake, PLACE, NIGHT_LINE)).status_code == 428
    changed = await put(
        intake, PLACE, {**NIGHT_LINE, "name": "Natlinjen"}, **{"If-Match": first.headers["ETag"]}
    )
    assert (changed.status_code, changed.json()["name"]) == (200, "Natlinjen")
    stale = await put(intake, PLACE, NIGHT_LINE, **{"If-Match": first.headers["ETag"]})
    assert stale.status_code == 412


@pytest.mark.parametrize(
    "line",
    [
        {**NIGHT_LINE, "called_numbers": ["lokal 12"]},
        {**NIGHT_LINE, "administration": "XYZ"},
        {**NIGHT_LINE, "short_call_seconds": -1},
        {**NIGHT_LINE, "reception_queue": "Reception Phone"},
        {**NIGHT_LINE, "que": "x"},
    ],
)
async def test_what_is_no_line_is_refused(intake: Bench, line: dict[str, Any]) -> None:
    assert (await put(intake, PLACE, line)).status_code == 422


async def test_only_operations_set_lines(intake: Bench) -> None:
    assert (await intake.client(Role.RECEPTION).put(PLACE, json=NIGHT_LINE)).status_code == 403


async def test_operations_get_the_queues_of_no_line_until_a_line_has_them(intake: Bench) -> None:
    await report(intake, RINGS_IN, {**call_event(1, "queued", "nobody"), "call_id": "call-2"})
    await report(intake, {**call_event(2, "queued", "nobody"), "call_id": "call-3"})
    operations = intake.client(Role.OPERATIONS)

    assert (await operations.get("/v1/lines")).json()["unclaimed_queues"] == [
        {"source": "pbx", "queue": "nobody", "calls": 2, "last_call_at": "2026-03-10T09:00:02Z"}
    ]
    assert (await intake.client(Role.RECEPTION).get("/v1/lines")).json()["unclaimed_queues"] is None
    await put(intake, PLACE, {**NIGHT_LINE, "queues_by_source": {"pbx": ["nobody"]}})
    assert (await operations.get("/v1/lines")).json()["unclaimed_queues"] == []


async def test_a_queue_that_is_reported_late_still_leads_to_its_line(intake: Bench) -> None:
    ring = {**call_event(0, "ringing"), "queue": None}
    await report(intake, ring)
    assert (await its_contact(intake))["line"] == "hovednummer"
    await report(intake, call_event(1, "queued", "rotate"))

    assert ((await its_contact(intake))["line"], (await the_call(intake))["line"]) == ("ungelinjen",) * 2


async def test_a_number_that_was_called_leads_to_its_line(intake: Bench) -> None:
    numbers = {**NIGHT_LINE, "called_numbers": ["20 00 00 09"]}
    assert (await put(intake, PLACE, numbers)).json()["called_numbers"] == ["+4520000009"]
    intake.clock.advance(timedelta(seconds=3))
    await report(intake, {**call_event(0, "queued", "nobody"), "to": "4520000009"})

    assert (await the_call(intake))["line"] == "aftenlinjen"
