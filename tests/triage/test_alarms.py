"""Repeat alarms over HTTP: raised by the facts that intake sends, answered without the citizen, ended by a
person.
"""

import itertools
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from shared.contracts import CitizenRekeyed, ContactRegistered
from shared.ids import new_id
from shared.vocabulary import Role
from tests.bench import Bench
from tests.triage.contacts import FRIDA, GRETE, RECEIVED, registered

ALMA, BO, ALMA_REKEYED = "a1" * 32, "b2" * 32, "c3" * 32
CONCERN: dict[str, Any] = {"needs": ["child_concern"], "age": 9, "district": 9}
DEBT: dict[str, Any] = {"needs": ["debt"], "age": 44, "district": 3}


def contact_came(
    citizen: str | None,
    day: float,
    facts: dict[str, Any] = CONCERN,
    *,
    contact: UUID | None = None,
    version: int = 1,
) -> ContactRegistered:
    received_at = RECEIVED + timedelta(days=day)
    return registered(contact or new_id(), facts, version, citizen_key=citizen, received_at=received_at)


async def deliver(bench: Bench, *events: ContactRegistered | CitizenRekeyed) -> None:
    receipts = await bench.deliver(*events)
    assert {result.status for result in receipts.results} <= {"accepted"}


async def alarms(bench: Bench, status: str | None = "open") -> list[dict[str, Any]]:
    answer = await bench.client(Role.CASEWORKER).get(
        "/v1/alarms", params={"status": status} if status else {}
    )
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def acknowledge(bench: Bench, alarm: dict[str, Any], **headers: str) -> httpx.Response:
    client = bench.client(Role.CASEWORKER, subject="karen")
    body = {"reason": "Samlet hos teamlederen"}
    return await client.post(f"/v1/alarms/{alarm['id']}/acknowledge", json=body, headers=headers)


def contacts_of(alarm: dict[str, Any]) -> list[str]:
    return [contact["contact_id"] for contact in alarm["contacts"]]


async def test_the_second_notification_about_a_child_alarms_and_each_further_one_makes_it_grow(
    triage_service: Bench,
) -> None:
    events = [contact_came(ALMA, day) for day in (0, 20, 40)]
    await deliver(triage_service, events[0])
    assert await alarms(triage_service) == []
    await deliver(triage_service, events[1])
    (first,) = await alarms(triage_service)
    await deliver(triage_service, events[2])
    (grown,) = await alarms(triage_service)
    assert (first["id"], first["version"]) == (grown["id"], grown["version"] - 1)
    assert contacts_of(grown) == [str(event.contact_id) for event in events]
    assert grown["text"].startswith(
        "3 underretninger om samme barn, eller om børn ved samme borger, siden 10.03.2026"
    )


async def test_other_citizens_and_citizens_without_a_number_alarm_nobody(triage_service: Bench) -> None:
    await deliver(
        triage_service,
        contact_came(ALMA, 0),
        contact_came(BO, 1),
        contact_came(None, 2),
        contact_came(None, 3),
    )
    assert await alarms(triage_service, None) == []


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
async def test_the_order_of_arrival_does_not_matter(triage_service: Bench, order: tuple[int, ...]) -> None:
    events = [contact_came(ALMA, 0, DEBT), contact_came(ALMA, 10, DEBT), contact_came(ALMA, 20, DEBT)]
    await deliver(triage_service, *(events[place] for place in order), events[0])
    (alarm,) = await alarms(triage_service)
    assert (alarm["kind"], alarm["need"]) == ("same_need", "debt")
    assert contacts_of(alarm) == [str(event.contact_id) for event in events]
    assert (
        alarm["text"]
        == "3 henvendelser om gældsrådgivning fra samme borger siden 10.03.2026. Se på dem samlet."
    )


async def test_a_child_beside_its_mother_is_recognised_by_her(triage_service: Bench) -> None:
    await deliver(triage_service, contact_came(ALMA, 0, GRETE), contact_came(ALMA, 30, GRETE))
    assert [alarm["kind"] for alarm in await alarms(triage_service)] == ["child_concern"]


async def test_corrected_facts_take_an_alarm_back_and_so_does_another_citizen(triage_service: Bench) -> None:
    first, second = contact_came(ALMA, 0), contact_came(ALMA, 5)
    await deliver(triage_service, first, second)
    await deliver(triage_service, contact_came(ALMA, 5, FRIDA, contact=second.contact_id, version=2))
    assert [alarm["status"] for alarm in await alarms(triage_service, None)] == ["withdrawn"]
    await deliver(triage_service, contact_came(ALMA, 5, contact=second.contact_id, version=3))
    assert len(await alarms(triage_service)) == 1
    await deliver(triage_service, contact_came(BO, 5, contact=second.contact_id, version=4))
    assert await alarms(triage_service) == []


async def test_a_person_ends_it_with_what_was_done_and_a_further_contact_raises_a_new_one(
    triage_service: Bench,
) -> None:
    events = [contact_came(ALMA, 0), contact_came(ALMA, 5)]
    await deliver(triage_service, *events)
    (alarm,) = await alarms(triage_service)
    ended = await acknowledge(triage_service, alarm)
    assert (ended.status_code, ended.json()["status"]) == (200, "acknowledged")
    assert ended.json()["acknowledged"]["role"] == "caseworker"
    assert ended.json()["acknowledged"]["reason"] == "Samlet hos teamlederen"
    assert "karen" not in ended.text
    assert (await acknowledge(triage_service, alarm)).status_code == 409

    await deliver(triage_service, events[0])
    assert await alarms(triage_service) == []
    more = contact_came(ALMA, 9)
    await deliver(triage_service, more)
    (again,) = await alarms(triage_service)
    assert again["id"] != alarm["id"]
    assert {one["contact_id"] for one in again["contacts"] if one["unseen"]} == {str(more.contact_id)}
    assert len(again["contacts"]) == 3


async def test_what_came_after_it_was_read_is_not_acknowledged_unseen(triage_service: Bench) -> None:
    await deliver(triage_service, contact_came(ALMA, 0), contact_came(ALMA, 5))
    (alarm,) = await alarms(triage_service)
    read = await triage_service.client(Role.RECEPTION).get(f"/v1/alarms/{alarm['id']}")
    await deliver(triage_service, contact_came(ALMA, 6))
    stale = await acknowledge(triage_service, alarm, **{"If-Match": read.headers["ETag"]})
    assert (stale.status_code, len(await alarms(triage_service))) == (412, 1)
    fresh = await acknowledge(triage_service, alarm, **{"If-Match": stale.headers["ETag"]})
    assert fresh.status_code == 200


async def test_the_alarm_warns_on_the_assessment_and_leaves_the_destination_alone(
    triage_service: Bench,
) -> None:
    once, twice = contact_came(BO, 0), contact_came(ALMA, 5)
    await deliver(triage_service, once, contact_came(ALMA, 0), twice)
    client = triage_service.client(Role.RECEPTION)
    listed = (await client.get("/v1/assessments", params={"contact_id": str(twice.contact_id)})).json()[
        "items"
    ][0]
    calm = (await client.get("/v1/assessments", params={"contact_id": str(once.contact_id)})).json()["items"][
        0
    ]
    (warning,) = listed["alarms"]
    assert (warning["kind"], warning["contacts"], calm["alarms"]) == ("child_concern", 2, [])
    assert listed["recommendation"]["destination"] == calm["recommendation"]["destination"]
    read = (await client.get(f"/v1/assessments/{listed['id']}")).json()
    assert read == listed
    (alarm,) = await alarms(triage_service)
    await acknowledge(triage_service, alarm)
    assert (await client.get(f"/v1/assessments/{listed['id']}")).json()["alarms"] == []


@pytest.mark.parametrize("late", [False, True])
async def test_a_new_key_is_the_same_citizen_whichever_event_comes_first(
    triage_service: Bench, late: bool
) -> None:
    rekeyed = CitizenRekeyed(id=new_id(), occurred_at=RECEIVED, old_key=ALMA, new_key=ALMA_REKEYED)
    old, new = contact_came(ALMA, 0), contact_came(ALMA_REKEYED, 5)
    await deliver(triage_service, *((rekeyed, old, new) if late else (old, new, rekeyed)))
    (alarm,) = await alarms(triage_service)
    assert contacts_of(alarm) == [str(old.contact_id), str(new.contact_id)]


async def test_alarms_of_both_keys_become_one_and_what_was_seen_stays_seen(triage_service: Bench) -> None:
    await deliver(triage_service, contact_came(ALMA, 0), contact_came(ALMA, 1))
    (seen,) = await alarms(triage_service)
    await acknowledge(triage_service, seen)
    await deliver(
        triage_service, contact_came(ALMA, 2), contact_came(ALMA_REKEYED, 3), contact_came(ALMA_REKEYED, 4)
    )
    assert len(await alarms(triage_service)) == 2
    rekeyed = CitizenRekeyed(id=new_id(), occurred_at=RECEIVED, old_key=ALMA, new_key=ALMA_REKEYED)
    await deliver(triage_service, rekeyed)
    (alarm,) = await alarms(triage_service)
    assert [contact["unseen"] for contact in alarm["contacts"]] == [False, False, True, True, True]


async def test_nothing_that_names_the_citizen_is_answered(
    triage_service: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    await deliver(triage_service, contact_came(ALMA, 0), contact_came(ALMA, 5))
    text = await triage_service.client(Role.OPERATIONS).get("/v1/alarms")
    written = capsys.readouterr()
    assert len(text.json()["items"]) == 1
    assert ALMA not in text.text + written.out + written.err


async def test_a_long_list_comes_in_pages(triage_service: Bench) -> None:
    for citizen in (ALMA, BO, ALMA_REKEYED):
        await deliver(triage_service, contact_came(citizen, 0), contact_came(citizen, 5))
        triage_service.clock.advance(timedelta(minutes=1))
    client = triage_service.client(Role.OPERATIONS)
    first = (await client.get("/v1/alarms?limit=2")).json()
    second = (await client.get("/v1/alarms", params={"limit": 2, "cursor": first["next_cursor"]})).json()
    assert [alarm["id"] for alarm in (*first["items"], *second["items"])] == [
        alarm["id"] for alarm in await alarms(triage_service)
    ]
    assert (len(second["items"]), second["next_cursor"]) == (1, None)


@pytest.mark.parametrize("role", [Role.SERVICE, Role.AUDITOR])
async def test_only_people_who_can_act_acknowledge(triage_service: Bench, role: Role) -> None:
    await deliver(triage_service, contact_came(ALMA, 0), contact_came(ALMA, 5))
    (alarm,) = await alarms(triage_service)
    place = f"/v1/alarms/{alarm['id']}/acknowledge"
    assert (await triage_service.client(role).post(place, json={"reason": "set"})).status_code == 403
    assert (await triage_service.client(Role.TELEPHONY).get("/v1/alarms")).status_code == 403


@pytest.mark.parametrize(
    "body", [{}, {"reason": ""}, {"reason": "se 711290-1234"}, {"reason": "x", "more": 1}]
)
async def test_without_a_reason_that_can_stand_in_a_trail_nothing_is_acknowledged(
    triage_service: Bench, body: dict[str, Any]
) -> None:
    await deliver(triage_service, contact_came(ALMA, 0), contact_came(ALMA, 5))
    (alarm,) = await alarms(triage_service)
    place = f"/v1/alarms/{alarm['id']}/acknowledge"
    assert (await triage_service.client(Role.RECEPTION).post(place, json=body)).status_code == 422
    assert await alarms(triage_service) == [alarm]


async def test_no_alarm_is_there_by_an_id_nobody_gave(triage_service: Bench) -> None:
    client = triage_service.client(Role.RECEPTION)
    assert (await client.get(f"/v1/alarms/{new_id()}")).status_code == 404
    assert (
        await client.post(f"/v1/alarms/{new_id()}/acknowledge", json={"reason": "set"})
    ).status_code == 404


async def test_open_alarms_and_the_oldest_are_measured(triage_service: Bench) -> None:
    await deliver(triage_service, contact_came(ALMA, 0), contact_came(ALMA, 5))
    triage_service.clock.advance(timedelta(hours=2))
    text = (await triage_service.client(None).get("/metrics")).text
    assert 'dsi_triage_open_alarms{kind="child_concern"} 1.0' in text
    assert 'dsi_triage_open_alarms{kind="same_need"} 0.0' in text
    assert 'dsi_triage_oldest_open_alarm_seconds{kind="child_concern"} 7200.0' in text
