"""Deciding on a contact in one call: its facts are assessed and decided on, before or after their event."""

import asyncio
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.triage.models import Assessment, ContactCourse, DecisionRow, Referral
from shared.database import table_of
from shared.ids import new_id
from shared.vocabulary import Role, Unit
from tests.bench import Bench
from tests.triage.contacts import FRIDA, GRETE, RECEIVED, closed, registered, returned

ADULTS = {"kind": "unit", "unit": "adults"}
OVERRIDE: dict[str, Any] = {
    "override": {"kind": "unit", "unit": "youth"},
    "reason": "Borgeren har en aftale der",
}
CITIZEN = "0f" * 32


def decision(facts: dict[str, Any] | None = None, version: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "contact_version": version,
        "facts": facts or FRIDA,
        "channel": "phone",
        "received_at": RECEIVED.isoformat(),
        **(more or {"accept": True}),
    }


async def decide(
    bench: Bench, contact_id: UUID, body: dict[str, Any], subject: str = "alma", **headers: str
) -> httpx.Response:
    client = bench.client(Role.RECEPTION, subject=subject)
    return await client.post(f"/v1/contacts/{contact_id}/decision", json=body, headers=headers)


async def assessments_of(bench: Bench, contact_id: UUID) -> list[dict[str, Any]]:
    found = await bench.client(Role.RECEPTION).get(f"/v1/assessments?contact_id={contact_id}")
    items: list[dict[str, Any]] = found.json()["items"]
    return items


async def counts(bench: Bench) -> tuple[int, int, int]:
    """How many assessments, decisions and contacts are stored."""
    tables = (table_of(Assessment), table_of(DecisionRow), table_of(ContactCourse))
    assessments, decisions, contacts = [await bench.count(table) for table in tables]
    return assessments, decisions, contacts


def problem(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].removeprefix("urn:dsi:problem:")


async def test_facts_whose_event_came_first_are_decided_on_without_a_second_assessment(
    triage_service: Bench,
) -> None:
    contact_id = new_id()
    await triage_service.deliver(registered(contact_id, FRIDA, 2))
    (stored,) = await assessments_of(triage_service, contact_id)
    answer = await decide(triage_service, contact_id, decision(version=2))
    decided = answer.json()
    assert (answer.status_code, answer.headers["etag"]) == (200, '"2"')
    assert answer.headers["location"] == f"/v1/assessments/{stored['id']}"
    assert (decided["id"], decided["status"], decided["contact_version"]) == (stored["id"], "decided", 2)
    assert (decided["decision"]["destination"]["unit"], decided["decision"]["number"]) == ("adults", 1)
    (event,) = await triage_service.published("contact.triaged")
    assert (event["contact_id"], event["destination"]) == (str(contact_id), ADULTS)
    assert await counts(triage_service) == (1, 1, 1)


@pytest.mark.parametrize("version_of_event", [2, 1])
async def test_an_event_that_comes_after_the_decision_makes_no_second_assessment(
    triage_service: Bench, version_of_event: int
) -> None:
    contact_id = new_id()
    answer = await decide(triage_service, contact_id, decision(version=2))
    assert answer.status_code == 200
    receipts = await triage_service.deliver(registered(contact_id, FRIDA, version_of_event))
    assert [result.status for result in receipts.results] == ["accepted"]
    assert await assessments_of(triage_service, contact_id) == [answer.json()]
    assert len(await triage_service.published("contact.triaged")) == 1


async def test_the_decision_is_the_same_whether_the_event_came_before_or_after(triage_service: Bench) -> None:
    before, after = new_id(), new_id()
    await triage_service.deliver(registered(before, GRETE))
    answers = [await decide(triage_service, contact_id, decision(GRETE)) for contact_id in (before, after)]
    await triage_service.deliver(registered(after, GRETE))
    of_contact = {"id", "contact_id", "reference", "made_at", "decision"}
    one, other = ({k: v for k, v in answer.json().items() if k not in of_contact} for answer in answers)
    assert one == other
    of_event = {"id", "contact_id", "reference", "companions"}
    events = await triage_service.published("contact.triaged")
    first, second = ({k: v for k, v in event.items() if k not in of_event} for event in events)
    assert first == second
    assert [len(event["companions"]) for event in events] == [1, 1]


@pytest.mark.parametrize("event_version", [1, 2])
async def test_an_event_that_comes_after_the_decision_still_says_whose_contact_it_is(
    triage_service: Bench, event_version: int
) -> None:
    """The same concern three times alarms, although no event of these contacts was assessed."""
    facts = {"needs": ["child_concern"], "age": 7, "district": 9}
    contacts = [new_id() for _ in range(3)]
    for contact_id in contacts:
        assert (await decide(triage_service, contact_id, decision(facts, 2))).status_code == 200
    for contact_id in contacts:
        event = registered(contact_id, facts, event_version, citizen_key=CITIZEN)
        await triage_service.deliver(event)
    found = await triage_service.client(Role.RECEPTION).get("/v1/alarms?status=open")
    (alarm,) = found.json()["items"]
    assert {contact["contact_id"] for contact in alarm["contacts"]} == set(map(str, contacts))
    (assessment,) = await assessments_of(triage_service, contacts[0])
    assert [alarm["kind"] for alarm in assessment["alarms"]] == ["child_concern"]


async def test_alarms_are_raised_by_the_facts_that_were_decided_on_when_they_are_newer_than_the_event(
    triage_service: Bench,
) -> None:
    concern = {"needs": ["child_concern"], "age": 7, "district": 9}
    contacts = [new_id() for _ in range(3)]
    for contact_id in contacts:
        await decide(triage_service, contact_id, decision(concern, 2))
        await triage_service.deliver(registered(contact_id, FRIDA, 1, citizen_key=CITIZEN))
    found = await triage_service.client(Role.RECEPTION).get("/v1/alarms?status=open")
    assert [(alarm["kind"], alarm["need"]) for alarm in found.json()["items"]] == [
        ("child_concern", "child_concern")
    ]


async def test_an_older_event_after_a_newer_one_does_not_change_whose_contact_it_is(
    triage_service: Bench,
) -> None:
    concern = {"needs": ["child_concern"], "age": 7, "district": 9}
    contacts = [new_id() for _ in range(3)]
    for contact_id in contacts:
        await decide(triage_service, contact_id, decision(concern, 3))
        # The personal number was taken out again in version 3, and its event overtook the older one.
        await triage_service.deliver(registered(contact_id, concern, 3))
        await triage_service.deliver(registered(contact_id, concern, 2, citizen_key=CITIZEN))
    found = await triage_service.client(Role.RECEPTION).get("/v1/alarms")
    assert found.json()["items"] == []


async def test_newer_facts_are_assessed_and_decided_on_before_their_event(triage_service: Bench) -> None:
    contact_id = new_id()
    await triage_service.deliver(registered(contact_id, GRETE, 1))
    decided = (await decide(triage_service, contact_id, decision(FRIDA, 2))).json()
    newest, older = await assessments_of(triage_service, contact_id)
    assert (newest["id"], newest["contact_version"], newest["status"]) == (decided["id"], 2, "decided")
    assert (older["contact_version"], older["status"]) == (1, "superseded")


async def test_facts_registered_after_the_decision_wait_for_a_decision_of_their_own(
    triage_service: Bench,
) -> None:
    contact_id = new_id()
    await decide(triage_service, contact_id, decision(version=2))
    await triage_service.deliver(registered(contact_id, GRETE, 3))
    newest, older = await assessments_of(triage_service, contact_id)
    assert [(a["contact_version"], a["status"]) for a in (newest, older)] == [
        (3, "undecided"),
        (2, "decided"),
    ]
    answer = await decide(triage_service, contact_id, decision(GRETE, 3), "bo")
    assert (answer.status_code, answer.json()["decision"]["number"]) == (200, 2)


async def test_an_event_and_a_decision_at_the_same_moment_leave_one_assessment(triage_service: Bench) -> None:
    contacts = [new_id() for _ in range(8)]
    tasks: list[Any] = []
    for number, contact_id in enumerate(contacts):
        both = [
            triage_service.deliver(registered(contact_id, GRETE, 1, citizen_key=CITIZEN)),
            decide(triage_service, contact_id, decision(GRETE)),
        ]
        tasks += reversed(both) if number % 2 else both
    answers = [one for one in await asyncio.gather(*tasks) if isinstance(one, httpx.Response)]
    assert [answer.status_code for answer in answers] == [200] * len(contacts)
    for contact_id in contacts:
        (assessment,) = await assessments_of(triage_service, contact_id)
        assert (assessment["status"], assessment["contact_version"]) == ("decided", 1)
    assert len(await triage_service.published("contact.triaged")) == len(contacts)


@pytest.mark.parametrize("event_first", [True, False])
@pytest.mark.parametrize(
    "seen",
    [
        {"destination": {"kind": "unit", "unit": "youth"}},
        {"destination": {"kind": "low_threshold", "unit": "reception"}},
        {"destination": {"kind": "unit", "unit": "adults", "administration": "BIF"}},
        {"destination": ADULTS, "urgency": "day", "ruleset": "2"},
        {"destination": ADULTS, "ruleset": "0"},
    ],
)
async def test_a_recommendation_that_was_not_seen_is_answered_and_nothing_is_stored(
    triage_service: Bench, seen: dict[str, Any], event_first: bool
) -> None:
    contact_id = new_id()
    if event_first:
        await triage_service.deliver(registered(contact_id, FRIDA))
    before = await counts(triage_service)
    offer = (await triage_service.client(Role.RECEPTION).get("/v1/services")).json()["contents"][0]["id"]
    body = decision(seen=seen, accept=True, service_id=offer)
    answer = await decide(triage_service, contact_id, body)
    assert problem(answer) == (409, "recommendation-changed")
    assert answer.json()["recommendation"]["destination"] == ADULTS | {"administration": None}
    assert answer.json()["recommendation"]["ruleset"] == "2"
    assert await counts(triage_service) == before
    assert await triage_service.count(table_of(Referral)) == 0
    assert await triage_service.published("contact.triaged") == []


@pytest.mark.parametrize("event_first", [True, False])
async def test_the_recommendation_that_was_seen_is_decided_on(
    triage_service: Bench, event_first: bool
) -> None:
    contact_id = new_id()
    if event_first:
        await triage_service.deliver(registered(contact_id, FRIDA))
    body = {"facts": FRIDA, "channel": "phone", "received_at": RECEIVED.isoformat()}
    found = await triage_service.client(Role.RECEPTION).post("/v1/recommendations", json=body)
    seen = {name: found.json()[name] for name in ("destination", "urgency", "ruleset")}
    answer = await decide(triage_service, contact_id, decision(seen=seen, **OVERRIDE))
    assert (answer.status_code, answer.json()["decision"]["destination"]["unit"]) == (200, "youth")


async def test_a_closed_contact_is_not_decided_on(triage_service: Bench) -> None:
    contact_id = new_id()
    await triage_service.deliver(registered(contact_id, FRIDA), closed(contact_id))
    answer = await decide(triage_service, contact_id, decision(version=3))
    assert problem(answer) == (409, "contact-closed")
    assert await counts(triage_service) == (1, 0, 1)


async def test_a_contact_that_was_closed_before_its_facts_came_is_not_decided_on(
    triage_service: Bench,
) -> None:
    contact_id = new_id()
    await triage_service.deliver(closed(contact_id))
    assert problem(await decide(triage_service, contact_id, decision())) == (409, "contact-closed")
    assert await counts(triage_service) == (0, 0, 1)


async def test_an_older_version_than_the_newest_known_is_refused(triage_service: Bench) -> None:
    contact_id = new_id()
    await triage_service.deliver(registered(contact_id, FRIDA, 3))
    answer = await decide(triage_service, contact_id, decision(version=2))
    assert problem(answer) == (409, "not-the-latest-assessment")
    (newest,) = await assessments_of(triage_service, contact_id)
    assert (answer.json()["latest"], newest["status"]) == (newest["id"], "undecided")


async def test_an_older_version_than_was_decided_on_is_refused(triage_service: Bench) -> None:
    contact_id = new_id()
    await decide(triage_service, contact_id, decision(version=3))
    answer = await decide(triage_service, contact_id, decision(GRETE, 2), "bo")
    assert problem(answer) == (409, "not-the-latest-assessment")
    assert await counts(triage_service) == (1, 1, 1)


async def test_other_facts_of_the_same_version_are_refused(triage_service: Bench) -> None:
    contact_id = new_id()
    await triage_service.deliver(registered(contact_id, FRIDA, 2))
    answer = await decide(triage_service, contact_id, decision(GRETE, 2))
    assert problem(answer) == (409, "facts-differ")
    assert await counts(triage_service) == (1, 0, 1)


async def test_a_newer_assessment_made_by_hand_is_not_passed_over(triage_service: Bench) -> None:
    contact_id = new_id()
    await triage_service.deliver(registered(contact_id, FRIDA))
    body = {"contact_id": str(contact_id), "facts": GRETE, "channel": "phone"}
    made = await triage_service.client(Role.RECEPTION).post("/v1/assessments", json=body)
    answer = await decide(triage_service, contact_id, decision())
    assert problem(answer) == (409, "not-the-latest-assessment")
    assert answer.json()["latest"] == made.json()["id"]


@pytest.mark.parametrize("event_first", [True, False])
async def test_the_same_person_repeating_the_call_gets_the_same_answer(
    triage_service: Bench, event_first: bool
) -> None:
    contact_id = new_id()
    if event_first:
        await triage_service.deliver(registered(contact_id, GRETE))
    first = await decide(triage_service, contact_id, decision(GRETE))
    again = await decide(triage_service, contact_id, decision(GRETE))
    await triage_service.deliver(registered(contact_id, GRETE))
    later = await decide(triage_service, contact_id, decision(GRETE))
    assert first.json() == again.json() == later.json()
    assert {answer.headers["etag"] for answer in (first, again, later)} == {first.headers["etag"]}
    assert len(await triage_service.published("contact.triaged")) == 1


async def test_a_key_gives_the_stored_answer_and_refuses_another_body(triage_service: Bench) -> None:
    contact_id = new_id()
    key = {"Idempotency-Key": "decision-1"}
    first = await decide(triage_service, contact_id, decision(), **key)
    again = await decide(triage_service, contact_id, decision(), **key)
    assert (again.content, again.headers["idempotency-replayed"]) == (first.content, "true")
    other = await decide(triage_service, contact_id, decision(**OVERRIDE), **key)
    assert problem(other) == (422, "idempotency-mismatch")
    assert await counts(triage_service) == (1, 1, 1)


@pytest.mark.parametrize("event_first", [True, False])
async def test_of_several_people_at_once_one_decides_and_the_others_are_refused(
    triage_service: Bench, event_first: bool
) -> None:
    contact_id = new_id()
    if event_first:
        await triage_service.deliver(registered(contact_id, GRETE))
    names = ("alma", "bo", "carla", "dan", "eva")
    answers = await asyncio.gather(
        *(decide(triage_service, contact_id, decision(GRETE), name) for name in names)
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409, 409]
    refused = [answer for answer in answers if answer.status_code == 409]
    assert {problem(answer) for answer in refused} == {(409, "already-decided")}
    # The mother's, and the one for her child that goes along with it.
    assert await counts(triage_service) == (2, 2, 2)
    assert len(await triage_service.published("contact.triaged")) == 1


async def test_another_person_changes_the_decision_with_the_current_etag_only(triage_service: Bench) -> None:
    contact_id = new_id()
    await decide(triage_service, contact_id, decision())
    changed = decision(**OVERRIDE)
    assert problem(await decide(triage_service, contact_id, changed, "bo")) == (409, "already-decided")
    stale = await decide(triage_service, contact_id, changed, "bo", **{"If-Match": '"1"'})
    assert problem(stale) == (412, "stale-version")
    fresh = await decide(triage_service, contact_id, changed, "bo", **{"If-Match": '"2"'})
    assert (fresh.status_code, fresh.json()["decision"]["number"]) == (200, 2)


async def test_after_a_return_another_person_decides(triage_service: Bench) -> None:
    contact_id = new_id()
    await decide(triage_service, contact_id, decision())
    await triage_service.deliver(returned(contact_id, 1))
    answer = await decide(triage_service, contact_id, decision(**OVERRIDE), "bo")
    assert (answer.status_code, answer.json()["decision"]["number"]) == (200, 2)


async def test_a_returned_companion_is_decided_on_as_a_contact_of_its_own(triage_service: Bench) -> None:
    parent = (await decide(triage_service, new_id(), decision(GRETE))).json()
    child = UUID(parent["decision"]["companion"])
    await triage_service.deliver(returned(child, 1, Unit.CHILDREN_AMAGER))
    (assessment,) = await assessments_of(triage_service, child)
    body: dict[str, Any] = {
        "override": {"kind": "unit", "unit": "children-city-oesterbro"},
        "reason": "Barnet er flyttet",
    }
    answer = await decide(triage_service, child, decision(assessment["facts"], **body), "bo")
    assert (answer.status_code, answer.json()["decision"]["number"]) == (200, 2)
    event = (await triage_service.published("contact.triaged"))[-1]
    assert (event["contact_id"], event["destination"]["unit"]) == (str(child), "children-city-oesterbro")


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (decision(accept=False), "unclear-decision"),
        (decision(override=OVERRIDE["override"]), "reason-required"),
        (decision(version=0), "invalid-input"),
        (decision(version=2**31), "invalid-input"),
        (decision({"needs": []}), "invalid-input"),
        (decision(GRETE | {"child_age": 18}), "contradictory-facts"),
        (decision() | {"received_at": "1970-01-01T00:00:00Z"}, "invalid-input"),
        (decision() | {"seen": {}}, "invalid-input"),
        (decision() | {"surprise": 1}, "invalid-input"),
        (decision() | {"service_id": str(new_id())}, "unknown-service"),
    ],
)
async def test_what_cannot_be_decided_stores_nothing(
    triage_service: Bench, body: dict[str, Any], kind: str
) -> None:
    assert problem(await decide(triage_service, new_id(), body)) == (422, kind)
    assert await counts(triage_service) == (0, 0, 0)


@pytest.mark.parametrize("left_out", ["contact_version", "facts", "channel", "received_at"])
async def test_what_the_decision_is_made_on_must_be_sent(triage_service: Bench, left_out: str) -> None:
    body = {name: value for name, value in decision().items() if name != left_out}
    assert problem(await decide(triage_service, new_id(), body)) == (422, "invalid-input")


@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.CASEWORKER, 200), (Role.OPERATIONS, 403), (Role.AUDITOR, 403), (Role.RULES_EDITOR, 403)],
)
async def test_the_roles_are_those_that_decide_on_assessments(
    triage_service: Bench, role: Role, status: int
) -> None:
    client = triage_service.client(role)
    answer = await client.post(f"/v1/contacts/{new_id()}/decision", json=decision())
    assert answer.status_code == status
