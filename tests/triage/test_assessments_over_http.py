"""Assessments: made by hand or by themselves, read and listed."""

from typing import Any
from uuid import UUID

import pytest

from services.triage.models import Assessment
from shared.database import table_of
from shared.ids import new_id, reference_of, show_reference
from shared.vocabulary import Role
from tests.bench import Bench
from tests.triage.contacts import FRIDA, GRETE, closed, registered


async def create(bench: Bench, contact_id: UUID, key: str | None = None, **more: Any) -> Any:
    body = {"contact_id": str(contact_id), "facts": FRIDA, "channel": "phone", **more}
    headers = {} if key is None else {"Idempotency-Key": key}
    return await bench.client(Role.RECEPTION).post("/v1/assessments", json=body, headers=headers)


async def of_contact(bench: Bench, contact_id: UUID) -> list[dict[str, Any]]:
    found = await bench.client(Role.RECEPTION).get(f"/v1/assessments?contact_id={contact_id}")
    items: list[dict[str, Any]] = found.json()["items"]
    return items


async def test_an_assessment_made_by_hand_can_be_read_with_its_etag(triage_service: Bench) -> None:
    contact_id = new_id()
    made = await create(triage_service, contact_id)
    assert made.status_code == 201
    read = await triage_service.client(Role.AUDITOR).get(made.headers["location"])
    assert (read.json(), read.headers["etag"]) == (made.json(), '"1"')
    assert (read.json()["status"], read.json()["reference"]) == (
        "undecided",
        show_reference(reference_of(contact_id)),
    )
    assert read.json()["recommendation"]["destination"]["unit"] == "adults"


async def test_the_same_key_makes_one_assessment(triage_service: Bench) -> None:
    contact_id = new_id()
    first = await create(triage_service, contact_id, "nøgle-1".encode().hex())
    again = await create(triage_service, contact_id, "nøgle-1".encode().hex())
    other = await create(triage_service, new_id(), "nøgle-1".encode().hex())
    assert first.json() == again.json()
    assert (other.status_code, other.json()["type"]) == (422, "urn:dsi:problem:idempotency-mismatch")
    assert await triage_service.count(table_of(Assessment)) == 1


async def test_bad_facts_store_nothing(triage_service: Bench) -> None:
    answer = await create(triage_service, new_id(), facts={"needs": ["magic"]})
    assert answer.status_code == 422
    assert await triage_service.count(table_of(Assessment)) == 0


async def test_a_registered_contact_is_assessed_by_itself(triage_service: Bench) -> None:
    contact_id = new_id()
    await triage_service.deliver(registered(contact_id, FRIDA))
    (assessment,) = await of_contact(triage_service, contact_id)
    assert (assessment["contact_version"], assessment["status"]) == (1, "undecided")
    assert assessment["recommendation"]["destination"]["unit"] == "adults"
    assert assessment["facts"]["age"] == 44


async def test_newer_facts_supersede_the_undecided_assessment(triage_service: Bench) -> None:
    contact_id = new_id()
    await triage_service.deliver(registered(contact_id, FRIDA, 1), registered(contact_id, GRETE, 3))
    newest, older = await of_contact(triage_service, contact_id)
    assert (newest["contact_version"], newest["status"]) == (3, "undecided")
    assert (older["contact_version"], older["status"], older["version"]) == (1, "superseded", 2)


async def test_old_news_and_repeated_news_change_nothing(triage_service: Bench) -> None:
    contact_id = new_id()
    newest = registered(contact_id, FRIDA, 5)
    await triage_service.deliver(newest)
    receipts = await triage_service.deliver(newest, registered(contact_id, GRETE, 4))
    assert {result.status for result in receipts.results} == {"accepted"}
    assert [a["contact_version"] for a in await of_contact(triage_service, contact_id)] == [5]


async def test_a_closed_contact_waits_for_no_decision(triage_service: Bench) -> None:
    contact_id = new_id()
    await triage_service.deliver(registered(contact_id, FRIDA), closed(contact_id))
    (assessment,) = await of_contact(triage_service, contact_id)
    assert assessment["status"] == "closed"


async def test_facts_that_arrive_after_the_end_wait_for_no_decision_either(triage_service: Bench) -> None:
    contact_id = new_id()
    await triage_service.deliver(closed(contact_id, 2), registered(contact_id, FRIDA, 1))
    (assessment,) = await of_contact(triage_service, contact_id)
    assert assessment["status"] == "closed"
    answer = await create(triage_service, contact_id)
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:dsi:problem:contact-closed")


async def test_a_list_comes_in_pages_newest_first(triage_service: Bench) -> None:
    for _ in range(5):
        await create(triage_service, new_id())
    client = triage_service.client(Role.RECEPTION)
    seen: list[str] = []
    path: str | None = "/v1/assessments?status=undecided&limit=2"
    while path is not None:
        page = await client.get(path)
        seen += [item["id"] for item in page.json()["items"]]
        path = page.links["next"]["url"] if "next" in page.links else None
    assert seen == sorted(seen, reverse=True)
    assert len(set(seen)) == 5


@pytest.mark.parametrize("path", ["?cursor=nonsense", "?status=lost", "?limit=0", "?contact_id=7"])
async def test_a_list_refuses_what_it_does_not_know(triage_service: Bench, path: str) -> None:
    answer = await triage_service.client(Role.RECEPTION).get(f"/v1/assessments{path}")
    assert answer.status_code == 422


async def test_an_assessment_that_is_not_there_is_a_problem(triage_service: Bench) -> None:
    answer = await triage_service.client(Role.RECEPTION).get(f"/v1/assessments/{new_id()}")
    assert (answer.status_code, answer.json()["type"]) == (404, "urn:dsi:problem:not-found")


async def test_undecided_assessments_are_counted_for_prometheus(triage_service: Bench) -> None:
    await triage_service.deliver(registered(new_id(), FRIDA), registered(new_id(), {"needs": ["respite"]}))
    text = (await triage_service.client(None).get("/metrics")).text
    assert 'dsi_triage_undecided_assessments{kind="unit"} 1.0' in text
    assert 'dsi_triage_undecided_assessments{kind="ask"} 1.0' in text
    assert "dsi_triage_oldest_undecided_seconds 1800.0" in text
