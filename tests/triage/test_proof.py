"""Rule set 1 is proved; each way in which a rule set can fail is found, with a citizen who shows it."""

from collections.abc import Callable
from copy import deepcopy
from datetime import date
from typing import Any

import pytest
import yaml

from services.triage.proving import Finding, Unproved, demand_proof, prove
from services.triage.ruleset import RULESETS_FOLDER, RuleSet

RAW: dict[str, Any] = yaml.safe_load((RULESETS_FOLDER / "1.yaml").read_text(encoding="utf-8"))


def edited(edit: Callable[[list[dict[str, Any]]], object]) -> RuleSet:
    """Rule set 1 with its rows changed, and numbered anew."""
    raw = deepcopy(RAW)
    edit(raw["rows"])
    for number, row in enumerate(raw["rows"], start=1):
        row["number"] = number
    return RuleSet.model_validate(raw)


def only_finding(edit: Callable[[list[dict[str, Any]]], object]) -> Finding:
    (finding,) = prove(edited(edit)).findings
    return finding


def test_rule_set_1_holds() -> None:
    proof = prove(RuleSet.model_validate(RAW))
    assert (proof.holds, proof.findings, proof.rows) == (True, (), 21)


def test_without_its_last_row_a_citizen_falls_between_two_chairs() -> None:
    gap = only_finding(lambda rows: rows.pop())
    assert (gap.kind, gap.rows) == ("gap", ())
    assert gap.citizen is not None
    assert gap.citizen["needs"] == ["existing_case"]


def test_equal_rows_that_send_one_citizen_to_two_places_clash() -> None:
    clash = only_finding(lambda rows: [row.update(rank=10) for row in rows[9:11]])
    assert (clash.kind, clash.rows) == ("clash", (10, 11))
    assert clash.text.endswith("sender til hver sit sted: hky / centre-team.")
    assert clash.citizen is not None
    assert clash.citizen["needs"] == ["lost_earnings", "home_relief_administration"]


def test_equal_rows_that_send_nobody_to_two_places_hold() -> None:
    def same_place(rows: list[dict[str, Any]]) -> None:
        for row in rows[9:11]:
            row.update(rank=10, destination=[{"kind": "unit", "unit": "hky"}])

    assert prove(edited(same_place)).holds


def test_a_row_that_others_have_settled_is_unreachable() -> None:
    shadowed = only_finding(lambda rows: rows.insert(13, deepcopy(rows[12])))
    assert (shadowed.kind, shadowed.rows[-1]) == ("unreachable", 14)
    assert 13 in shadowed.rows
    assert shadowed.citizen is not None
    assert shadowed.citizen["needs"] == ["assistive_devices"]


def test_a_row_that_nobody_can_be_in_is_unreachable_and_shows_nobody() -> None:
    never = only_finding(lambda rows: rows[13].update(when={"fact": "age", "below": 0}))
    assert (never.kind, never.rows, never.citizen) == ("unreachable", (14,), None)


def test_a_destination_for_days_before_the_rule_set_is_in_force_is_unreachable() -> None:
    past = {"fact": "received_on", "below": date(2024, 1, 1)}
    dead = only_finding(lambda rows: rows[5]["destination"][0]["when"]["all"].append(past))
    assert (dead.kind, dead.rows) == ("unreachable", (6,))


def test_the_district_of_one_who_lives_elsewhere_is_asked_in_vain() -> None:
    findings = prove(edited(lambda rows: rows.pop(4))).findings
    assert {finding.kind for finding in findings} == {"unsettleable"}
    assert all(finding.citizen and finding.citizen["in_municipality"] is False for finding in findings)


def test_a_child_who_lives_elsewhere_is_in_no_childrens_area() -> None:
    finding = only_finding(lambda rows: rows[1]["destination"].pop(2))
    assert (finding.kind, finding.rows) == ("unsettleable", (2,))


def test_the_catalogue_of_offers_may_be_any() -> None:
    """Whether there are offers or none, somebody is left over by a last row that hangs on them."""
    covered = {"covered_by_offers": {"besides": ["advice"]}}
    for condition in (covered, {"not": covered}):
        assert only_finding(lambda rows, last=condition: rows[-1].update(when=last)).kind == "gap"  # type: ignore[misc]


def test_a_rule_set_that_fails_cannot_be_used() -> None:
    with pytest.raises(Unproved, match="mellem to stole"):
        demand_proof(edited(lambda rows: rows.pop()))
