"""What a contact is owed is published with each assessment, under its number, before anybody decides."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from services.triage.assessments.jobs import UnpublishedAssessments
from services.triage.assessments.repository import COURSES
from services.triage.models import Assessment
from shared.database import table_of
from shared.ids import new_id
from shared.vocabulary import Role
from tests.bench import Bench
from tests.triage.contacts import FRIDA, GRETE, RECEIVED, closed, registered

ALMA = "a1" * 32
SIBLINGS: dict[str, Any] = {
    "needs": ["debt"],
    "age": 34,
    "district": 1,
    "child_at_risk": True,
    "children": [{"district": 9}, {"postal_code": "8000"}],
}


async def assessed(bench: Bench) -> list[dict[str, Any]]:
    return await bench.published("contact.assessed")


async def decide(bench: Bench, contact_id: UUID) -> dict[str, Any]:
    client = bench.client(Role.RECEPTION)
    newest = (await client.get(f"/v1/assessments?contact_id={contact_id}")).json()["items"][0]
    answer = await client.post(f"/v1/assessments/{newest['id']}/decision", json={"accept": True})
    assert answer.status_code == 200, answer.text
    decided: dict[str, Any] = answer.json()
    return decided


async def test_registered_facts_are_published_with_what_they_are_owed(triage_service: Bench) -> None:
    contact_id = new_id()
    facts = {"needs": ["drug_treatment"], "age": 40, "district": 3, "honour_related": True}
    await triage_service.deliver(registered(contact_id, facts, citizen_key=ALMA))
    (event,) = await assessed(triage_service)
    assert (event["contact_id"], event["number"], event["ruleset"]) == (str(contact_id), 1, "2")
    assert event["received_at"].startswith("2026-03-10T08:30:00")
    assert event["destination"]["unit"] == "adults"
    assert [clock["rule"] for clock in event["clocks"]] == ["drug_treatment"]
    assert (event["urgency"], event["warnings"]) == ("prompt", ["risk_assessment_first"])
    assert event["citizen_key"] == ALMA
    assert await triage_service.published("contact.triaged") == []


async def test_the_numbers_count_the_assessments_whatever_the_order_of_the_events(
    triage_service: Bench,
) -> None:
    contact_id = new_id()
    first, third = registered(contact_id, FRIDA), registered(contact_id, GRETE, 3)
    await triage_service.deliver(first)
    await triage_service.deliver(third, third)
    await triage_service.deliver(registered(contact_id, FRIDA, 2), first)
    body = {"contact_id": str(contact_id), "facts": FRIDA, "received_at": RECEIVED.isoformat()}
    await triage_service.client(Role.RECEPTION).post("/v1/assessments", json=body)
    events = await assessed(triage_service)
    assert [event["number"] for event in events] == [1, 2, 3]
    assert [len(event.get("companions", [])) for event in events] == [0, 1, 0]


async def test_a_decision_on_facts_whose_event_has_not_arrived_publishes_them_once(
    triage_service: Bench,
) -> None:
    contact_id = new_id()
    body = {
        "contact_version": 1,
        "facts": FRIDA,
        "channel": "phone",
        "received_at": RECEIVED.isoformat(),
        "accept": True,
    }
    client = triage_service.client(Role.RECEPTION)
    assert (await client.post(f"/v1/contacts/{contact_id}/decision", json=body)).status_code == 200
    await triage_service.deliver(registered(contact_id, FRIDA, 1))
    assert [event["number"] for event in await assessed(triage_service)] == [1]


async def test_a_refused_decision_publishes_nothing(triage_service: Bench) -> None:
    body = {
        "contact_version": 1,
        "facts": FRIDA,
        "channel": "phone",
        "received_at": RECEIVED.isoformat(),
        "seen": {"destination": {"kind": "unit", "unit": "hky"}},
        "accept": True,
    }
    client = triage_service.client(Role.RECEPTION)
    assert (await client.post(f"/v1/contacts/{new_id()}/decision", json=body)).status_code == 409
    assert await triage_service.published() == []


async def test_siblings_have_their_ids_from_the_first_assessment_and_keep_them(
    triage_service: Bench,
) -> None:
    contact_id = new_id()
    await triage_service.deliver(registered(contact_id, SIBLINGS))
    (event,) = await assessed(triage_service)
    first, second = event["companions"]
    assert (first["destination"]["unit"], second["destination"]["kind"]) == (
        "children-amager",
        "other_authority",
    )
    for child in (first, second):
        assert (child["urgency"], [clock["starts_at"] for clock in child["clocks"]]) == (
            "day",
            [event["received_at"]] * 2,
        )
    # A third child is described; those before keep their ids.
    more = {**SIBLINGS, "children": [*SIBLINGS["children"], {}]}
    await triage_service.deliver(registered(contact_id, more, 2))
    again = (await assessed(triage_service))[-1]["companions"]
    ids = [child["contact_id"] for child in again]
    assert ids[:2] == [first["contact_id"], second["contact_id"]]
    decided = await decide(triage_service, contact_id)
    (triaged,) = await triage_service.published("contact.triaged")
    assert [child["contact_id"] for child in triaged["companions"]] == ids
    assert (decided["decision"]["companions"], decided["decision"]["companion"]) == (ids, ids[0])


async def test_a_child_keeps_its_id_when_the_contact_itself_becomes_that_of_a_sibling(
    triage_service: Bench,
) -> None:
    contact_id = new_id()
    await triage_service.deliver(registered(contact_id, SIBLINGS))
    alone = {**SIBLINGS, "needs": ["child_concern"]}
    await triage_service.deliver(registered(contact_id, alone, 2))
    before, after = await assessed(triage_service)
    assert [one["contact_id"] for one in after["companions"]] == [before["companions"][1]["contact_id"]]


async def test_a_changed_decision_publishes_only_the_child_about_whom_something_changed(
    triage_service: Bench,
) -> None:
    contact_id = new_id()
    await triage_service.deliver(registered(contact_id, SIBLINGS))
    await decide(triage_service, contact_id)
    moved = {**SIBLINGS, "children": [{"district": 9}, {"district": 3}]}
    await triage_service.deliver(registered(contact_id, moved, 2))
    await decide(triage_service, contact_id)
    first, second = await triage_service.published("contact.triaged")
    assert len(first["companions"]) == 2
    assert [one["contact_id"] for one in second["companions"]] == [first["companions"][1]["contact_id"]]


async def store_old(
    bench: Bench, facts: dict[str, Any], received_at: datetime = RECEIVED, citizen_key: str | None = None
) -> UUID:
    """A contact as it was stored before assessments were published."""
    contact_id = new_id()
    await bench.deliver(registered(contact_id, FRIDA, citizen_key=citizen_key))
    made = (await bench.client(Role.RECEPTION).get(f"/v1/assessments?contact_id={contact_id}")).json()
    assessments = table_of(Assessment)
    async with bench.app.state.database.writing() as session:
        await session.execute(bench.app.state.tables.outbox.delete())
        await session.execute(
            update(assessments)
            .where(assessments.c.id == UUID(made["items"][0]["id"]))
            .values(facts=facts, received_at=received_at)
        )
        await session.execute(
            update(COURSES).where(COURSES.c.contact_id == contact_id).values(assessments=0, companions={})
        )
    return contact_id


def job_of(bench: Bench) -> UnpublishedAssessments:
    return UnpublishedAssessments(bench.app.state)


async def test_contacts_of_before_are_published_once_by_their_stored_facts(triage_service: Bench) -> None:
    old = await store_old(triage_service, SIBLINGS, citizen_key=ALMA)
    assert [await job_of(triage_service).drain() for _ in range(2)] == [1, 0]
    (event,) = await assessed(triage_service)
    assert (event["contact_id"], event["number"], event["citizen_key"]) == (str(old), 1, ALMA)
    assert len(event["companions"]) == 2
    await triage_service.deliver(registered(old, SIBLINGS, 2))
    later = (await assessed(triage_service))[-1]
    assert (later["number"], later["companions"]) == (2, event["companions"])


async def test_a_contact_of_the_year_before_is_published_by_the_rules_of_its_day(
    triage_service: Bench,
) -> None:
    await store_old(triage_service, FRIDA, datetime(2025, 12, 30, 9, tzinfo=UTC))
    await job_of(triage_service).drain()
    (event,) = await assessed(triage_service)
    assert (event["ruleset"], event["received_at"][:10]) == ("1", "2025-12-30")


async def test_closed_contacts_and_those_whose_facts_cannot_be_read_are_left_out(
    triage_service: Bench,
) -> None:
    await store_old(triage_service, {"needs": ["no_such_need"]})
    shut = await store_old(triage_service, FRIDA)
    await triage_service.deliver(closed(shut))
    fine = await store_old(triage_service, FRIDA)
    assert await job_of(triage_service).drain() == 1
    assert [event["contact_id"] for event in await assessed(triage_service)] == [str(fine)]


async def test_a_round_that_was_stopped_goes_on_where_it_was(triage_service: Bench, monkeypatch: Any) -> None:
    for _ in range(5):
        await store_old(triage_service, FRIDA)
    monkeypatch.setattr("services.triage.assessments.jobs._BATCH", 2)
    job = job_of(triage_service)
    stopped = 0

    async def stop_after_three(work: Any, contact_id: UUID) -> bool:
        nonlocal stopped
        stopped += 1
        if stopped > 3:
            raise KeyboardInterrupt
        return await publish(work, contact_id)

    from services.triage.assessments.service import publish_unpublished as publish

    monkeypatch.setattr("services.triage.assessments.jobs.publish_unpublished", stop_after_three)
    try:
        await job.drain()
    except KeyboardInterrupt:
        monkeypatch.undo()
    async with triage_service.app.state.database.reading() as session:
        counts = list((await session.execute(select(COURSES.c.assessments))).scalars())
    assert sorted(counts) == [0, 0, 1, 1, 1]
    assert await job_of(triage_service).drain() == 2
