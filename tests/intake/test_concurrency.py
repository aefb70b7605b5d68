"""Simultaneous requests: each ticket number is given once, each key works once, a call is one contact."""

import asyncio

from services.intake.contacts.repository import CONTACTS
from shared.vocabulary import Role
from tests.bench import Bench
from tests.intake.test_contacts import registered
from tests.intake.test_telephony import ANSWERED, RINGS_IN, call_event, the_call


async def test_ten_people_at_the_door_get_ten_numbers(intake: Bench) -> None:
    contacts = await asyncio.gather(*(registered(intake, channel="walk_in") for _ in range(10)))

    assert {contact["ticket"] for contact in contacts} == {f"A{number}" for number in range(1, 11)}


async def test_one_key_sent_five_times_at_once_registers_one_contact(intake: Bench) -> None:
    client, key = intake.client(Role.RECEPTION), {"Idempotency-Key": "k"}
    answers = await asyncio.gather(
        *(client.post("/v1/contacts", json={"channel": "walk_in"}, headers=key) for _ in range(5))
    )

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert await intake.count(CONTACTS) == 1


async def test_of_two_receptionists_with_the_same_copy_one_writes_and_one_is_refused(intake: Bench) -> None:
    contact = await registered(intake)
    client, place = intake.client(Role.RECEPTION), f"/v1/contacts/{contact['id']}/facts"
    answers = await asyncio.gather(
        *(
            client.put(place, json={"needs": [need]}, headers={"If-Match": '"1"'})
            for need in ("debt", "advice")
        )
    )

    assert sorted(answer.status_code for answer in answers) == [200, 412]
    assert len(await intake.published("contact.registered")) == 1


async def test_the_events_of_a_call_sent_at_once_give_the_same_call(intake: Bench) -> None:
    client = intake.client(Role.TELEPHONY)
    story = [
        RINGS_IN,
        ANSWERED,
        call_event(50, "ended"),
        call_event(2, "offer_missed"),
        call_event(3, "offered"),
    ]
    answers = await asyncio.gather(
        *(client.post("/v1/telephony/events", json=event) for event in [*story, *reversed(story)])
    )

    assert {answer.status_code for answer in answers} == {202}
    call = await the_call(intake)
    assert (call["outcome"], call["visits"][0]["wait_seconds"], call["visits"][0]["missed_offers"]) == (
        "answered",
        5,
        1,
    )
    assert call["talks"][0]["talk_seconds"] == 45
    assert await intake.count(CONTACTS) == 1
    versions = [event["version"] for event in await intake.published("contact.waiting")]
    assert len(set(versions)) == len(versions)
