"""What became of a referral: whether the citizen came, and whether she came back with the same need."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx

from services.triage.catalogue.offers.offer import load_offers
from services.triage.referrals.repository import REFERRALS
from shared.contracts import CitizenRekeyed
from shared.ids import new_id
from shared.vocabulary import Role
from tests.bench import Bench
from tests.triage.contacts import RECEIVED, registered

ALMA, BO, ALMA_REKEYED = "a1" * 32, "b2" * 32, "c3" * 32
LONELY: dict[str, Any] = {"needs": ["loneliness", "debt"], "age": 44, "district": 3}
DAY_CENTRE = next(str(offer.id) for offer in load_offers() if offer.name == "Aktivitets- og samværstilbud")


async def registered_contact(
    bench: Bench, citizen: str | None, days: float = 0, facts: dict[str, Any] = LONELY
) -> UUID:
    contact_id = new_id()
    received_at = RECEIVED + timedelta(days=days)
    await bench.deliver(registered(contact_id, facts, citizen_key=citizen, received_at=received_at))
    return contact_id


async def referred(bench: Bench, contact_id: UUID, service_id: str = DAY_CENTRE) -> httpx.Response:
    body = {"contact_id": str(contact_id), "service_id": service_id}
    return await bench.client(Role.RECEPTION).post("/v1/referrals", json=body)


async def outcomes(bench: Bench, **query: str) -> dict[str, int]:
    answer = await bench.client(Role.OPERATIONS).get(f"/v1/services/{DAY_CENTRE}/outcomes", params=query)
    assert answer.status_code == 200, answer.text
    return {name: count for name, count in answer.json().items() if name != "service_id" and count}


async def test_a_referral_is_for_the_needs_that_the_offer_meets_and_is_made_once(
    triage_service: Bench,
) -> None:
    contact_id = await registered_contact(triage_service, ALMA)
    made = await referred(triage_service, contact_id)
    assert (made.status_code, made.json()["needs"], made.json()["came"]) == (201, ["loneliness"], "unknown")
    assert (await referred(triage_service, contact_id)).json() == made.json()
    read = await triage_service.client(Role.AUDITOR).get(made.headers["Location"])
    assert read.json() == made.json()
    listed = await triage_service.client(Role.CASEWORKER).get(f"/v1/referrals?contact_id={contact_id}")
    assert listed.json()["items"] == [made.json()]


async def test_whether_the_citizen_came_is_reported_afterwards_and_the_last_report_counts(
    triage_service: Bench,
) -> None:
    made = (await referred(triage_service, await registered_contact(triage_service, ALMA))).json()
    client = triage_service.client(Role.CASEWORKER)
    for came in ("no", "yes"):
        reported = await client.post(f"/v1/referrals/{made['id']}/outcome", json={"came": came})
        assert (reported.status_code, reported.json()["came"]) == (200, came)
    assert await outcomes(triage_service) == {"referred": 1, "came": 1, "not_known_yet": 1}


async def test_coming_back_is_found_out_from_later_contacts_about_the_same_need(
    triage_service: Bench,
) -> None:
    for citizen in (ALMA, BO, None):
        await referred(triage_service, await registered_contact(triage_service, citizen))
    assert await outcomes(triage_service) == {
        "referred": 3,
        "unknown": 3,
        "not_known_yet": 2,
        "cannot_be_known": 1,
    }
    await registered_contact(triage_service, ALMA, days=-3)
    await registered_contact(triage_service, BO, days=5, facts={**LONELY, "needs": ["debt"]})
    assert "came_back" not in await outcomes(triage_service)
    await registered_contact(triage_service, ALMA, days=29)
    await registered_contact(triage_service, BO, days=31)
    triage_service.clock.advance(timedelta(days=40))
    assert await outcomes(triage_service) == {
        "referred": 3,
        "unknown": 3,
        "came_back": 1,
        "did_not_come_back": 1,
        "cannot_be_known": 1,
    }


async def test_a_citizen_under_a_new_key_still_came_back(triage_service: Bench) -> None:
    await referred(triage_service, await registered_contact(triage_service, ALMA))
    rekeyed = CitizenRekeyed(id=new_id(), occurred_at=RECEIVED, old_key=ALMA, new_key=ALMA_REKEYED)
    await triage_service.deliver(rekeyed)
    await registered_contact(triage_service, ALMA_REKEYED, days=2)
    assert (await outcomes(triage_service))["came_back"] == 1


async def test_a_need_that_was_taken_back_is_not_the_same_need(triage_service: Bench) -> None:
    await referred(triage_service, await registered_contact(triage_service, ALMA))
    back = await registered_contact(triage_service, ALMA, days=2)
    corrected = registered(back, {**LONELY, "needs": ["debt"]}, 2, citizen_key=ALMA)
    await triage_service.deliver(corrected)
    assert "came_back" not in await outcomes(triage_service)


async def test_outcomes_are_those_of_the_requested_time(triage_service: Bench) -> None:
    await referred(triage_service, await registered_contact(triage_service, ALMA))
    assert await outcomes(triage_service, **{"from": "2026-03-10T09:00:00Z"}) != {}
    assert await outcomes(triage_service, to="2026-03-10T09:00:00Z") == {}


async def test_a_decision_can_name_the_offer(triage_service: Bench) -> None:
    contact_id = await registered_contact(triage_service, ALMA, facts={**LONELY, "needs": ["loneliness"]})
    client = triage_service.client(Role.RECEPTION)
    (assessment,) = (await client.get(f"/v1/assessments?contact_id={contact_id}")).json()["items"]
    path = f"/v1/assessments/{assessment['id']}/decision"
    unknown = await client.post(path, json={"accept": True, "service_id": str(new_id())})
    assert (unknown.status_code, unknown.json()["type"]) == (422, "urn:dsi:problem:unknown-service")
    assert (await client.get(f"/v1/assessments/{assessment['id']}")).json()["status"] == "undecided"
    decided = await client.post(path, json={"accept": True, "service_id": DAY_CENTRE})
    assert decided.json()["status"] == "decided"
    listed = (await client.get(f"/v1/referrals?contact_id={contact_id}")).json()["items"]
    assert [referral["service_id"] for referral in listed] == [DAY_CENTRE]


async def test_what_is_not_there_or_not_understood_stores_nothing(triage_service: Bench) -> None:
    client = triage_service.client(Role.RECEPTION)
    contact_id = await registered_contact(triage_service, ALMA)
    no_offer = await referred(triage_service, contact_id, str(new_id()))
    assert (no_offer.status_code, no_offer.json()["errors"][0]["pointer"]) == (422, "/service_id")
    assert (await client.post(f"/v1/referrals/{new_id()}/outcome", json={"came": "yes"})).status_code == 404
    made = (await referred(triage_service, contact_id)).json()
    bad = await client.post(f"/v1/referrals/{made['id']}/outcome", json={"came": "maybe"})
    assert bad.status_code == 422
    assert (await client.get(f"/v1/services/{new_id()}/outcomes")).status_code == 404
    operations = triage_service.client(Role.OPERATIONS)
    assert (await operations.post("/v1/referrals", json={})).status_code == 403
    assert await triage_service.count(REFERRALS) == 1


async def test_who_referred_and_whose_it_was_is_in_no_answer(triage_service: Bench) -> None:
    made = await referred(triage_service, await registered_contact(triage_service, ALMA))
    assert "test-reception" not in made.text
    assert ALMA not in made.text
