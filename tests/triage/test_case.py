"""The facts of a contact as the rules read them, and what is derived from them."""

from dataclasses import fields
from typing import Any

import pytest

from services.triage.rules.case import ELSEWHERE, MAJORITY, NEED_BITS, OLDEST, Case, needs_mask, needs_of
from shared.vocabulary import Need
from tests.triage.cases import case


def test_each_need_has_a_bit_of_its_own_from_the_lowest() -> None:
    assert sorted(NEED_BITS.values()) == [2**place for place in range(len(Need))]
    assert list(NEED_BITS) == list(Need)


def test_a_set_of_needs_is_one_number_and_back() -> None:
    assert needs_of(needs_mask([Need.DEBT, Need.ADVICE])) == tuple(
        n for n in Need if n in (Need.DEBT, Need.ADVICE)
    )
    assert (needs_mask([]), needs_of(0)) == (0, ())


def test_eighteen_is_of_age_and_a_contact_is_at_most_130_years_old() -> None:
    assert (MAJORITY, OLDEST) == (18, 130)


def test_elsewhere_is_no_number_of_a_district() -> None:
    """Stored rule sets compare the district with it."""
    assert ELSEWHERE == 0


def test_what_is_derived_is_not_given() -> None:
    assert {field.name for field in fields(Case) if not field.init} == {
        "another_child",
        "further_children",
        "area",
        "child_area",
        "child_in_municipality",
    }


def test_a_child_is_described_by_any_of_its_facts_or_by_being_listed() -> None:
    assert not case(age=9).another_child
    described: list[dict[str, Any]] = [
        {"child_age": 3},
        {"child_district": 9},
        {"child_postal_code": "8000"},
        {"children": [{}]},
    ]
    for facts in described:
        assert case(age=9, **facts).another_child
    assert case().answered("child_district", ELSEWHERE).another_child
    assert not case(children=[]).another_child


def test_of_several_children_the_case_has_the_first_ones_facts() -> None:
    known = case(children=[{"age": 3, "district": 9}, {"age": 5, "district": 1}])

    assert (known.child_age, known.child_area) == (3, "children-amager")
    assert (known.another_child, known.further_children) == (True, True)
    assert not case(children=[{"age": 3}]).further_children


def test_a_district_is_in_the_municipality_and_in_an_area() -> None:
    known = case(district=9)

    assert (known.in_municipality, known.area) == (True, "children-amager")
    assert (case().in_municipality, case().area) == (None, None)


def test_a_postcode_inside_says_the_municipality_and_the_area_where_there_is_only_one() -> None:
    assert (case(postal_code="2300").in_municipality, case(postal_code="2300").area) == (
        True,
        "children-amager",
    )
    assert (case(postal_code="2400").in_municipality, case(postal_code="2400").area) == (True, None)


@pytest.mark.parametrize("given", [None, True, False])
def test_a_postcode_outside_settles_nothing_about_the_citizen(given: bool | None) -> None:
    assert case(postal_code="8000", in_municipality=given).in_municipality is given


def test_a_postcode_inside_does_not_overrule_the_answer_given() -> None:
    assert case(postal_code="2300", in_municipality=False).in_municipality is False


def test_the_childs_district_says_its_area_and_that_it_lives_in_the_municipality() -> None:
    known = case(child_district=9)

    assert (known.child_in_municipality, known.child_area) == (True, "children-amager")
    assert (case().child_in_municipality, case().child_area) == (None, None)


def test_a_child_elsewhere_has_no_area() -> None:
    answered = case().answered("child_district", ELSEWHERE)

    assert (answered.child_in_municipality, answered.child_area) == (False, None)


def test_a_postcode_outside_settles_that_the_child_lives_elsewhere() -> None:
    outside, inside = case(child_postal_code="8000"), case(child_postal_code="2300")

    assert (outside.child_in_municipality, outside.child_area) == (False, None)
    assert (inside.child_in_municipality, inside.child_area) == (True, "children-amager")


def test_a_child_may_live_elsewhere_unless_its_postcode_is_inside() -> None:
    every = tuple(range(1, 11))

    assert case(child_postal_code="2300").possible_child_districts() == (9, 10)
    assert case(child_postal_code="8000").possible_child_districts() == (*every, ELSEWHERE)
    assert case().possible_child_districts() == (*every, ELSEWHERE)
    assert (case(postal_code="2300").possible_districts(), case().possible_districts()) == ((9, 10), every)


def test_an_answer_makes_another_case_and_leaves_this_one() -> None:
    first = case(age=9)
    second = first.answered("district", 9)

    assert (first.district, first.area) == (None, None)
    assert (second.district, second.area, second.age) == (9, "children-amager", 9)
