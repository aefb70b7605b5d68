"""The reception works off the list of call-backs: nobody is called by two, nobody is forgotten."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest

from services.intake.callback_store.repository import ACTIONS
from services.intake.callbacks.clearing.repository import CLEARINGS
from services.intake.contacts.repository import CONTACTS
from shared.ids import new_id
from shared.vocabulary import Role
from tests.bench import Bench
from tests.intake.test_callbacks_of_calls import ALMA, BO, call, listed
from tests.intake.test_telephony import report

REASON = {"reason": "Telefoncentralen var nede."}


async def one_callback(bench: Bench) -> str:
    await report(bench, *call(1, ALMA, 0, "abandoned"))
    bench.clock.advance(timedelta(minutes=10))
    (callback,) = await listed(bench)
    return f"/v1/callbacks/{callback['id']}"


def kind(answer: httpx.Response) -> str:
    problem: str = answer.json()["type"]
    return problem.removeprefix("urn:dsi:problem:")


async def test_a_callback_is_never_given_to_two_people(intake: Bench) -> None:
    place = await one_callback(intake)
    people = [intake.client(Role.RECEPTION, subject=name) for name in ("alice", "bob", "charlie", "dora")]
    answers = await asyncio.gather(*(person.post(f"{place}/take") for person in people))

    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    (winner,) = [answer.json()["taken_by"] for answer in answers if answer.status_code == 200]
    again = await intake.client(Role.RECEPTION, subject=winner).post(f"{place}/take")
    assert (again.status_code, len(again.json()["trail"])) == (200, 1)


async def test_what_somebody_has_is_not_worked_on_by_another(intake: Bench) -> None:
    place = await one_callback(intake)
    await intake.client(Role.RECEPTION, subject="alice").post(f"{place}/take")
    bob = intake.client(Role.RECEPTION, subject="bob")
    for act in ("release", "attempt", "settle"):
        answer = await bob.post(f"{place}/{act}")
        assert (answer.status_code, kind(answer)) == (409, "callback-taken")

    released = await intake.client(Role.OPERATIONS).post(f"{place}/release")
    assert (released.json()["status"], released.json()["phone"]) == ("waiting", None)


async def test_a_vain_try_is_counted_and_comes_up_again_when_agreed(intake: Bench) -> None:
    place = await one_callback(intake)
    await report(intake, *call(2, BO, 5, "abandoned"))
    alice = intake.client(Role.RECEPTION, subject="alice")
    tried = await alice.post(f"{place}/attempt", json={"next_try_at": "2026-03-10T12:00:00+01:00"})

    assert (tried.json()["status"], tried.json()["tries"]) == ("waiting", 1)
    assert [(item["phone"], item["due_because"], item["due_at"]) for item in await listed(intake)] == [
        ("+4520000002", "waiting_since", "2026-03-10T09:05:00Z"),
        ("+4520000001", "next_try_at", "2026-03-10T11:00:00Z"),
    ]


async def test_a_try_that_is_sent_twice_is_counted_once(intake: Bench) -> None:
    place = await one_callback(intake)
    alice = intake.client(Role.RECEPTION, subject="alice")
    answers = [await alice.post(f"{place}/attempt", headers={"Idempotency-Key": "try-1"}) for _ in range(2)]

    assert answers[0].json() == answers[1].json()
    assert answers[0].json()["tries"] == 1
    assert await intake.count(ACTIONS) == 1


async def test_who_was_reached_is_done_on_all_days_with_what_came_of_it(intake: Bench) -> None:
    await report(intake, *call(3, ALMA, 0, "abandoned", day="2026-03-09"))
    await report(intake, *call(1, ALMA, 0, "abandoned"))
    intake.clock.advance(timedelta(minutes=10))
    callbacks = await listed(intake)
    place = f"/v1/callbacks/{callbacks[1]['id']}"
    whole = (await intake.client(Role.RECEPTION).get(place)).json()
    contact = whole["calls"][0]["contact_id"]
    settled = await intake.client(Role.RECEPTION).post(
        f"{place}/settle", json={"outcome": "reached", "contact_id": contact}
    )

    assert (settled.json()["status"], settled.json()["outcome"]) == ("settled", "reached")
    assert settled.json()["trail"][0]["contact_id"] == contact
    assert await listed(intake) == []
    assert kind(await intake.client(Role.RECEPTION).post(f"{place}/take")) == "callback-closed"


async def test_an_attempt_before_the_caller_was_reached_opens_nothing_when_it_is_reported_late(
    intake: Bench,
) -> None:
    place = await one_callback(intake)
    await intake.client(Role.RECEPTION).post(f"{place}/settle")
    await report(intake, *call(2, ALMA, 5, "abandoned"))
    assert await listed(intake) == []
    await report(intake, *call(3, ALMA, 30, "abandoned"))
    (again,) = await listed(intake)
    assert (again["attempts"], again["waiting_since"]) == (3, "2026-03-10T09:30:00Z")


async def test_a_change_of_an_older_state_is_refused(intake: Bench) -> None:
    place = await one_callback(intake)
    alice = intake.client(Role.RECEPTION, subject="alice")
    seen = (await alice.get(place)).headers["ETag"]
    await report(intake, *call(2, ALMA, 5, "abandoned"))

    assert (await alice.post(f"{place}/take", headers={"If-Match": seen})).status_code == 412
    seen = (await alice.get(place)).headers["ETag"]
    assert (await alice.post(f"{place}/take", headers={"If-Match": seen})).status_code == 200


async def test_a_group_is_previewed_and_then_cleared_whole_with_a_trail(intake: Bench) -> None:
    await report(intake, *call(1, ALMA, 0, "abandoned"), *call(2, BO, 1, "abandoned"))
    await report(intake, *call(3, "4520000003", 20, "abandoned"))
    intake.clock.advance(timedelta(minutes=30))
    operations = intake.client(Role.OPERATIONS, subject="oda")
    body = {**REASON, "line": "hovednummer", "before": "2026-03-10T09:10:00Z"}
    preview = (await operations.post("/v1/callbacks/clear", json={**body, "preview": True})).json()
    assert (preview["count"], preview["by_line"], len(await listed(intake))) == (2, {"hovednummer": 2}, 3)

    key = {"Idempotency-Key": "clear-1"}
    sure = {**body, "expected": 2}
    cleared = [await operations.post("/v1/callbacks/clear", json=sure, headers=key) for _ in range(2)]
    assert cleared[0].json()["callbacks"] == preview["callbacks"]
    assert cleared[0].json() == cleared[1].json()
    assert [item["phone"] for item in await listed(intake)] == ["+4520000003"]

    (clearing,) = (await intake.client(Role.AUDITOR).get("/v1/callbacks/clearings")).json()["items"]
    assert (clearing["subject"], clearing["role"], clearing["cleared"]) == ("oda", "operations", 2)
    assert (clearing["reason"], clearing["criteria"]["line"]) == (REASON["reason"], "hovednummer")
    whole = (await operations.get(f"/v1/callbacks/{preview['callbacks'][0]}")).json()
    assert (whole["status"], whole["trail"][0]["clearing_id"]) == ("cleared", clearing["id"])


async def test_a_group_that_grew_meanwhile_is_not_cleared(intake: Bench) -> None:
    await report(intake, *call(1, ALMA, 0, "abandoned"), *call(2, BO, 1, "abandoned"))
    body = {**REASON, "line": "hovednummer", "expected": 1}
    answer = await intake.client(Role.OPERATIONS).post("/v1/callbacks/clear", json=body)

    assert (answer.status_code, kind(answer)) == (409, "other-callbacks")
    assert (len(await listed(intake)), await intake.count(CLEARINGS), await intake.count(ACTIONS)) == (
        2,
        0,
        0,
    )


async def test_what_somebody_has_taken_is_not_cleared_under_their_hands(intake: Bench) -> None:
    place = await one_callback(intake)
    await intake.client(Role.RECEPTION, subject="alice").post(f"{place}/take")
    answer = await intake.client(Role.OPERATIONS).post(
        "/v1/callbacks/clear", json={**REASON, "waited_less_than_seconds": 60}
    )
    assert answer.json()["count"] == 0
    assert (await listed(intake))[0]["status"] == "taken"


BAD_CLEARINGS: list[dict[str, Any]] = [
    REASON,
    {"line": "hovednummer"},
    {**REASON, "line": "hovednummer", "reason": "  "},
    {**REASON, "waited_less_than_seconds": -1},
    {**REASON, "all": True},
]


@pytest.mark.parametrize("body", BAD_CLEARINGS)
async def test_a_clearing_says_which_and_why(intake: Bench, body: dict[str, Any]) -> None:
    assert (await intake.client(Role.OPERATIONS).post("/v1/callbacks/clear", json=body)).status_code == 422


async def test_what_came_of_it_must_be_a_contact(intake: Bench) -> None:
    place = await one_callback(intake)
    answer = await intake.client(Role.RECEPTION).post(f"{place}/settle", json={"contact_id": str(new_id())})
    assert (answer.status_code, kind(answer)) == (422, "no-such-contact")
    assert (await listed(intake))[0]["status"] == "waiting"
    assert await intake.count(CONTACTS) == 1


async def test_callbacks_are_listed_page_by_page(intake: Bench) -> None:
    for number in range(5):
        await report(intake, *call(number, f"452000000{number}", number, "abandoned"))
    client, cursor, phones = intake.client(Role.RECEPTION), "", []
    while True:
        page = (await client.get(f"/v1/callbacks?limit=2&line=hovednummer{cursor}")).json()
        phones += [item["phone"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"

    assert phones == [f"+452000000{number}" for number in range(5)]
    assert len(await listed(intake, "?since=2026-03-10T09:03:00Z")) == 2


async def test_caseworkers_have_no_list_to_call(intake: Bench) -> None:
    assert (await intake.client(Role.CASEWORKER).get("/v1/callbacks")).status_code == 403
    assert (await intake.client(Role.OPERATIONS).post(f"/v1/callbacks/{new_id()}/take")).status_code == 403
    assert (await intake.client(Role.RECEPTION).post(f"/v1/callbacks/{new_id()}/take")).status_code == 404
