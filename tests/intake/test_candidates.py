"""Candidates: the caller's earlier contacts are offered, and a person chooses."""

from datetime import timedelta
from typing import Any

from shared.ids import new_id
from shared.vocabulary import Role
from tests.bench import Bench
from tests.intake.test_callbacks_of_calls import ALMA, BO, call
from tests.intake.test_contacts import FACTS
from tests.intake.test_telephony import report

ALMAS_CPR, BOS_CPR = "6101901234", "6202851234"


async def wrote(bench: Bench, citizen: dict[str, Any], at: str = "2026-03-01T09:00:00Z", **more: Any) -> str:
    person = {"relation": "parent", "phone": f"+{ALMA}"}
    body = {"channel": "written", "received_at": at, "citizen": citizen, "contact_person": person, **more}
    answer = await bench.client(Role.RECEPTION).post("/v1/contacts", json=body)
    assert answer.status_code == 201, answer.text
    contact_id: str = answer.json()["id"]
    return contact_id


async def the_callers_contact(bench: Bench, caller: str | None = ALMA, number: int = 9) -> str:
    await report(bench, *call(number, caller, 10, "answered"))
    answer = await bench.client(Role.RECEPTION).get(f"/v1/calls/call-{number}")
    contact_id: str = answer.json()["contact_id"]
    return contact_id


async def candidates(bench: Bench, contact_id: str, role: Role = Role.RECEPTION) -> dict[str, Any]:
    answer = await bench.client(role).get(f"/v1/contacts/{contact_id}/candidates")
    assert answer.status_code == 200, answer.text
    offered: dict[str, Any] = answer.json()
    return offered


async def test_earlier_contacts_are_offered_by_person_newest_first(intake: Bench) -> None:
    first = await wrote(intake, {"cpr": ALMAS_CPR, "name": "Alma Andersen"})
    bos = await wrote(intake, {"cpr": BOS_CPR, "name": "Bo Berg"}, "2026-03-02T09:00:00Z")
    second = await wrote(intake, {"cpr": ALMAS_CPR, "name": "Alma Andersen"}, "2026-03-03T09:00:00Z")
    unknown = await wrote(intake, {}, "2026-03-04T09:00:00Z")
    offered = await candidates(intake, await the_callers_contact(intake))

    assert [(one["name"], one["is_known"]) for one in offered["people"]] == [
        (None, False),
        ("Alma Andersen", True),
        ("Bo Berg", True),
    ]
    assert [[contact["id"] for contact in one["contacts"]] for one in offered["people"]] == [
        [unknown],
        [second, first],
        [bos],
    ]
    earlier = offered["people"][2]["contacts"][0]
    assert (earlier["relation"], earlier["channel"], earlier["line"]) == ("parent", "written", "postkassen")
    assert not offered["more"]


async def test_later_contacts_and_other_numbers_are_not_offered(intake: Bench) -> None:
    contact = await the_callers_contact(intake)
    intake.clock.advance(timedelta(hours=2))
    await wrote(intake, {"name": "Senere"}, "2026-03-10T10:30:00Z")
    await the_callers_contact(intake, BO, 8)
    assert await candidates(intake, contact) == {"people": [], "more": False}


async def test_a_number_does_not_reveal_a_protected_name(intake: Bench) -> None:
    await wrote(intake, {"cpr": ALMAS_CPR, "name": "Alma Andersen"})
    citizen = {"cpr": ALMAS_CPR, "name": "Alma Andersen", "address_protected_until": "2026-12-31"}
    await wrote(intake, citizen, "2026-03-02T09:00:00Z")
    (person,) = (await candidates(intake, await the_callers_contact(intake)))["people"]

    assert (person["name"], person["address_protected"], len(person["contacts"])) == (None, True, 2)


async def test_anonymous_contacts_are_no_candidates_and_get_none(intake: Bench) -> None:
    await wrote(intake, {"anonymous": True})
    assert (await candidates(intake, await the_callers_contact(intake)))["people"] == []
    await wrote(intake, {"cpr": ALMAS_CPR}, "2026-03-02T09:00:00Z")
    anonymous = await wrote(intake, {"anonymous": True}, "2026-03-03T09:00:00Z")
    assert (await candidates(intake, anonymous))["people"] == []
    assert (await candidates(intake, await the_callers_contact(intake, None, 8)))["people"] == []


async def test_operations_get_no_names_and_the_exchange_is_refused(intake: Bench) -> None:
    await wrote(intake, {"cpr": ALMAS_CPR, "name": "Alma Andersen"})
    contact = await the_callers_contact(intake)
    (person,) = (await candidates(intake, contact, Role.OPERATIONS))["people"]
    assert person["name"] is None
    client = intake.client(Role.TELEPHONY)
    assert (await client.get(f"/v1/contacts/{contact}/candidates")).status_code == 403
    missing = await intake.client(Role.RECEPTION).get(f"/v1/contacts/{new_id()}/candidates")
    assert missing.status_code == 404


async def test_the_access_is_logged_as_a_search_by_phone(intake: Bench) -> None:
    earlier = await wrote(intake, {"cpr": ALMAS_CPR})
    contact = await the_callers_contact(intake)
    await candidates(intake, contact)
    accesses = (await intake.client(Role.AUDITOR).get("/v1/access-log")).json()["items"]
    by_phone = {(entry["action"], entry["contact_id"]) for entry in accesses if entry["criterion"] == "phone"}
    assert by_phone == {("search", contact), ("found", earlier)}


async def test_the_newest_fifty_are_offered(intake: Bench) -> None:
    for minute in range(51):
        await wrote(intake, {"cpr": ALMAS_CPR}, f"2026-03-01T09:{minute:02}:00Z")
    offered = await candidates(intake, await the_callers_contact(intake))
    assert (len(offered["people"][0]["contacts"]), offered["more"]) == (50, True)


async def test_a_citizen_is_written_onto_a_calls_contact_and_the_number_stays(intake: Bench) -> None:
    contact = await the_callers_contact(intake)
    place, client = f"/v1/contacts/{contact}", intake.client(Role.RECEPTION)
    seen = (await client.get(place)).headers["ETag"]
    change = {
        "citizen": {"cpr": ALMAS_CPR, "name": "Alma Andersen"},
        "contact_person": {"relation": "parent", "name": "Bo Andersen"},
        "summary": "Ringer for sin datter.",
    }
    changed = await client.patch(place, json=change, headers={"If-Match": seen})
    await report(intake, *call(9, ALMA, 10, "answered", "ended"))

    assert changed.status_code == 200
    now = (await client.get(place)).json()
    assert (now["citizen"]["cpr"], now["citizen"]["age"]) == (ALMAS_CPR, 36)
    assert (now["contact_person"]["phone"], now["contact_person"]["name"]) == (f"+{ALMA}", "Bo Andersen")
    assert (now["status"], now["edition"], now["summary"]) == ("open", 2, "Ringer for sin datter.")
    for criterion in ({"cpr": ALMAS_CPR}, {"phone": ALMA}, {"name": "bo andersen"}):
        found = await client.post("/v1/contacts/search", json=criterion)
        assert [item["id"] for item in found.json()["items"]] == [contact]
    facts = await client.put(f"{place}/facts", json=FACTS, headers={"If-Match": changed.headers["ETag"]})
    assert (facts.json()["status"], facts.json()["facts"]["age"]) == ("registered", 36)


async def test_a_number_is_deleted_only_by_an_explicit_null(intake: Bench) -> None:
    contact = await the_callers_contact(intake)
    place, client = f"/v1/contacts/{contact}", intake.client(Role.RECEPTION)
    change = {"contact_person": {"relation": "self", "phone": None}}
    changed = await client.patch(place, json=change, headers={"If-Match": '"1"'})
    assert changed.json()["contact_person"]["phone"] is None
    found = await client.post("/v1/contacts/search", json={"phone": ALMA})
    assert found.json()["items"] == []
