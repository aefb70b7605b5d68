"""The life of an entry: taken, released, completed, returned, transferred, abandoned."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.routing.models import tables
from shared.ids import new_id
from shared.vocabulary import Channel, Role, Unit, Urgency
from tests.bench import Bench
from tests.routing.events import NOW, ago, assessment_clock, clock, closed, triaged, visit, waiting

ASSESSED = {"act": "assessed", "acute_help_needed": False, "reason": "Barnet er i sikkerhed"}


@pytest.fixture
def alma(routing: Bench) -> httpx.AsyncClient:
    """Alma sits at the reception."""
    return routing.client(Role.RECEPTION, subject="alma")


@pytest.fixture
def bo(routing: Bench) -> httpx.AsyncClient:
    """Bo is a caseworker for young people."""
    return routing.client(Role.CASEWORKER, units=["youth"], subject="bo")


@pytest.fixture
def carla(routing: Bench) -> httpx.AsyncClient:
    """Carla is Bo's colleague."""
    return routing.client(Role.CASEWORKER, units=["youth"], subject="carla")


@pytest.fixture
def otto(routing: Bench) -> httpx.AsyncClient:
    """Otto keeps things running."""
    return routing.client(Role.OPERATIONS, subject="otto")


async def entries_of(client: httpx.AsyncClient, contact_id: UUID) -> list[dict[str, Any]]:
    answer = await client.get("/v1/entries", params={"contact_id": str(contact_id)})
    assert answer.status_code == 200
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def in_the_youth_queue(routing: Bench, **decided: Any) -> UUID:
    contact_id = new_id()
    receipts = await routing.deliver(triaged(contact_id, Unit.YOUTH, **decided))
    assert [one.status for one in receipts.results] == ["accepted"]
    return contact_id


async def taken_by(client: httpx.AsyncClient, queue: str = "youth") -> dict[str, Any]:
    answer = await client.post(f"/v1/queues/{queue}/next")
    assert answer.status_code == 200
    entry: dict[str, Any] = answer.json()
    return entry


def kind_of(answer: httpx.Response) -> str:
    assert answer.headers["content-type"] == "application/problem+json"
    return str(answer.json()["type"]).removeprefix("urn:dsi:problem:")


async def test_a_walk_in_is_called_by_ticket_advised_and_goes_home(
    routing: Bench, alma: httpx.AsyncClient
) -> None:
    contact_id = new_id()
    await routing.deliver(
        waiting(contact_id, channel=Channel.WALK_IN, entered_at=ago(minutes=12), ticket="A017")
    )
    entry = await taken_by(alma, "reception-desk")
    assert (entry["ticket"], entry["status"], entry["taken_by"], entry["wait_seconds"]) == (
        "A017",
        "taken",
        "alma",
        720,
    )
    routing.clock.advance(timedelta(minutes=20))
    done = (await alma.post(f"/v1/entries/{entry['id']}/complete")).json()
    assert (done["status"], done["outcome"], done["wait_seconds"]) == ("completed", "advised", 720)
    (taken,) = await routing.published("entry.taken")
    (completed,) = await routing.published("entry.completed")
    assert taken["contact_id"] == completed["contact_id"] == str(contact_id)
    assert completed["outcome"] == "advised"


async def test_nobody_waiting_is_no_content_and_an_unknown_queue_is_not_found(
    alma: httpx.AsyncClient,
) -> None:
    assert (await alma.post("/v1/queues/reception-phone/next")).status_code == 204
    assert kind_of(await alma.post("/v1/queues/reception-smoke/next")) == "not-found"


async def test_an_answer_lost_on_the_way_is_given_again_and_takes_no_second_citizen(
    routing: Bench, bo: httpx.AsyncClient
) -> None:
    await in_the_youth_queue(routing)
    await in_the_youth_queue(routing)
    key = {"Idempotency-Key": "bo-0910"}
    first, again = [await bo.post("/v1/queues/youth/next", headers=key) for _ in range(2)]
    other = await bo.post("/v1/queues/youth/next", headers={"Idempotency-Key": "bo-0911"})
    assert again.json() == first.json()
    assert again.headers["Idempotency-Replayed"] == "true"
    assert other.json()["id"] != first.json()["id"]


async def test_an_entry_taken_out_of_turn_cannot_be_taken_again(
    routing: Bench, bo: httpx.AsyncClient, carla: httpx.AsyncClient
) -> None:
    contact_id = await in_the_youth_queue(routing)
    (entry,) = await entries_of(bo, contact_id)
    assert (await bo.post(f"/v1/entries/{entry['id']}/take")).json()["taken_by"] == "bo"
    refused = await carla.post(f"/v1/entries/{entry['id']}/take")
    assert (refused.status_code, kind_of(refused)) == (409, "already-taken")


async def test_what_somebody_else_took_cannot_be_completed_released_or_moved(
    routing: Bench, bo: httpx.AsyncClient, carla: httpx.AsyncClient
) -> None:
    await in_the_youth_queue(routing)
    entry = await taken_by(bo)
    for step, body in (
        ("complete", {}),
        ("release", {}),
        ("abandon", {}),
        ("return", {"reason": "Forkert enhed"}),
        ("transfer", {"queue": "adults"}),
    ):
        refused = await carla.post(f"/v1/entries/{entry['id']}/{step}", json=body)
        assert (step, refused.status_code, kind_of(refused)) == (step, 409, "taken-by-another")
    assert len(await routing.published()) == 1


async def test_operations_releases_what_somebody_went_home_with(
    routing: Bench, bo: httpx.AsyncClient, otto: httpx.AsyncClient
) -> None:
    await in_the_youth_queue(routing)
    entry = await taken_by(bo)
    released = await otto.post(f"/v1/entries/{entry['id']}/release", json={"reason": "Bo er syg"})
    assert (released.json()["status"], released.json()["taken_by"]) == ("waiting", None)
    (event,) = await routing.published("entry.released")
    assert event["entry_id"] == entry["id"]


async def test_a_released_entry_has_its_old_place_again(routing: Bench, bo: httpx.AsyncClient) -> None:
    first = await in_the_youth_queue(routing, at=ago(hours=2))
    await in_the_youth_queue(routing, at=ago(hours=1))
    entry = await taken_by(bo)
    assert entry["contact_id"] == str(first)
    await bo.post(f"/v1/entries/{entry['id']}/release")
    assert (await taken_by(bo))["contact_id"] == str(first)


async def test_an_entry_is_completed_only_by_who_has_taken_it_and_only_once(
    routing: Bench, bo: httpx.AsyncClient
) -> None:
    contact_id = await in_the_youth_queue(routing)
    (entry,) = await entries_of(bo, contact_id)
    path = f"/v1/entries/{entry['id']}"
    assert kind_of(await bo.post(f"{path}/complete")) == "not-taken"
    await bo.post(f"{path}/take")
    done = await bo.post(f"{path}/complete", json={"outcome": "forwarded"})
    assert done.json()["outcome"] == "forwarded"
    for step in ("complete", "release", "abandon", "take"):
        assert kind_of(await bo.post(f"{path}/{step}")) == "entry-closed"
    assert len(await routing.published("entry.completed")) == 1


async def test_a_returned_entry_goes_to_the_reception_with_its_urgency_and_running_clocks(
    routing: Bench, bo: httpx.AsyncClient, alma: httpx.AsyncClient
) -> None:
    runs = assessment_clock(ago(hours=3))
    contact_id = await in_the_youth_queue(routing, urgency=Urgency.DAY, clocks=[runs], decision=2)
    entry = await taken_by(bo)
    routing.clock.advance(timedelta(hours=1))
    reason = {"reason": "Barnet bor på Amager"}
    returned = await bo.post(f"/v1/entries/{entry['id']}/return", json=reason)
    assert returned.json()["status"] == "returned"
    before, now = await entries_of(alma, contact_id)
    assert (before["status"], now["queue"], now["status"], now["urgency"]) == (
        "returned",
        "reception",
        "waiting",
        "day",
    )
    assert now["kind"] is None
    assert [(one["state"], one["remaining_seconds"]) for one in now["clocks"]] == [("running", 20 * 3600)]
    (event,) = await routing.published("entry.returned")
    assert (event["unit"], event["decision"], event["reason"]) == ("youth", 2, "Barnet bor på Amager")


async def test_after_a_return_a_new_decision_sends_it_to_the_right_unit(
    routing: Bench, bo: httpx.AsyncClient, alma: httpx.AsyncClient
) -> None:
    contact_id = await in_the_youth_queue(routing)
    entry = await taken_by(bo)
    await bo.post(f"/v1/entries/{entry['id']}/return", json={"reason": "Borgeren er 31 år"})
    await routing.deliver(triaged(contact_id, Unit.ADULTS, decision=2))
    places = [(one["queue"], one["status"]) for one in await entries_of(alma, contact_id)]
    assert places == [("youth", "returned"), ("reception", "completed"), ("adults", "waiting")]


async def test_a_returns_reason_is_given_in_a_code_that_can_be_counted(routing: Bench) -> None:
    await routing.deliver(triaged(new_id(), Unit.YOUTH))
    bo = routing.client(Role.CASEWORKER, units=["youth"], subject="bo")
    entry = (await bo.post("/v1/queues/youth/next")).json()
    path, reason = f"/v1/entries/{entry['id']}/return", "Borgeren er 31 år"
    unknown = await bo.post(path, json={"reason": reason, "reason_code": "because"})
    assert (unknown.status_code, unknown.json()["errors"][0]["pointer"]) == (422, "/reason_code")
    assert (await bo.post(path, json={"reason": reason, "reason_code": "wrong_age"})).status_code == 200
    (event,) = await routing.published("entry.returned")
    assert (event["reason"], event["reason_code"]) == (reason, "wrong_age")


async def test_a_return_says_why(routing: Bench, bo: httpx.AsyncClient) -> None:
    await in_the_youth_queue(routing)
    entry = await taken_by(bo)
    for body in ({}, {"reason": " "}, {"reason": "Se 710190-1234"}):
        refused = await bo.post(f"/v1/entries/{entry['id']}/return", json=body)
        assert (refused.status_code, kind_of(refused)) == (422, "invalid-input")
        assert "710190" not in refused.text
    assert await routing.published("entry.returned") == []


async def test_what_waits_at_the_reception_cannot_be_returned_to_it(
    routing: Bench, alma: httpx.AsyncClient
) -> None:
    await routing.deliver(waiting(new_id()))
    entry = await taken_by(alma, "reception-phone")
    refused = await alma.post(f"/v1/entries/{entry['id']}/return", json={"reason": "Forkert"})
    assert kind_of(refused) == "not-returnable"


async def test_a_transferred_entry_goes_on_in_the_other_queue_with_its_clocks(
    routing: Bench, bo: httpx.AsyncClient, otto: httpx.AsyncClient
) -> None:
    contact_id = await in_the_youth_queue(routing, urgency=Urgency.DAY, clocks=[assessment_clock(NOW)])
    entry = await taken_by(bo)
    moved = await bo.post(f"/v1/entries/{entry['id']}/transfer", json={"queue": "housing-social"})
    assert (moved.json()["queue"], moved.json()["status"]) == ("housing-social", "waiting")
    assert moved.json()["clocks"][0]["rule"] == "notification_assessment"
    places = [(one["queue"], one["status"]) for one in await entries_of(otto, contact_id)]
    assert places == [("youth", "transferred"), ("housing-social", "waiting")]
    (released,) = await routing.published("entry.released")
    assert released["queue"] == "housing-social"


async def test_a_transfer_to_nowhere_or_to_where_it_is_moves_nothing(
    routing: Bench, otto: httpx.AsyncClient
) -> None:
    contact_id = await in_the_youth_queue(routing)
    (entry,) = await entries_of(otto, contact_id)
    path = f"/v1/entries/{entry['id']}/transfer"
    assert kind_of(await otto.post(path, json={"queue": "moon-base"})) == "unknown-queue"
    assert kind_of(await otto.post(path, json={"queue": "youth"})) == "same-queue"
    assert [one["status"] for one in await entries_of(otto, contact_id)] == ["waiting"]


async def test_a_citizen_who_gives_up_ends_the_entry_and_nothing_that_is_owed(
    routing: Bench, bo: httpx.AsyncClient
) -> None:
    contact_id = await in_the_youth_queue(routing, clocks=[assessment_clock(NOW)])
    (entry,) = await entries_of(bo, contact_id)
    gone = (await bo.post(f"/v1/entries/{entry['id']}/abandon", json={"reason": "Svarer ikke"})).json()
    assert (gone["status"], gone["outcome"], gone["clocks"][0]["state"]) == (
        "abandoned",
        "abandoned",
        "running",
    )
    (event,) = await routing.published("entry.completed")
    assert event["outcome"] == "abandoned"


async def test_the_assessment_can_be_done_in_time_while_the_work_goes_on(
    routing: Bench, bo: httpx.AsyncClient
) -> None:
    contact_id = await in_the_youth_queue(routing, clocks=[assessment_clock(NOW)])
    entry = await taken_by(bo)
    routing.clock.advance(timedelta(hours=20))
    path = f"/v1/duties/{entry['clocks'][0]['id']}/acts"
    assert (await bo.post(path, json=ASSESSED)).json()["state"] == "met"
    assert (await bo.get(f"/v1/entries/{entry['id']}")).json()["clocks"] == []
    assert kind_of(await bo.post(path, json=ASSESSED)) == "duty-ended"
    routing.clock.advance(timedelta(days=3))
    await bo.post(f"/v1/entries/{entry['id']}/complete")
    (done,) = await entries_of(bo, contact_id)
    assert [one["state"] for one in done["clocks"]] == ["met"]


async def test_the_plain_act_of_a_deadline_is_written_by_its_rule(
    routing: Bench, bo: httpx.AsyncClient
) -> None:
    fortnight = clock("drug_treatment", NOW, NOW + timedelta(days=14))
    await in_the_youth_queue(routing, clocks=[fortnight, assessment_clock(NOW)])
    entry = await taken_by(bo)
    path = f"/v1/entries/{entry['id']}/clocks"
    met = await bo.post(f"{path}/drug_treatment/meet")
    assert [one["rule"] for one in met.json()["clocks"]] == ["notification_assessment"]
    assert kind_of(await bo.post(f"{path}/drug_treatment/meet")) == "not-found"
    refused = await bo.post(f"{path}/notification_assessment/meet")
    assert (refused.status_code, kind_of(refused)) == (422, "act-needs-details")
    assert f"/v1/duties/{met.json()['clocks'][0]['id']}/acts" in refused.json()["detail"]
    trail = (await bo.get(f"/v1/entries/{entry['id']}")).json()["trail"]
    assert (trail[-1]["kind"], trail[-1]["reason"]) == ("clock_met", "drug_treatment: treatment_begun")


async def test_completing_ends_no_duty_that_is_not_named(routing: Bench, bo: httpx.AsyncClient) -> None:
    receipt = clock("notification_receipt", NOW, NOW + timedelta(days=7))
    contact_id = await in_the_youth_queue(routing, clocks=[assessment_clock(NOW), receipt])
    entry = await taken_by(bo)
    acts = [{"id": entry["clocks"][0]["id"], **ASSESSED}]
    done = await bo.post(f"/v1/entries/{entry['id']}/complete", json={"duties": acts})
    assert (done.json()["status"], [one["state"] for one in done.json()["clocks"]]) == (
        "completed",
        ["met", "running"],
    )
    await routing.deliver(closed(contact_id, "completed"))
    (one,) = (await bo.get("/v1/clocks")).json()["items"]
    assert (one["rule"], one["unit"], one["entry_id"]) == ("notification_receipt", "youth", None)


async def test_an_act_that_is_refused_completes_nothing(routing: Bench, bo: httpx.AsyncClient) -> None:
    contact_id = await in_the_youth_queue(routing, clocks=[assessment_clock(NOW)])
    entry = await taken_by(bo)
    path = f"/v1/entries/{entry['id']}/complete"
    for act, pointer in (
        ({"id": entry["clocks"][0]["id"], "act": "assessed", "reason": "I sikkerhed"}, "acute_help_needed"),
        ({"id": str(new_id()), **ASSESSED}, "id"),
    ):
        refused = await bo.post(path, json={"duties": [act]})
        assert refused.status_code == 422
        assert [error["pointer"] for error in refused.json()["errors"]] == [f"/duties/0/{pointer}"]
    (now,) = await entries_of(bo, contact_id)
    assert (now["status"], now["clocks"][0]["state"]) == ("taken", "running")


async def test_an_act_after_its_deadline_shows_the_deadline_as_missed(
    routing: Bench, bo: httpx.AsyncClient
) -> None:
    contact_id = await in_the_youth_queue(routing, clocks=[assessment_clock(NOW)])
    entry = await taken_by(bo)
    routing.clock.advance(timedelta(hours=24, seconds=1))
    acts = [{"id": entry["clocks"][0]["id"], **ASSESSED}]
    await bo.post(f"/v1/entries/{entry['id']}/complete", json={"duties": acts})
    (done,) = await entries_of(bo, contact_id)
    assert [(one["state"], one["overdue_seconds"]) for one in done["clocks"]] == [("missed", 1)]


async def test_the_trail_records_everything_that_happened_and_who_did_it(
    routing: Bench, bo: httpx.AsyncClient, carla: httpx.AsyncClient
) -> None:
    await in_the_youth_queue(routing)
    entry = await taken_by(bo)
    await bo.post(f"/v1/entries/{entry['id']}/release", json={"reason": "Kaldt til møde"})
    await taken_by(carla)
    await carla.post(f"/v1/entries/{entry['id']}/complete")
    trail = (await bo.get(f"/v1/entries/{entry['id']}")).json()["trail"]
    assert [(move["kind"], move["role"], move["subject"], move["reason"]) for move in trail] == [
        ("entered", "triage", None, None),
        ("taken", "caseworker", "bo", None),
        ("released", "caseworker", "bo", "Kaldt til møde"),
        ("taken", "caseworker", "carla", None),
        ("completed", "caseworker", "carla", None),
    ]


async def test_a_call_the_exchange_put_through_can_be_completed_by_the_reception(
    routing: Bench, alma: httpx.AsyncClient
) -> None:
    contact_id = new_id()
    answered = visit(ago(seconds=40), "answered", left_at=ago(seconds=10), agent="SIP/1001")
    await routing.deliver(waiting(contact_id, answered))
    (entry,) = await entries_of(alma, contact_id)
    assert (entry["status"], entry["wait_seconds"], entry["taken_by"]) == ("taken", 30, None)
    done = await alma.post(f"/v1/entries/{entry['id']}/complete", json={"outcome": "advised"})
    assert done.status_code == 200
    await routing.deliver(closed(contact_id))
    assert [one["status"] for one in await entries_of(alma, contact_id)] == ["completed"]


@pytest.mark.parametrize(
    ("step", "body"),
    [
        ("complete", {"outcome": "lost in the post"}),
        ("complete", {"outkome": "advised"}),
        ("transfer", {}),
        ("transfer", {"queue": "Ungeområdet"}),
        ("release", {"reason": "x" * 501}),
    ],
)
async def test_bodies_that_make_no_sense_change_nothing(
    routing: Bench, bo: httpx.AsyncClient, step: str, body: dict[str, str]
) -> None:
    await in_the_youth_queue(routing)
    entry = await taken_by(bo)
    refused = await bo.post(f"/v1/entries/{entry['id']}/{step}", json=body)
    assert (refused.status_code, kind_of(refused)) == (422, "invalid-input")
    assert await routing.count(tables.outbox) == 1


async def test_an_entry_that_does_not_exist_is_not_found(bo: httpx.AsyncClient) -> None:
    for step in ("take", "release", "complete", "abandon"):
        assert kind_of(await bo.post(f"/v1/entries/{new_id()}/{step}")) == "not-found"
    assert kind_of(await bo.get(f"/v1/entries/{new_id()}")) == "not-found"


async def test_a_call_is_held_by_the_employee_who_answered_it(routing: Bench) -> None:
    answered = visit(ago(seconds=40), "answered", left_at=ago(seconds=10), agent="SIP/1001")
    event = waiting(new_id(), answered.model_copy(update={"employee": "anna"}))
    await routing.deliver(event)
    anna = routing.client(Role.RECEPTION, subject="anna")
    found = await anna.get("/v1/queues/reception-phone/entries", params={"status": "taken"})
    (entry,) = found.json()["items"]
    assert entry["taken_by"] == "anna"
    eva = routing.client(Role.RECEPTION, subject="eva")
    assert (await eva.post(f"/v1/entries/{entry['id']}/complete")).status_code == 409
    assert (await anna.post(f"/v1/entries/{entry['id']}/complete")).status_code == 200
