"""A person decides: accepted, overridden, changed by the same person, or refused to somebody else."""

from typing import Any
from uuid import UUID

import httpx
import pytest

from services.triage.models import DecisionRow
from shared.database import table_of
from shared.ids import new_id
from shared.vocabulary import Role, Unit
from tests.bench import Bench
from tests.triage.contacts import FRIDA, GRETE, closed, registered, returned

OVERRIDE = {"override": {"kind": "unit", "unit": "youth"}, "reason": "Borgeren har en aftale der"}


async def assessed(bench: Bench, facts: dict[str, Any], contact_id: UUID | None = None) -> dict[str, Any]:
    """A fresh contact with its assessment."""
    contact_id = contact_id or new_id()
    await bench.deliver(registered(contact_id, facts))
    return await newest(bench, contact_id)


async def newest(bench: Bench, contact_id: UUID | str) -> dict[str, Any]:
    found = await bench.client(Role.RECEPTION).get(f"/v1/assessments?contact_id={contact_id}")
    assessment: dict[str, Any] = found.json()["items"][0]
    return assessment


async def decide(
    bench: Bench, assessment: dict[str, Any], body: dict[str, Any], subject: str = "alma", **headers: str
) -> httpx.Response:
    client = bench.client(Role.RECEPTION, subject=subject)
    return await client.post(f"/v1/assessments/{assessment['id']}/decision", json=body, headers=headers)


async def test_an_accepted_recommendation_is_published_to_intake_and_routing(triage_service: Bench) -> None:
    assessment = await assessed(triage_service, FRIDA)
    answer = await decide(triage_service, assessment, {"accept": True})
    assert (answer.status_code, answer.headers["etag"]) == (200, '"2"')
    decided = answer.json()
    assert (decided["status"], decided["decision"]["number"]) == ("decided", 1)
    assert (decided["decision"]["role"], decided["decision"]["overridden"]) == ("reception", False)
    (event,) = await triage_service.published("contact.triaged")
    assert event["contact_id"] == assessment["contact_id"]
    assert event["destination"] == {"kind": "unit", "unit": "adults"}
    assert (event["decision"], event["ruleset"], event["overridden"]) == (1, "2", False)


async def test_an_override_keeps_the_clocks_and_takes_its_own_urgency(triage_service: Bench) -> None:
    assessment = await assessed(triage_service, {"needs": ["drug_treatment"], "age": 40, "district": 1})
    body = {**OVERRIDE, "override": {"kind": "unit", "unit": "youth", "urgency": "day"}}
    answer = await decide(triage_service, assessment, body)
    assert answer.json()["decision"]["reason"] == "Borgeren har en aftale der"
    (event,) = await triage_service.published("contact.triaged")
    assert (event["destination"]["unit"], event["urgency"], event["overridden"]) == ("youth", "day", True)
    assert [clock["rule"] for clock in event["clocks"]] == ["drug_treatment"]


async def test_an_open_question_may_be_accepted_so_that_the_reception_keeps_the_contact(
    triage_service: Bench,
) -> None:
    assessment = await assessed(triage_service, {"needs": ["support_at_home"]})
    assert (await decide(triage_service, assessment, {"accept": True})).status_code == 200
    (event,) = await triage_service.published("contact.triaged")
    assert event["destination"] == {"kind": "ask", "unit": "reception"}


async def test_a_decision_sent_twice_is_made_once(triage_service: Bench) -> None:
    assessment = await assessed(triage_service, FRIDA)
    headers = {"Idempotency-Key": "decision-1"}
    first = await decide(triage_service, assessment, {"accept": True}, **headers)
    again = await decide(triage_service, assessment, {"accept": True}, **headers)
    without_key = await decide(triage_service, assessment, {"accept": True})
    assert first.json() == again.json() == without_key.json()
    assert len(await triage_service.published("contact.triaged")) == 1
    assert await triage_service.count(table_of(DecisionRow)) == 1


async def test_the_same_person_may_change_the_decision(triage_service: Bench) -> None:
    assessment = await assessed(triage_service, FRIDA)
    await decide(triage_service, assessment, {"accept": True})
    changed = await decide(triage_service, assessment, OVERRIDE)
    assert (changed.json()["decision"]["number"], changed.headers["etag"]) == (2, '"3"')
    events = await triage_service.published("contact.triaged")
    assert [(e["decision"], e["destination"]["unit"]) for e in events] == [(1, "adults"), (2, "youth")]


async def test_somebody_else_is_refused_with_who_decided_what_and_when(triage_service: Bench) -> None:
    assessment = await assessed(triage_service, FRIDA)
    await decide(triage_service, assessment, {"accept": True}, "alma")
    answer = await decide(triage_service, assessment, OVERRIDE, "bo")
    problem = answer.json()
    assert (answer.status_code, problem["type"]) == (409, "urn:dsi:problem:already-decided")
    assert (problem["role"], problem["destination"]["unit"]) == ("reception", "adults")
    assert problem["decided_at"].startswith("2026-03-10T09:00:00")
    assert "alma" not in answer.text
    assert len(await triage_service.published("contact.triaged")) == 1


async def test_somebody_else_may_change_it_with_the_current_etag_only(triage_service: Bench) -> None:
    assessment = await assessed(triage_service, FRIDA)
    await decide(triage_service, assessment, {"accept": True}, "alma")
    stale = await decide(triage_service, assessment, OVERRIDE, "bo", **{"If-Match": '"1"'})
    assert (stale.status_code, stale.json()["type"]) == (412, "urn:dsi:problem:stale-version")
    fresh = await decide(triage_service, assessment, OVERRIDE, "bo", **{"If-Match": '"2"'})
    assert (fresh.status_code, fresh.json()["decision"]["number"]) == (200, 2)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({}, "unclear-decision"),
        ({"accept": False}, "unclear-decision"),
        ({**OVERRIDE, "accept": True}, "unclear-decision"),
        ({"override": OVERRIDE["override"]}, "reason-required"),
        ({"override": OVERRIDE["override"], "reason": "  "}, "invalid-input"),
        ({"override": OVERRIDE["override"], "reason": "Borger 720670-3041"}, "invalid-input"),
        ({"override": {"kind": "unit"}, "reason": "x"}, "invalid-input"),
        ({"override": {"kind": "unit", "unit": "moon"}, "reason": "x"}, "invalid-input"),
        ({"override": {"kind": "elsewhere"}, "reason": "x"}, "invalid-input"),
        ({"override": {"kind": "ask"}, "reason": "x"}, "impossible-destination"),
        ({"override": {"kind": "self_referral", "unit": "adults"}, "reason": "x"}, "impossible-destination"),
        (
            {"override": {"kind": "unit", "unit": "hky", "administration": "BIF"}, "reason": "x"},
            "impossible-destination",
        ),
        ({"accept": True, "surprise": 1}, "invalid-input"),
    ],
)
async def test_an_unclear_decision_is_refused_and_nothing_moves(
    triage_service: Bench, body: dict[str, Any], kind: str
) -> None:
    assessment = await assessed(triage_service, FRIDA)
    answer = await decide(triage_service, assessment, body)
    assert (answer.status_code, answer.json()["type"]) == (422, f"urn:dsi:problem:{kind}")
    assert await triage_service.published("contact.triaged") == []
    assert (await newest(triage_service, assessment["contact_id"]))["status"] == "undecided"


async def test_only_the_newest_assessment_can_be_decided_on(triage_service: Bench) -> None:
    contact_id = new_id()
    older = await assessed(triage_service, FRIDA, contact_id)
    await triage_service.deliver(registered(contact_id, GRETE, 2))
    answer = await decide(triage_service, older, {"accept": True})
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:dsi:problem:not-the-latest-assessment")
    assert answer.json()["latest"] == (await newest(triage_service, contact_id))["id"]


async def test_a_closed_contact_takes_no_decision(triage_service: Bench) -> None:
    assessment = await assessed(triage_service, FRIDA)
    await triage_service.deliver(closed(UUID(assessment["contact_id"])))
    answer = await decide(triage_service, assessment, {"accept": True})
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:dsi:problem:contact-closed")
    assert await triage_service.published("contact.triaged") == []


async def test_new_facts_after_a_decision_move_nothing_by_themselves(triage_service: Bench) -> None:
    contact_id = new_id()
    assessment = await assessed(triage_service, FRIDA, contact_id)
    await decide(triage_service, assessment, {"accept": True})
    await triage_service.deliver(registered(contact_id, {**FRIDA, "age": 25}, 2))
    assert len(await triage_service.published("contact.triaged")) == 1
    fresh = await newest(triage_service, contact_id)
    assert fresh["status"] == "undecided"
    answer = await decide(triage_service, fresh, {"accept": True}, "bo")
    assert (answer.json()["decision"]["number"], answer.json()["decision"]["destination"]["unit"]) == (
        2,
        "youth",
    )


async def test_auditors_and_strangers_decide_nothing(triage_service: Bench) -> None:
    assessment = await assessed(triage_service, FRIDA)
    for role, status in ((Role.AUDITOR, 403), (Role.OPERATIONS, 403), (None, 401)):
        answer = await triage_service.client(role).post(
            f"/v1/assessments/{assessment['id']}/decision", json={"accept": True}
        )
        assert answer.status_code == status


async def test_an_unknown_assessment_takes_no_decision(triage_service: Bench) -> None:
    assert (await decide(triage_service, {"id": new_id()}, {"accept": True})).status_code == 404


async def test_a_returned_contact_may_be_decided_on_by_anybody(triage_service: Bench) -> None:
    assessment = await assessed(triage_service, FRIDA)
    contact_id = UUID(assessment["contact_id"])
    await decide(triage_service, assessment, {"accept": True}, "alma")
    await triage_service.deliver(returned(contact_id, 1))
    reopened = await newest(triage_service, contact_id)
    assert (reopened["status"], reopened["returned"]["unit"]) == ("undecided", "adults")
    answer = await decide(triage_service, reopened, OVERRIDE, "bo")
    assert (answer.status_code, answer.json()["decision"]["number"]) == (200, 2)


async def test_the_same_recommendation_may_be_accepted_again_after_a_return(triage_service: Bench) -> None:
    assessment = await assessed(triage_service, FRIDA)
    await decide(triage_service, assessment, {"accept": True})
    await triage_service.deliver(returned(UUID(assessment["contact_id"]), 1))
    answer = await decide(triage_service, assessment, {"accept": True})
    assert answer.json()["decision"]["number"] == 2
    assert len(await triage_service.published("contact.triaged")) == 2


async def test_a_return_of_an_older_decision_or_one_sent_twice_changes_nothing(triage_service: Bench) -> None:
    assessment = await assessed(triage_service, FRIDA)
    contact_id = UUID(assessment["contact_id"])
    await decide(triage_service, assessment, {"accept": True})
    await triage_service.deliver(returned(contact_id, 1))
    await decide(triage_service, assessment, OVERRIDE)
    await triage_service.deliver(returned(contact_id, 1))
    assert (await newest(triage_service, contact_id))["status"] == "decided"


async def test_a_return_of_a_decision_never_made_here_stays_with_the_sender(triage_service: Bench) -> None:
    receipts = await triage_service.deliver(returned(new_id(), 3))
    assert [result.status for result in receipts.results] == ["refused"]


async def test_a_companion_becomes_a_contact_of_its_own(triage_service: Bench) -> None:
    assessment = await assessed(triage_service, GRETE)
    answer = await decide(triage_service, assessment, {"accept": True})
    (event,) = await triage_service.published("contact.triaged")
    assert event["destination"]["kind"] == "low_threshold"
    (companion,) = event["companions"]
    assert companion["destination"] == {"kind": "unit", "unit": "children-amager"}
    assert (companion["urgency"], len(companion["clocks"])) == ("day", 2)
    assert companion["contact_id"] == answer.json()["decision"]["companion"] != assessment["contact_id"]
    child = await newest(triage_service, companion["contact_id"])
    assert (child["status"], child["recommendation"]["destination"]["unit"]) == ("decided", "children-amager")


async def test_a_changed_decision_keeps_the_companion_and_disturbs_nobody_who_works_on_it(
    triage_service: Bench,
) -> None:
    assessment = await assessed(triage_service, GRETE)
    first = (await decide(triage_service, assessment, {"accept": True})).json()
    second = (await decide(triage_service, assessment, OVERRIDE)).json()
    assert second["decision"]["companion"] == first["decision"]["companion"]
    events = await triage_service.published("contact.triaged")
    assert [len(event["companions"]) for event in events] == [1, 0]


async def test_what_is_known_better_about_the_child_reaches_the_same_companion(triage_service: Bench) -> None:
    contact_id = new_id()
    unknown = {**GRETE, "child_district": None}
    first = (
        await decide(triage_service, await assessed(triage_service, unknown, contact_id), {"accept": True})
    ).json()
    await triage_service.deliver(registered(contact_id, GRETE, 2))
    await decide(triage_service, await newest(triage_service, contact_id), {"accept": True})
    unknown, known = await triage_service.published("contact.triaged")
    assert unknown["companions"][0]["destination"]["kind"] == "ask"
    assert known["companions"][0]["destination"]["unit"] == "children-amager"
    assert {e["companions"][0]["contact_id"] for e in (unknown, known)} == {first["decision"]["companion"]}


async def test_a_returned_companion_is_decided_on_as_a_contact_of_its_own(triage_service: Bench) -> None:
    assessment = await assessed(triage_service, GRETE)
    companion = (await decide(triage_service, assessment, {"accept": True})).json()["decision"]["companion"]
    await triage_service.deliver(returned(UUID(companion), 1, Unit.CHILDREN_AMAGER))
    child = await newest(triage_service, companion)
    assert child["status"] == "undecided"
    body = {"override": {"kind": "unit", "unit": "children-city-oesterbro"}, "reason": "Barnet er flyttet"}
    assert (await decide(triage_service, child, body, "bo")).json()["decision"]["number"] == 2
    event = (await triage_service.published("contact.triaged"))[-1]
    assert (event["contact_id"], event["destination"]["unit"]) == (companion, "children-city-oesterbro")
