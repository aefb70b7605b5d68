"""The catalogue over HTTP, in the form that the standard publishes: pages, filters, and valid documents."""

from typing import Any

import httpx
import pytest

from services.triage.catalogue.city_terms import KLE, NEEDS, taxonomy_id, term_id
from services.triage.catalogue.offers.offer import load_offers
from shared.ids import new_id
from shared.vocabulary import Need, Role
from tests.bench import Bench
from tests.conftest import TUESDAY
from tests.triage.hsds_schemas import faults, schema

OFFERS = load_offers()


def reader(bench: Bench) -> httpx.AsyncClient:
    return bench.client(Role.RECEPTION)


async def contents(client: httpx.AsyncClient, path: str, **query: Any) -> list[dict[str, Any]]:
    answer = await client.get(path, params=query)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["contents"]
    return found


async def names(client: httpx.AsyncClient, path: str, **query: Any) -> set[str]:
    return {each["name"] for each in await contents(client, path, **query)}


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/v1/services", "service"),
        ("/v1/organizations", "organization"),
        ("/v1/service_at_locations", "service_at_location"),
        ("/v1/taxonomies", "taxonomy"),
        ("/v1/taxonomy_terms", "taxonomy_term"),
    ],
)
async def test_every_answer_is_valid_by_the_published_schema(
    triage_service: Bench, path: str, name: str, full: bool
) -> None:
    published, client = schema(name), reader(triage_service)
    query = {"full": full} if "taxonom" not in path else {}
    listed = await contents(client, path, **query)
    assert listed
    for entry in listed:
        assert faults(published, entry) == []
        single = (await client.get(f"{path}/{entry['id']}")).json()
        assert faults(published, single) == []
        assert single["id"] == entry["id"]


@pytest.mark.parametrize(
    "path",
    [
        "/v1/services",
        "/v1/organizations",
        "/v1/service_at_locations",
        "/v1/taxonomies",
        "/v1/taxonomy_terms",
    ],
)
async def test_pages_hold_everything_once_and_say_where_they_stand(triage_service: Bench, path: str) -> None:
    client = reader(triage_service)
    whole = (await client.get(path, params={"per_page": 500})).json()
    assert (whole["first_page"], whole["last_page"], whole["empty"]) == (True, True, False)
    turned: list[str] = []
    for number in range(1, 500):
        page = (await client.get(path, params={"per_page": 3, "page": number})).json()
        turned += [each["id"] for each in page["contents"]]
        assert (page["page_number"], page["size"]) == (number, len(page["contents"]))
        assert page["total_items"] == whole["total_items"]
        if page["last_page"]:
            assert page["total_pages"] == number
            break
    assert turned == [each["id"] for each in whole["contents"]]
    beyond = (await client.get(path, params={"page": 900})).json()
    assert (beyond["empty"], beyond["size"], beyond["last_page"]) == (True, 0, True)
    assert (await client.get(path, params={"page": 0})).status_code == 422
    lines = (await client.get(path, params={"format": "ndjson"})).text.splitlines()
    assert len(lines) == whole["total_items"]


async def test_services_are_found_by_word_term_taxonomy_organisation_and_moment(
    triage_service: Bench,
) -> None:
    client = reader(triage_service)
    everything = {offer.name for offer in OFFERS}
    assert await names(client, "/v1/services") == everything
    assert await names(client, "/v1/services", search="rusmiddel UNGE") == {"U-Turn"}
    assert await names(client, "/v1/services", search="100%") == set()
    debt = str(term_id(NEEDS, Need.DEBT))
    assert await names(client, "/v1/services", taxonomy_term_id=debt) == {"Gældsrådgivning"}
    kle = str(term_id(KLE, "27.51.04"))
    assert await names(client, "/v1/services", taxonomy_term_id=kle) == {
        "U-Turn",
        "Ambulante rusmiddeltilbud",
    }
    assert await names(client, "/v1/services", taxonomy_id=str(taxonomy_id(NEEDS))) == everything
    uturn = (await contents(client, "/v1/services", search="u-turn"))[0]
    of_centre = await names(client, "/v1/services", organization_id=uturn["organization_id"])
    assert of_centre == {"U-Turn", "Ambulante rusmiddeltilbud", "Alkoholbehandling"}
    both = await names(
        client, "/v1/services", organization_id=uturn["organization_id"], taxonomy_term_id=debt
    )
    assert both == set()
    assert await names(client, "/v1/services", modified_after="2026-03-10T09:00:00Z") == everything
    assert await names(client, "/v1/services", modified_after="2026-03-10T10:00:01+01:00") == set()
    assert await names(client, "/v1/services", modified_after="2026-03-10T09:00:00") == everything
    beyond = await client.get("/v1/services", params={"modified_after": "0001-01-01T00:00:00+10:00"})
    assert beyond.status_code == 422
    assert await names(client, "/v1/organizations", taxonomy_term_id=debt) == {"Socialforvaltningen"}


async def test_minimal_gives_every_id_on_one_page(triage_service: Bench) -> None:
    page = (await reader(triage_service).get("/v1/services?minimal=true&per_page=2")).json()
    assert page["size"] == len(OFFERS)
    assert all(set(each) == {"id", "modified_date", "last_modified"} for each in page["contents"])


async def test_an_organisation_shows_its_services_by_name_or_whole(triage_service: Bench) -> None:
    client = reader(triage_service)
    (found,) = await contents(client, "/v1/organizations", search="rusmiddelbehandling")
    assert "services" not in found
    by_name = (await client.get(f"/v1/organizations/{found['id']}")).json()["services"]
    whole = (await client.get(f"/v1/organizations/{found['id']}?full_service=true")).json()["services"]
    assert [service["name"] for service in by_name] == [service["name"] for service in whole]
    assert all("attributes" not in service for service in by_name)
    assert all("attributes" in service for service in whole)


async def test_places_are_found_by_the_postcode_they_serve_and_by_distance(triage_service: Bench) -> None:
    client = reader(triage_service)
    everywhere = await contents(client, "/v1/service_at_locations", full=True)
    served = await contents(client, "/v1/service_at_locations", postcode="2200")
    assert len(served) == len(everywhere)
    assert await contents(client, "/v1/service_at_locations", postcode="8000") == []
    near = await contents(client, "/v1/service_at_locations", postcode="2200", proximity=1000, full=True)
    assert {place["service"]["name"] for place in near} == {"Autismehuset", "Gældsrådgivning"}
    nowhere = await client.get("/v1/service_at_locations?postcode=2720&proximity=500")
    assert (nowhere.status_code, nowhere.json()["type"]) == (422, "urn:dsi:problem:no-centre")


async def test_the_terms_of_a_taxonomy_are_the_citys_own(triage_service: Bench) -> None:
    client = reader(triage_service)
    needs = await contents(client, "/v1/taxonomy_terms", taxonomy_id=str(taxonomy_id(NEEDS)), per_page=100)
    assert {term["code"] for term in needs} == set(Need)
    assert await names(client, "/v1/taxonomies") == {"Behov", "KLE", "Indsatstrappen", "Adgang"}
    steps = await contents(client, "/v1/taxonomy_terms", search="LØFT")
    assert [term["code"] for term in steps] == ["2b"]


async def test_the_root_says_which_standard_this_is(triage_service: Bench) -> None:
    root = (await reader(triage_service).get("/v1/")).json()
    assert root["version"] == "3.1"
    assert root["openapi_url"] == "http://test/openapi.json"


async def test_what_is_not_there_is_not_found_and_strangers_see_nothing(triage_service: Bench) -> None:
    for path in ("services", "organizations", "service_at_locations", "taxonomies", "taxonomy_terms"):
        missing = await reader(triage_service).get(f"/v1/{path}/{new_id()}")
        assert (missing.status_code, missing.json()["type"]) == (404, "urn:dsi:problem:not-found")
        assert (await triage_service.client(None).get(f"/v1/{path}")).status_code == 401
        assert (await triage_service.client(Role.TELEPHONY).get(f"/v1/{path}")).status_code == 403


async def test_who_asks_as_in_the_houses_other_lists_is_answered_as_there(triage_service: Bench) -> None:
    client = reader(triage_service)
    everything = (await client.get("/v1/services")).json()
    assert everything["items"] == everything["contents"]
    for_a_child = (await client.get("/v1/services?need=mental_distress&age=12")).json()["items"]
    assert [item["organization"]["name"] for item in for_a_child] == ["Sundheds- og Omsorgsforvaltningen"]
    first = await client.get("/v1/services?limit=8")
    rest = await client.get(first.links["next"]["url"])
    turned = first.json()["items"] + rest.json()["items"]
    assert [i["id"] for i in turned] == [i["id"] for i in everything["items"]]
    assert rest.json()["next_cursor"] is None
    assert (await client.get("/v1/services?cursor=nonsense")).status_code == 422


async def test_an_offer_is_read_with_whom_it_takes(triage_service: Bench) -> None:
    client = triage_service.client(Role.CASEWORKER)
    robus = next(offer for offer in OFFERS if offer.name == "ROBUS")
    answer = (await client.get(f"/v1/services/{robus.id}")).json()
    assert (answer["status"], answer["step"], answer["kind"]) == ("active", "1", "low_threshold")
    assert (answer["eligibility"]["minimum_age"], answer["eligibility"]["maximum_age"]) == (None, 17)
    assert answer["schedules"][0]["notes"].startswith("Eksempel")


async def test_whether_an_offer_is_open_this_minute_follows_its_hours(triage_service: Bench) -> None:
    client = reader(triage_service)

    async def autismehuset() -> dict[str, Any]:
        (found,) = await contents(client, "/v1/services", search="Autismehuset")
        single: dict[str, Any] = (await client.get(f"/v1/services/{found['id']}")).json()
        assert single["open_now"] == found["open_now"]
        return found

    assert (await autismehuset())["open_now"] is True
    triage_service.clock.set(TUESDAY.replace(hour=15))
    assert (await autismehuset())["open_now"] is False
    assert (await autismehuset())["eligibility"]["districts"] is None
