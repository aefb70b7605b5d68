"""Conditions compiled to functions in three values: True, False and None for unknown (Kleene's logic).

Each condition becomes a `Test`: a closure to evaluate, and what is needed to explain its result and to know
which missing facts it depends on. The closures read the case's attributes only.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import singledispatch
from operator import attrgetter
from typing import Literal

from services.triage.rules.case import DERIVED_FACTS, Case, needs_mask
from services.triage.rules.conditions import (
    AllOf,
    AnyOf,
    Certainly,
    Compare,
    Condition,
    Covered,
    Holds,
    IsFalse,
    IsNotTrue,
    IsTrue,
    Known,
    Needs,
    Not,
    Possibly,
)
from shared.vocabulary import Need

Evaluate = Callable[[Case], bool | None]


@dataclass(frozen=True, slots=True)
class Test:
    """A compiled condition.

    `reads` are the facts whose absence can make it unknown; `explained_by` the facts that explain its value;
    `needs` the needs it mentions, in their order; `cuts` the ages at which it may change; `joined` says how
    the values of its `parts` make up its value.
    """

    evaluate: Evaluate
    reads: frozenset[str] = frozenset()
    explained_by: tuple[str, ...] = ()
    needs: tuple[Need, ...] = ()
    cuts: frozenset[int] = frozenset()
    joined: Literal["all", "any", "one"] = "one"
    parts: tuple["Test", ...] = ()

    def missing(self, case: Case) -> frozenset[str]:
        """The missing facts that this condition reads, as the facts that a person can be asked for."""
        return frozenset(DERIVED_FACTS.get(fact, fact) for fact in self.reads if getattr(case, fact) is None)


Definitions = Mapping[str, Test]


@singledispatch
def compile_condition(condition: object, definitions: Definitions) -> Test:
    """Compile a condition. Raises KeyError when it uses a name that is not defined before it."""
    raise TypeError(f"{type(condition).__name__} is not a condition")


def _group(parts: tuple[Condition, ...], definitions: Definitions) -> tuple[Test, ...]:
    return tuple(compile_condition(part, definitions) for part in parts)


def _joined(evaluate: Evaluate, parts: tuple[Test, ...], joined: Literal["all", "any", "one"]) -> Test:
    return Test(
        evaluate=evaluate,
        reads=frozenset[str]().union(*(part.reads for part in parts)),
        needs=tuple(dict.fromkeys(need for part in parts for need in part.needs)),
        cuts=frozenset[int]().union(*(part.cuts for part in parts)),
        joined=joined,
        parts=parts,
    )


@compile_condition.register
def _(condition: AllOf, definitions: Definitions) -> Test:
    parts = _group(condition.parts, definitions)
    evaluates = tuple(part.evaluate for part in parts)

    def evaluate(case: Case) -> bool | None:
        result: bool | None = True
        for part in evaluates:
            value = part(case)
            if value is False:
                return False
            if value is None:
                result = None
        return result

    return _joined(evaluate, parts, "all")


@compile_condition.register
def _(condition: AnyOf, definitions: Definitions) -> Test:
    parts = _group(condition.parts, definitions)
    evaluates = tuple(part.evaluate for part in parts)

    def evaluate(case: Case) -> bool | None:
        result: bool | None = False
        for part in evaluates:
            value = part(case)
            if value is True:
                return True
            if value is None:
                result = None
        return result

    return _joined(evaluate, parts, "any")


@compile_condition.register
def _(condition: Not, definitions: Definitions) -> Test:
    part = compile_condition(condition.part, definitions)
    inner = part.evaluate

    def evaluate(case: Case) -> bool | None:
        value = inner(case)
        return None if value is None else not value

    return _joined(evaluate, (part,), "one")


@compile_condition.register
def _(condition: Possibly, definitions: Definitions) -> Test:
    part = compile_condition(condition.part, definitions)
    inner = part.evaluate
    return Test(lambda case: inner(case) is not False, needs=part.needs, cuts=part.cuts, parts=(part,))


@compile_condition.register
def _(condition: Certainly, definitions: Definitions) -> Test:
    part = compile_condition(condition.part, definitions)
    inner = part.evaluate
    return Test(lambda case: inner(case) is True, needs=part.needs, cuts=part.cuts, parts=(part,))


@compile_condition.register
def _(condition: Holds, definitions: Definitions) -> Test:
    return definitions[condition.name]


@compile_condition.register
def _(condition: IsTrue, definitions: Definitions) -> Test:
    return Test(attrgetter(condition.fact), frozenset({condition.fact}), (condition.fact,))


@compile_condition.register
def _(condition: IsFalse, definitions: Definitions) -> Test:
    get = attrgetter(condition.fact)

    def evaluate(case: Case) -> bool | None:
        value = get(case)
        return None if value is None else not value

    return Test(evaluate, frozenset({condition.fact}), (condition.fact,))


@compile_condition.register
def _(condition: IsNotTrue, definitions: Definitions) -> Test:
    get = attrgetter(condition.fact)
    return Test(lambda case: get(case) is not True, explained_by=(condition.fact,))


@compile_condition.register
def _(condition: Known, definitions: Definitions) -> Test:
    get = attrgetter(condition.fact)
    return Test(lambda case: get(case) is not None, explained_by=(condition.fact,))


@compile_condition.register
def _(condition: Compare, definitions: Definitions) -> Test:
    fact = condition.fact
    return Test(_comparison(condition), frozenset({fact}), (fact,), cuts=_cuts(condition))


def _cuts(condition: Compare) -> frozenset[int]:
    if condition.fact not in {"age", "child_age"}:
        return frozenset()
    ends = [condition.below, *(condition.is_in or ()), *(condition.between or ())]
    ages = {end for end in ends if isinstance(end, int)}
    return frozenset(ages | {age + 1 for age in ages})


def _comparison(condition: Compare) -> Evaluate:
    get = attrgetter(condition.fact)
    if condition.below is not None:
        end = condition.below
        return lambda case: None if (value := get(case)) is None else value < end
    if condition.between is not None:
        first, last = condition.between
        return lambda case: None if (value := get(case)) is None else first <= value <= last
    wanted = frozenset(condition.is_in or ())
    return lambda case: None if (value := get(case)) is None else value in wanted


@compile_condition.register
def _(condition: Needs, definitions: Definitions) -> Test:
    test = condition.needs
    mask = needs_mask(test.mentioned)
    evaluate: Evaluate
    if test.any_of is not None:
        evaluate = lambda case: (case.needs & mask) != 0  # noqa: E731  (three one-line tests beside each other)
    elif test.all_of is not None:
        evaluate = lambda case: (case.needs & mask) == mask  # noqa: E731  (same)
    elif test.only is not None:
        evaluate = lambda case: (case.needs & ~mask) == 0  # noqa: E731  (same)
    else:
        raise ValueError("a test of needs must say any, all or only")
    return Test(evaluate, explained_by=("needs",), needs=test.mentioned)


@compile_condition.register
def _(condition: Covered, definitions: Definitions) -> Test:
    wanted = ~needs_mask(condition.covered_by_offers.besides)

    def evaluate(case: Case) -> bool | None:
        rest = case.needs & wanted
        if not rest:
            return True
        return None if case.age is None else (rest & ~case.covered[case.age]) == 0

    return Test(evaluate, frozenset({"age"}), ("needs", "age"))
