"""Several people and several events at the same moment: one after the other, none lost, none doubled."""

import asyncio

import httpx

from services.triage.models import DecisionRow
from shared.database import table_of
from shared.ids import new_id
from shared.vocabulary import Role
from tests.bench import Bench
from tests.triage.contacts import FRIDA, GRETE, registered


async def test_of_several_people_deciding_at_once_one_decides_and_the_others_are_refused(
    triage_service: Bench,
) -> None:
    contact_id = new_id()
    await triage_service.deliver(registered(contact_id, GRETE))
    found = await triage_service.client(Role.RECEPTION).get(f"/v1/assessments?contact_id={contact_id}")
    path = f"/v1/assessments/{found.json()['items'][0]['id']}/decision"

    async def decide(name: str) -> httpx.Response:
        return await triage_service.client(Role.RECEPTION, subject=name).post(path, json={"accept": True})

    answers = await asyncio.gather(*(decide(name) for name in ("alma", "bo", "carla", "dan", "eva")))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409, 409]
    assert len(await triage_service.published("contact.triaged")) == 1
    # The mother's, and the one for her child that goes along with it.
    assert await triage_service.count(table_of(DecisionRow)) == 2


async def test_facts_that_arrive_at_once_leave_one_assessment_to_decide_on(triage_service: Bench) -> None:
    contact_id = new_id()
    events = [registered(contact_id, FRIDA, version) for version in (3, 1, 5, 2, 4)]
    await asyncio.gather(*(triage_service.deliver(event) for event in events))
    found = await triage_service.client(Role.RECEPTION).get(f"/v1/assessments?contact_id={contact_id}")
    undecided = [a for a in found.json()["items"] if a["status"] == "undecided"]
    assert [assessment["contact_version"] for assessment in undecided] == [5]
