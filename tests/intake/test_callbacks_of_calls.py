"""Changes of calls make call-backs, on both databases, in whatever order they arrive."""

from itertools import permutations
from typing import Any

import pytest
from sqlalchemy import select

from services.intake.callback_store.repository import CALLBACK_CALLS, CALLBACKS, CALLERS
from shared.vocabulary import Role
from tests.bench import Bench
from tests.intake.test_telephony import report

ALMA, BO = "4520000001", "4520000002"
DAY = "2026-03-10"


def call(number: int, caller: str | None, minute: int, *ends: str, day: str = DAY, **more: Any) -> list[Any]:
    """A call's events: it arrives at that minute, and each further event comes ten seconds after."""
    events = []
    for place, kind in enumerate(("queued", *ends)):
        events.append(
            {
                "source": "pbx",
                "delivery_id": f"{number}-{kind}",
                "call_id": f"call-{number}",
                "type": kind,
                "queue": "socialservice",
                "occurred_at": f"{day}T09:{minute:02}:{10 * place:02}Z",
                **({} if caller is None else {"from": caller}),
                **more,
            }
        )
    return events


async def listed(bench: Bench, query: str = "", role: Role = Role.RECEPTION) -> list[dict[str, Any]]:
    answer = await bench.client(role).get(f"/v1/callbacks{query}")
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_who_gave_up_is_called_back_with_number_waits_and_attempts(intake: Bench) -> None:
    await report(intake, *call(1, ALMA, 0, "abandoned"), *call(2, ALMA, 20, "ended"))
    (callback,) = await listed(intake)

    assert (callback["status"], callback["phone"], callback["line"]) == (
        "waiting",
        "+4520000001",
        "hovednummer",
    )
    assert (callback["attempts"], callback["longest_wait_seconds"], callback["short"]) == (2, 10, False)
    assert (callback["waiting_since"], callback["due_because"]) == ("2026-03-10T09:00:00Z", "waiting_since")


async def test_who_is_still_there_or_was_answered_is_owed_nothing(intake: Bench) -> None:
    await report(intake, *call(1, ALMA, 0), *call(2, BO, 0, "answered", "ended"))
    assert await listed(intake) == []


async def test_a_later_answered_call_settles_also_on_a_later_day(intake: Bench) -> None:
    await report(intake, *call(1, ALMA, 0, "abandoned", day="2026-03-09"), *call(2, BO, 1, "abandoned"))
    await report(intake, *call(3, ALMA, 5, "answered"))

    assert [item["phone"] for item in await listed(intake)] == ["+4520000002"]
    (settled,) = await listed(intake, "?status=settled")
    assert (settled["day"], settled["outcome"]) == ("2026-03-09", "answered")


async def test_an_attempt_that_was_answered_after_all_is_withdrawn(intake: Bench) -> None:
    events = call(1, ALMA, 0, "answered", "ended")
    await report(intake, events[0], events[2])
    assert len(await listed(intake)) == 1
    await report(intake, events[1])

    assert await listed(intake) == []
    assert await intake.count(CALLBACKS) == 0


async def test_a_withdrawn_callback_that_somebody_touched_keeps_its_trail(intake: Bench) -> None:
    events = call(1, ALMA, 0, "answered", "ended")
    await report(intake, events[0], events[2])
    (callback,) = await listed(intake)
    place = f"/v1/callbacks/{callback['id']}"
    await intake.client(Role.RECEPTION).post(f"{place}/take")
    await report(intake, events[1])

    withdrawn = (await intake.client(Role.RECEPTION).get(place)).json()
    assert (withdrawn["status"], withdrawn["attempts"], withdrawn["taken_by"]) == ("withdrawn", 0, None)
    assert [done["action"] for done in withdrawn["trail"]] == ["take"]
    assert await listed(intake) == []


async def test_who_was_lost_when_the_exchange_died_is_called_back(intake: Bench) -> None:
    await report(intake, *call(1, ALMA, 0, "lost"))
    (callback,) = await listed(intake)
    assert (callback["attempts"], callback["last_wait_seconds"]) == (1, 10)


async def test_anonymous_callers_are_counted_by_line_and_day_and_never_chased(intake: Bench) -> None:
    await report(intake, *call(1, None, 0, "abandoned"), *call(2, "anonymous", 1, "abandoned"))
    await report(intake, *call(3, None, 2, "abandoned", day="2026-03-09"), *call(4, ALMA, 2, "abandoned"))
    page = (await intake.client(Role.OPERATIONS).get("/v1/callbacks")).json()
    summary = (await intake.client(Role.OPERATIONS).get("/v1/callbacks/summary?since=2026-03-01")).json()

    assert (len(page["items"]), page["anonymous_today"]) == (1, 2)
    assert [(one["line"], one["day"], one["count"]) for one in summary["anonymous"]] == [
        ("hovednummer", "2026-03-09", 1),
        ("hovednummer", "2026-03-10", 2),
    ]
    assert [(one["line"], one["status"], one["count"]) for one in summary["callbacks"]] == [
        ("hovednummer", "waiting", 1)
    ]
    metrics = (await intake.client(None).get("/metrics")).text
    assert 'dsi_intake_anonymous_callers_gave_up{line="hovednummer"} 2.0' in metrics
    assert 'dsi_intake_open_callbacks{line="hovednummer",status="waiting"} 1.0' in metrics


async def test_a_number_that_is_reported_late_makes_the_counted_caller_one_to_call_back(
    intake: Bench,
) -> None:
    ring = {**call(1, ALMA, 0)[0], "type": "ringing", "delivery_id": "ring", "queue": None}
    await report(intake, *call(1, None, 0, "abandoned"))
    assert await listed(intake) == []
    await report(intake, ring)

    assert [item["phone"] for item in await listed(intake)] == ["+4520000001"]
    client = intake.client(Role.RECEPTION)
    assert (await client.get("/v1/callbacks")).json()["anonymous_today"] == 0
    found = (await client.post("/v1/contacts/search", json={"phone": ALMA})).json()["items"]
    assert len(found) == 1


async def test_short_calls_are_marked_and_never_dropped(intake: Bench) -> None:
    events = call(1, ALMA, 0, "abandoned")
    await report(intake, events[0], {**events[1], "occurred_at": "2026-03-10T09:00:04Z"})
    (callback,) = await listed(intake)

    assert callback["short"]
    assert await listed(intake, "?short=false") == []
    assert len(await listed(intake, "?short=true")) == 1


STORY = [
    *call(1, ALMA, 0, "abandoned", day="2026-03-09"),
    *call(2, ALMA, 1, "abandoned"),
    *call(3, ALMA, 2, "answered"),
    *call(4, ALMA, 3, "ended"),
]


async def test_any_order_of_events_and_any_repetition_give_the_same_callbacks(intake: Bench) -> None:
    outcomes = set()
    for number, order in enumerate(list(permutations(STORY))[::4500]):
        caller = f"452000{number:04}"
        for event in order:
            renamed = {**event, "call_id": f"{number}-{event['call_id']}", "from": caller}
            renamed["delivery_id"] = f"{number}-{event['delivery_id']}"
            await report(intake, renamed, renamed)
        async with intake.app.state.database.reading() as session:
            rows = await session.execute(
                select(CALLBACKS).join(CALLERS).where(CALLERS.c.phone_index == _index(intake, caller))
            )
            found = {
                (row.day, row.status, row.attempts, row.waiting_since, row.settled_at, row.outcome, row.tries)
                for row in rows
            }
        outcomes.add(frozenset(found))

    (same,) = outcomes
    assert sorted((str(day), status, attempts) for day, status, attempts, *_ in same) == [
        ("2026-03-09", "settled", 1),
        ("2026-03-10", "waiting", 2),
    ]


def _index(bench: Bench, caller: str) -> str:
    return str(bench.app.state.vault.index_of("phone", f"+{caller}"))


async def test_two_exchanges_report_one_caller(intake: Bench) -> None:
    await report(intake, *call(1, ALMA, 0, "abandoned"))
    await report(intake, *call(1, ALMA, 5, "answered", source="pbx-2"))
    (settled,) = await listed(intake, "?status=settled")
    assert settled["attempts"] == 1


@pytest.mark.parametrize("role", [Role.OPERATIONS, Role.AUDITOR])
async def test_other_roles_see_that_somebody_is_owed_a_call_and_not_whom(intake: Bench, role: Role) -> None:
    await report(intake, *call(1, ALMA, 0, "abandoned"))
    (callback,) = await listed(intake, role=role)
    assert callback["phone"] is None
    assert "20000001" not in (await intake.client(role).get(f"/v1/callbacks/{callback['id']}")).text


async def test_no_number_is_readable_in_the_tables_and_each_access_is_in_the_trail(intake: Bench) -> None:
    await report(intake, *call(1, ALMA, 0, "abandoned"))
    await intake.client(Role.RECEPTION, subject="rosa").get(
        "/v1/callbacks", headers={"X-Purpose": "Formiddagens opkald"}
    )
    async with intake.app.state.database.reading() as session:
        for table in (CALLBACKS, CALLBACK_CALLS, CALLERS):
            assert "20000001" not in str((await session.execute(select(table))).all())
    accesses = (await intake.client(Role.AUDITOR).get("/v1/access-log")).json()["items"]
    mine = {(look["action"], look["purpose"]) for look in accesses if look["subject"] == "rosa"}
    assert mine == {("list", "Formiddagens opkald"), ("read", "Formiddagens opkald")}
