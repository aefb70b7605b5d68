"""A rule set that is wrong is refused with the place and the reason, and nothing of it is stored."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from services.triage.models import RulesetChange, RulesetRow
from services.triage.rules.ruleset import RULESETS_FOLDER
from services.triage.rulesets.parsing import FaultyRulesetError, parse_ruleset, parse_ruleset_file
from shared.database import table_of
from tests.bench import Bench
from tests.triage.rulekeeping import WHY, Editors, as_yaml, draft

TEXT = (RULESETS_FOLDER / "2.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "pointer", "message"),
    [
        ("any: [assistive_devices]", "any: [wheels]", "/rows/12/when/needs/any/0", "no such code"),
        ("unit: assistive-devices", "unit: wheels", "/rows/12/destination/0/unit", "no such code"),
        ("number: 13", "number: 12", "/rows/12/number", "this is row 13"),
        ("below: 31", "below: 17", "/units/authority_by_age/by_age", "age bands must rise"),
        ("when: {is_true: acute_danger}\n    reason", "when: {is: acute_danger}\n    reason", "/rows/0/when", "a condition is one of"),
        ("code: honour", "code: Honour", "/duties/3/code", "pattern"),
        ("code: honour", "code: danger", "", "two duties with the code danger"),
        ("warnings: [risk_assessment_first]", "warnings: [look_out]", "/duties/3/warnings/0", "do_not_inform_parents"),
        ("    warnings: [risk_assessment_first]\n", "", "/duties/3", "gives an urgency, a clock or a warning"),
        ("{needs: [personal_care], when: {all: [{possibly", "{besides: [debt], needs: [personal_care], when: {all: [{possibly", "/duties/12/clocks/0/application_area_of/1", "exactly one of needs and besides"),
        ("administration: BUF, needs", "administration: KBH, needs", "/administrations/1/administration", "no such code"),
        ("    destination: [{kind: emergency}]", "    destination: [{kind: emergency}]\n    urgency: [{urgency: acute}]", "", "row 1 has an urgency, clocks or warnings"),
        ("title: Regelsæt", "surprise: Regelsæt", "/surprise", "there is no such field"),
        ("title: Regelsæt", "surprise: Regelsæt", "", "title is missing"),
        ("version: \"2\"", "version: ../1", "/version", "pattern"),
        ("clocks: [file_access]", "clocks: [lunch]", "", "names a clock that is not defined: lunch"),
        ("as_row: 2\n      when", "as_row: -1\n      when", "/rows/0/companion/as_row", "greater than or equal to 1"),
        ("in: [written]", "in: [fax]", "/rows/7/notes/0/when/in", "not a valid Channel"),
        ("below: 2026-06-01", "below: juni", "/definitions/care_is_health/not/below", "isoformat"),
        ("below: 31, unit: youth", "below: old, unit: youth", "/units/authority_by_age/by_age/1/below", "integer"),
        ("between: [18, 22]", "between: [18, 220]", "/rows/13/when/all/1/between", "whole number from 0 to 131"),
        ("named: authority_by_age", "named: nobody", "/rows/17/destination/0/unit/named", "is not defined"),
        ("under_18: {fact: age, below: 18}", "under_18: {holds: concern}", "/definitions/under_18/holds", "above this place"),
        ("{below: 31, unit: youth}", "{below: 31, unit: {named: authority_by_age}}", "/units/authority_by_age/by_age/1/unit/named", "above this place"),
        ("  age: Hvor gammel", "  postal_code: Hvor gammel", "/questions", "no question for age"),
        ("  ask: Det", "  other: Det", "/texts", "ask is missing"),
        ("{name} er for {ages} og", "{name.__class__} er for {ages} og", "/texts/offer", "only these"),
        ("{name} er for {ages} og", "{name} er for {ages og", "/texts/offer", "only these"),
    ],
)  # fmt: skip
def test_each_fault_is_reported_with_its_place(old: str, new: str, pointer: str, message: str) -> None:
    assert old in TEXT
    with pytest.raises(FaultyRulesetError) as refused:
        parse_ruleset(TEXT.replace(old, new).encode(), "yaml")
    found = [fault for fault in refused.value.faults if fault.pointer == pointer and message in fault.message]
    assert found, str(refused.value)
    assert all(fault.line for fault in refused.value.faults)


def test_the_line_is_that_of_the_file() -> None:
    with pytest.raises(FaultyRulesetError) as refused:
        parse_ruleset(TEXT.replace("any: [assistive_devices]", "any: [wheels]").encode(), "yaml")
    line = refused.value.faults[0].line or 0
    assert "assistive_devices" in TEXT.splitlines()[line - 1]


def test_a_date_in_json_is_a_date_all_the_same() -> None:
    sent = parse_ruleset(json.dumps(draft(version="2")).encode(), "json").ruleset
    kept = parse_ruleset_file(RULESETS_FOLDER / "2.yaml").ruleset
    assert sent.rows == kept.rows


BODIES: list[tuple[Any, str, str]] = [
    (
        TEXT.replace("any: [homelessness]", "any: [homeless]").replace("number: 4\n", "number: 5\n"),
        "yaml",
        "/rows/3/number",
    ),
    ("a: &a [*a]", "yaml", ""),
    ("", "yaml", ""),
    (b"\xff\xfe", "yaml", ""),
    ("null", "json", ""),
    ("[]", "json", ""),
    ('{"rows": ' + "[" * 5000, "json", ""),
    ('{"copy', "json", ""),
]


@pytest.mark.parametrize(("body", "form", "pointer"), BODIES)
async def test_a_faulty_body_stores_nothing(
    triage_service: Bench, body: str | bytes, form: str, pointer: str
) -> None:
    editors = Editors(triage_service)
    sent = body.encode() if isinstance(body, str) else body
    headers = {**WHY, "Content-Type": f"application/{form}"}
    await editors.write(draft())
    for answer in (
        await editors.alma.post("/v1/rulesets", content=sent, headers=headers),
        await editors.alma.put("/v1/rulesets/3", content=sent, headers={**headers, "If-Match": '"1"'}),
    ):
        assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
        assert answer.json()["type"] == "urn:dsi:problem:invalid-ruleset"
        assert answer.json()["errors"][0]["pointer"] == pointer
    assert await triage_service.count(table_of(RulesetRow)) == 3
    assert await triage_service.count(table_of(RulesetChange)) == 1


async def test_ten_megabytes_are_too_much_and_so_is_half_of_one(triage_service: Bench) -> None:
    editors = Editors(triage_service)
    headers = {**WHY, "Content-Type": "application/yaml"}
    for size in (10_000_000, 600_000):
        answer = await editors.alma.post("/v1/rulesets", content=b"# " + b"x" * size, headers=headers)
        assert (answer.status_code, answer.json()["type"]) == (413, "urn:dsi:problem:too-large")


async def test_a_change_without_a_reason_or_with_a_personal_number_in_it_is_refused(
    triage_service: Bench,
) -> None:
    editors = Editors(triage_service)
    for headers in ({}, {"Change-Reason": " "}, {"Change-Reason": "720670-3041 skal til adults"}):
        answer = await editors.alma.post("/v1/rulesets", json=draft(), headers=headers)
        assert (answer.status_code, answer.json()["type"]) == (422, "urn:dsi:problem:invalid-input")
        assert answer.json()["errors"][0]["pointer"] == "/header/change-reason"
        assert "720670" not in answer.text
    assert await triage_service.count(table_of(RulesetRow)) == 2


async def test_the_version_in_the_body_is_the_one_in_the_path(triage_service: Bench) -> None:
    editors = Editors(triage_service)
    await editors.write(draft())
    headers = {**WHY, "If-Match": '"1"'}
    answer = await editors.alma.put("/v1/rulesets/3", json=draft(version="4"), headers=headers)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/version")


@pytest.mark.parametrize(
    "edit",
    [
        lambda body: body.update(copy_of="../1"),
        lambda body: body.update(surprise=1),
        lambda body: body.update(valid_from="i morgen"),
    ],
)
async def test_an_invalid_copy_request_is_refused(
    triage_service: Bench, edit: Callable[[dict[str, Any]], object]
) -> None:
    body: dict[str, Any] = {"copy_of": "1"}
    edit(body)
    answer = await Editors(triage_service).alma.post("/v1/rulesets", json=body, headers=WHY)
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:dsi:problem:invalid-input")
    assert answer.json()["errors"][0]["pointer"] in {"/copy_of", "/surprise", "/valid_from"}


def test_two_hundred_rows_are_read_in_a_second() -> None:
    def many(content: dict[str, Any]) -> None:
        rows = content["rows"]
        content["rows"] = [{**rows[12], "title": f"Række {n}"} for n in range(180)] + rows
        for number, row in enumerate(content["rows"], 1):
            row["number"] = number
        for row in content["rows"]:
            if "companion" in row:
                row["companion"]["as_row"] = 182

    assert len(parse_ruleset(as_yaml(draft(many)).encode(), "yaml").ruleset.rows) == 201
