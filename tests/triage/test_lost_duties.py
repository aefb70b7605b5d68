"""A rule set that loses a duty of the law, or narrows it, is refuted, with a citizen whom nobody counts."""

from collections.abc import Callable
from copy import deepcopy
from datetime import date
from typing import Any

import pytest

from services.triage.proof.proving import Unproved, demand_proof, prove
from services.triage.proof.statute import STATUTE_FILE, read_statute
from services.triage.recommendations.adviser import Moment
from services.triage.recommendations.schemas import Recommendation, RecommendationIn
from services.triage.rules.ruleset import RuleSet
from tests.triage.rulekeeping import BASE
from tests.triage.triaging import CATALOGUE, RULESETS, adviser_by

Edit = Callable[[dict[str, Any]], object]
ABOUT_THE_CHILD = {"notification", "parental_abuse", "measures_running"}


def duty(content: dict[str, Any], code: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in content["duties"] if one["code"] == code)
    return found


def without(code: str) -> Edit:
    return lambda content: content["duties"].remove(duty(content, code))


def narrowed(code: str, condition: dict[str, Any]) -> Edit:
    def edit(content: dict[str, Any]) -> None:
        one = duty(content, code)
        one["when"] = {"all": [one["when"], condition]}

    return edit


#: Ways to lose a duty, and the demands that are then not counted for somebody.
LOST: dict[str, tuple[Edit, set[str]]] = {
    **{f"no {one.code}": (without(one.code), {one.code}) for one in read_statute().demands},
    "a notification by day only": (
        narrowed("notification", {"fact": "channel", "in": ["phone", "walk_in"]}),
        {"notification"},
    ),
    "drugs from 18": (narrowed("drugs", {"not": {"fact": "age", "below": 18}}), {"drugs"}),
    "files of citizens with a known case": (
        narrowed("file_access", {"known": "existing_case_unit"}),
        {"file_access"},
    ),
    "48 hours": (
        lambda content: content["clocks"]["notification_assessment"].update(hours=48),
        {"notification"},
    ),
    "Saturdays are not counted": (
        lambda content: content["clocks"]["notification_receipt"].pop("saturdays"),
        {"notification"},
    ),
    "two months": (lambda content: content["clocks"]["data_access"].update(months=2), {"data_access"}),
    "danger in turn": (lambda content: duty(content, "danger").update(urgency="prompt"), {"danger"}),
    "one warning of two": (
        lambda content: duty(content, "parental_abuse").update(warnings=["do_not_inform_parents"]),
        {"parental_abuse"},
    ),
    "one need is no application": (
        lambda content: duty(content, "application")["clocks"][0]["application_area_of"][0]["needs"].remove(
            "respite"
        ),
        {"application"},
    ),
    "an application only where it was asked for": (
        narrowed("application", {"certainly": {"is_true": "applies_for_measure"}}),
        {"application"},
    ),
    "a transition only at 17": (narrowed("transition", {"fact": "age", "in": [17]}), {"transition"}),
    "a transition only of a known age": (narrowed("transition", {"known": "age"}), {"transition"}),
    "no contact of the child in danger": (
        lambda content: content["rows"][0].pop("companion"),
        ABOUT_THE_CHILD,
    ),
    "no contacts of siblings": (lambda content: content["rows"][1].pop("companion"), ABOUT_THE_CHILD),
    "only the further children of an adult": (
        lambda content: content["rows"][2]["companion"].update(children="further"),
        ABOUT_THE_CHILD,
    ),
    "no contacts of children of known needs": (
        lambda content: content["rows"][2].update(
            when={"all": [content["rows"][2]["when"], {"not": {"needs": {"any": ["debt"]}}}]}
        ),
        ABOUT_THE_CHILD,
    ),
}


def changed(edit: Edit) -> RuleSet:
    """Rule set 2, edited."""
    content = deepcopy(BASE)
    edit(content)
    return RuleSet.model_validate(content)


def answer_to(ruleset: RuleSet, citizen: dict[str, Any]) -> Recommendation:
    body = RecommendationIn.model_validate(citizen)
    assert body.received_at is not None
    return adviser_by(ruleset).recommend(body.facts, Moment(body.channel, body.received_at), CATALOGUE)


@pytest.mark.parametrize("name", LOST)
def test_a_lost_duty_is_found_with_a_citizen_who_is_owed_it(name: str) -> None:
    edit, codes = LOST[name]
    ruleset = changed(edit)
    findings = [one for one in prove(ruleset).findings if one.kind == "lost"]
    assert {one.duty for one in findings} == codes
    for finding in findings:
        assert finding.citizen is not None
        before, after = answer_to(RULESETS[1], finding.citizen), answer_to(ruleset, finding.citizen)
        assert (
            before.duties != after.duties or before.companions != after.companions or "application" in codes
        )


def test_rule_set_2_counts_all_that_the_law_demands_and_is_put_to_use() -> None:
    proof = prove(RULESETS[1])
    assert (proof.holds, proof.findings, proof.duties) == (True, (), 14)
    demand_proof(RULESETS[1])


def test_rule_set_1_is_history_and_counts_nothing_by_itself() -> None:
    demand_proof(RULESETS[0], until=date(2026, 1, 1))
    (finding,) = prove(RULESETS[0]).findings
    assert (finding.kind, finding.duty) == ("lost", None)
    with pytest.raises(Unproved, match="ingen pligter"):
        demand_proof(RULESETS[0])


def test_a_duty_that_can_never_hold_is_found() -> None:
    def of_the_unborn(content: dict[str, Any]) -> None:
        content["duties"].append(
            {**duty(content, "transition"), "code": "unborn", "when": {"fact": "age", "below": 0}}
        )

    (finding,) = prove(changed(of_the_unborn)).findings
    assert (finding.kind, finding.duty, finding.citizen) == ("never_owed", "unborn", None)


def test_a_duty_may_have_another_name_and_more_than_the_law_demands() -> None:
    def stricter(content: dict[str, Any]) -> None:
        duty(content, "file_access")["code"] = "files"
        content["clocks"]["file_access"]["working_days"] = 5
        duty(content, "transition")["when"] = {"all": []}

    assert prove(changed(stricter)).holds


def test_the_laws_demands_each_have_a_source_and_a_day() -> None:
    statute = read_statute(STATUTE_FILE)
    assert len({one.code for one in statute.demands}) == len(statute.demands) == 14
    assert all(one.source and one.valid_from for one in statute.demands)
    assert statute.days() == {date(2026, 1, 1)}
