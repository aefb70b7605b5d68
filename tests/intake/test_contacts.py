"""Contacts by phone, letter and at the desk, as the reception registers them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.intake.contacts.repository import CONTACTS
from shared.vocabulary import Role
from tests.bench import Bench

FACTS = {"needs": ["debt"], "district": 3}


async def registered(bench: Bench, **body: Any) -> dict[str, Any]:
    """A contact as the reception registers it; an empty letter by default."""
    answer = await bench.client(Role.RECEPTION).post("/v1/contacts", json={"channel": "written", **body})
    assert answer.status_code == 201, answer.text
    contact: dict[str, Any] = answer.json()
    return contact


async def test_a_letter_waits_in_the_mail_queue(intake: Bench) -> None:
    contact = await registered(intake)

    assert (contact["status"], contact["line"], contact["ticket"]) == ("waiting", "postkassen", None)
    (event,) = await intake.published()
    assert (event["type"], event["contact_id"], event["version"]) == ("contact.waiting", contact["id"], 1)
    assert event["visits"] == [
        {"position": 1, "queue": "reception-mail", "entered_at": contact["received_at"], "outcome": "waiting"}
    ]


async def test_a_contact_with_facts_is_registered_and_published_to_triage(intake: Bench) -> None:
    contact = await registered(intake, channel="phone", facts=FACTS, citizen={"cpr": "610190-1234"})

    assert contact["status"] == "registered"
    assert [event["type"] for event in await intake.published()] == ["contact.waiting", "contact.registered"]
    (event,) = await intake.published("contact.registered")
    assert event["facts"]["age"] == 36
    assert event["facts"]["needs"] == ["debt"]
    assert event["reference"] == contact["reference"].replace("-", "")


async def test_the_answer_names_its_place_and_its_etag(intake: Bench) -> None:
    answer = await intake.client(Role.RECEPTION).post("/v1/contacts", json={"channel": "phone"})
    contact = answer.json()

    assert answer.headers["Location"] == f"/v1/contacts/{contact['id']}"
    assert answer.headers["ETag"] == '"1"'
    read = await intake.client(Role.RECEPTION).get(answer.headers["Location"])
    assert (read.json(), read.headers["ETag"]) == (contact, '"1"')


async def test_the_same_key_and_body_register_one_contact(intake: Bench) -> None:
    client = intake.client(Role.RECEPTION)
    body = {"channel": "walk_in", "citizen": {"cpr": "6101901234", "name": "Alma Andersen"}}
    answers = [
        await client.post("/v1/contacts", json=body, headers={"Idempotency-Key": "k-1"}) for _ in range(2)
    ]
    other = await client.post("/v1/contacts", json={"channel": "phone"}, headers={"Idempotency-Key": "k-1"})

    assert answers[0].json() == answers[1].json()
    assert answers[1].json()["ticket"] == "A1"
    assert [answer.headers["ETag"] for answer in answers] == ['"1"', '"1"']
    assert other.json()["type"] == "urn:dsi:problem:idempotency-mismatch"
    assert await intake.count(CONTACTS) == 1
    assert len(await intake.published()) == 1


async def test_walk_ins_get_the_numbers_of_their_day_in_copenhagen(intake: Bench) -> None:
    intake.clock.set(datetime(2026, 3, 10, 22, 30, tzinfo=UTC))
    first, second = await registered(intake, channel="walk_in"), await registered(intake, channel="walk_in")
    intake.clock.set(datetime(2026, 3, 10, 23, 30, tzinfo=UTC))
    next_day = await registered(intake, channel="walk_in")
    from_the_day_before = await registered(intake, channel="walk_in", received_at="2026-03-10T12:00:00+01:00")

    assert [c["ticket"] for c in (first, second, next_day, from_the_day_before)] == ["A1", "A2", "A1", "A3"]
    assert (await intake.published())[0]["ticket"] == "A1"


async def test_a_form_filled_on_paper_during_an_outage_keeps_its_time(intake: Bench) -> None:
    contact = await registered(intake, received_at="2026-03-08T23:15:00+01:00")

    assert contact["received_at"] == "2026-03-08T22:15:00Z"


async def test_a_callers_clock_may_be_five_minutes_ahead(intake: Bench) -> None:
    ahead = intake.clock.now() + timedelta(minutes=5)

    assert (await registered(intake, received_at=ahead.isoformat()))["status"] == "waiting"


async def test_the_receptionist_writes_the_facts_down_and_a_stale_copy_is_refused(intake: Bench) -> None:
    client, contact = intake.client(Role.RECEPTION), await registered(intake)
    place = f"/v1/contacts/{contact['id']}/facts"
    unguarded = await client.put(place, json=FACTS)
    written = await client.put(place, json=FACTS, headers={"If-Match": '"1"'})
    stale = await client.put(place, json=FACTS, headers={"If-Match": '"1"'})

    assert (unguarded.status_code, written.status_code, stale.status_code) == (428, 200, 412)
    assert written.json()["status"] == "registered"
    assert written.headers["ETag"] == '"2"'
    assert len(await intake.published("contact.registered")) == 1


async def test_a_correction_of_the_citizen_changes_the_age_in_the_facts(intake: Bench) -> None:
    contact = await registered(intake, citizen={"age": 40, "name": "Alma"}, facts=FACTS, summary="Første")
    changed = await intake.client(Role.RECEPTION).patch(
        f"/v1/contacts/{contact['id']}",
        json={"citizen": {"birth_date": "2009-03-11", "name": "Alma Andersen"}},
        headers={"If-Match": '"1"'},
    )

    assert changed.json()["citizen"]["age"] == 16
    assert changed.json()["facts"]["age"] == 16
    assert changed.json()["summary"] == "Første"
    assert [event["facts"]["age"] for event in await intake.published("contact.registered")] == [40, 16]
    assert [event["version"] for event in await intake.published("contact.registered")] == [1, 2]


async def test_a_summary_alone_is_not_published_to_triage(intake: Bench) -> None:
    contact = await registered(intake, facts=FACTS)
    await intake.client(Role.RECEPTION).patch(
        f"/v1/contacts/{contact['id']}", json={"summary": "Ringer igen"}, headers={"If-Match": '"1"'}
    )

    assert len(await intake.published("contact.registered")) == 1


async def test_a_closed_contact_is_published_once_and_takes_no_more_facts(intake: Bench) -> None:
    client, contact = intake.client(Role.RECEPTION), await registered(intake)
    place = f"/v1/contacts/{contact['id']}"
    closed = await client.post(f"{place}/close", json={"outcome": "advised", "reason": "Fik vejledning"})
    again = await client.post(f"{place}/close", json={"outcome": "advised"})
    otherwise = await client.post(f"{place}/close", json={"outcome": "duplicate"})
    facts = await client.put(f"{place}/facts", json=FACTS, headers={"If-Match": '"2"'})

    assert (closed.json()["status"], closed.json()["outcome"]) == ("closed", "advised")
    assert again.json()["close_reason"] == "Fik vejledning"
    assert (otherwise.status_code, facts.json()["type"]) == (409, "urn:dsi:problem:contact-closed")
    (event,) = await intake.published("contact.closed")
    assert (event["outcome"], event["version"]) == ("advised", 2)


async def test_pages_of_the_list_have_each_contact_once_and_no_names(intake: Bench) -> None:
    for day in range(1, 6):
        await registered(
            intake, received_at=f"2026-03-0{day}T09:00:00Z", citizen={"name": "Alma", "cpr": "6101901234"}
        )
    client = intake.client(Role.OPERATIONS)
    days: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        answer = await client.get(f"/v1/contacts?limit=2{cursor and '&cursor='}{cursor}")
        days += [item["received_at"][8:10] for item in answer.json()["items"]]
        assert "Alma" not in answer.text
        assert "6101901234" not in answer.text
        assert ("Link" in answer.headers) is (answer.json()["next_cursor"] is not None)
        cursor = answer.json()["next_cursor"]

    assert days == ["05", "04", "03", "02", "01"]


FILTERS = [
    ("status=waiting", 2),
    ("status=registered", 1),
    ("channel=phone", 1),
    ("line=postkassen", 2),
    ("received_from=2026-03-10T00:00:00Z", 2),
    ("received_to=2026-03-10T00:00:00Z", 1),
]


@pytest.mark.parametrize(("query", "count"), FILTERS)
async def test_the_list_can_be_narrowed(intake: Bench, query: str, count: int) -> None:
    await registered(intake, received_at="2026-03-01T09:00:00Z")
    await registered(intake, channel="phone")
    await registered(intake, facts=FACTS)

    answer = await intake.client(Role.RECEPTION).get(f"/v1/contacts?{query}")
    assert len(answer.json()["items"]) == count


async def test_each_line_is_listed_with_its_reception_queue(intake: Bench) -> None:
    lines = (await intake.client(Role.OPERATIONS).get("/v1/lines")).json()["items"]

    assert {line["code"]: line["reception_queue"] for line in lines} == {
        "hovednummer": "reception-phone",
        "ungelinjen": "reception-phone",
        "postkassen": "reception-mail",
        "griffenfeldsgade": "reception-desk",
    }
