"""A file of an organisation that publishes its own offers: taken whole or not at all, as often as
one likes.
"""

import asyncio
import json
from copy import deepcopy
from typing import Any

import httpx
import pytest

from services.triage.catalogue.city_terms import NEEDS, term_id
from services.triage.catalogue.repository import CHANGES, OFFERS, ORGANIZATIONS
from shared.ids import new_id
from shared.vocabulary import Need, Role
from tests.bench import Bench
from tests.triage.hsds_schemas import faults, schema

FRIENDS = {"id": str(new_id()), "name": "Vennerne", "description": "En forening"}


def service(name: str, **more: Any) -> dict[str, Any]:
    """A service as some other system publishes it, with a term of a taxonomy of its own."""
    other = {
        "id": str(new_id()),
        "name": "Fællesskab",
        "description": "Fællesskab",
        "taxonomy_detail": {"id": str(new_id()), "name": "Foreningsportalen", "description": "Emner"},
    }
    lonely = {"id": str(new_id()), "taxonomy_term_id": str(term_id(NEEDS, Need.LONELINESS))}
    return {
        "id": str(new_id()),
        "name": name,
        "status": "active",
        "organization": FRIENDS,
        "attributes": [{"id": str(new_id()), "taxonomy_term": other}, lonely],
        "a_field_of_their_own": {"anything": 1},
        **more,
    }


FILE = [service("Gåtur"), service("Skak"), service("Kor", minimum_age=18)]


async def send(bench: Bench, file: Any, source: str = "vennerne", **query: Any) -> httpx.Response:
    body = file if isinstance(file, bytes) else json.dumps(file).encode()
    client = bench.client(Role.RULES_EDITOR)
    return await client.post("/v1/catalogue/import", params={"source": source, **query}, content=body)


def names_by_change(answer: httpx.Response) -> dict[str, list[str]]:
    assert answer.status_code == 200, answer.text
    lists = ("new", "changed", "ended", "kept_by_hand")
    return {name: [each["name"] for each in answer.json()[name]] for name in lists if answer.json()[name]}


async def counts(bench: Bench) -> list[int]:
    return [await bench.count(table) for table in (OFFERS, ORGANIZATIONS, CHANGES)]


async def test_a_file_is_taken_once_however_often_it_comes(triage_service: Bench) -> None:
    assert names_by_change(await send(triage_service, FILE)) == {"new": ["Gåtur", "Skak", "Kor"]}
    before = await counts(triage_service)
    again = await send(triage_service, {"services": FILE})
    assert (names_by_change(again), again.json()["unchanged"]) == ({}, 3)
    assert await counts(triage_service) == before
    listed = (
        await triage_service.client(Role.RECEPTION).get("/v1/services?search=vennerne&full=true")
    ).json()
    assert {each["name"] for each in listed["contents"]} == {"Gåtur", "Skak", "Kor"}
    for each in listed["contents"]:
        assert faults(schema("service"), each) == []
        assert "a_field_of_their_own" not in each


async def test_the_same_file_at_once_from_two_doors_is_taken_once(triage_service: Bench) -> None:
    taken = await asyncio.gather(*(send(triage_service, FILE) for _ in range(3)))
    assert sorted(len(names_by_change(answer).get("new", [])) for answer in taken) == [0, 0, 3]


async def test_a_dry_run_reports_all_changes_and_makes_none(triage_service: Bench) -> None:
    before = await counts(triage_service)
    answer = await send(triage_service, FILE, dry_run=True)
    assert names_by_change(answer) == {"new": ["Gåtur", "Skak", "Kor"]}
    assert await counts(triage_service) == before


async def test_a_newer_file_changes_ends_and_brings_back(triage_service: Bench) -> None:
    await send(triage_service, FILE)
    newer = [{**FILE[0], "name": "Lang gåtur"}, FILE[2], service("Strik")]
    answer = await send(triage_service, newer)
    assert names_by_change(answer) == {"new": ["Strik"], "changed": ["Lang gåtur"], "ended": ["Skak"]}
    assert answer.json()["changed"][0]["fields"] == ["name"]
    chess = await triage_service.client(Role.RECEPTION).get(f"/v1/services/{FILE[1]['id']}")
    assert (chess.json()["status"], chess.json()["valid_to"]) == ("defunct", "2026-03-09")
    assert chess.json()["metadata"][0]["updated_by"] == "import: vennerne"
    assert names_by_change(await send(triage_service, newer)) == {}
    assert names_by_change(await send(triage_service, [*newer, FILE[1]])) == {"changed": ["Skak"]}


async def test_what_was_taken_to_keep_by_hand_is_left_as_it_is(triage_service: Bench) -> None:
    await send(triage_service, FILE)
    client = triage_service.client(Role.RULES_EDITOR)
    path = f"/v1/services/{FILE[0]['id']}"
    read = (await client.get(path)).json()
    await client.put(path, json={**read, "name": "Byens gåtur"}, headers={"If-Match": '"1"'})
    assert names_by_change(await send(triage_service, FILE[:1])) == {
        "kept_by_hand": ["Gåtur"],
        "ended": ["Kor", "Skak"],
    }
    assert (await client.get(path)).json()["name"] == "Byens gåtur"


async def test_nobodys_file_takes_what_another_source_keeps(triage_service: Bench) -> None:
    await send(triage_service, FILE)
    before = await counts(triage_service)
    answer = await send(triage_service, [service("Ny"), FILE[1]], source="andre")
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:dsi:problem:foreign-entry")
    assert [fault["pointer"] for fault in answer.json()["errors"]] == ["/1/id"]
    moved = {**FILE[1], "organization": {**FRIENDS, "id": str(new_id())}}
    assert (await send(triage_service, [FILE[0], moved])).status_code == 409
    assert await counts(triage_service) == before


async def test_a_place_of_another_offer_is_not_taken_over(triage_service: Bench) -> None:
    listed = await triage_service.client(Role.RECEPTION).get("/v1/service_at_locations")
    place = {"id": listed.json()["contents"][0]["id"]}
    before = await counts(triage_service)
    answer = await send(triage_service, [service("Tyv", service_at_locations=[place])])
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (409, "/service_at_locations/0/id")
    assert await counts(triage_service) == before


async def test_terms_of_others_are_listed_and_found_and_matched_by_ours_only(triage_service: Bench) -> None:
    await send(triage_service, FILE)
    client = triage_service.client(Role.RECEPTION)
    assert "Foreningsportalen" in {t["name"] for t in (await client.get("/v1/taxonomies")).json()["contents"]}
    term = FILE[0]["attributes"][0]["taxonomy_term"]["id"]
    by_term = (await client.get("/v1/services", params={"taxonomy_term_id": term})).json()["contents"]
    assert [(each["name"], each["eligibility"]["needs"]) for each in by_term] == [("Gåtur", ["loneliness"])]


def faulty(**fault: Any) -> list[dict[str, Any]]:
    return [FILE[0], {**deepcopy(FILE[1]), **fault}]


@pytest.mark.parametrize(
    ("file", "pointer"),
    [
        (b"\xff\xfe[]", ""),
        (b'[{"id": ', ""),
        (b'[{"id": 1, "id": 2}]', ""),
        (b"[NaN]", ""),
        (b"[" * 100_000, ""),
        (b"[" * 60 + b"]" * 60, ""),
        (b'"en tekst"', ""),
        ({"contents": "ingen"}, ""),
        ([1], "/0"),
        ({"contents": faulty(status="åben")}, "/contents/1/status"),
        (faulty(id="1"), "/1/id"),
        (faulty(name=7), "/1/name"),
        (faulty(name="x" * 201), "/1/name"),
        (faulty(minimum_age="atten"), "/1/minimum_age"),
        (faulty(url="javascript:alert(1)"), "/1/url"),
        (faulty(phones=[{"id": str(new_id())}]), "/1/phones/0/number"),
        (faulty(organization={"id": FRIENDS["id"], "name": "Vennerne"}), "/1/organization/description"),
        ([{k: v for k, v in FILE[0].items() if k != "organization"}], "/0/organization"),
        ([FILE[0], FILE[0]], "/0/id"),
        (faulty(description="a\0b"), "/1/description"),
    ],
)
async def test_a_file_with_a_fault_is_refused_whole_with_place_and_reason(
    triage_service: Bench, file: Any, pointer: str
) -> None:
    before = await counts(triage_service)
    answer = await send(triage_service, file)
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:dsi:problem:unreadable-catalogue")
    assert answer.json()["errors"][0]["pointer"] == pointer
    assert answer.json()["errors"][0]["message"]
    assert await counts(triage_service) == before


async def test_every_fault_is_reported_at_once(triage_service: Bench) -> None:
    answer = await send(triage_service, [{**FILE[0], "status": "x"}, {**FILE[1], "name": ""}])
    assert [fault["pointer"] for fault in answer.json()["errors"]] == ["/0/status", "/1/name"]


async def test_a_file_that_is_too_large_and_a_source_without_a_name_are_refused(
    triage_service: Bench,
) -> None:
    assert (await send(triage_service, b" " * 1_100_000)).status_code == 413
    assert (await send(triage_service, FILE, source="../x")).status_code == 422
    reception = triage_service.client(Role.RECEPTION)
    assert (await reception.post("/v1/catalogue/import?source=x1", content=b"[]")).status_code == 403
