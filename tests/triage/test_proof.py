"""Rule set 1 is proved; each way in which a rule set can fail is found, with a citizen who shows it."""

from collections.abc import Callable
from copy import deepcopy
from datetime import date
from typing import Any

import pytest
import yaml

from services.triage.catalogue.offers.offer import OpenOffers
from services.triage.proof.proving import Unproved, demand_proof, prove
from services.triage.proof.schemas import Finding, Proof
from services.triage.recommendations.adviser import Adviser, Moment
from services.triage.recommendations.schemas import RecommendationIn
from services.triage.recommendations.service import refuse_contradictions
from services.triage.rules.case import OLDEST
from services.triage.rules.rulebook import Blocked
from services.triage.rules.ruleset import RULESETS_FOLDER, RuleSet
from shared.city.current import city, geography_on

#: No offers at all, and offers for every need at every age.
OFFERS = tuple(OpenOffers((), (covered,) * (OLDEST + 1), frozenset()) for covered in (0, -1))

RAW: dict[str, Any] = yaml.safe_load((RULESETS_FOLDER / "1.yaml").read_text(encoding="utf-8"))


#: The day of the first demand of the law (data/statutory_duties.yaml), and of rule set 2.
UNTIL = date(2026, 1, 1)

Edit = Callable[[list[dict[str, Any]]], object]

_COVERED = {"covered_by_offers": {"besides": ["advice"]}}
_PAST = {"fact": "received_on", "below": date(2024, 1, 1)}

#: Ways to break rule set 1.
BROKEN: dict[str, Edit] = {
    "no last row": lambda rows: rows.pop(),
    "two equal rows": lambda rows: [row.update(rank=10) for row in rows[9:11]],
    "a row twice": lambda rows: rows.insert(13, deepcopy(rows[12])),
    "a row that is never true": lambda rows: rows[13].update(when={"fact": "age", "below": 0}),
    "a destination of the past": lambda rows: rows[5]["destination"][0]["when"]["all"].append(_PAST),
    "no row for who lives elsewhere": lambda rows: rows.pop(4),
    "no way for a child elsewhere": lambda rows: rows[1]["destination"].pop(2),
    "a last row that needs offers": lambda rows: rows[-1].update(when=_COVERED),
    "a last row that needs there to be none": lambda rows: rows[-1].update(when={"not": _COVERED}),
}


def edited(edit: Edit) -> RuleSet:
    """Rule set 1 with its rows changed, and numbered again."""
    raw = deepcopy(RAW)
    edit(raw["rows"])
    for number, row in enumerate(raw["rows"], start=1):
        row["number"] = number
    return RuleSet.model_validate(raw)


def proved(ruleset: RuleSet) -> Proof:
    """The proof of its rows: rule set 1 was in force before the law's demands are those of a rule set."""
    return prove(ruleset, until=UNTIL)


def only_finding(broken: str) -> Finding:
    (finding,) = proved(edited(BROKEN[broken])).findings
    return finding


def test_rule_set_1_holds() -> None:
    proof = proved(RuleSet.model_validate(RAW))
    assert (proof.holds, proof.findings, proof.rows) == (True, (), 21)


def test_without_its_last_row_a_citizen_falls_between_two_chairs() -> None:
    gap = only_finding("no last row")
    assert (gap.kind, gap.rows) == ("gap", ())
    assert gap.citizen is not None
    assert gap.citizen["needs"] == ["existing_case"]


def test_equal_rows_that_send_one_citizen_to_two_places_clash() -> None:
    clash = only_finding("two equal rows")
    assert (clash.kind, clash.rows) == ("clash", (10, 11))
    assert clash.text.endswith("sender til hver sit sted: hky / centre-team.")
    assert clash.citizen is not None
    assert clash.citizen["needs"] == ["lost_earnings", "home_relief_administration"]


def test_equal_rows_that_never_disagree_are_proved() -> None:
    def same_place(rows: list[dict[str, Any]]) -> None:
        for row in rows[9:11]:
            row.update(rank=10, destination=[{"kind": "unit", "unit": "hky"}])

    assert proved(edited(same_place)).holds


def test_a_row_that_others_have_settled_is_unreachable() -> None:
    shadowed = only_finding("a row twice")
    assert (shadowed.kind, shadowed.rows[-1]) == ("unreachable", 14)
    assert 13 in shadowed.rows
    assert shadowed.citizen is not None
    assert shadowed.citizen["needs"] == ["assistive_devices"]


def test_a_row_that_is_never_true_is_unreachable_and_has_no_example() -> None:
    never = only_finding("a row that is never true")
    assert (never.kind, never.rows, never.citizen) == ("unreachable", (14,), None)


def test_a_destination_for_days_before_the_rule_set_is_in_force_is_unreachable() -> None:
    dead = only_finding("a destination of the past")
    assert (dead.kind, dead.rows, dead.at) == ("unreachable", (6,), 1)


def test_a_rule_on_the_district_of_a_citizen_of_another_municipality_is_unsettleable() -> None:
    findings = proved(edited(BROKEN["no row for who lives elsewhere"])).findings
    assert {finding.kind for finding in findings} == {"unsettleable"}
    assert all(finding.citizen and finding.citizen["in_municipality"] is False for finding in findings)


def test_a_child_who_lives_elsewhere_is_in_no_childrens_area() -> None:
    finding = only_finding("no way for a child elsewhere")
    assert (finding.kind, finding.rows) == ("unsettleable", (2,))


def test_the_catalogue_of_offers_may_be_any() -> None:
    """With offers or without, a last row that depends on them leaves some citizen without a destination."""
    for broken in ("a last row that needs offers", "a last row that needs there to be none"):
        assert only_finding(broken).kind == "gap"


def test_a_rule_set_that_fails_cannot_be_used() -> None:
    with pytest.raises(Unproved, match="mellem to stole"):
        demand_proof(edited(BROKEN["no last row"]))


@pytest.mark.parametrize("broken", BROKEN)
def test_the_citizen_of_a_finding_can_be_sent_to_the_service_and_shows_it(broken: str) -> None:
    ruleset = edited(BROKEN[broken])
    adviser = Adviser(ruleset, geography_on, city().needs)
    for finding in proved(ruleset).findings:
        if finding.citizen is None:
            continue
        body = RecommendationIn.model_validate(finding.citizen)
        refuse_contradictions(body.facts)
        assert body.received_at is not None
        case = adviser.case(
            body.facts, Moment(body.channel, body.received_at), OFFERS[finding.text.find("dækker") > 0]
        )
        true = [row.row.number for row in adviser.rulebook.rows if row.test.evaluate(case) is True]
        match finding.kind:
            case "gap":
                assert true == []
                with pytest.raises(AssertionError):
                    adviser.rulebook.decide(case)
            case "clash" | "unreachable":
                assert set(finding.rows) <= set(true)
            case "unsettleable":
                blocked = adviser.rulebook.decide(case)
                assert isinstance(blocked, Blocked)
                assert blocked.row.row.number == finding.rows[0]
