"""What holds for every combination of facts, tried on many."""

from dataclasses import replace
from datetime import date
from itertools import product

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from services.triage.recommendations.adviser import Moment
from services.triage.recommendations.schemas import Recommendation
from services.triage.rules.case import ELSEWHERE, Case
from services.triage.rules.rulebook import Hit, Place
from services.triage.rules.unknowns import ASKING_ORDER, outline
from shared.contracts import CHILD_FACTS, Facts, OpenFact
from shared.vocabulary import Channel, Need, Unit
from shared.working_days import local_date
from tests.examples import examples
from tests.triage.triaging import ADVISER, CATALOGUE, THURSDAY

pytestmark = pytest.mark.slow


POSTCODES = ["1000", "1600", "2000", "2100", "2300", "2400", "2900", "8000"]
#: One age between every two cuts of the rule sets and of the named offers, and both ends.
AGES = [0, 15, 16, 17, 18, 20, 22, 23, 24, 25, 30, 31, 130]
MOMENT = Moment(Channel.PHONE, THURSDAY)
SELF_REFERRAL = {Need.CRISIS_CENTRE, Need.SHELTER, Need.ALCOHOL_TREATMENT}
OFFERS = CATALOGUE.on(local_date(THURSDAY))

needs = st.frozensets(st.sampled_from(list(Need)), min_size=1, max_size=3)
flags = st.fixed_dictionaries(
    {
        "acute_danger": st.sampled_from([False, False, False, True]),
        "child_at_risk": st.booleans(),
        "aftercare_running": st.booleans(),
        "existing_case_unit": st.sampled_from([None, *Unit]),
        "anonymous": st.booleans(),
        "suspected_parental_abuse": st.sampled_from([False, False, False, True]),
        "honour_related": st.sampled_from([False, False, False, True]),
        "measures_running": st.booleans(),
    }
)


@st.composite
def children(draw: st.DrawFn) -> dict[str, object]:
    """Some children at risk, or one the short way, or none."""
    child = st.fixed_dictionaries(
        {
            "age": st.none() | st.integers(0, 17),
            "district": st.none() | st.integers(1, 10),
            "postal_code": st.none() | st.sampled_from(POSTCODES),
        }
    )
    if draw(st.integers(0, 3)):
        return {f"child_{fact}": value for fact, value in draw(child).items()}
    return {**dict.fromkeys(CHILD_FACTS), "children": draw(st.lists(child, max_size=3))}


@st.composite
def any_facts(draw: st.DrawFn) -> Facts:
    """Facts as they come: some known, some not, some that never will be."""
    district = draw(st.none() | st.integers(1, 10))
    given: dict[str, object] = {
        "needs": draw(needs),
        "age": draw(st.none() | st.sampled_from(AGES)),
        "district": district,
        "postal_code": draw(st.none() | st.sampled_from(POSTCODES)),
        "in_municipality": draw(st.none() | (st.just(True) if district else st.booleans())),
        "applies_for_measure": draw(st.none() | st.booleans()),
        **draw(children()),
        **draw(flags),
    }
    unknown = [fact for fact in ASKING_ORDER if given[fact] is None]
    given["cannot_be_known"] = draw(st.frozensets(st.sampled_from(unknown))) if unknown else frozenset()
    return Facts.model_validate(given)


def recommend(facts: Facts) -> Recommendation:
    return ADVISER.recommend(facts, MOMENT, CATALOGUE)


def place(answer: Recommendation) -> tuple[str, str, str | None]:
    destination = answer.destination
    return destination.kind, destination.unit, destination.administration


def completions(case: Case) -> list[Case]:
    """Every way in which the unknown facts that may be split on could turn out."""
    cases = [case]
    for fact, values in (
        ("in_municipality", (False, True)),
        ("age", AGES),
    ):
        if getattr(case, fact) is None:
            cases = [one.answered(fact, value) for one, value in product(cases, values)]
    whole = []
    for one in cases:
        here = one.possible_districts() if one.district is None and one.in_municipality else (one.district,)
        whole += [one.answered("district", value) if value else one for value in here]
    return whole


def decided(case: Case) -> set[Place]:
    """Where a case without unknown facts of the citizen's own goes, for every possible place of the child."""
    result = ADVISER.rulebook.decide(case)
    if isinstance(result, Hit):
        return {result.place}
    assert result.missing == {"child_district"}
    return {
        place
        for district in case.possible_child_districts()
        for place in decided(case.answered("child_district", district))
    }


@examples(400)
@given(any_facts())
def test_every_contact_has_exactly_one_destination_and_one_responsible_unit(facts: Facts) -> None:
    answer = recommend(facts)
    assert answer.destination.unit in Unit
    assert answer.reasons
    assert (answer.destination.kind == "ask") == bool(answer.questions)
    if answer.destination.kind != "unit":
        assert answer.destination.unit == Unit.RECEPTION


@examples(400)
@given(any_facts())
def test_no_question_is_put_about_a_fact_that_is_known_or_never_will_be(facts: Facts) -> None:
    for question in recommend(facts).questions:
        assert getattr(facts, question.fact) is None
        assert question.fact not in facts.cannot_be_known


@examples(250)
@given(any_facts(), st.booleans())
def test_the_answer_under_unknown_facts_is_the_one_all_completions_share_or_a_question(
    facts: Facts, applies: bool
) -> None:
    """Except for the application for a measure, whose absence row 19 takes as an answer of its own, and for
    self-referral, which no unknown age holds up (row 4).
    """
    assume(facts.age is not None or not facts.needs & SELF_REFERRAL)
    facts = facts.model_copy(update={"applies_for_measure": applies, "cannot_be_known": frozenset()})
    case = ADVISER.case(facts, MOMENT, OFFERS)
    possible: set[Place] = set().union(*(decided(one) for one in completions(case)))
    answer = recommend(facts)
    if len(possible) == 1:
        assert place(answer) == tuple(next(iter(possible)))
    else:
        assert answer.destination.kind == "ask"


@examples(200)
@given(any_facts())
def test_answering_every_question_settles_the_destination(facts: Facts) -> None:
    case = ADVISER.case(facts, MOMENT, OFFERS)
    missing: list[OpenFact] = [question.fact for question in recommend(facts).questions]
    answers: dict[OpenFact, object] = {
        "in_municipality": True,
        "age": 40,
        "district": case.possible_districts()[0],
        "child_district": case.possible_child_districts()[0],
        "child_age": 3,
        "applies_for_measure": False,
    }
    complete = facts.model_copy(update={fact: answers[fact] for fact in missing})
    assert recommend(complete).questions == ()


@examples(150)
@given(any_facts())
def test_each_question_can_change_the_answer(facts: Facts) -> None:
    """Some answer to the question leads elsewhere than another, or at least to other questions."""
    facts = facts.model_copy(update={"cannot_be_known": frozenset()})
    case = ADVISER.case(facts, MOMENT, OFFERS)
    explorer = ADVISER.explorer(OFFERS)
    for question in recommend(facts).questions:
        base = case.answered("in_municipality", True) if question.fact == "district" else case
        values: dict[str, tuple[object, ...]] = {
            "age": tuple(AGES),
            "district": case.possible_districts(),
            "child_district": case.possible_child_districts(),
        }
        trees = {
            repr(outline(explorer.explore(base.answered(question.fact, value))))
            for value in values.get(question.fact, (False, True))
        }
        assert len(trees) > 1


@examples(300)
@given(any_facts(), st.booleans(), st.booleans())
def test_who_reports_and_what_the_child_already_gets_never_change_the_destination(
    facts: Facts, professional: bool, measures: bool
) -> None:
    other = facts.model_copy(update={"reporter_is_professional": professional, "measures_running": measures})
    assert place(recommend(other)) == place(recommend(facts))


@examples(200)
@given(any_facts(), st.sampled_from(Channel))
def test_every_channel_gets_the_same_destination(facts: Facts, channel: Channel) -> None:
    same = ADVISER.recommend(facts, replace(MOMENT, channel=channel), CATALOGUE)
    assert place(same) == place(recommend(facts))


@examples(200)
@given(any_facts())
def test_a_notification_never_loses_its_twenty_four_hours(facts: Facts) -> None:
    facts = facts.model_copy(update={"child_at_risk": True})
    answer = recommend(facts)
    everywhere = [answer, *(companion.recommendation for companion in answer.companions)]
    assert "notification_assessment" in [clock.rule for one in everywhere for clock in one.clocks]


def test_elsewhere_is_no_district() -> None:
    assert ELSEWHERE not in ADVISER.geography_on(date(2026, 1, 1)).area_of
