"""However many reach for the next one at once, each citizen is taken by one person."""

import asyncio

import pytest
from sqlalchemy import event, text

from services.routing.entries.repository import claim_next
from shared.ids import new_id
from shared.vocabulary import Channel, Role, Unit
from tests.bench import Bench
from tests.routing.events import ago, triaged, waiting


@pytest.mark.parametrize("people", [2, 20])
async def test_people_who_take_at_once_never_get_the_same_entry(routing: Bench, people: int) -> None:
    await routing.deliver(
        *(waiting(new_id(), entered_at=ago(seconds=number)) for number in range(people - 1))
    )
    staff = [routing.client(Role.RECEPTION, subject=f"staff-{number}") for number in range(people)]
    answers = await asyncio.gather(*(one.post("/v1/queues/reception-phone/next") for one in staff))
    taken = [answer.json()["id"] for answer in answers if answer.status_code == 200]
    assert sorted(answer.status_code for answer in answers) == [200] * (people - 1) + [204]
    assert len(set(taken)) == people - 1


async def test_twenty_who_reach_for_the_same_entry_get_it_once(routing: Bench) -> None:
    await routing.deliver(waiting(new_id()))
    staff = [routing.client(Role.RECEPTION, subject=f"staff-{number}") for number in range(20)]
    entry = (await staff[0].get("/v1/queues/reception-phone/entries")).json()["items"][0]
    answers = await asyncio.gather(*(one.post(f"/v1/entries/{entry['id']}/take") for one in staff))
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 19
    assert len(await routing.published("entry.taken")) == 1


async def test_the_same_request_sent_twenty_times_at_once_takes_one_citizen(routing: Bench) -> None:
    await routing.deliver(*(waiting(new_id()) for _ in range(20)))
    alma = routing.client(Role.RECEPTION, subject="alma")
    key = {"Idempotency-Key": "the same click"}
    answers = await asyncio.gather(
        *(alma.post("/v1/queues/reception-phone/next", headers=key) for _ in range(20))
    )
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert len(await routing.published("entry.taken")) == 1


async def test_an_answer_that_nobody_waited_is_given_again_for_the_same_click(routing: Bench) -> None:
    alma = routing.client(Role.RECEPTION, subject="alma")
    path, key = "/v1/queues/reception-phone/next", {"Idempotency-Key": "a click too early"}
    assert (await alma.post(path, headers=key)).status_code == 204
    await routing.deliver(waiting(new_id()))
    assert (await alma.post(path, headers=key)).status_code == 204
    assert (await alma.post(path)).status_code == 200


async def test_a_return_and_a_new_decision_at_once_leave_the_contact_in_one_place(routing: Bench) -> None:
    contact_id = new_id()
    await routing.deliver(triaged(contact_id, Unit.YOUTH))
    bo = routing.client(Role.CASEWORKER, units=["youth"], subject="bo")
    entry = (await bo.post("/v1/queues/youth/next")).json()
    decided = triaged(contact_id, Unit.ADULTS, decision=2)
    returned, receipts = await asyncio.gather(
        bo.post(f"/v1/entries/{entry['id']}/return", json={"reason": "Borgeren er 31 år"}),
        routing.deliver(decided),
    )
    assert returned.status_code in {200, 409}
    assert [one.status for one in receipts.results] == ["accepted"]
    found = await routing.client(Role.OPERATIONS).get("/v1/entries", params={"contact_id": str(contact_id)})
    here = [one["queue"] for one in found.json()["items"] if one["status"] in {"waiting", "taken"}]
    assert len(here) == 1


async def test_events_about_one_contact_that_come_at_once_leave_it_in_one_place(routing: Bench) -> None:
    contact_id = new_id()
    events = [
        waiting(contact_id, entered_at=ago(hours=1)),
        triaged(contact_id, Unit.YOUTH, at=ago(minutes=30)),
        triaged(contact_id, Unit.ADULTS, decision=2),
    ]
    receipts = await asyncio.gather(*(routing.deliver(event) for event in [*events, *events]))
    assert {result.status for one in receipts for result in one.results} == {"accepted"}
    found = await routing.client(Role.OPERATIONS).get("/v1/entries", params={"contact_id": str(contact_id)})
    here = [one["queue"] for one in found.json()["items"] if one["status"] in {"waiting", "taken"}]
    assert here == ["adults"]


async def test_the_claim_is_served_by_the_index_of_those_waiting(routing: Bench) -> None:
    await routing.deliver(*(waiting(new_id(), channel=Channel.WRITTEN) for _ in range(50)))
    database, executed = routing.app.state.database, []

    def note(_connection: object, _cursor: object, statement: str, parameters: object, *_: object) -> None:
        executed.append((statement, parameters))

    event.listen(database.engine.sync_engine, "before_cursor_execute", note)
    async with database.writing() as session:
        assert await claim_next(session, "reception-mail", "alma", routing.clock.now()) is not None
        ((claim, parameters),) = [one for one in executed if one[0].startswith("UPDATE entries")]
        # Literal, or a plan for any status would have to do without the partial index.
        assert "status = 'waiting'" in claim
        if not database.is_sqlite:
            # So few rows would be read through anyway; the question is whether the index can serve.
            await session.execute(text("SET LOCAL enable_seqscan = off"))
        explain = "EXPLAIN QUERY PLAN " if database.is_sqlite else "EXPLAIN "
        plan = await (await session.connection()).exec_driver_sql(explain + claim, parameters)
        lines = [" ".join(str(part) for part in row) for row in plan]
    assert any("ix_entries_waiting" in line for line in lines), lines
    assert not any("Sort" in line or "TEMP B-TREE" in line for line in lines), lines
