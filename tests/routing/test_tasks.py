"""A missed deadline of an application makes a task, once; a notice gives a new date and undoes no miss."""

import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.routing.tasks.jobs import MissedDeadlines
from services.routing.tasks.repository import TASKS
from shared.ids import new_id
from shared.vocabulary import Role, Unit
from tests.bench import Bench
from tests.routing.events import NOW, assessment_clock, closed, triaged
from tests.routing.test_own_clocks import application, clocks

MISSED = timedelta(days=60)
LATER = "2026-07-01T12:00:00+02:00"


async def missed(bench: Bench, unit: Unit = Unit.ADULTS) -> UUID:
    """An application whose deadline has run out."""
    contact_id = new_id()
    await bench.deliver(application(contact_id, unit))
    bench.clock.advance(MISSED)
    await bench.settle()
    return contact_id


async def tasks(bench: Bench, unit: str | None = "adults", **query: str) -> list[dict[str, Any]]:
    params = query | ({"unit": unit} if unit else {})
    answer = await bench.client(Role.CASEWORKER, units=["adults"]).get("/v1/tasks", params=params)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def done(
    bench: Bench, task: dict[str, Any], new_due_at: str = LATER, unit: str = "adults"
) -> httpx.Response:
    karen = bench.client(Role.CASEWORKER, units=[unit], subject="karen")
    return await karen.post(f"/v1/tasks/{task['id']}/done", json={"new_due_at": new_due_at})


async def by_rule(bench: Bench, rule: str) -> dict[str, int]:
    params = {
        "from": (NOW - timedelta(days=1)).isoformat(),
        "to": (NOW + timedelta(days=200)).isoformat(),
        "group_by": "rule",
    }
    answer = (await bench.client(Role.OPERATIONS).get("/v1/statistics", params=params)).json()
    (group,) = [group for group in answer["groups"] if group["rule"] == rule]
    return {name: group["deadlines"][name] for name in ("open", "met", "missed", "stopped")}


async def test_a_missed_application_makes_one_task_however_often_and_by_how_many_replicas_it_is_found(
    routing: Bench,
) -> None:
    contact_id = await missed(routing)
    (job,) = [one for one in routing.app.state.jobs if isinstance(one, MissedDeadlines)]
    await asyncio.gather(*(job.drain() for _ in range(3)))
    (task,) = await tasks(routing, status="open")
    assert (task["contact_id"], task["unit"], task["kind"]) == (str(contact_id), "adults", "written_notice")
    assert "skriftlig besked med en ny dato" in task["text"]
    assert await routing.count(TASKS) == 1


async def test_no_task_comes_before_the_deadline_or_of_other_deadlines(routing: Bench) -> None:
    await routing.deliver(application(new_id()))
    routing.clock.advance(timedelta(days=30))
    await routing.deliver(triaged(new_id(), Unit.CHILDREN_AMAGER, clocks=[assessment_clock(NOW)]))
    await routing.settle()
    assert await routing.count(TASKS) == 0


async def test_the_notice_gives_a_new_date_and_the_miss_stays_a_miss(routing: Bench) -> None:
    contact_id = await missed(routing)
    (task,) = await tasks(routing)
    assert await by_rule(routing, task["rule"]) == {"open": 0, "met": 0, "missed": 1, "stopped": 0}
    finished = await done(routing, task)
    assert (finished.status_code, finished.json()["status"], finished.json()["role"]) == (
        200,
        "done",
        "caseworker",
    )
    (clock,) = await clocks(routing, contact_id)
    assert datetime.fromisoformat(clock["due_at"]) == datetime.fromisoformat(LATER)
    assert clock["state"] == "running"
    assert await by_rule(routing, task["rule"]) == {"open": 1, "met": 0, "missed": 1, "stopped": 0}
    assert (await done(routing, task)).status_code == 409

    karen = routing.client(Role.CASEWORKER, units=["adults"], subject="karen")
    entry = (await karen.post("/v1/queues/adults/next")).json()
    assert (entry["order"]["reason"], entry["order"]["rule"]) == ("past_target", None)
    entry = (await karen.get(f"/v1/entries/{entry['id']}")).json()
    assert "clock_renewed" in {move["kind"] for move in entry["trail"]}
    decided = [{"id": clock["id"], "act": "decided"}]
    await karen.post(f"/v1/entries/{entry['id']}/complete", json={"duties": decided})
    routing.clock.advance(MISSED)
    assert await by_rule(routing, task["rule"]) == {"open": 0, "met": 1, "missed": 1, "stopped": 0}


async def test_a_new_date_that_is_missed_too_makes_a_task_of_its_own(routing: Bench) -> None:
    await missed(routing)
    (task,) = await tasks(routing)
    await done(routing, task)
    routing.clock.advance(MISSED)
    await routing.settle()
    (second,) = await tasks(routing, status="open")
    assert second["id"] != task["id"]
    assert await by_rule(routing, task["rule"]) == {"open": 0, "met": 0, "missed": 2, "stopped": 0}


async def test_a_new_decision_does_not_bring_the_old_date_back(routing: Bench) -> None:
    contact_id = await missed(routing)
    (task,) = await tasks(routing)
    await done(routing, task)
    again = application(contact_id, Unit.YOUTH, decision=2, at=NOW + MISSED)
    await routing.deliver(again.model_copy(update={"received_at": NOW}))
    (clock,) = await clocks(routing, contact_id)
    assert datetime.fromisoformat(clock["due_at"]) == datetime.fromisoformat(LATER)
    assert (await by_rule(routing, task["rule"]))["missed"] == 1


async def test_an_application_that_is_decided_needs_no_notice_any_more(routing: Bench) -> None:
    contact_id = await missed(routing)
    (task,) = await tasks(routing, status="open")
    karen = routing.client(Role.CASEWORKER, units=["adults"], subject="karen")
    (clock,) = await clocks(routing, contact_id)
    assert (await karen.post(f"/v1/duties/{clock['id']}/acts", json={"act": "decided"})).status_code == 200
    assert (await done(routing, task)).status_code == 409
    assert (await tasks(routing))[0]["status"] == "open"
    await routing.settle()
    assert [one["status"] for one in await tasks(routing)] == ["lapsed"]
    assert (await by_rule(routing, task["rule"]))["missed"] == 1


async def test_closing_the_contact_decides_no_application(routing: Bench) -> None:
    contact_id = await missed(routing)
    (task,) = await tasks(routing, status="open")
    await routing.deliver(closed(contact_id, "completed", at=NOW + MISSED))
    await routing.settle()
    assert [one["status"] for one in await tasks(routing)] == ["open"]
    assert (await done(routing, task)).status_code == 200
    (clock, missed_one) = sorted(
        await clocks(routing, contact_id), key=lambda one: str(one["state"] != "running")
    )
    assert (clock["state"], missed_one["state"]) == ("running", "missed")


@pytest.mark.parametrize(
    "date", ["2026-03-01T12:00:00Z", "2031-03-01T12:00:00Z", "2026-07-01T12:00:00", "soon"]
)
async def test_a_date_that_is_none_leaves_everything_as_it_was(routing: Bench, date: str) -> None:
    contact_id = await missed(routing)
    (task,) = await tasks(routing)
    before = await clocks(routing, contact_id)
    refused = await done(routing, task, date)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/new_due_at")
    assert (await tasks(routing), await clocks(routing, contact_id)) == ([task], before)


async def test_tasks_are_in_the_sight_of_their_own_unit(routing: Bench) -> None:
    await missed(routing, Unit.HKY)
    assert await tasks(routing, None) == []
    (task,) = (await routing.client(Role.OPERATIONS).get("/v1/tasks?unit=hky")).json()["items"]
    hky = routing.client(Role.CASEWORKER, units=["hky"])
    assert (await hky.get(f"/v1/tasks/{task['id']}")).json() == task
    stranger = routing.client(Role.CASEWORKER, units=["adults"])
    assert (await stranger.get(f"/v1/tasks/{task['id']}")).status_code == 403
    assert (await done(routing, task)).status_code == 403
    assert (await hky.get(f"/v1/tasks/{new_id()}")).status_code == 404


async def test_tasks_come_in_pages(routing: Bench) -> None:
    for _ in range(3):
        await routing.deliver(application(new_id()))
    routing.clock.advance(MISSED)
    await routing.settle()
    client = routing.client(Role.OPERATIONS)
    first = (await client.get("/v1/tasks?limit=2")).json()
    rest = (await client.get("/v1/tasks", params={"limit": 2, "cursor": first["next_cursor"]})).json()
    assert len({task["id"] for task in (*first["items"], *rest["items"])}) == 3


async def test_deadlines_and_tasks_are_measured(routing: Bench) -> None:
    await missed(routing)
    await routing.deliver(application(new_id(), Unit.HKY, at=NOW + MISSED))
    metrics = (await routing.client(None).get("/metrics")).text
    assert 'dsi_clocks{reason="",rule="application_adults_other",state="overdue"} 1.0' in metrics
    assert 'dsi_clocks{reason="",rule="application_disability_benefits",state="running"} 1.0' in metrics
    assert 'dsi_open_tasks{queue="adults"} 1.0' in metrics
