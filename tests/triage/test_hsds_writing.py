"""The catalogue is kept up to date by the rules' editors: whole, with ETags, and with a trail."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from services.triage.catalogue.city_terms import ACCESS, NEEDS, STAIR, term_id
from services.triage.catalogue.repository import CHANGES, OFFERS
from shared.ids import new_id
from shared.vocabulary import Need, Role
from tests.bench import Bench
from tests.triage.hsds_schemas import faults, schema

CAFE = "01a20676-ae61-7554-a27c-1200000000aa"
ASSOCIATION = "01a20676-ae61-7554-a27c-1200000000bb"


def editor(bench: Bench) -> httpx.AsyncClient:
    return bench.client(Role.RULES_EDITOR, subject="alma")


def attribute(term: object) -> dict[str, str]:
    return {"id": str(new_id()), "taxonomy_term_id": str(term)}


def cafe(**more: Any) -> dict[str, Any]:
    """A café for lonely people in Valby, open on weekdays."""
    return {
        "id": CAFE,
        "organization_id": ASSOCIATION,
        "name": "Café Valby",
        "description": "Kaffe og selskab",
        "status": "active",
        "minimum_age": 18,
        "attributes": [attribute(term_id(NEEDS, Need.LONELINESS)), attribute(term_id(STAIR, "2"))],
        "service_areas": [{"id": str(new_id()), "name": "Valby"}],
        "languages": [{"id": str(new_id()), "code": "da"}, {"id": str(new_id()), "code": "tr"}],
        "schedules": [
            {
                "id": str(new_id()),
                "freq": "WEEKLY",
                "byday": "MO,TU",
                "opens_at": "10:00",
                "closes_at": "16:00",
            }
        ],
        "capacities": [capacity("place", 4, maximum=10), capacity("waiting", 0)],
        **more,
    }


def capacity(unit: str, available: int, **more: Any) -> dict[str, Any]:
    named = {"id": str(new_id()), "name": unit, "scheme": "dsi", "identifier": unit}
    return {
        "id": str(new_id()),
        "unit": named,
        "available": available,
        "updated": "2026-03-10T09:00:00Z",
        **more,
    }


async def put_cafe(bench: Bench, **more: Any) -> httpx.Response:
    client = editor(bench)
    association = {"id": ASSOCIATION, "name": "Foreningen", "description": "En forening"}
    await client.put(f"/v1/organizations/{ASSOCIATION}", json=association)
    return await client.put(f"/v1/services/{CAFE}", json=cafe(**more))


async def test_a_new_offer_is_stored_with_everything_that_was_sent(triage_service: Bench) -> None:
    made = await put_cafe(triage_service)
    assert (made.status_code, made.headers["Location"]) == (201, f"/v1/services/{CAFE}")
    read = await triage_service.client(Role.RECEPTION).get(f"/v1/services/{CAFE}")
    assert (read.json(), read.headers["ETag"]) == (made.json(), '"1"')
    answer = read.json()
    assert (answer["step"], answer["kind"], answer["eligibility"]["needs"]) == (
        "2",
        "low_threshold",
        ["loneliness"],
    )
    assert answer["capacity"] == {
        "places": 10,
        "available": 4,
        "waiting": 0,
        "sites": None,
        "note": None,
    }
    terms = {attribute["taxonomy_term"]["code"] for attribute in answer["attributes"]}
    assert terms == {"loneliness", "2", "27.15.12"}
    assert faults(schema("service"), answer) == []


async def test_a_change_needs_the_etag_and_leaves_its_author_moment_and_values(triage_service: Bench) -> None:
    made = (await put_cafe(triage_service)).json()
    client = editor(triage_service)
    changed = {**made, "name": "Café Valby Syd", "capacities": [capacity("place", 0)]}
    path = f"/v1/services/{CAFE}"
    assert (await client.put(path, json=changed)).status_code == 428
    stale = await client.put(path, json=changed, headers={"If-Match": '"7"'})
    assert (stale.status_code, stale.headers["ETag"]) == (412, '"1"')
    triage_service.clock.advance(timedelta(minutes=5))
    done = await client.put(path, json=changed, headers={"If-Match": '"1"'})
    assert (done.status_code, done.headers["ETag"], done.json()["capacity"]["available"]) == (200, '"2"', 0)
    newest = next(entry for entry in done.json()["metadata"] if entry["field_name"] == "name")
    assert (newest["previous_value"], newest["replacement_value"]) == ("Café Valby", "Café Valby Syd")
    assert (newest["last_action_type"], newest["updated_by"]) == ("update", "rules_editor")
    async with triage_service.app.state.database.reading() as session:
        trail = (
            await session.execute(select(CHANGES).where(CHANGES.c.resource_type == "service"))
        ).mappings()
        kept = [(row["action"], row["subject"], row["role"], row["at"]) for row in trail]
    assert [entry[:3] for entry in sorted(kept, key=lambda entry: entry[3])] == [
        ("create", "alma", "rules_editor"),
        ("update", "alma", "rules_editor"),
    ]
    assert max(entry[3] for entry in kept) == triage_service.clock.now()
    assert "alma" not in done.text


async def test_what_was_read_can_be_put_back_and_changes_nothing(triage_service: Bench) -> None:
    made = await put_cafe(triage_service)
    again = await editor(triage_service).put(
        f"/v1/services/{CAFE}", json=made.json(), headers={"If-Match": made.headers["ETag"]}
    )
    assert (again.status_code, again.headers["ETag"]) == (200, '"1"')
    assert again.json() == made.json()


@pytest.mark.parametrize(
    ("fault", "pointer"),
    [
        ({"status": "open"}, "/status"),
        ({"name": ""}, "/name"),
        ({"name": "A\0B"}, "/name"),
        ({"minimum_age": "18"}, "/minimum_age"),
        ({"minimum_age": 30, "maximum_age": 20}, ""),
        ({"valid_from": "2026-13-01"}, "/valid_from"),
        ({"valid_from": 1_700_000_000}, "/valid_from"),
        ({"valid_from": "2026-02-01", "valid_to": "2026-01-01"}, ""),
        ({"url": "javascript:alert(1)"}, "/url"),
        ({"email": "ingen adresse"}, "/email"),
        ({"schedules": [{"id": CAFE, "opens_at": "25:00"}]}, "/schedules/0/opens_at"),
        ({"schedules": [{"id": CAFE, "byday": "XX"}]}, "/schedules/0/byday"),
        ({"phones": [{"id": "1", "number": "1"}]}, "/phones/0/id"),
        ({"phones": {"id": CAFE}}, "/phones"),
        ({"organization_id": CAFE}, "/organization_id"),
    ],
)
async def test_a_fault_is_reported_with_its_place_and_nothing_is_stored(
    triage_service: Bench, fault: dict[str, Any], pointer: str
) -> None:
    answer = await put_cafe(triage_service, **fault)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)
    missing = await editor(triage_service).get(f"/v1/services/{CAFE}")
    assert missing.status_code == 404


async def test_markup_is_kept_as_the_text_it_is(triage_service: Bench) -> None:
    script = "<script>alert(1)</script> & <b>kaffe</b>"
    made = await put_cafe(triage_service, description=script)
    assert made.json()["description"] == script
    assert made.headers["Content-Type"] == "application/json"


async def test_of_two_who_write_at_once_one_is_second(triage_service: Bench) -> None:
    await put_cafe(triage_service)
    new = str(new_id())
    client = editor(triage_service)
    made = await asyncio.gather(
        *(client.put(f"/v1/services/{new}", json=cafe(name=f"Café {number}")) for number in range(4))
    )
    assert sorted(answer.status_code for answer in made) == [201, 428, 428, 428]
    tag = {"If-Match": '"1"'}
    changed = await asyncio.gather(
        *(client.put(f"/v1/services/{new}", json=cafe(name=name), headers=tag) for name in ("A", "B"))
    )
    assert sorted(answer.status_code for answer in changed) == [200, 412]


async def test_only_the_rules_editor_writes(triage_service: Bench) -> None:
    for role in (Role.RECEPTION, Role.CASEWORKER, Role.OPERATIONS, Role.AUDITOR, Role.SERVICE):
        client = triage_service.client(role)
        for path in (f"/v1/services/{CAFE}", f"/v1/organizations/{ASSOCIATION}"):
            assert (await client.put(path, json=cafe())).status_code == 403


async def test_an_organisations_new_name_is_found_with_its_offers(triage_service: Bench) -> None:
    await put_cafe(triage_service)
    path = f"/v1/organizations/{ASSOCIATION}"
    renamed = {"id": ASSOCIATION, "name": "Kaffens Venner", "description": "En forening"}
    assert (
        await editor(triage_service).put(path, json=renamed, headers={"If-Match": '"1"'})
    ).status_code == 200
    found = (await editor(triage_service).get("/v1/services?search=kaffens")).json()["contents"]
    assert [(each["name"], each["organization"]["name"]) for each in found] == [
        ("Café Valby", "Kaffens Venner")
    ]


async def test_outside_its_validity_an_offer_is_not_active(triage_service: Bench) -> None:
    made = await put_cafe(triage_service, valid_from="2026-03-11", valid_to="2026-03-12")
    client = editor(triage_service)
    assert made.json()["status"] == "inactive"
    triage_service.clock.advance(timedelta(days=1))
    assert (await client.get(f"/v1/services/{CAFE}")).json()["status"] == "active"


async def test_a_new_offer_counts_in_triage_at_once(triage_service: Bench) -> None:
    client = triage_service.client(Role.RECEPTION)
    facts = {"facts": {"needs": ["loneliness"], "age": 40, "district": 5}}
    before = (await client.post("/v1/recommendations", json=facts)).json()
    await put_cafe(triage_service)
    after = (await client.post("/v1/recommendations", json=facts)).json()
    assert "Café Valby" not in {offer["name"] for offer in before["offers"]}
    assert "Café Valby" in {offer["name"] for offer in after["offers"]}
    elsewhere = {"facts": {**facts["facts"], "district": 1}}
    there = (await client.post("/v1/recommendations", json=elsewhere)).json()
    assert "Café Valby" not in {offer["name"] for offer in there["offers"]}
    assert after["destination"] == before["destination"]


async def test_the_way_in_is_a_term(triage_service: Bench) -> None:
    terms = [attribute(term_id(NEEDS, Need.SHELTER)), attribute(term_id(ACCESS, "self_referral"))]
    made = await put_cafe(triage_service, attributes=terms)
    assert (made.json()["kind"], made.json()["step"]) == ("self_referral", "1")
    assert await triage_service.count(OFFERS) == 14
