"""Rule sets, needs and offers, to be read."""

from services.triage.catalogue import load_offers
from services.triage.ruleset import RuleSet
from shared.ids import new_id
from shared.vocabulary import Need, Role
from tests.bench import Bench


async def test_the_rule_sets_are_listed_with_the_one_in_force(triage_service: Bench) -> None:
    listed = (await triage_service.client(Role.RULES_EDITOR).get("/v1/rulesets")).json()
    assert [(item["version"], item["rows"], item["status"]) for item in listed["items"]] == [
        ("1", 21, "active")
    ]


async def test_a_rule_set_is_shown_as_it_stands_in_its_file(triage_service: Bench) -> None:
    shown = await triage_service.client(Role.RULES_EDITOR).get("/v1/rulesets/1")
    assert len(RuleSet.model_validate(shown.json()).rows) == 21
    assert shown.json()["rows"][4]["when"] == {"is_false": "in_municipality"}
    missing = await triage_service.client(Role.RULES_EDITOR).get("/v1/rulesets/2")
    assert (missing.status_code, missing.json()["type"]) == (404, "urn:dsi:problem:unknown-ruleset")


async def test_every_need_has_its_danish_label(triage_service: Bench) -> None:
    needs = (await triage_service.client(Role.RECEPTION).get("/v1/needs")).json()["items"]
    assert {need["code"] for need in needs} == set(Need)
    assert all(need["label"] for need in needs)
    autism = next(need for need in needs if need["code"] == "autism")
    assert autism["kle"] == [{"number": "34.15.00", "below": 18}, {"number": "27.12.04", "below": None}]


async def test_the_catalogue_is_listed_in_pages_and_by_need_and_age(triage_service: Bench) -> None:
    client = triage_service.client(Role.RECEPTION)
    everything = (await client.get("/v1/services")).json()["items"]
    assert {item["name"] for item in everything} == {offer.name for offer in load_offers()}
    for_a_child = (await client.get("/v1/services?need=mental_distress&age=12")).json()["items"]
    assert [item["organization"]["name"] for item in for_a_child] == ["Sundheds- og Omsorgsforvaltningen"]
    first = await client.get("/v1/services?limit=8")
    rest = await client.get(first.links["next"]["url"])
    assert [i["id"] for i in first.json()["items"] + rest.json()["items"]] == [i["id"] for i in everything]
    assert rest.json()["next_cursor"] is None


async def test_an_offer_is_read_with_whom_it_takes(triage_service: Bench) -> None:
    client = triage_service.client(Role.CASEWORKER)
    robus = next(offer for offer in load_offers() if offer.name == "ROBUS")
    shown = (await client.get(f"/v1/services/{robus.id}")).json()
    assert (shown["status"], shown["step"], shown["kind"]) == ("active", "1", "low_threshold")
    assert (shown["eligibility"]["minimum_age"], shown["eligibility"]["maximum_age"]) == (None, 17)
    assert (await client.get(f"/v1/services/{new_id()}")).status_code == 404
