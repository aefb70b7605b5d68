"""A rule set's life over HTTP: draft, checked, simulated, in force from a moment, retired."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from services.triage.models import RulesetChange, RulesetRow
from services.triage.rules.ruleset import RULESETS_FOLDER
from shared.database import table_of
from shared.ids import new_id
from shared.vocabulary import Role
from tests.bench import Bench
from tests.conftest import TUESDAY
from tests.triage.contacts import registered
from tests.triage.rulekeeping import (
    BASE,
    WHY,
    Editors,
    as_yaml,
    draft,
    homeless_under_25_to_youth,
)

#: Homeless at 22: Boligsocialt Område by rule set 2, the youth area by the draft.
KARIM: dict[str, Any] = {"needs": ["homelessness"], "age": 22, "district": 3}


@pytest.fixture
def editors(triage_service: Bench) -> Editors:
    return Editors(triage_service)


async def unit_for_karim(bench: Bench, **more: Any) -> str:
    ruleset = more.pop("ruleset", None)
    query = "" if ruleset is None else f"?ruleset={ruleset}"
    body = {"facts": KARIM, **more}
    answer = await bench.client(Role.RECEPTION).post(f"/v1/recommendations{query}", json=body)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["destination"]["unit"])


async def test_rule_set_2_is_in_force_from_its_day_and_is_read_in_three_forms(editors: Editors) -> None:
    items = (await editors.carl.get("/v1/rulesets")).json()["items"]
    names = ("version", "status", "duties", "active_from", "active_until")
    assert [tuple(item[name] for name in names) for item in items] == [
        ("1", "retired", 0, "2024-12-31T23:00:00Z", "2025-12-31T23:00:00Z"),
        ("2", "active", 14, "2025-12-31T23:00:00Z", None),
    ]
    as_file = await editors.carl.get("/v1/rulesets/2", headers={"Accept": "application/yaml"})
    assert as_file.text == (RULESETS_FOLDER / "2.yaml").read_text(encoding="utf-8")
    table = await editors.carl.get("/v1/rulesets/2", headers={"Accept": "text/markdown;q=0.9, */*;q=0.1"})
    assert table.headers["content-type"] == "text/markdown; charset=utf-8"
    assert "| 16 | Hjemløshed |" in table.text


async def test_the_table_is_read_as_json_with_the_etag_of_the_rule_set(editors: Editors) -> None:
    answer = await editors.carl.get("/v1/rulesets/2/table")
    assert answer.headers["etag"] == (await editors.carl.get("/v1/rulesets/2")).headers["etag"]
    table = answer.json()
    assert (table["rows"][15]["number"], table["rows"][15]["title"]) == (16, "Hjemløshed")
    assert (await editors.carl.get("/v1/rulesets/9/table")).status_code == 404


async def test_a_fault_of_a_draft_names_its_line_and_its_reason_apart(editors: Editors) -> None:
    text = as_yaml(draft(lambda content: content["rows"][2].update(number=9)))
    headers = {**WHY, "Content-Type": "application/yaml"}
    refused = await editors.alma.post("/v1/rulesets", content=text.encode(), headers=headers)
    (error,) = refused.json()["errors"]
    assert error["message"] == f"line {error['line']}: {error['reason']}"
    assert "number: 9" in text.splitlines()[error["line"] - 1]


async def test_a_draft_is_not_used_until_a_second_person_puts_it_in_force(editors: Editors) -> None:
    bench = editors.bench
    written = await editors.write(draft(homeless_under_25_to_youth))
    assert (written.status_code, written.headers["etag"], written.json()["status"]) == (201, '"1"', "draft")
    assert (await editors.check())["proof"]["holds"] is True
    assert await editors.status() == "checked"
    await editors.simulate()
    assert await editors.status() == "simulated"
    assert await unit_for_karim(bench) == "housing-social"
    assert await unit_for_karim(bench, ruleset="3") == "youth"
    alone = await editors.activate(who=editors.alma)
    assert (alone.status_code, alone.json()["type"]) == (403, "urn:dsi:problem:second-person-needed")
    assert await editors.status() == "simulated"
    begun = await editors.activate()
    assert (begun.status_code, begun.json()["status"]) == (200, "active")
    assert await editors.status("2") == "retired"
    assert await unit_for_karim(bench) == "youth"


async def test_past_contacts_are_explained_by_the_rule_set_of_their_moment(editors: Editors) -> None:
    bench, earlier = editors.bench, new_id()
    await bench.deliver(registered(earlier, KARIM))
    await editors.make_ready(draft(homeless_under_25_to_youth))
    await editors.activate()
    assert await unit_for_karim(bench, received_at="2026-03-10T08:59:59Z") == "housing-social"
    assert await unit_for_karim(bench, received_at="2026-03-10T09:00:00Z") == "youth"
    await bench.deliver(registered(earlier, KARIM, 2))
    stored = (await bench.client(Role.RECEPTION).get(f"/v1/assessments?contact_id={earlier}")).json()["items"]
    assert [item["recommendation"]["ruleset"] for item in stored] == ["2", "2"]


async def test_all_replicas_change_over_at_the_moment_without_a_restart(editors: Editors) -> None:
    bench = editors.bench
    assert await unit_for_karim(bench) == "housing-social"
    await editors.make_ready(draft(homeless_under_25_to_youth))
    scheduled = await editors.activate(at="2026-06-01T00:00:00+02:00")
    assert (scheduled.json()["status"], scheduled.json()["active_from"]) == (
        "scheduled",
        "2026-05-31T22:00:00Z",
    )
    assert await editors.status("2") == "active"
    bench.clock.set(TUESDAY.replace(month=5, day=31, hour=21, minute=59))
    assert await unit_for_karim(bench) == "housing-social"
    bench.clock.set(TUESDAY.replace(month=5, day=31, hour=22, minute=0))
    assert await unit_for_karim(bench) == "youth"
    assert (await editors.status("2"), await editors.status("3")) == ("retired", "active")


async def test_any_change_makes_it_a_draft_again(editors: Editors) -> None:
    await editors.make_ready(draft(homeless_under_25_to_youth))
    same = await editors.change(draft(homeless_under_25_to_youth), '"1"')
    assert (same.headers["etag"], same.json()["status"]) == ('"1"', "simulated")
    changed = await editors.change(draft(), '"1"')
    assert (changed.headers["etag"], changed.json()["status"]) == ('"2"', "draft")
    refused = await editors.activate()
    assert (refused.status_code, refused.json()["type"], refused.json()["ruleset_status"]) == (
        409,
        "urn:dsi:problem:ruleset-not-ready",
        "draft",
    )


async def test_a_rule_set_that_the_proof_refutes_cannot_be_put_in_force(editors: Editors) -> None:
    await editors.write(draft(lambda content: content["rows"].pop()))
    found = await editors.check()
    assert (found["proof"]["holds"], found["status"]) == (False, "draft")
    gap = next(finding for finding in found["proof"]["findings"] if finding["kind"] == "gap")
    lost = await editors.alma.post("/v1/recommendations?ruleset=3", json=gap["citizen"])
    assert (lost.status_code, lost.json()["type"]) == (409, "urn:dsi:problem:ruleset-has-no-answer")
    await editors.simulate()
    assert (await editors.activate()).json()["type"] == "urn:dsi:problem:ruleset-not-ready"


async def test_a_rule_set_that_loses_a_duty_of_the_law_cannot_be_put_in_force(editors: Editors) -> None:
    def without_the_day_for_files(content: dict[str, Any]) -> None:
        content["duties"] = [duty for duty in content["duties"] if duty["code"] != "file_access"]

    await editors.write(draft(without_the_day_for_files))
    found = await editors.check()
    (lost,) = found["proof"]["findings"]
    assert (lost["kind"], lost["duty"], found["status"]) == ("lost", "file_access", "draft")
    owed = await editors.alma.post("/v1/recommendations?ruleset=3", json=lost["citizen"])
    assert (owed.status_code, owed.json()["clocks"]) == (200, [])
    await editors.simulate()
    assert (await editors.activate()).json()["type"] == "urn:dsi:problem:ruleset-not-ready"


async def test_rule_set_1_cannot_come_back_in_force(editors: Editors) -> None:
    await editors.alma.post("/v1/rulesets", json={"copy_of": "1", "version": "3"}, headers=WHY)
    (lost,) = (await editors.check())["proof"]["findings"]
    assert (lost["kind"], lost["duty"]) == ("lost", None)
    assert "ingen pligter" in lost["text"]


async def test_the_result_of_a_check_is_read_again_with_its_revision(editors: Editors) -> None:
    await editors.write(draft(lambda content: content["rows"].pop()))
    missing = await editors.carl.get("/v1/rulesets/3/proof")
    assert (missing.status_code, missing.json()["type"]) == (404, "urn:dsi:problem:not-checked")
    found = await editors.check()
    assert (await editors.carl.get("/v1/rulesets/3/proof")).json() == found
    await editors.change(draft(), '"1"')
    old = (await editors.carl.get("/v1/rulesets/3/proof")).json()
    assert (old["revision"], old["proof"]) == (1, found["proof"])
    reception = editors.bench.client(Role.RECEPTION)
    assert (await reception.get("/v1/rulesets/3/proof")).status_code == 403


async def test_every_change_has_its_author_its_reason_and_its_difference(editors: Editors) -> None:
    await editors.make_ready(draft())
    await editors.change(draft(homeless_under_25_to_youth), '"1"', editors.bo)
    trail = (await editors.carl.get("/v1/rulesets/3/history")).json()["items"]
    assert [(step["kind"], step["author"], step["revision"]) for step in trail] == [
        ("created", "alma", 1),
        ("checked", "alma", 1),
        ("simulated", "alma", 1),
        ("edited", "bo", 2),
    ]
    assert trail[3]["reason"] == "Hjemløshed under 25 flytter til Ungeområdet"
    assert trail[3]["text"][0] == "Række 16 „Hjemløshed“ er ændret."
    assert "versio" in trail[0]["text"][0]
    compared = (await editors.carl.get("/v1/rulesets/2/difference?to=3")).json()
    assert [row["now"] for row in compared["difference"]["rows"]] == [16]
    await editors.check()
    await editors.simulate()
    for author in (editors.alma, editors.bo):
        assert (await editors.activate(who=author)).status_code == 403


async def test_a_copy_has_the_same_content_under_the_next_number(editors: Editors) -> None:
    made = await editors.alma.post("/v1/rulesets", json={"copy_of": "2"}, headers=WHY)
    assert (made.status_code, made.json()["version"], made.json()["based_on"]) == (201, "3", "2")
    copied = (await editors.carl.get("/v1/rulesets/3")).json()
    assert copied == {**(await editors.carl.get("/v1/rulesets/2")).json(), "version": "3"}
    missing = await editors.alma.post("/v1/rulesets", json={"copy_of": "9"}, headers=WHY)
    assert (missing.status_code, missing.json()["type"]) == (404, "urn:dsi:problem:unknown-ruleset")


async def test_a_draft_sent_as_yaml_keeps_its_comments(editors: Editors) -> None:
    text = "# Aftalt på mødet\n" + as_yaml(draft(homeless_under_25_to_youth))
    headers = {**WHY, "Content-Type": "application/yaml"}
    made = await editors.alma.post("/v1/rulesets", content=text.encode(), headers=headers)
    assert made.status_code == 201
    kept = await editors.carl.get("/v1/rulesets/3", headers={"Accept": "application/yaml"})
    assert kept.text == text
    again = await editors.alma.put(
        "/v1/rulesets/3", content=kept.content, headers={**headers, "If-Match": '"1"'}
    )
    assert again.headers["etag"] == '"1"'


async def test_a_draft_sent_twice_with_one_key_is_made_once(editors: Editors) -> None:
    headers = {**WHY, "Idempotency-Key": "draft-3"}
    first = await editors.alma.post("/v1/rulesets", json=draft(), headers=headers)
    again = await editors.alma.post("/v1/rulesets", json=draft(), headers=headers)
    assert (first.status_code, again.status_code, first.json()) == (201, 201, again.json())
    other = await editors.write(draft())
    assert (other.status_code, other.json()["type"]) == (409, "urn:dsi:problem:version-taken")


async def test_of_two_edits_at_once_one_is_made(editors: Editors) -> None:
    await editors.write(draft())
    edits = [{**draft(), "title": title} for title in ("Den ene", "Den anden")]
    answers = await asyncio.gather(*(editors.change(content, '"1"') for content in edits))
    assert sorted(answer.status_code for answer in answers) == [200, 412]
    blind = await editors.alma.put("/v1/rulesets/3", json=draft(), headers=WHY)
    assert (blind.status_code, blind.json()["type"]) == (428, "urn:dsi:problem:version-required")


async def test_of_two_activations_at_once_one_wins(editors: Editors) -> None:
    await editors.make_ready(draft(homeless_under_25_to_youth))
    await editors.make_ready(draft(version="4"))
    same = await asyncio.gather(editors.activate(), editors.activate())
    assert sorted(answer.status_code for answer in same) == [200, 409]
    at = "2026-09-01T00:00:00Z"
    await editors.make_ready(draft(version="5"))
    both = await asyncio.gather(editors.activate("4", at=at), editors.activate("5", at=at))
    assert sorted(answer.status_code for answer in both) == [200, 409]
    assert {answer.json().get("type") for answer in both} == {None, "urn:dsi:problem:moment-taken"}


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("2026-03-10T08:58:00Z", "past"),
        ("2026-03-31T21:59:59Z", "valid from 2026-04-01"),
        ("1999-01-01T00:00:00Z", "years 2000"),
        ("2026-04-01T00:00:00", "timezone"),
    ],
)
async def test_no_rule_set_begins_at_an_impossible_moment(editors: Editors, moment: str, words: str) -> None:
    await editors.make_ready(draft(lambda content: content.update(valid_from="2026-04-01")))
    refused = await editors.activate(at=moment)
    assert refused.status_code == 422
    assert words in refused.json()["errors"][0]["message"]
    assert await editors.status() == "simulated"


async def test_a_rule_set_never_begins_before_the_one_it_is_based_on(editors: Editors) -> None:
    await editors.make_ready(draft(homeless_under_25_to_youth))
    assert (await editors.activate(at="2026-06-01T00:00:00Z")).status_code == 200
    await editors.alma.post("/v1/rulesets", json={"copy_of": "3", "version": "4"}, headers=WHY)
    await editors.check("4")
    await editors.simulate("4")
    circle = await editors.activate("4", at="2026-05-01T00:00:00Z")
    assert (circle.status_code, circle.json()["type"]) == (422, "urn:dsi:problem:impossible-moment")
    assert "circle" in circle.json()["errors"][0]["message"]
    assert (await editors.activate("4", at="2026-07-01T00:00:00Z")).status_code == 200
    items = (await editors.carl.get("/v1/rulesets")).json()["items"]
    assert [(item["active_from"], item["active_until"]) for item in items] == [
        ("2024-12-31T23:00:00Z", "2025-12-31T23:00:00Z"),
        ("2025-12-31T23:00:00Z", "2026-06-01T00:00:00Z"),
        ("2026-06-01T00:00:00Z", "2026-07-01T00:00:00Z"),
        ("2026-07-01T00:00:00Z", None),
    ]


async def test_what_is_or_was_in_force_never_changes(editors: Editors) -> None:
    changed = await editors.change({**BASE, "title": "Et andet"}, '"1"')
    assert (changed.status_code, changed.json()["type"]) == (409, "urn:dsi:problem:not-a-draft")
    for step, body in (("activate", {"reason": "igen"}), ("retire", {"reason": "væk"})):
        refused = await editors.bo.post(f"/v1/rulesets/2/{step}", json=body)
        assert refused.status_code == 409
    assert await editors.status("2") == "active"


async def test_one_that_has_not_begun_can_be_taken_back(editors: Editors) -> None:
    await editors.make_ready(draft(homeless_under_25_to_youth))
    await editors.activate(at="2026-06-01T00:00:00Z")
    for _ in range(2):
        taken_back = await editors.alma.post("/v1/rulesets/3/retire", json={"reason": "Udskudt"})
        assert (taken_back.status_code, taken_back.json()["status"]) == (200, "retired")
    editors.bench.clock.set(TUESDAY + timedelta(days=120))
    assert await unit_for_karim(editors.bench) == "housing-social"
    trail = (await editors.carl.get("/v1/rulesets/3/history")).json()["items"]
    assert [step["kind"] for step in trail][-2:] == ["activated", "retired"]


async def test_a_check_does_not_count_when_the_draft_was_changed_meanwhile(editors: Editors) -> None:
    await editors.write(draft())
    check = asyncio.create_task(editors.alma.post("/v1/rulesets/3/check"))
    await asyncio.sleep(0.01)
    changed = await editors.change(draft(homeless_under_25_to_youth), '"1"')
    assert changed.status_code == 200
    answer = await check
    assert answer.status_code in {200, 412}
    assert await editors.status() == "draft"


async def test_a_draft_in_which_every_child_has_a_companion_still_ends(editors: Editors) -> None:
    def no_notifications(content: dict[str, Any]) -> None:
        del content["rows"][1]
        for number, row in enumerate(content["rows"], 1):
            row["number"] = number

    assert (await editors.write(draft(no_notifications))).status_code == 201
    facts = {
        "needs": ["debt"],
        "age": 34,
        "district": 1,
        "child_at_risk": True,
        "child_age": 7,
        "child_district": 9,
    }
    answer = await editors.alma.post("/v1/recommendations?ruleset=3", json={"facts": facts})
    (child,) = answer.json()["companions"]
    assert child["recommendation"]["companions"] == []


async def test_only_rules_editors_write(editors: Editors) -> None:
    for role in (Role.RECEPTION, Role.CASEWORKER, Role.OPERATIONS, Role.AUDITOR, Role.SERVICE):
        client = editors.bench.client(role)
        for method, path in (
            ("POST", "/v1/rulesets"),
            ("PUT", "/v1/rulesets/2"),
            ("POST", "/v1/rulesets/2/check"),
            ("POST", "/v1/rulesets/2/activate"),
            ("POST", "/v1/rulesets/2/retire"),
            ("POST", "/v1/rulesets/2/simulate"),
        ):
            assert (await client.request(method, path, json={}, headers=WHY)).status_code == 403
    assert await editors.bench.count(table_of(RulesetRow)) == 2
    assert await editors.bench.count(table_of(RulesetChange)) == 0
