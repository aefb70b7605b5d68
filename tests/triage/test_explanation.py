"""Why here, why not elsewhere, and the smallest change: in sentences, and true of the rules."""

from datetime import date
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.triage.proof.places import Change
from services.triage.recommendations.adviser import Moment
from services.triage.recommendations.explanation import explainer_of
from services.triage.recommendations.schemas import Explanation, WhyNot
from services.triage.rules.rulebook import Hit, Place
from services.triage.rules.ruleset import load_rulesets
from shared.contracts import Facts
from shared.vocabulary import Channel, Need, Role
from tests.bench import Bench
from tests.examples import examples
from tests.triage.contacts import RECEIVED
from tests.triage.test_properties import any_facts
from tests.triage.triaging import ADVISER, CATALOGUE, THURSDAY

pytestmark = pytest.mark.slow


MOMENT = Moment(Channel.PHONE, THURSDAY)
OFFERS = CATALOGUE.on(date(2026, 1, 15))


def explained(facts: Facts) -> Explanation:
    recommendation = ADVISER.recommend(facts, MOMENT, CATALOGUE)
    case = ADVISER.case(facts, MOMENT, OFFERS)
    return explainer_of(ADVISER, OFFERS, ADVISER.geography_on(date(2026, 1, 15))).explain(
        facts, case, recommendation
    )


def decided(facts: Facts) -> Place | None:
    """Where the rules send these facts outright; None when they depend on an unknown fact."""
    hit = ADVISER.rulebook.decide(ADVISER.case(facts, MOMENT, OFFERS))
    return hit.place if isinstance(hit, Hit) else None


def facts_of(*needs: str, **facts: object) -> Facts:
    return Facts.model_validate({"needs": needs, **facts})


def against(explanation: Explanation, unit: str) -> WhyNot:
    return next(other for other in explanation.why_not if other.destination.unit == unit)


def change_of(other: WhyNot) -> Change:
    change = other.change
    return Change(change.facts, change.needs_added, change.needs_removed)


def test_a_citizen_of_thirty_learns_what_a_year_would_change() -> None:
    explanation = explained(facts_of("support_at_home", age=30, district=3, applies_for_measure=True))
    assert explanation.destination.unit == "youth"
    assert explanation.smallest_change is not None
    assert explanation.smallest_change.text == "Hvis borgeren var 31 år, ville det være Voksenområdet."
    (why,) = explanation.why
    assert why.startswith("Ungeområdet: Behovet skal vurderes af myndigheden, og alderen afgør enheden: ")
    assert "borgeren er 30 år" in why


def test_a_row_that_does_not_fit_is_explained_with_the_fact_that_makes_it_false() -> None:
    other = against(explained(facts_of("support_at_home", age=30, district=3)), "hky")
    assert (other.rule, other.holds) == ("10", "false")
    assert other.failed == {"needs": ["support_at_home"]}
    assert other.text.startswith("Ikke HKY-team: dertil fører regel 10 (Kompensationsydelse og tabt")
    assert other.change.needs_added == ("lost_earnings",)


def test_a_row_that_fits_but_comes_later_says_so() -> None:
    other = against(
        explained(facts_of("lost_earnings", "home_training", age=8, district=3)), "family-house-training-team"
    )
    assert (other.rule, other.holds, other.failed) == ("12", "true", {"needs": ["lost_earnings"]})
    assert "en regel før den" in other.text


def test_an_unknown_fact_is_no_reason_but_a_question() -> None:
    explanation = explained(facts_of("support_at_home", age=40))
    assert explanation.destination.kind == "ask"
    assert against(explanation, "adults").failed == {"in_municipality": None}
    assert against(explanation, "adults").change.text == (
        "Hvis borgeren boede i kommunen, ville det være Voksenområdet."
    )


def test_every_other_destination_of_the_rule_set_is_explained_once_nearest_first() -> None:
    explanation = explained(facts_of("debt", age=44, district=1))
    places = [tuple(other.destination.model_dump().values()) for other in explanation.why_not]
    assert len(places) == len(set(places)) == 22
    assert explanation.smallest_change == explanation.why_not[0].change


@examples(60)
@given(any_facts())
def test_rows_evaluated_alone_are_what_the_explanation_says(facts: Facts) -> None:
    case = ADVISER.case(facts, MOMENT, OFFERS)
    names = {True: "true", False: "false", None: "unknown"}
    for other in explained(facts).why_not:
        assert names[ADVISER.rulebook.rows[int(other.rule) - 1].test.evaluate(case)] == other.holds


@examples(60)
@given(any_facts())
def test_every_change_leads_where_it_says(facts: Facts) -> None:
    for other in explained(facts).why_not:
        there = decided(change_of(other).of(facts))
        assert there == tuple(other.destination.model_dump().values())
        assert not facts.cannot_be_known & set(other.change.facts)


#: A small set of facts whose combinations are all tried: other ages, applications and needs.
WORLD_AGES = range(12, 36)
WORLD_NEEDS = [Need.DEBT, Need.SUPPORT_AT_HOME, Need.HOMELESSNESS, Need.LOST_EARNINGS]


@examples(25)
@given(
    st.sampled_from(WORLD_AGES),
    st.booleans(),
    st.sets(st.sampled_from(WORLD_NEEDS), min_size=1),
    st.integers(1, 10),
)
def test_no_smaller_change_leads_there(age: int, applies: bool, needs: set[Need], district: int) -> None:
    facts = facts_of(*needs, age=age, applies_for_measure=applies, district=district)
    explanation = explained(facts)
    for changed in nearby(facts):
        place = decided(changed)
        other = next(
            (o for o in explanation.why_not if place == tuple(o.destination.model_dump().values())), None
        )
        if other is None:
            assert place == tuple(explanation.destination.model_dump().values())
            continue
        found = change_of(other)
        assert size(facts, found.of(facts)) <= size(facts, changed)


def nearby(facts: Facts) -> list[Facts]:
    """Every citizen of the small world."""
    needs = [set(some) for count in range(1, 5) for some in combinations(WORLD_NEEDS, count)]
    return [
        facts.model_copy(update={"age": age, "applies_for_measure": applies, "needs": frozenset(some)})
        for age in WORLD_AGES
        for applies in (False, True)
        for some in needs
    ]


def size(one: Facts, other: Facts) -> tuple[int, int]:
    """How many facts differ, and by how many years where that is all; another need is far from any age."""
    names = [
        name for name in Facts.model_fields if name != "needs" and getattr(one, name) != getattr(other, name)
    ]
    years = abs((one.age or 0) - (other.age or 0))
    facts = len(names) + len(one.needs ^ other.needs)
    return facts, years if names == ["age"] and facts == 1 else 130


async def test_an_explanation_comes_with_a_recommendation_that_asks_for_it(triage_service: Bench) -> None:
    body = {"needs": ["support_at_home"], "age": 30, "district": 3, "applies_for_measure": True}
    plain = await triage_service.client(Role.RECEPTION).post("/v1/recommendations", json=body)
    answer = await triage_service.client(Role.RECEPTION).post("/v1/recommendations?explain=true", json=body)
    assert "explanation" not in plain.json()
    explanation = answer.json().pop("explanation")
    assert explanation["destination"] == plain.json()["destination"] == answer.json()["destination"]
    assert explanation["smallest_change"]["facts"] == {"age": 31}


async def test_a_stored_assessment_is_explained_by_its_own_rule_set(triage_service: Bench) -> None:
    body = {
        "contact_id": "01a20676-ae61-7554-a27c-11c3417f7c49",
        "facts": {"needs": ["support_at_home"], "age": 30, "district": 3},
        "received_at": RECEIVED.isoformat(),
    }
    stored = (await triage_service.client(Role.RECEPTION).post("/v1/assessments", json=body)).json()
    answer = await triage_service.client(Role.RECEPTION).get(f"/v1/assessments/{stored['id']}/explanation")
    assert answer.json()["ruleset"] == load_rulesets()[1].version
    assert answer.json()["destination"] == stored["recommendation"]["destination"]


async def test_there_is_no_explanation_of_what_is_not_there(triage_service: Bench) -> None:
    answer = await triage_service.client(Role.RECEPTION).get(
        "/v1/assessments/01a20676-ae61-7554-a27c-11c3417f7c49/explanation"
    )
    assert answer.status_code == 404


@pytest.mark.parametrize("fact", sorted(set(Facts.model_fields) - {"cannot_be_known"}))
def test_every_fact_has_its_words(fact: str) -> None:
    from services.triage.recommendations.explanation_wording import _texts

    assert fact in _texts()["facts"]
    assert fact == "needs" or fact in _texts()["changes"]
