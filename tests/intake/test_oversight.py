"""Operations and auditors find a contact by its reference, its call, and what is to be repaired."""

import pytest

from shared.vocabulary import Role
from tests.bench import Bench
from tests.intake.test_deliveries import GIBBERISH, log_line
from tests.intake.test_telephony import ANSWERED, HANGS_UP, RINGS_IN, call_event, report, the_call

ALMA = {"cpr": "610190-1234", "name": "Alma Andersen"}


@pytest.mark.parametrize("role", [Role.OPERATIONS, Role.AUDITOR])
async def test_a_role_without_work_with_the_person_finds_a_contact_by_reference_without_the_name(
    intake: Bench, role: Role
) -> None:
    body = {"channel": "written", "citizen": ALMA}
    contact = (await intake.client(Role.RECEPTION).post("/v1/contacts", json=body)).json()
    purpose = {"X-Purpose": "Tilsyn med ventetider"}
    body = {"reference": contact["reference"]}
    answer = await intake.client(role).post("/v1/contacts/search", json=body, headers=purpose)
    (item,) = answer.json()["items"]
    assert (item["id"], item["name"]) == (contact["id"], None)
    assert "Alma" not in answer.text
    accesses = (await intake.client(Role.AUDITOR).get("/v1/access-log")).json()["items"]
    searched = [entry["purpose"] for entry in accesses if entry["action"] in {"search", "found"}]
    assert searched == ["Tilsyn med ventetider"] * 2
    for other in ({"cpr": ALMA["cpr"]}, {"name": "Alma"}, {"phone": "20000001"}):
        assert (await intake.client(role).post("/v1/contacts/search", json=other)).status_code == 403


async def test_a_contacts_call_is_found_and_the_access_is_logged_at_the_contact(intake: Bench) -> None:
    await report(intake, RINGS_IN, call_event(1, "queued", call_id="call-2", delivery_id="other"))
    contact_id = (await the_call(intake))["contact_id"]
    client = intake.client(Role.AUDITOR)
    query = {"contact_id": contact_id}
    found = await client.get("/v1/calls", params=query, headers={"X-Purpose": "Klage behandles"})
    assert [call["call_id"] for call in found.json()["items"]] == ["call-1"]
    accesses = (await client.get("/v1/access-log", params=query)).json()["items"]
    assert ("list", "Klage behandles") in [(entry["action"], entry["purpose"]) for entry in accesses]


async def test_what_is_to_be_repaired_is_counted(intake: Bench) -> None:
    client = intake.client(Role.OPERATIONS)
    await log_line(intake, GIBBERISH)
    await log_line(intake, f"{GIBBERISH} now")
    await report(intake, RINGS_IN, call_event(1, "queued", call_id="call-2", delivery_id="other"))
    await report(intake, {**ANSWERED, "reported_wait_seconds": 90})
    counted = (await client.get("/v1/telephony/summary")).json()
    assert [(one["form"], one["count"]) for one in counted["set_aside"]] == [("asterisk", 2)]
    assert (counted["unread"], counted["open_calls"]) == (0, 2)
    assert counted["inconsistent"] == [{"inconsistency": "wait_disagrees", "count": 1}]
    later = (await client.get("/v1/telephony/summary?since=2026-03-11T00:00:00Z")).json()
    assert later["inconsistent"] == []


async def test_a_call_that_is_over_is_not_open(intake: Bench) -> None:
    await report(intake, RINGS_IN, HANGS_UP)
    client = intake.client(Role.OPERATIONS)
    assert (await client.get("/v1/telephony/summary")).json()["open_calls"] == 0
    for role in (Role.RECEPTION, Role.TELEPHONY):
        assert (await intake.client(role).get("/v1/telephony/summary")).status_code == 403
