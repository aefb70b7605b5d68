"""Conditions and destinations as regions: in which of all cases a condition is true, or a place is chosen.

The proof evaluates each condition over all cases at once, where `three_valued` evaluates it for one case.
"""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial, singledispatch

from services.triage.proof.axes import FactSpace
from services.triage.proof.decision_diagram import ALL, EMPTY, Region
from services.triage.rules.case import OLDEST
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
from services.triage.rules.rulebook import Place
from services.triage.rules.ruleset import (
    AreaOf,
    ByAge,
    DestinationChoice,
    ExistingCaseUnitOr,
    NamedUnit,
    UnitChoice,
)
from shared.vocabulary import Need, Unit


@dataclass(frozen=True, slots=True)
class Truth:
    """Where a condition is true and where false; elsewhere it is unknown, because a fact it `reads` is."""

    true: Region
    false: Region
    reads: frozenset[str] = frozenset()


Definitions = Mapping[str, Truth]


def truths_of_definitions(definitions: Mapping[str, Condition], space: FactSpace) -> dict[str, Truth]:
    """Each definition of a rule set, which may use those before it."""
    truths: dict[str, Truth] = {}
    for name, condition in definitions.items():
        truths[name] = truth_of(condition, space, truths)
    return truths


@singledispatch
def truth_of(condition: object, space: FactSpace, definitions: Definitions) -> Truth:
    """Where it is true and false. Raises KeyError for a name that is not defined before it."""
    raise TypeError(f"{type(condition).__name__} is not a condition")


def _reads(parts: Sequence[Truth]) -> frozenset[str]:
    return frozenset[str]().union(*(part.reads for part in parts))


@truth_of.register
def _(condition: None, space: FactSpace, definitions: Definitions) -> Truth:
    # A destination without a condition is always taken.
    return Truth(ALL, EMPTY)


@truth_of.register
def _(condition: AllOf, space: FactSpace, definitions: Definitions) -> Truth:
    parts = [truth_of(part, space, definitions) for part in condition.parts]
    true = space.diagram.intersection_of(*(part.true for part in parts))
    return Truth(true, space.diagram.union(*(part.false for part in parts)), _reads(parts))


@truth_of.register
def _(condition: AnyOf, space: FactSpace, definitions: Definitions) -> Truth:
    parts = [truth_of(part, space, definitions) for part in condition.parts]
    false = space.diagram.intersection_of(*(part.false for part in parts))
    return Truth(space.diagram.union(*(part.true for part in parts)), false, _reads(parts))


@truth_of.register
def _(condition: Not, space: FactSpace, definitions: Definitions) -> Truth:
    part = truth_of(condition.part, space, definitions)
    return Truth(part.false, part.true, part.reads)


@truth_of.register
def _(condition: Possibly, space: FactSpace, definitions: Definitions) -> Truth:
    part = truth_of(condition.part, space, definitions)
    return Truth(space.diagram.complement(part.false), part.false)


@truth_of.register
def _(condition: Certainly, space: FactSpace, definitions: Definitions) -> Truth:
    part = truth_of(condition.part, space, definitions)
    return Truth(part.true, space.diagram.complement(part.true))


@truth_of.register
def _(condition: Holds, space: FactSpace, definitions: Definitions) -> Truth:
    return definitions[condition.name]


@truth_of.register
def _(condition: IsTrue, space: FactSpace, definitions: Definitions) -> Truth:
    fact = condition.fact
    true, false = (space.where(fact, partial(_is, value)) for value in (True, False))
    return Truth(true, false, frozenset({fact}))


@truth_of.register
def _(condition: IsFalse, space: FactSpace, definitions: Definitions) -> Truth:
    fact = condition.fact
    true, false = (space.where(fact, partial(_is, value)) for value in (False, True))
    return Truth(true, false, frozenset({fact}))


@truth_of.register
def _(condition: IsNotTrue, space: FactSpace, definitions: Definitions) -> Truth:
    true = space.where(condition.fact, partial(_is, True))
    return Truth(space.diagram.complement(true), true)


@truth_of.register
def _(condition: Known, space: FactSpace, definitions: Definitions) -> Truth:
    unknown = space.where(condition.fact, partial(_is, None))
    return Truth(space.diagram.complement(unknown), unknown)


@truth_of.register
def _(condition: Compare, space: FactSpace, definitions: Definitions) -> Truth:
    known = space.diagram.complement(space.where(condition.fact, partial(_is, None)))
    true = space.where(condition.fact, partial(_compares, condition))
    return Truth(true, space.diagram.difference(known, true), frozenset({condition.fact}))


@truth_of.register
def _(condition: Needs, space: FactSpace, definitions: Definitions) -> Truth:
    test = condition.needs
    if test.any_of is not None:
        true = space.having(test.any_of)
    elif test.all_of is not None:
        true = space.diagram.intersection_of(*(space.having([need]) for need in test.all_of))
    else:
        true = space.without_needs(set(Need) - set(test.mentioned))
    return Truth(true, space.diagram.complement(true))


@truth_of.register
def _(condition: Covered, space: FactSpace, definitions: Definitions) -> Truth:
    wanted = set(Need) - condition.covered_by_offers.besides
    none_wanted = space.without_needs(wanted)
    met = space.without_needs(wanted, ("absent", "met"))
    known = space.diagram.complement(space.where("age", partial(_is, None)))
    true = space.diagram.union(none_wanted, space.diagram.intersection(known, met))
    return Truth(true, space.diagram.difference(known, met), frozenset({"age"}))


def destinations(
    choice: DestinationChoice, where: Region, space: FactSpace, units: Mapping[str, UnitChoice]
) -> dict[Place, Region]:
    """The cases of the region by the place they are sent to; none whose unit depends on a missing fact."""
    found = _units(choice.unit, where, space, units)
    return {
        Place(choice.kind, unit, choice.administration): region
        for unit, region in found.items()
        if region != EMPTY
    }


def _units(
    choice: UnitChoice, where: Region, space: FactSpace, units: Mapping[str, UnitChoice]
) -> dict[Unit, Region]:
    match choice:
        case NamedUnit():
            return _units(units[choice.named], where, space, units)
        case AreaOf():
            fact = "area" if choice.children_area_of == "citizen" else "child_area"
            return _by_value(fact, None, where, space)
        case ExistingCaseUnitOr():
            return _by_value("existing_case_unit", choice.existing_case_unit_or, where, space)
        case ByAge():
            return _by_age(choice, where, space, units)
    return {choice: where}


def _by_value(fact: str, otherwise: Unit | None, where: Region, space: FactSpace) -> dict[Unit, Region]:
    wanted = {unit: (unit, None) if unit is otherwise else (unit,) for unit in Unit}
    return {
        unit: space.diagram.intersection(where, space.where(fact, partial(_is_in, values)))
        for unit, values in wanted.items()
    }


def _by_age(
    choice: ByAge, where: Region, space: FactSpace, units: Mapping[str, UnitChoice]
) -> dict[Unit, Region]:
    found: dict[Unit, Region] = {}
    for band, here in _bands(choice, where, space):
        for unit, region in _units(band, here, space, units).items():
            found[unit] = space.diagram.union(found.get(unit, EMPTY), region)
    return found


def _bands(choice: ByAge, where: Region, space: FactSpace) -> Iterator[tuple[UnitChoice, Region]]:
    first = 0
    for band in choice.by_age:
        end = OLDEST + 1 if band.below is None else band.below
        yield (
            band.unit,
            space.diagram.intersection(where, space.where("age", partial(_is_in, range(first, end)))),
        )
        first = end


def missing_facts(
    choice: UnitChoice, where: Region, space: FactSpace, units: Mapping[str, UnitChoice]
) -> dict[str, Region]:
    """For each fact, the cases of the region whose unit cannot be chosen because the fact is missing."""
    match choice:
        case NamedUnit():
            return missing_facts(units[choice.named], where, space, units)
        case AreaOf():
            fact = "area" if choice.children_area_of == "citizen" else "child_area"
            return {fact: space.diagram.intersection(where, space.where(fact, partial(_is, None)))}
        case ByAge():
            found = {"age": space.diagram.intersection(where, space.where("age", partial(_is, None)))}
            for unit, here in _bands(choice, where, space):
                for fact, region in missing_facts(unit, here, space, units).items():
                    found[fact] = space.diagram.union(found.get(fact, EMPTY), region)
            return found
    return {}


def _is(wanted: object, value: object) -> bool:
    return value is wanted


def _is_in(wanted: Container[object], value: object) -> bool:
    return value in wanted


def _compares(condition: Compare, value: object) -> bool:
    if value is None:
        return False
    if condition.below is not None:
        return value < condition.below  # type: ignore[operator]  # a rule set's values are of the fact's kind
    if condition.between is not None:
        first, last = condition.between
        return first <= value <= last  # type: ignore[operator]  # same
    return value in (condition.is_in or ())
