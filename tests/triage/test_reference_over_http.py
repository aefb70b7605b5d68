"""Rule sets and needs, to be read."""

from services.triage.rules.ruleset import RuleSet
from shared.vocabulary import Need, Role
from tests.bench import Bench


async def test_the_rule_sets_are_listed_with_the_one_in_force(triage_service: Bench) -> None:
    listed = (await triage_service.client(Role.RULES_EDITOR).get("/v1/rulesets")).json()
    assert [(item["version"], item["rows"], item["status"]) for item in listed["items"]] == [
        ("1", 21, "retired"),
        ("2", 21, "active"),
    ]


async def test_a_rule_set_is_answered_as_it_is_in_its_file(triage_service: Bench) -> None:
    answer = await triage_service.client(Role.RULES_EDITOR).get("/v1/rulesets/1")
    assert len(RuleSet.model_validate(answer.json()).rows) == 21
    assert answer.json()["rows"][4]["when"] == {"is_false": "in_municipality"}
    missing = await triage_service.client(Role.RULES_EDITOR).get("/v1/rulesets/9")
    assert (missing.status_code, missing.json()["type"]) == (404, "urn:dsi:problem:unknown-ruleset")


async def test_every_need_has_its_danish_label(triage_service: Bench) -> None:
    needs = (await triage_service.client(Role.RECEPTION).get("/v1/needs")).json()["items"]
    assert {need["code"] for need in needs} == set(Need)
    assert all(need["label"] for need in needs)
    autism = next(need for need in needs if need["code"] == "autism")
    assert autism["kle"] == [{"number": "34.15.00", "below": 18}, {"number": "27.12.04", "below": None}]
