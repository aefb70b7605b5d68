"""What is owed runs from the moment the city received the words, before anybody decides."""

from datetime import timedelta
from uuid import UUID

import pytest

from shared.contracts import ContactWaiting
from shared.ids import new_id
from shared.vocabulary import Channel, Role, Unit
from tests.routing.duties.conftest import Duties
from tests.routing.events import (
    NOW,
    ago,
    assessed,
    assessment_clock,
    child,
    clock,
    closed,
    companion,
    notification,
    triaged,
    waiting,
)

RECEIVED = ago(hours=3)
DUE = "2026-03-11T06:00:00Z"
OWED = notification(RECEIVED)
BOTH = {"notification_assessment": "running", "notification_receipt": "running"}


TREATMENT = clock("drug_treatment", RECEIVED, RECEIVED + timedelta(days=14))


def letter(contact_id: UUID) -> ContactWaiting:
    return waiting(contact_id, channel=Channel.WRITTEN, entered_at=RECEIVED)


async def test_a_notification_runs_at_the_reception_before_anybody_has_decided(duties: Duties) -> None:
    contact = new_id()
    await duties.deliver(waiting(contact, entered_at=RECEIVED), assessed(contact, *OWED))
    duty = await duties.the(contact)
    assert (duty["starts_at"], duty["due_at"], duty["unit"], duty["queue"]) == (
        "2026-03-10T06:00:00Z",
        DUE,
        "reception",
        "reception-phone",
    )
    entry = await duties.entry(contact)
    assert duty["entry_id"] == entry["id"]
    assert [one["rule"] for one in entry["clocks"]] == ["notification_assessment", "notification_receipt"]
    assert len((await duties.otto.get("/v1/clocks")).json()["items"]) == 2


async def test_the_receptions_entry_is_ordered_by_what_is_owed_and_no_later_for_it(duties: Duties) -> None:
    urgent, plain = new_id(), new_id()
    mail = Channel.WRITTEN
    await duties.deliver(
        waiting(plain, channel=mail, entered_at=ago(days=1)),
        waiting(urgent, channel=mail, entered_at=ago(hours=20)),
        assessed(plain, TREATMENT, channel=mail),
        assessed(urgent, *notification(ago(hours=20)), channel=mail),
    )
    line = (await duties.alma.get("/v1/queues/reception-mail/entries")).json()["items"]
    assert [one["contact_id"] for one in line] == [str(urgent), str(plain)]
    assert (line[0]["order"]["reason"], line[0]["order"]["rule"]) == ("due", "notification_assessment")
    assert (line[1]["order"]["reason"], line[1]["order"]["due_at"]) == ("target", "2026-03-11T09:00:00Z")


async def test_a_decision_changes_who_answers_and_not_when_it_began_or_is_due(duties: Duties) -> None:
    contact = new_id()
    await duties.deliver(
        waiting(contact, entered_at=RECEIVED),
        assessed(contact, *OWED, at=ago(hours=2)),
        triaged(contact, Unit.CHILDREN_AMAGER),
    )
    duty = await duties.the(contact)
    assert (duty["unit"], duty["starts_at"], duty["due_at"]) == (
        "children-amager",
        "2026-03-10T06:00:00Z",
        DUE,
    )
    assert [one["rule"] for one in (await duties.entry(contact))["clocks"]] == [*BOTH]


async def test_what_is_owed_is_known_by_an_assessment_or_a_decision_whichever_comes_first(
    duties: Duties,
) -> None:
    contact = new_id()
    await duties.deliver(
        triaged(contact, Unit.CHILDREN_AMAGER, clocks=[assessment_clock(RECEIVED), TREATMENT])
    )
    assert await duties.states(contact) == {"notification_assessment": "running", "drug_treatment": "running"}
    await duties.deliver(assessed(contact, *OWED, at=ago(minutes=1)), waiting(contact, entered_at=RECEIVED))
    assert await duties.states(contact) == {**BOTH, "drug_treatment": "ended_otherwise"}
    assert (await duties.the(contact, "drug_treatment"))["reason"] == "facts_changed"
    assert {duty["unit"] for duty in await duties.of(contact)} == {"children-amager"}


async def test_a_changed_fact_ends_a_duty_otherwise_and_brings_it_back_with_its_old_start(
    duties: Duties,
) -> None:
    contact = new_id()
    await duties.deliver(assessed(contact, TREATMENT), assessed(contact, number=2, at=NOW))
    ended = await duties.the(contact, "drug_treatment")
    assert (ended["state"], ended["reason"], ended["ended_by"]) == ("ended_otherwise", "facts_changed", None)
    assert "Oplysningerne er ændret" in ended["ending_text"]
    await duties.deliver(assessed(contact, TREATMENT, number=3))
    again = await duties.the(contact, "drug_treatment")
    assert (again["id"], again["state"], again["starts_at"]) == (
        ended["id"],
        "running",
        "2026-03-10T06:00:00Z",
    )


async def test_a_notification_goes_on_when_the_box_is_unticked_and_ends_by_a_persons_act(
    duties: Duties,
) -> None:
    contact = new_id()
    await duties.deliver(assessed(contact, *OWED), assessed(contact, number=2))
    assert await duties.states(contact) == BOTH
    ended = await duties.act(
        await duties.the(contact), "not_a_notification", duties.alma, reason="Handlede om en voksen"
    )
    assert (ended.status_code, ended.json()["state"]) == (200, "ended_otherwise")
    await duties.deliver(assessed(contact, *OWED, number=3))
    assert (await duties.states(contact))["notification_assessment"] == "ended_otherwise"


async def test_an_assessment_that_comes_after_a_newer_one_loses_no_notification(duties: Duties) -> None:
    contact = new_id()
    await duties.deliver(assessed(contact, number=2), assessed(contact, *OWED, TREATMENT, number=1))
    assert await duties.states(contact) == {**BOTH, "drug_treatment": "ended_otherwise"}


@pytest.mark.parametrize("outcome", ["advised", "abandoned", "duplicate", "forwarded"])
async def test_closing_a_contact_ends_nothing_that_is_owed(duties: Duties, outcome: str) -> None:
    contact = new_id()
    await duties.deliver(
        waiting(contact, entered_at=RECEIVED), assessed(contact, *OWED), closed(contact, outcome)
    )
    duty = await duties.the(contact)
    assert (duty["state"], duty["unit"], duty["entry_id"]) == ("running", "reception", None)
    clocks = (await duties.alma.get("/v1/clocks")).json()
    assert (clocks["counting"], [one["entry_id"] for one in clocks["items"]]) == (2, [None, None])
    metrics = (await duties.routing.client(None).get("/metrics")).text
    assert 'dsi_clocks{reason="",rule="notification_assessment",state="running"} 1.0' in metrics
    board = (await duties.otto.get("/v1/board/now")).json()["duties"]
    assert {one["rule"]: one["running"] for one in board} == dict.fromkeys(BOTH, 1)


async def test_a_return_gives_the_duties_back_to_the_reception(duties: Duties) -> None:
    contact = new_id()
    await duties.deliver(assessed(contact, *OWED), triaged(contact, Unit.CHILDREN_AMAGER))
    entry = await duties.entry(contact)
    await duties.dorte.post(f"/v1/entries/{entry['id']}/return", json={"reason": "Bor på Østerbro"})
    duty = await duties.the(contact)
    assert (duty["unit"], duty["due_at"], duty["state"]) == ("reception", DUE, "running")


async def test_the_parents_entry_carries_a_child_until_a_decision_opens_its_own(duties: Duties) -> None:
    mother, kid = new_id(), new_id()
    await duties.deliver(
        letter(mother),
        assessed(mother, companions=[child(kid, received_at=RECEIVED)], channel=Channel.WRITTEN),
    )
    duty = await duties.the(kid)
    entry = await duties.entry(mother)
    assert (duty["unit"], duty["carried_by"], duty["entry_id"]) == ("reception", str(mother), entry["id"])
    assert [(one["rule"], one["contact_id"]) for one in entry["clocks"]] == [
        (rule, str(kid)) for rule in BOTH
    ]
    assert entry["order"]["rule"] == "notification_assessment"

    await duties.deliver(
        triaged(
            mother, Unit.ADULTS, companions=[companion(kid, received_at=RECEIVED)], channel=Channel.WRITTEN
        )
    )
    duty = await duties.the(kid)
    assert (duty["unit"], duty["carried_by"], duty["due_at"]) == ("children-amager", str(kid), DUE)
    assert (await duties.entry(mother))["clocks"] == []
    assert [one["rule"] for one in (await duties.entry(kid))["clocks"]] == [*BOTH]


async def test_a_child_that_the_decision_left_out_stays_owed_and_with_the_parent(duties: Duties) -> None:
    mother, kid = new_id(), new_id()
    await duties.deliver(
        assessed(mother, companions=[child(kid, TREATMENT, *OWED)]), triaged(mother, Unit.ADULTS)
    )
    assert {duty["unit"] for duty in await duties.of(kid)} == {"reception"}
    assert len((await duties.entry(mother))["clocks"]) == 3
    await duties.deliver(assessed(mother, number=2))
    assert await duties.states(kid) == {**BOTH, "drug_treatment": "ended_otherwise"}
    assert (await duties.act(await duties.the(kid), "not_a_notification", duties.dorte)).status_code == 403
    written = await duties.act(
        await duties.the(kid), "not_a_notification", duties.alma, reason="Handlede om en voksen"
    )
    assert written.status_code == 200
    trail = await duties.otto.get(f"/v1/entries/{(await duties.entry(mother))['id']}")
    assert [(move["kind"], move["reason"], move["subject"]) for move in trail.json()["trail"]][-1] == (
        "duty_ended",
        "notification_assessment: not_a_notification",
        "alma",
    )


async def test_what_a_caseworker_started_no_event_ends(duties: Duties) -> None:
    contact = new_id()
    await duties.deliver(triaged(contact, Unit.CHILDREN_AMAGER))
    entry = await duties.entry(contact)
    await duties.dorte.post(f"/v1/entries/{entry['id']}/take")
    started = await duties.dorte.post(f"/v1/entries/{entry['id']}/clocks", json={"rule": "child_assessment"})
    assert started.status_code == 201
    await duties.deliver(
        assessed(contact, *OWED), triaged(contact, Unit.YOUTH, decision=2), closed(contact, "completed")
    )
    assert (await duties.states(contact))["child_assessment"] == "running"


async def test_duties_are_listed_in_the_order_in_which_they_are_due_and_by_state(duties: Duties) -> None:
    late, soon = new_id(), new_id()
    await duties.deliver(
        assessed(soon, *OWED), assessed(late, assessment_clock(ago(hours=30)), TREATMENT), closed(late)
    )
    assert [(one["rule"], one["state"]) for one in await duties.of()] == [
        ("notification_assessment", "overdue"),
        ("notification_assessment", "running"),
        ("notification_receipt", "running"),
        ("drug_treatment", "running"),
    ]
    assert [one["contact_id"] for one in await duties.of(state="overdue")] == [str(late)]
    assert len(await duties.of(state="running", rule="notification_assessment", unit="reception")) == 1
    assert await duties.of(unit="adults") == []
    first = (await duties.otto.get("/v1/duties?limit=3")).json()
    rest = (await duties.otto.get(f"/v1/duties?limit=3&cursor={first['next_cursor']}")).json()
    assert [one["rule"] for one in rest["items"]] == ["drug_treatment"]
    stranger = duties.routing.client(Role.CASEWORKER, units=["adults"])
    assert (await stranger.get("/v1/duties")).json()["items"] == []
    path = f"/v1/duties/{(await duties.the(soon))['id']}"
    assert (await stranger.get(path)).status_code == 403
    assert (await duties.alma.get(path)).json()["name"] == "24-timers vurdering af underretning"
    assert (await duties.alma.get(f"/v1/duties/{new_id()}")).status_code == 404
