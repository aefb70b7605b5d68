"""How much work a proof may be, in steps, which no load of the machine changes."""

from datetime import date

import pytest

from services.triage.proof import places
from services.triage.proof.decision_diagram import TooLargeError
from services.triage.proof.proving import prove
from services.triage.recommendations.adviser import Adviser, Moment
from services.triage.recommendations.explanation import Explainer
from services.triage.rules.ruleset import RuleSet, load_rulesets
from shared.city.current import city, geography_on
from shared.contracts import Facts
from shared.vocabulary import Channel
from tests.bench import Bench
from tests.triage.generated_rulesets import divided, generated_table
from tests.triage.rulekeeping import Editors, draft
from tests.triage.triaging import CATALOGUE, THURSDAY

pytestmark = pytest.mark.slow

RULESET = load_rulesets()[1]
FACTS = Facts.model_validate({"needs": ["debt"], "age": 40, "district": 3})


@pytest.mark.parametrize(
    ("ruleset", "steps"),
    [(RULESET, 50_000), (divided(RULESET), 500_000), (generated_table(7), 1_500_000)],
    ids=["rule set 2", "divided by ages", "by chance"],
)
def test_a_table_of_two_hundred_rows_is_proved_in_few_steps(ruleset: RuleSet, steps: int) -> None:
    assert prove(ruleset, most_steps=steps).rows == len(ruleset.rows)


def test_rule_set_2_holds_when_its_rows_are_divided_by_ages() -> None:
    proof = prove(divided(RULESET))
    assert (proof.rows, proof.holds) == (191, True)


def test_a_proof_that_takes_too_much_work_is_given_up() -> None:
    with pytest.raises(TooLargeError):
        prove(RULESET, most_steps=1_000)


async def test_a_draft_too_large_to_prove_is_refused_and_stays_unchecked(
    triage_service: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    editors = Editors(triage_service)
    await editors.write(draft())

    def give_up(*_: object) -> None:
        raise TooLargeError

    monkeypatch.setattr("services.triage.activation.service.prove", give_up)
    answer = await editors.alma.post("/v1/rulesets/3/check")
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:dsi:problem:ruleset-too-large-to-prove")
    assert answer.json()["errors"] == [{"pointer": "/rows", "message": "there are 21"}]
    listed = (await editors.alma.get("/v1/rulesets")).json()["items"]
    assert {one["version"]: one["status"] for one in listed}["3"] == "draft"


def test_the_places_of_a_table_that_cannot_be_written_down_are_given_up_and_the_rest_is_explained(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(places, "_MOST_STEPS", 1_000)
    adviser = Adviser(RULESET, geography_on, city().needs)
    moment, offers = Moment(Channel.PHONE, THURSDAY), CATALOGUE.on(date(2026, 1, 15))
    recommendation = adviser.recommend(FACTS, moment, CATALOGUE)
    explanation = Explainer(adviser, offers, geography_on(date(2026, 1, 15))).explain(
        FACTS, adviser.case(FACTS, moment, offers), recommendation
    )
    assert explanation.why
    assert (explanation.why_not, explanation.smallest_change) == ((), None)
