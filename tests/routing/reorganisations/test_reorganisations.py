"""Moving a unit's open work to others: previewed, done at its day, interrupted, undone."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from services.routing.reorganisations import service
from shared.clock import SettableClock
from shared.ids import new_id, reference_of, show_reference
from shared.vocabulary import Role, Unit
from tests.bench import Bench
from tests.routing.events import NOW, ago, assessment_clock, triaged
from tests.routing.reorganisations.conftest import Triage

TODAY = NOW.date().isoformat()
PLAN = {
    "effective_on": TODAY,
    "from_unit": "adults",
    "rules": [{"to_unit": "youth", "ages": {"from": 18, "to": 30}}],
    "reason": "Ungeområdet overtager de unge",
}


async def open_contact(routing: Bench, triage: Triage, *, hours_ago: float = 5, **facts: Any) -> UUID:
    """A contact in the adults' queue, with a deadline that runs, and its facts in triage."""
    contact = new_id()
    at = ago(hours=hours_ago)
    await routing.deliver(triaged(contact, Unit.ADULTS, at=at, clocks=[assessment_clock(at)]))
    triage.facts[str(contact)] = facts
    return contact


async def entries(routing: Bench, contact: UUID) -> list[dict[str, Any]]:
    answer = await routing.client(Role.OPERATIONS).get("/v1/entries", params={"contact_id": str(contact)})
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def where(routing: Bench, contact: UUID) -> dict[str, Any]:
    """The one open entry."""
    (only,) = [one for one in await entries(routing, contact) if one["status"] in {"waiting", "taken"}]
    return only


async def plan(routing: Bench, **changes: Any) -> dict[str, Any]:
    answer = await routing.client(Role.OPERATIONS, subject="olga").post(
        "/v1/reorganisations", json={**PLAN, **changes}
    )
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def read(routing: Bench, id_: str) -> dict[str, Any]:
    body: dict[str, Any] = (await routing.client(Role.AUDITOR).get(f"/v1/reorganisations/{id_}")).json()
    return body


async def test_the_young_move_with_their_place_their_wait_and_their_deadlines(
    routing: Bench, triage: Triage
) -> None:
    young = await open_contact(routing, triage, age=25)
    old = await open_contact(routing, triage, age=60)
    before = await where(routing, young)

    made = await plan(routing)
    await routing.settle()

    after = await where(routing, young)
    assert (await where(routing, old))["queue"] == "adults"
    assert after["queue"] == "youth"
    for same in ("entered_at", "received_at", "urgency", "status"):
        assert after[same] == before[same], same
    assert [clock["due_at"] for clock in after["clocks"]] == [clock["due_at"] for clock in before["clocks"]]
    done = await read(routing, made["id"])
    assert (done["state"], done["moved"], done["stayed"]) == ("done", 1, 1)
    for entry in (before, after):
        trail = (await routing.client(Role.OPERATIONS).get(f"/v1/entries/{entry['id']}")).json()["trail"]
        assert trail[-1]["kind"] == "reorganised"
        assert trail[-1]["reason"] == PLAN["reason"]


async def test_a_preview_says_numbers_samples_and_the_rules_and_stores_nothing(
    routing: Bench, triage: Triage
) -> None:
    young = [await open_contact(routing, triage, age=20 + n) for n in range(7)]
    old = await open_contact(routing, triage, age=60)
    triage.rules["adults"] = [{"version": "1", "status": "active", "row": 20, "title": "Myndighed"}]
    body = {**PLAN, "rules": [*PLAN["rules"], {"to_unit": "hky", "references": ["AAAAAAAA"]}]}

    answer = await routing.client(Role.OPERATIONS).post("/v1/reorganisations/preview", json=body)

    assert answer.status_code == 200, answer.text
    seen = answer.json()
    assert (seen["entries"], seen["taken"], seen["running_clocks"]) == (8, 0, 8)
    assert [(one["unit"], one["entries"]) for one in seen["targets"]] == [("youth", 7), ("hky", 0)]
    assert set(seen["targets"][0]["samples"]) <= {show_reference(reference_of(one)) for one in young}
    assert len(seen["targets"][0]["samples"]) == 5
    assert (seen["stay"]["unit"], seen["stay"]["samples"]) == ("adults", [show_reference(reference_of(old))])
    assert seen["unknown_references"] == ["AAAA-AAAA"]
    assert seen["rules"][0]["row"] == 20
    assert (await routing.client(Role.OPERATIONS).get("/v1/reorganisations")).json()["items"] == []
    assert (await where(routing, young[0]))["queue"] == "adults"


async def test_it_waits_for_its_day_and_can_be_cancelled_until_then(
    routing: Bench, triage: Triage, clock: SettableClock
) -> None:
    contact = await open_contact(routing, triage, age=25)
    tomorrow = (NOW + timedelta(days=1)).date().isoformat()
    first, second = await plan(routing, effective_on=tomorrow), await plan(routing, effective_on=tomorrow)
    await routing.settle()
    assert (await where(routing, contact))["queue"] == "adults"

    operations = routing.client(Role.OPERATIONS)
    path = f"/v1/reorganisations/{first['id']}/cancel"
    assert (await operations.post(path)).status_code == 428
    cancelled = await operations.post(path, headers={"If-Match": '"1"'})
    assert cancelled.json()["state"] == "cancelled"
    assert (await operations.post(path, headers={"If-Match": '"2"'})).status_code == 409

    clock.advance(timedelta(hours=14))  # 00:00 in Copenhagen
    await routing.settle()
    assert (await where(routing, contact))["queue"] == "youth"
    assert (await read(routing, first["id"]))["state"] == "cancelled"
    assert (await read(routing, second["id"]))["moved"] == 1


async def test_undone_it_gives_everybody_their_own_place_back(routing: Bench, triage: Triage) -> None:
    contacts = [await open_contact(routing, triage, hours_ago=n, age=25) for n in (3, 9, 6)]
    line = [one["contact_id"] for one in await _line(routing, "adults")]
    made = await plan(routing)
    await routing.settle()
    assert await _line(routing, "adults") == []

    undone = await _undo(routing, made["id"])
    assert undone.status_code == 200, undone.text
    await routing.settle()

    assert [one["contact_id"] for one in await _line(routing, "adults")] == line
    assert (await read(routing, made["id"]))["state"] == "undone"
    assert {one["queue"] for contact in contacts for one in [await where(routing, contact)]} == {"adults"}


async def test_once_somebody_has_touched_one_it_cannot_be_undone(routing: Bench, triage: Triage) -> None:
    for hours in (3, 9):
        await open_contact(routing, triage, hours_ago=hours, age=25)
    made = await plan(routing)
    await routing.settle()
    taken = await routing.client(Role.CASEWORKER, units=["youth"]).post("/v1/queues/youth/next")
    assert taken.status_code == 200

    refused = await _undo(routing, made["id"])

    assert refused.status_code == 409
    assert refused.json()["type"] == "urn:dsi:problem:reorganisation-touched"
    assert (await read(routing, made["id"]))["state"] == "done"
    assert len(await _line(routing, "youth")) == 1


async def test_interrupted_it_goes_on_behind_the_last_contact_and_moves_nobody_twice(
    routing: Bench, triage: Triage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "BATCH", 2)
    contacts = [await open_contact(routing, triage, age=25) for _ in range(5)]
    made = await plan(routing)
    state = routing.app.state
    assert await service.do_next_batch(state, UUID(made["id"])) == 2
    triage.reachable = False
    await routing.settle()
    assert (await read(routing, made["id"]))["trouble"] == "triage cannot be reached"

    triage.reachable = True
    await routing.settle()

    done = await read(routing, made["id"])
    assert (done["state"], done["moved"], done["trouble"]) == ("done", 5, None)
    for contact in contacts:
        assert [one["queue"] for one in await entries(routing, contact)] == ["adults", "youth"]


async def test_who_moves_along_keeps_what_they_have_and_the_others_entries_wait_again(
    routing: Bench, triage: Triage
) -> None:
    kept = await open_contact(routing, triage, hours_ago=9, age=25)
    freed = await open_contact(routing, triage, hours_ago=3, age=25)
    for subject in ("bo", "eva"):
        taken = await routing.client(Role.CASEWORKER, units=["adults"], subject=subject).post(
            "/v1/queues/adults/next"
        )
        assert taken.status_code == 200
    answer = await routing.client(Role.OPERATIONS).post(
        "/v1/staff-units",
        content=f"subject,unit,valid_from\nbo,youth,{TODAY}\neva,adults,{TODAY}\n",
        headers={"Content-Type": "text/csv"},
    )
    assert answer.json() == {"preview": False, "staff": 2, "memberships": 2, "changed": 2}

    await plan(routing)
    await routing.settle()

    assert (await where(routing, kept))["status"] == "taken"
    assert (await where(routing, freed))["status"] == "waiting"
    released = [event["contact_id"] for event in await routing.published("entry.released")]
    assert released == [str(freed)]


async def test_what_was_closed_meanwhile_is_left_alone(routing: Bench, triage: Triage) -> None:
    contact = await open_contact(routing, triage, age=25)
    caseworker = routing.client(Role.CASEWORKER, units=["adults"])
    entry = (await caseworker.post("/v1/queues/adults/next")).json()
    assert (await caseworker.post(f"/v1/entries/{entry['id']}/complete")).status_code == 200

    made = await plan(routing)
    await routing.settle()

    assert (await read(routing, made["id"]))["moved"] == 0
    assert [one["status"] for one in await entries(routing, contact)] == ["completed"]


async def owed(routing: Bench, contact: UUID) -> list[tuple[str, str]]:
    params = {"contact_id": str(contact)}
    items = (await routing.client(Role.OPERATIONS).get("/v1/duties", params=params)).json()["items"]
    return [(duty["unit"], duty["state"]) for duty in items]


async def test_what_is_still_owed_without_an_entry_goes_along_and_comes_back(
    routing: Bench, triage: Triage
) -> None:
    young, old = await open_contact(routing, triage, age=25), await open_contact(routing, triage, age=45)
    caseworker = routing.client(Role.CASEWORKER, units=["adults"])
    for _ in range(2):
        entry = (await caseworker.post("/v1/queues/adults/next")).json()
        assert (await caseworker.post(f"/v1/entries/{entry['id']}/complete")).status_code == 200

    made = await plan(routing)
    await routing.settle()
    assert await owed(routing, young) == [("youth", "running")]
    assert await owed(routing, old) == [("adults", "running")]

    assert (await _undo(routing, made["id"])).status_code == 200
    await routing.settle()
    assert await owed(routing, young) == [("adults", "running")]


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"from_unit": "nowhere"}, "/from_unit"),
        ({"rules": [{"to_unit": "nowhere"}]}, "/rules/0/to_unit"),
        ({"rules": [], "otherwise_to": "nowhere"}, "/otherwise_to"),
    ],
)
async def test_a_unit_that_is_not_there_is_named_and_nothing_is_planned(
    routing: Bench, changes: dict[str, Any], pointer: str
) -> None:
    operations = routing.client(Role.OPERATIONS)
    for path in ("/v1/reorganisations", "/v1/reorganisations/preview"):
        answer = await operations.post(path, json={**PLAN, **changes})
        assert answer.status_code == 422
        assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert (await operations.get("/v1/reorganisations")).json()["items"] == []


async def test_without_triage_there_is_no_preview(routing: Bench, triage: Triage) -> None:
    await open_contact(routing, triage, age=25)
    triage.reachable = False
    answer = await routing.client(Role.OPERATIONS).post("/v1/reorganisations/preview", json=PLAN)
    assert (answer.status_code, answer.json()["type"]) == (503, "urn:dsi:problem:triage-unreachable")


async def test_the_same_request_again_plans_it_once(routing: Bench) -> None:
    operations = routing.client(Role.OPERATIONS)
    headers = {"Idempotency-Key": "ny-organisering"}
    first, second = [await operations.post("/v1/reorganisations", json=PLAN, headers=headers) for _ in "12"]
    assert first.json()["id"] == second.json()["id"]
    assert len((await operations.get("/v1/reorganisations")).json()["items"]) == 1


async def _line(routing: Bench, queue: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (
        await routing.client(Role.OPERATIONS).get(f"/v1/queues/{queue}/entries")
    ).json()["items"]
    return items


async def _undo(routing: Bench, id_: str) -> Any:
    edition = (await read(routing, id_))["edition"]
    return await routing.client(Role.OPERATIONS).post(
        f"/v1/reorganisations/{id_}/undo", headers={"If-Match": f'"{edition}"'}
    )
