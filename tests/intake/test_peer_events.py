"""Events of triage and routing change a contact's status, in any order and any number of times."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from services.intake.contacts.repository import CONTACTS
from shared.contracts import (
    ContactTriaged,
    Destination,
    EntryCompleted,
    EntryReleased,
    EntryReturned,
    EntryTaken,
    Event,
    Facts,
    TriagedCompanion,
)
from shared.ids import new_id
from shared.vocabulary import Channel, DestinationKind, Need, Role, Unit, Urgency
from tests.bench import Bench
from tests.intake.test_contacts import FACTS, registered

YOUTH = Destination(kind=DestinationKind.UNIT, unit=Unit.YOUTH)
CHILDREN = Destination(kind=DestinationKind.UNIT, unit=Unit.CHILDREN_AMAGER)


async def seen(bench: Bench, contact_id: object) -> dict[str, Any]:
    contact: dict[str, Any] = (await bench.client(Role.RECEPTION).get(f"/v1/contacts/{contact_id}")).json()
    return contact


async def status_after(bench: Bench, contact: dict[str, Any], *events: Event) -> str:
    receipts = await bench.deliver(*events)
    assert {result.status for result in receipts.results} == {"accepted"}
    status: str = (await seen(bench, contact["id"]))["status"]
    return status


def at(bench: Bench, minute: int) -> datetime:
    return bench.clock.now() + timedelta(minutes=minute)


def entry(bench: Bench, kind: type[Event], contact: dict[str, Any], minute: int, **more: Any) -> Event:
    names = {"id": new_id(), "contact_id": contact["id"], "entry_id": new_id(), "queue": "reception-mail"}
    return kind(**names, occurred_at=at(bench, minute), **more)


def decided(
    bench: Bench, contact: dict[str, Any], decision: int, *companions: TriagedCompanion
) -> ContactTriaged:
    return ContactTriaged(
        id=new_id(),
        occurred_at=at(bench, decision),
        contact_id=contact["id"],
        decision=decision,
        reference=contact["reference"].replace("-", ""),
        channel=Channel.WRITTEN,
        received_at=contact["received_at"],
        ruleset="1",
        overridden=False,
        destination=YOUTH,
        urgency=Urgency.NORMAL,
        companions=list(companions),
    )


def returned(bench: Bench, contact: dict[str, Any], decision: int) -> Event:
    return entry(bench, EntryReturned, contact, 9, unit=Unit.YOUTH, decision=decision, reason="forkert enhed")


async def test_a_contact_taken_is_open_and_waits_again_when_released(intake: Bench) -> None:
    contact = await registered(intake)

    assert await status_after(intake, contact, entry(intake, EntryTaken, contact, 1)) == "open"
    assert await status_after(intake, contact, entry(intake, EntryReleased, contact, 2)) == "waiting"


async def test_a_late_event_that_it_was_taken_does_not_undo_the_release(intake: Bench) -> None:
    contact = await registered(intake)
    taken, released = entry(intake, EntryTaken, contact, 1), entry(intake, EntryReleased, contact, 2)

    assert await status_after(intake, contact, released, taken, taken) == "waiting"


async def test_taking_an_entry_leaves_the_etag_as_it_is(intake: Bench) -> None:
    contact = await registered(intake)
    await intake.deliver(entry(intake, EntryTaken, contact, 1))

    assert (await seen(intake, contact["id"]))["edition"] == contact["edition"]


async def test_an_answer_has_the_version_that_its_event_carries_which_is_not_the_etag(intake: Bench) -> None:
    contact = await registered(intake)
    await intake.deliver(entry(intake, EntryTaken, contact, 1))
    written = await intake.client(Role.RECEPTION).put(
        f"/v1/contacts/{contact['id']}/facts",
        json={"needs": ["debt"]},
        headers={"If-Match": f'"{contact["edition"]}"'},
    )

    (event,) = await intake.published("contact.registered")
    assert (written.json()["version"], written.json()["edition"]) == (event["version"], 2) == (3, 2)


async def test_a_completed_entry_closes_the_contact_with_its_outcome_which_is_published(
    intake: Bench,
) -> None:
    contact = await registered(intake)
    done = entry(intake, EntryCompleted, contact, 5, outcome="advised")

    assert await status_after(intake, contact, done, done) == "closed"
    now = await seen(intake, contact["id"])
    assert (now["outcome"], now["closed_at"]) == ("advised", at(intake, 5).isoformat().replace("+00:00", "Z"))
    assert len(await intake.published("contact.closed")) == 1


async def test_an_unknown_outcome_counts_as_completed(intake: Bench) -> None:
    contact = await registered(intake)
    await intake.deliver(entry(intake, EntryCompleted, contact, 5, outcome="beamed_up"))

    assert (await seen(intake, contact["id"]))["outcome"] == "completed"


async def test_a_closed_contact_stays_closed(intake: Bench) -> None:
    contact = await registered(intake)
    await intake.client(Role.RECEPTION).post(
        f"/v1/contacts/{contact['id']}/close", json={"outcome": "duplicate"}
    )
    later = [
        entry(intake, EntryTaken, contact, 1),
        entry(intake, EntryReleased, contact, 2),
        decided(intake, contact, 1),
        returned(intake, contact, 1),
        entry(intake, EntryCompleted, contact, 5, outcome="advised"),
    ]

    assert await status_after(intake, contact, *later) == "closed"
    assert (await seen(intake, contact["id"]))["outcome"] == "duplicate"


async def test_a_decision_triages_and_a_return_asks_for_another(intake: Bench) -> None:
    contact = await registered(intake, facts=FACTS)

    assert await status_after(intake, contact, decided(intake, contact, 1)) == "triaged"
    assert await status_after(intake, contact, returned(intake, contact, 1)) == "registered"
    assert await status_after(intake, contact, decided(intake, contact, 2)) == "triaged"
    assert await status_after(intake, contact, returned(intake, contact, 1)) == "triaged"


async def test_a_return_that_arrives_before_its_decision_still_counts(intake: Bench) -> None:
    contact = await registered(intake, facts=FACTS)

    assert await status_after(intake, contact, returned(intake, contact, 1)) == "registered"
    assert await status_after(intake, contact, decided(intake, contact, 1)) == "registered"


async def test_new_facts_do_not_move_a_triaged_contact(intake: Bench) -> None:
    contact = await registered(intake, facts=FACTS)
    await intake.deliver(decided(intake, contact, 1))
    written = await intake.client(Role.RECEPTION).put(
        f"/v1/contacts/{contact['id']}/facts", json={"needs": ["debt", "advice"]}, headers={"If-Match": '"1"'}
    )

    assert written.json()["status"] == "triaged"
    versions = [event["version"] for event in await intake.published("contact.registered")]
    assert versions == sorted(set(versions))


def child(contact_id: UUID, age: int = 7) -> TriagedCompanion:
    facts = Facts(age=age, needs=frozenset({Need.CHILD_CONCERN}), child_at_risk=True)
    return TriagedCompanion(
        contact_id=contact_id, concerns="child", destination=CHILDREN, urgency=Urgency.DAY, facts=facts
    )


async def test_a_companion_becomes_a_contact_of_its_own(intake: Bench) -> None:
    contact, child_id = await registered(intake, facts=FACTS, received_at="2026-03-09T09:00:00Z"), new_id()
    first = decided(intake, contact, 1, child(child_id))
    await intake.deliver(first, first, decided(intake, contact, 2, child(child_id, age=8)))

    companion = await seen(intake, child_id)
    assert (companion["status"], companion["companion_of"], companion["concerns"]) == (
        "triaged",
        contact["id"],
        "child",
    )
    assert companion["received_at"] == "2026-03-09T09:00:00Z"
    assert companion["facts"]["age"] == 8
    assert await intake.count(CONTACTS) == 2
    listed = await intake.client(Role.RECEPTION).get(f"/v1/contacts?companion_of={contact['id']}")
    assert [item["id"] for item in listed.json()["items"]] == [str(child_id)]


async def test_a_changed_decision_that_arrives_first_is_not_overwritten_by_the_earlier_one(
    intake: Bench,
) -> None:
    contact, child_id = await registered(intake, facts=FACTS), new_id()
    await intake.deliver(
        decided(intake, contact, 2, child(child_id, age=8)), decided(intake, contact, 1, child(child_id))
    )

    assert (await seen(intake, child_id))["facts"]["age"] == 8


async def test_an_event_about_an_unknown_contact_is_refused_alone(intake: Bench) -> None:
    contact = await registered(intake)
    stranger = {**contact, "id": str(new_id())}
    receipts = await intake.deliver(
        entry(intake, EntryTaken, stranger, 1), entry(intake, EntryTaken, contact, 1)
    )

    assert [result.status for result in receipts.results] == ["refused", "accepted"]
    assert (await seen(intake, contact["id"]))["status"] == "open"
