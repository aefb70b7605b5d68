"""Events of intake and triage: every contact ends in exactly one place, in any order and however often."""

import random
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select

from services.routing.models import EntryRow
from services.routing.states import OPEN_STATUSES
from shared.contracts import Event
from shared.database import table_of
from shared.ids import new_id, reference_of, show_reference
from shared.vocabulary import Channel, DestinationKind, Role, Unit, Urgency
from tests.bench import Bench
from tests.routing.events import (
    NOW,
    RECEPTION_QUEUES,
    ago,
    assessment_clock,
    clock,
    closed,
    companion,
    triaged,
    visit,
    waiting,
)


@pytest.fixture
def otto(routing: Bench) -> httpx.AsyncClient:
    return routing.client(Role.OPERATIONS, subject="otto")


async def deliver(routing: Bench, *events: Event) -> None:
    receipts = await routing.deliver(*events)
    assert [(one.status, one.reason) for one in receipts.results] == [("accepted", None)] * len(events)


async def places(otto: httpx.AsyncClient, contact_id: UUID) -> list[tuple[str, str]]:
    found = await otto.get("/v1/entries", params={"contact_id": str(contact_id)})
    return [(entry["queue"], entry["status"]) for entry in found.json()["items"]]


async def the_entry(otto: httpx.AsyncClient, contact_id: UUID) -> dict[str, Any]:
    (entry,) = (await otto.get("/v1/entries", params={"contact_id": str(contact_id)})).json()["items"]
    assert isinstance(entry, dict)
    return entry


@pytest.mark.parametrize("channel", list(Channel))
async def test_each_channel_waits_in_its_own_reception_queue(
    routing: Bench, otto: httpx.AsyncClient, channel: Channel
) -> None:
    contact_id = new_id()
    await deliver(routing, waiting(contact_id, channel=channel, entered_at=ago(minutes=3)))
    entry = await the_entry(otto, contact_id)
    assert (entry["queue"], entry["status"], entry["wait_seconds"]) == (
        RECEPTION_QUEUES[channel],
        "waiting",
        180,
    )
    assert entry["reference"] == show_reference(reference_of(contact_id))


async def test_a_call_from_a_queue_we_do_not_know_waits_in_its_channels_queue_and_keeps_the_name(
    routing: Bench, otto: httpx.AsyncClient
) -> None:
    contact_id = new_id()
    await deliver(routing, waiting(contact_id, visit(NOW, queue="old-hotline")))
    entry = await the_entry(otto, contact_id)
    assert (entry["queue"], entry["origin"]) == ("reception-phone", "old-hotline")


async def test_a_call_cannot_put_itself_into_a_teams_queue(routing: Bench, otto: httpx.AsyncClient) -> None:
    contact_id = new_id()
    await deliver(routing, waiting(contact_id, visit(NOW, queue="youth", origin="ungelinjen")))
    entry = await the_entry(otto, contact_id)
    assert (entry["queue"], entry["origin"]) == ("reception-phone", "ungelinjen")


async def test_an_overflowed_call_is_one_contact_with_two_waits(
    routing: Bench, otto: httpx.AsyncClient
) -> None:
    contact_id = new_id()
    first = visit(ago(seconds=7), "overflowed", left_at=ago(seconds=1), origin="support")
    second = visit(ago(seconds=1), "answered", left_at=NOW, position=2, origin="sales", agent="SIP/1001")
    await deliver(routing, waiting(contact_id, visit(ago(seconds=7)), version=1))
    await deliver(routing, waiting(contact_id, first, visit(ago(seconds=1), position=2), version=2))
    await deliver(routing, waiting(contact_id, first, second, version=3))
    found = (await otto.get("/v1/entries", params={"contact_id": str(contact_id)})).json()["items"]
    assert [(one["status"], one["wait_seconds"]) for one in found] == [("transferred", 6), ("taken", 1)]


async def test_a_caller_who_hangs_up_waits_no_more(routing: Bench, otto: httpx.AsyncClient) -> None:
    contact_id = new_id()
    gone = visit(ago(minutes=2), "abandoned", left_at=ago(minutes=1))
    await deliver(routing, waiting(contact_id, visit(ago(minutes=2))), waiting(contact_id, gone, version=2))
    entry = await the_entry(otto, contact_id)
    assert (entry["status"], entry["outcome"], entry["wait_seconds"]) == ("abandoned", "abandoned", 60)


async def test_a_late_report_that_a_lost_caller_was_answered_opens_the_entry_again(
    routing: Bench, otto: httpx.AsyncClient
) -> None:
    contact_id = new_id()
    lost, answered = (
        visit(ago(minutes=2), "lost", left_at=NOW),
        visit(ago(minutes=2), "answered", left_at=NOW),
    )
    await deliver(routing, waiting(contact_id, lost), closed(contact_id, "lost", version=2))
    assert await places(otto, contact_id) == [("reception-phone", "abandoned")]
    await deliver(routing, waiting(contact_id, answered, version=3))
    assert await places(otto, contact_id) == [("reception-phone", "taken")]


async def test_what_the_exchange_reports_does_not_undo_what_a_person_did(
    routing: Bench, otto: httpx.AsyncClient
) -> None:
    contact_id = new_id()
    await deliver(routing, waiting(contact_id, channel=Channel.WALK_IN))
    alma = routing.client(Role.RECEPTION, subject="alma")
    await alma.post("/v1/queues/reception-desk/next")
    await deliver(routing, waiting(contact_id, channel=Channel.WALK_IN, version=2))
    assert await places(otto, contact_id) == [("reception-desk", "taken")]


async def test_a_decision_puts_exactly_one_entry_into_the_responsible_units_queue(
    routing: Bench, otto: httpx.AsyncClient
) -> None:
    contact_id = new_id()
    runs = assessment_clock(ago(hours=1))
    decided = triaged(contact_id, Unit.CHILDREN_AMAGER, urgency=Urgency.DAY, clocks=[runs])
    await deliver(routing, waiting(contact_id, entered_at=ago(hours=1)), decided)
    assert await places(otto, contact_id) == [
        ("reception-phone", "completed"),
        ("children-amager", "waiting"),
    ]
    entry = (await otto.get("/v1/queues/children-amager/entries")).json()["items"][0]
    assert (entry["urgency"], entry["kind"], entry["decision"]) == ("day", "unit", 1)
    assert entry["clocks"][0]["remaining_seconds"] == 23 * 3600
    assert (
        entry["order"]["text"] == "Frist: 24-timers vurdering af underretning, senest 11.03.2026 kl. 09.00."
    )


@pytest.mark.parametrize("unit", list(Unit))
async def test_every_unit_has_a_queue_of_its_own(routing: Bench, otto: httpx.AsyncClient, unit: Unit) -> None:
    contact_id = new_id()
    await deliver(routing, triaged(contact_id, unit))
    entry = await the_entry(otto, contact_id)
    assert (entry["queue"], entry["origin"]) == (unit, None)


@pytest.mark.parametrize("kind", [kind for kind in DestinationKind if kind is not DestinationKind.UNIT])
async def test_a_contact_that_no_unit_takes_is_the_receptions_and_marked_with_what_to_do(
    routing: Bench, otto: httpx.AsyncClient, kind: DestinationKind
) -> None:
    contact_id = new_id()
    await deliver(routing, triaged(contact_id, Unit.RECEPTION, kind=kind))
    entry = await the_entry(otto, contact_id)
    assert (entry["queue"], entry["kind"]) == ("reception", kind)
    assert entry["kind_text"]


async def test_self_referral_says_where_to_go_and_never_waits_for_visitation(
    routing: Bench, otto: httpx.AsyncClient
) -> None:
    contact_id = new_id()
    await deliver(routing, triaged(contact_id, Unit.RECEPTION, kind=DestinationKind.SELF_REFERRAL))
    assert "Venter ikke på visitation" in (await the_entry(otto, contact_id))["kind_text"]


async def test_a_child_at_risk_has_an_entry_of_its_own_beside_the_adults(
    routing: Bench, otto: httpx.AsyncClient
) -> None:
    mother, child = new_id(), new_id()
    await deliver(routing, triaged(mother, Unit.ADULTS, companions=[companion(child)]))
    assert await places(otto, mother) == [("adults", "waiting")]
    assert await places(otto, child) == [("children-amager", "waiting")]


async def test_a_changed_decision_moves_the_contact_and_does_not_drop_the_child(
    routing: Bench, otto: httpx.AsyncClient
) -> None:
    mother, child = new_id(), new_id()
    await deliver(routing, triaged(mother, Unit.ADULTS, companions=[companion(child)]))
    await deliver(routing, triaged(mother, Unit.HOUSING_SOCIAL, decision=2))
    assert await places(otto, mother) == [("adults", "transferred"), ("housing-social", "waiting")]
    assert await places(otto, child) == [("children-amager", "waiting")]


async def test_a_clock_that_the_new_decision_keeps_runs_on_and_one_it_drops_stops_unless_of_a_notification(
    routing: Bench, otto: httpx.AsyncClient
) -> None:
    contact_id = new_id()
    notified = assessment_clock(ago(hours=1))
    fortnight = clock("drug_treatment", ago(hours=1), NOW + timedelta(days=14))
    both = [notified, fortnight]
    await deliver(routing, triaged(contact_id, Unit.CHILDREN_AMAGER, clocks=both, at=ago(minutes=5)))
    await deliver(routing, triaged(contact_id, Unit.CHILDREN_CITY_OESTERBRO, clocks=both, decision=2))
    (entry,) = (await otto.get("/v1/queues/children-city-oesterbro/entries")).json()["items"]
    assert [one["state"] for one in entry["clocks"]] == ["running", "running"]
    await deliver(routing, triaged(contact_id, Unit.YOUTH, decision=3))
    (entry,) = (await otto.get("/v1/queues/youth/entries")).json()["items"]
    assert [one["rule"] for one in entry["clocks"]] == ["notification_assessment"]


async def test_intakes_closing_leaves_nothing_open(routing: Bench, otto: httpx.AsyncClient) -> None:
    contact_id = new_id()
    await deliver(
        routing, waiting(contact_id, entered_at=ago(hours=1)), triaged(contact_id), closed(contact_id)
    )
    assert await places(otto, contact_id) == [("reception-phone", "completed"), ("youth", "completed")]


@pytest.mark.parametrize(
    ("outcome", "status"), [("abandoned", "abandoned"), ("lost", "abandoned"), ("forwarded", "completed")]
)
async def test_a_contact_closed_as_gone_is_abandoned_and_any_other_completed(
    routing: Bench, otto: httpx.AsyncClient, outcome: str, status: str
) -> None:
    contact_id = new_id()
    await deliver(routing, triaged(contact_id), closed(contact_id, outcome))
    entry = await the_entry(otto, contact_id)
    assert (entry["status"], entry["outcome"]) == (status, outcome)


async def test_a_closing_that_overtakes_everything_else_leaves_nothing_open(
    routing: Bench, otto: httpx.AsyncClient
) -> None:
    contact_id = new_id()
    await deliver(routing, closed(contact_id, version=5))
    await deliver(routing, triaged(contact_id, at=ago(minutes=1)))
    await deliver(routing, waiting(contact_id, entered_at=ago(hours=1)))
    assert {status for _, status in await places(otto, contact_id)} == {"completed"}


async def test_a_decision_that_overtakes_the_waiting_leaves_the_contact_with_the_unit(
    routing: Bench, otto: httpx.AsyncClient
) -> None:
    contact_id = new_id()
    await deliver(routing, triaged(contact_id))
    await deliver(routing, waiting(contact_id, entered_at=ago(hours=1)))
    assert await places(otto, contact_id) == [("youth", "waiting"), ("reception-phone", "completed")]


MOTHER, CHILD = new_id(), new_id()
_FIRST = visit(ago(minutes=50), "overflowed", left_at=ago(minutes=49))
STORY: dict[str, list[Event]] = {
    "a call that overflowed, was answered, decided twice, with a child": [
        waiting(MOTHER, visit(ago(minutes=50))),
        waiting(MOTHER, _FIRST, visit(ago(minutes=49), position=2), version=2),
        waiting(
            MOTHER, _FIRST, visit(ago(minutes=49), "answered", left_at=ago(minutes=48), position=2), version=3
        ),
        triaged(MOTHER, Unit.YOUTH, at=ago(minutes=40), companions=[companion(CHILD)]),
        triaged(MOTHER, Unit.ADULTS, at=ago(minutes=30), decision=2, clocks=[assessment_clock(ago(hours=1))]),
    ],
    "a letter decided and then closed": [
        waiting(MOTHER, channel=Channel.WRITTEN, entered_at=ago(days=2)),
        triaged(MOTHER, Unit.HKY, at=ago(days=1), clocks=[assessment_clock(ago(days=2))]),
        closed(MOTHER, "completed", version=4, at=ago(hours=1)),
    ],
    "a caller lost, closed, and found answered after all": [
        waiting(MOTHER, visit(ago(minutes=9), "lost", left_at=ago(minutes=8))),
        closed(MOTHER, "lost", version=2, at=ago(minutes=8)),
        waiting(MOTHER, visit(ago(minutes=9), "answered", left_at=ago(minutes=8)), version=3),
    ],
    "a walk-in closed with advice, decided too late": [
        waiting(MOTHER, channel=Channel.WALK_IN, entered_at=ago(hours=2)),
        closed(MOTHER, "advised", version=3, at=ago(hours=1)),
        triaged(MOTHER, Unit.ADULTS, at=ago(minutes=50), companions=[companion(CHILD)]),
    ],
}


@pytest.mark.parametrize("story", STORY)
@pytest.mark.parametrize("seed", range(8))
async def test_the_same_events_shuffled_and_doubled_end_in_the_same_place(
    routing: Bench, story: str, seed: int
) -> None:
    events = list(STORY[story])
    await deliver(routing, *events)
    expected = await _state(routing)
    async with routing.app.state.database.writing() as session:
        for table in reversed(routing.app.state.tables.outbox.metadata.sorted_tables):
            if table.name in {"entry_moves", "entries", "duties", "contacts", "inbox"}:
                await session.execute(table.delete())
    doubled = events + events
    random.Random(seed).shuffle(doubled)
    for event in doubled:
        await deliver(routing, event)
    assert await _state(routing) == expected


async def _state(routing: Bench) -> list[tuple[Any, ...]]:
    """Every entry that matters: all visits, and of the units' entries the open ones and the last
    decision's. The place in the order matters as long as an entry waits; duties that came later change it.
    """
    entries = table_of(EntryRow)
    names = (
        "contact_id visit queue status urgency order_at entered_at taken_at left_at ended_at outcome decision"
    )
    columns = [entries.c[name] for name in names.split()]
    place, status = names.split().index("order_at"), names.split().index("status")

    async with routing.app.state.database.reading() as session:
        found = [list(row) for row in await session.execute(select(*columns))]
    for row in found:
        row[place] = row[place] if row[status] in OPEN_STATUSES else None
    rows = [tuple(row) for row in found]
    newest = {row[0]: max(other[-1] for other in rows if other[0] == row[0]) for row in rows}
    kept = [row for row in rows if row[1] is not None or row[-1] == newest[row[0]]]
    return sorted(kept, key=str)
