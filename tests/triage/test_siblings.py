"""Several children at risk: each has a contact of its own, with its own way and its own clocks."""

from typing import Any

import pytest

from services.triage.problems import ContradictoryFacts
from services.triage.recommendations.service import refuse_contradictions
from shared.contracts import Facts
from tests.triage.triaging import clocks, place, questions, triage

THREE = [{"age": 4, "district": 9}, {"age": 7, "postal_code": "8000"}, {}]


def test_three_siblings_beside_an_adults_own_matter_are_three_companions() -> None:
    answer = triage("debt", age=40, district=1, child_at_risk=True, children=THREE)
    children = [companion.recommendation for companion in answer.companions]
    assert [place(child) for child in children] == [
        "unit:children-amager",
        "other_authority:reception",
        "ask:reception",
    ]
    assert [companion.child for companion in answer.companions] == [0, 1, 2]
    assert questions(children[2]) == ["child_district"]
    for child in children:
        assert clocks(child) == ["notification_assessment", "notification_receipt"]
        assert child.companions == ()
    assert "notification_assessment" not in clocks(answer)


def test_a_notification_is_the_first_childs_own_contact_and_the_others_are_companions() -> None:
    answer = triage("child_concern", age=40, children=THREE)
    assert place(answer) == "unit:children-amager"
    assert [(companion.child, place(companion.recommendation)) for companion in answer.companions] == [
        (1, "other_authority:reception"),
        (2, "ask:reception"),
    ]
    assert triage("child_concern", age=40, children=THREE[:1]).companions == ()


def test_danger_opens_a_contact_for_every_child() -> None:
    answer = triage("child_concern", age=40, acute_danger=True, children=THREE)
    assert (place(answer), len(answer.companions)) == ("emergency:reception", 3)


def test_of_an_adults_child_whom_nobody_has_described_there_is_one_blank_companion() -> None:
    concerns: list[dict[str, Any]] = [{"child_at_risk": True}, {"suspected_parental_abuse": True}]
    for facts in concerns:
        (companion,) = triage("debt", age=40, district=1, **facts).companions
        assert (companion.facts.child_age, companion.facts.age, companion.child) == (None, None, 0)


def test_a_child_of_whom_nothing_is_known_is_described_all_the_same() -> None:
    described = triage("child_concern", "autism", age=15, district=1, children=[{}])
    assert (place(described), len(described.companions)) == ("low_threshold:reception", 1)
    assert triage("child_concern", "autism", age=15, district=1).companions == ()


def test_no_companion_is_opened_while_it_is_open_whether_the_citizen_is_the_child() -> None:
    answer = triage("crisis_centre", child_at_risk=True, in_municipality=False)
    assert (answer.companions, answer.urgency) == ((), "day")
    assert clocks(answer) == ["notification_assessment", "notification_receipt"]


def test_what_is_reported_about_the_children_goes_along_with_each() -> None:
    answer = triage(
        "child_concern", age=40, children=THREE, measures_running=True, suspected_parental_abuse=True
    )
    for companion in answer.companions:
        assert companion.recommendation.warnings == answer.warnings
    assert set(answer.warnings) == {"do_not_inform_parents", "talk_with_child_alone", "reassess_by_another"}


def test_what_cannot_be_known_of_one_child_may_be_known_of_another() -> None:
    answer = triage("child_concern", age=40, children=[{}, THREE[0]], cannot_be_known=["child_district"])
    assert place(answer) == "unit:reception"
    assert place(answer.companions[0].recommendation) == "unit:children-amager"


def test_a_child_of_eighteen_is_refused_with_its_place_in_the_list() -> None:
    facts = Facts.model_validate({"needs": ["child_concern"], "children": [{"age": 3}, {"age": 18}]})
    with pytest.raises(ContradictoryFacts) as refused:
        refuse_contradictions(facts)
    assert [error.pointer for error in refused.value.errors or ()] == ["/facts/children/1/age"]


@pytest.mark.parametrize(
    "facts",
    [
        {"children": [{"age": 131}]},
        {"children": [{"district": 11}]},
        {"children": [{"postal_code": "80"}]},
        {"children": [{"name": "x"}]},
        {"children": [{}] * 11},
        {"children": [{}], "child_age": 4},
    ],
)
def test_impossible_children_are_refused(facts: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"children|child_age"):
        Facts.model_validate({"needs": ["child_concern"], **facts})
