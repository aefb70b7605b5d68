"""Conditions in three values: their truth tables, and what each says of the facts that it reads."""

from itertools import product
from typing import Any

import pytest
from pydantic import TypeAdapter

from services.triage.rules.case import needs_mask
from services.triage.rules.conditions import Condition, Needs, NeedsTest
from services.triage.rules.three_valued import Test as Compiled
from services.triage.rules.three_valued import compile_condition
from shared.vocabulary import Channel, Need
from tests.triage.cases import case

CONDITION: TypeAdapter[Any] = TypeAdapter(Condition)
VALUES = (True, False, None)
#: Two facts that may be unknown, to be put together.
ONE, OTHER = {"is_true": "in_municipality"}, {"is_true": "applies_for_measure"}


def compiled(condition: object, **definitions: Compiled) -> Compiled:
    return compile_condition(CONDITION.validate_python(condition), definitions)


def value(condition: object, one: bool | None, other: bool | None = None) -> bool | None:
    return compiled(condition).evaluate(case(in_municipality=one, applies_for_measure=other))


def all_of(values: list[bool | None]) -> bool | None:
    if False in values:
        return False
    return None if None in values else True


def any_of(values: list[bool | None]) -> bool | None:
    if True in values:
        return True
    return None if None in values else False


@pytest.mark.parametrize(("one", "other"), list(product(VALUES, VALUES)))
def test_all_and_any_are_those_of_kleene(one: bool | None, other: bool | None) -> None:
    assert value({"all": [ONE, OTHER]}, one, other) is all_of([one, other])
    assert value({"any": [ONE, OTHER]}, one, other) is any_of([one, other])


@pytest.mark.parametrize("truth", VALUES)
def test_unknown_stays_unknown_unless_the_question_is_whether_it_is_possible_or_certain(
    truth: bool | None,
) -> None:
    opposite = None if truth is None else not truth
    assert value(ONE, truth) is truth
    assert value({"not": ONE}, truth) is opposite
    assert value({"is_false": "in_municipality"}, truth) is opposite
    assert value({"is_not_true": "in_municipality"}, truth) is (truth is not True)
    assert value({"possibly": ONE}, truth) is (truth is not False)
    assert value({"certainly": ONE}, truth) is (truth is True)


def test_of_no_parts_all_are_true() -> None:
    assert value({"all": []}, None) is True


def test_a_fact_is_known_when_it_is_given() -> None:
    assert compiled({"known": "age"}).evaluate(case(age=0)) is True
    assert compiled({"known": "age"}).evaluate(case()) is False


@pytest.mark.parametrize(
    ("comparison", "true_at"),
    [({"below": 18}, [16, 17]), ({"between": [17, 18]}, [17, 18]), ({"in": [16, 19]}, [16, 19])],
)
def test_ages_are_compared_with_both_ends_of_a_range_and_below_an_end(
    comparison: dict[str, object], true_at: list[int]
) -> None:
    test = compiled({"fact": "age", **comparison})
    assert [age for age in range(16, 20) if test.evaluate(case(age=age)) is True] == true_at
    assert [age for age in range(16, 20) if test.evaluate(case(age=age)) is False] == [
        age for age in range(16, 20) if age not in true_at
    ]
    assert test.evaluate(case()) is None


def test_a_date_is_compared_by_its_value() -> None:
    """Equal dates may be several objects."""
    test = compiled({"fact": "received_on", "between": ["2026-01-15", "2026-01-15"]})
    assert test.evaluate(case()) is True


def test_channels_and_dates_are_compared_too_and_cut_no_ages() -> None:
    channel = compiled({"fact": "channel", "in": ["phone"]})
    assert channel.evaluate(case(channel=Channel.PHONE)) is True
    assert channel.evaluate(case(channel=Channel.WALK_IN)) is False
    date = compiled({"fact": "received_on", "below": "2026-01-16"})
    assert (date.evaluate(case()), date.cuts) == (True, frozenset())
    assert compiled({"fact": "district", "in": [3]}).cuts == frozenset()


@pytest.mark.parametrize("fact", ["age", "child_age"])
def test_a_comparison_may_change_at_its_ages_and_a_year_after(fact: str) -> None:
    assert compiled({"fact": fact, "below": 18}).cuts == {18, 19}
    assert compiled({"fact": fact, "between": [7, 9]}).cuts == {7, 8, 9, 10}
    assert compiled({"fact": fact, "between": [7, 8]}).cuts == {7, 8, 9}
    assert compiled({"fact": fact, "in": [3, 30]}).cuts == {3, 4, 30, 31}


@pytest.mark.parametrize(
    ("test", "true_for"),
    [
        ({"any": ["debt", "autism"]}, [("debt",), ("autism",), ("debt", "autism"), ("debt", "advice")]),
        ({"all": ["debt", "autism"]}, [("debt", "autism")]),
        ({"only": ["debt", "autism"]}, [("debt",), ("autism",), ("debt", "autism")]),
    ],
)
def test_needs_are_tested_for_any_for_all_and_for_no_other(
    test: dict[str, list[str]], true_for: list[tuple[str, ...]]
) -> None:
    tested = compiled({"needs": test})
    given = [("debt",), ("autism",), ("debt", "autism"), ("advice",), ("debt", "advice")]
    assert [needs for needs in given if tested.evaluate(case(*needs))] == true_for
    assert (tested.explained_by, tested.needs) == (("needs",), (Need("debt"), Need("autism")))


def test_a_test_of_needs_that_says_nothing_is_a_mistake() -> None:
    nothing = Needs.model_construct(needs=NeedsTest.model_construct(any_of=None, all_of=None, only=None))
    with pytest.raises(ValueError, match="any, all or only"):
        compile_condition(nothing, {})


def test_needs_are_covered_by_offers_for_the_citizens_age() -> None:
    debt, advice = needs_mask([Need.DEBT]), needs_mask([Need.ADVICE])
    tested = compiled({"covered_by_offers": {"besides": ["advice"]}})
    assert tested.evaluate(case("advice")) is True
    assert tested.evaluate(case("debt", covered=debt)) is None
    assert tested.evaluate(case("debt", age=40, covered=debt)) is True
    assert tested.evaluate(case("debt", "advice", age=40, covered=debt)) is True
    assert tested.evaluate(case("debt", "autism", age=40, covered=debt)) is False
    assert tested.evaluate(case("debt", age=40, covered=advice)) is False
    assert (set(tested.reads), tested.explained_by) == ({"age"}, ("needs", "age"))


def test_the_offers_of_the_citizens_own_age_are_what_counts() -> None:
    debt = needs_mask([Need.DEBT])
    citizen = case("debt", age=40)
    citizen.covered = [debt if age == 40 else 0 for age in range(131)]
    tested = compiled({"covered_by_offers": {"besides": []}})
    assert (tested.evaluate(citizen), tested.evaluate(citizen.answered("age", 41))) == (True, False)


def test_a_condition_says_which_facts_it_reads_and_what_explains_it() -> None:
    for name in ("is_true", "is_false"):
        test = compiled({name: "in_municipality"})
        assert (set(test.reads), test.explained_by) == ({"in_municipality"}, ("in_municipality",))
    for condition, fact in (({"is_not_true": "anonymous"}, "anonymous"), ({"known": "age"}, "age")):
        test = compiled(condition)
        assert (test.reads, test.explained_by) == (frozenset(), (fact,))
    test = compiled({"fact": "age", "below": 18})
    assert (set(test.reads), test.explained_by) == ({"age"}, ("age",))


@pytest.mark.parametrize(("key", "joined"), [("all", "all"), ("any", "any")])
def test_what_is_joined_has_the_facts_needs_and_ages_of_its_parts(key: str, joined: str) -> None:
    parts = [
        ONE,
        {"needs": {"any": ["debt", "autism"]}},
        {"needs": {"all": ["debt"]}},
        {"fact": "age", "below": 18},
    ]
    test = compiled({key: parts})
    assert test.reads == {"in_municipality", "age"}
    assert test.needs == (Need("debt"), Need("autism"))
    assert test.cuts == {18, 19}
    assert (str(test.joined), len(test.parts)) == (joined, 4)


def test_only_what_may_be_unknown_reads_facts() -> None:
    inner = {"all": [{"needs": {"any": ["debt"]}}, {"fact": "age", "below": 18}]}
    for key in ("possibly", "certainly"):
        test = compiled({key: inner})
        assert (set(test.reads), test.needs, set(test.cuts)) == (set(), (Need("debt"),), {18, 19})
        assert (str(test.joined), len(test.parts)) == ("one", 1)
    opposite = compiled({"not": inner})
    assert opposite.reads == {"age"}
    assert (str(opposite.joined), len(opposite.parts)) == ("one", 1)


def test_missing_facts_are_those_that_a_person_can_answer() -> None:
    child = compiled({"all": [{"is_true": "child_in_municipality"}, {"fact": "age", "below": 18}]})
    assert child.missing(case()) == {"child_district", "age"}
    assert child.missing(case(age=9)) == {"child_district"}
    assert child.missing(case(age=9, child_district=3)) == frozenset()


def test_a_defined_condition_is_used_by_its_name() -> None:
    defined = compiled(ONE)
    assert compiled({"holds": "home"}, home=defined) is defined
    with pytest.raises(KeyError):
        compiled({"holds": "home"})


def test_what_is_no_condition_is_refused_with_its_type() -> None:
    with pytest.raises(TypeError, match="int is not a condition"):
        compile_condition(3, {})
