"""Deadlines that somebody still has to meet: which, when and whose, those overdue first."""

from datetime import timedelta
from typing import Any

from shared.ids import new_id
from shared.vocabulary import Role, Unit
from tests.bench import Bench
from tests.routing.events import NOW, ago, assessment_clock, clock, triaged


async def running(bench: Bench, role: Role = Role.OPERATIONS, **query: Any) -> dict[str, Any]:
    units = query.pop("units", ())
    answer = await bench.client(role, units=units).get("/v1/clocks", params=query)
    assert answer.status_code == 200, answer.text
    page: dict[str, Any] = answer.json()
    return page


def rules(page: dict[str, Any]) -> list[tuple[str, str]]:
    return [(item["rule"], item["state"]) for item in page["items"]]


async def three_deadlines(routing: Bench) -> None:
    """One overdue for the children of Amager, one that runs out in a day, and one of the youth area's."""
    fortnight = clock("drug_treatment", NOW, NOW + timedelta(days=14))
    tomorrow = clock("file_access", NOW, NOW + timedelta(days=1), paused=True)
    await routing.deliver(
        triaged(new_id(), Unit.YOUTH, clocks=[fortnight]),
        triaged(new_id(), Unit.CHILDREN_AMAGER, clocks=[tomorrow, assessment_clock(ago(hours=25))]),
    )


async def test_those_overdue_come_first_with_their_contact_and_unit(routing: Bench) -> None:
    await three_deadlines(routing)
    page = await running(routing)
    assert rules(page) == [
        ("notification_assessment", "overdue"),
        ("file_access", "running"),
        ("drug_treatment", "running"),
    ]
    assert (page["counting"], page["overdue"]) == (3, 1)
    first = page["items"][0]
    assert first["overdue_seconds"] == 3600
    assert (first["queue"], first["status"], first["taken_by"]) == ("children-amager", "waiting", None)
    assert first["legal_basis"] == "barnets lov § 136"
    assert len(first["reference"]) == 9


async def test_the_list_goes_on_page_by_page(routing: Bench) -> None:
    await three_deadlines(routing)
    seen, cursor = [], None
    while True:
        page = await running(routing, limit=1, **({} if cursor is None else {"cursor": cursor}))
        seen += rules(page)
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == rules(await running(routing))


async def test_a_caseworker_sees_the_own_units_deadlines_only(routing: Bench) -> None:
    await three_deadlines(routing)
    page = await running(routing, Role.CASEWORKER, units=["youth"])
    assert rules(page) == [("drug_treatment", "running")]
    assert (page["counting"], page["overdue"]) == (1, 0)
    assert rules(await running(routing, Role.CASEWORKER, units=["youth"], queue="children-amager")) == []
    assert len(rules(await running(routing, queue="children-amager"))) == 2


async def test_what_is_done_is_not_listed_and_what_outlived_its_entry_is(routing: Bench) -> None:
    contact = new_id()
    fortnight = clock("drug_treatment", ago(hours=1), NOW + timedelta(days=14))
    await routing.deliver(triaged(contact, Unit.YOUTH, clocks=[fortnight]))
    (item,) = (await running(routing))["items"]
    worker = routing.client(Role.CASEWORKER, units=["youth"], subject="yrsa")
    await worker.post(f"/v1/entries/{item['entry_id']}/take")
    assert (await running(routing))["items"][0]["taken_by"] == "yrsa"
    await worker.post(f"/v1/entries/{item['entry_id']}/complete")
    (left,) = (await running(routing))["items"]
    assert (left["entry_id"], left["unit"], left["reference"]) == (None, "youth", item["reference"])
    act = {"act": "treatment_begun"}
    assert (await worker.post(f"/v1/duties/{left['id']}/acts", json=act)).status_code == 200
    page = await running(routing)
    assert (page["items"], page["counting"], page["overdue"]) == ([], 0, 0)


async def test_a_cursor_that_is_none_of_ours_and_other_roles_are_refused(routing: Bench) -> None:
    client = routing.client(Role.OPERATIONS)
    assert (await client.get("/v1/clocks?cursor=nonsense")).status_code == 422
    assert (await client.get("/v1/clocks?queue=NO SUCH")).status_code == 422
    assert (await routing.client(Role.TELEPHONY).get("/v1/clocks")).status_code == 403
