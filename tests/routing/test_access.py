"""Who may do what: caseworkers in their own units, the reception in its own queues, operations sets right."""

from typing import Any

import httpx
import pytest

from shared.ids import new_id
from shared.vocabulary import Role, Unit
from tests.bench import Bench
from tests.routing.events import triaged, waiting


async def youth_entry(routing: Bench) -> dict[str, Any]:
    contact_id = new_id()
    await routing.deliver(triaged(contact_id, Unit.YOUTH))
    otto = routing.client(Role.OPERATIONS)
    (entry,) = (await otto.get("/v1/entries", params={"contact_id": str(contact_id)})).json()["items"]
    assert isinstance(entry, dict)
    return entry


def forbidden(answer: httpx.Response) -> bool:
    return answer.status_code == 403 and answer.json()["type"] == "urn:dsi:problem:forbidden"


async def test_a_caseworker_neither_sees_nor_takes_from_another_units_queue(routing: Bench) -> None:
    entry = await youth_entry(routing)
    adults = routing.client(Role.CASEWORKER, units=["adults"])
    assert forbidden(await adults.get("/v1/queues/youth/entries"))
    assert forbidden(await adults.get(f"/v1/entries/{entry['id']}"))
    assert forbidden(await adults.get("/v1/queues/youth/estimate", params={"entry": entry["id"]}))
    assert forbidden(await adults.post("/v1/queues/youth/next"))
    assert forbidden(await adults.post("/v1/queues/reception-phone/next"))
    for step, body in (
        ("take", None),
        ("release", None),
        ("complete", None),
        ("abandon", None),
        ("return", {"reason": "Forkert"}),
        ("transfer", {"queue": "adults"}),
        ("clocks/file_access/meet", None),
    ):
        assert forbidden(await adults.post(f"/v1/entries/{entry['id']}/{step}", json=body)), step
    found = await adults.get("/v1/entries", params={"contact_id": entry["contact_id"]})
    assert found.json()["items"] == []
    assert await routing.published() == []


async def test_a_caseworker_of_every_unit_works_everywhere(routing: Bench) -> None:
    await youth_entry(routing)
    anyone = routing.client(Role.CASEWORKER, units=["*"])
    assert (await anyone.post("/v1/queues/youth/next")).status_code == 200


async def test_a_caseworker_without_a_unit_works_nowhere(routing: Bench) -> None:
    await youth_entry(routing)
    assert forbidden(await routing.client(Role.CASEWORKER).post("/v1/queues/youth/next"))


async def test_the_reception_sees_where_a_matter_is_but_does_not_do_the_units_work(routing: Bench) -> None:
    entry = await youth_entry(routing)
    alma = routing.client(Role.RECEPTION)
    found = await alma.get("/v1/entries", params={"contact_id": entry["contact_id"]})
    assert [one["queue"] for one in found.json()["items"]] == ["youth"]
    assert (await alma.get("/v1/queues/youth/entries")).status_code == 200
    assert forbidden(await alma.post("/v1/queues/youth/next"))
    assert forbidden(await alma.post(f"/v1/entries/{entry['id']}/take"))


async def test_the_reception_takes_from_its_own_queues_and_its_follow_up_queue(routing: Bench) -> None:
    await routing.deliver(waiting(new_id()), triaged(new_id(), Unit.RECEPTION))
    alma = routing.client(Role.RECEPTION)
    assert (await alma.post("/v1/queues/reception-phone/next")).status_code == 200
    assert (await alma.post("/v1/queues/reception/next")).status_code == 200


async def test_operations_moves_what_lies_wrong_but_does_no_casework(routing: Bench) -> None:
    entry = await youth_entry(routing)
    otto = routing.client(Role.OPERATIONS)
    assert forbidden(await otto.post("/v1/queues/youth/next"))
    assert forbidden(await otto.post(f"/v1/entries/{entry['id']}/take"))
    assert forbidden(await otto.post(f"/v1/entries/{entry['id']}/complete"))
    assert (
        await otto.post(f"/v1/entries/{entry['id']}/transfer", json={"queue": "adults"})
    ).status_code == 200


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.SERVICE])
async def test_who_only_reads_reads(routing: Bench, role: Role) -> None:
    entry = await youth_entry(routing)
    reader = routing.client(role)
    assert (await reader.get("/v1/queues/youth/entries")).status_code == 200
    assert forbidden(await reader.post("/v1/queues/youth/next"))
    assert forbidden(await reader.post(f"/v1/entries/{entry['id']}/transfer", json={"queue": "adults"}))


@pytest.mark.parametrize("role", [Role.TELEPHONY, Role.RULES_EDITOR])
async def test_who_has_no_business_with_entries_sees_none(routing: Bench, role: Role) -> None:
    stranger = routing.client(role)
    assert forbidden(await stranger.get("/v1/queues/youth/entries"))
    assert forbidden(await stranger.get("/v1/entries", params={"contact_id": str(new_id())}))


async def test_without_a_token_nothing_is_answered(routing: Bench) -> None:
    nobody = routing.client(None)
    for path in ("/v1/units", "/v1/queues", "/v1/queues/youth/entries", "/v1/statistics"):
        assert (await nobody.get(path)).status_code == 401
    assert (await nobody.post("/v1/queues/youth/next")).status_code == 401
