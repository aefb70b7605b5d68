"""Conditions and destinations as regions: for which of all cases they are true, false, or lead where.

The proof's own reading of the conditions, over every case at once where `three_valued` reads one case.
"""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial, singledispatch

from services.triage.proof.axes import FactSpace
from services.triage.proof.decision_diagram import EVERYTHING, NOTHING, Region
from services.triage.rules.case import OLDEST
from services.triage.rules.conditions import (
    AllOf,
    AnyOf,
    Certainly,
    Compare,
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
    """Where a condition is true and where false; elsewhere it is unknown, for want of what it `reads`."""

    true: Region
    false: Region
    reads: frozenset[str] = frozenset()


Definitions = Mapping[str, Truth]

ALWAYS = Truth(EVERYTHING, NOTHING)


@singledispatch
def truth_of(condition: object, space: FactSpace, definitions: Definitions) -> Truth:
    """Where it is true and false. Raises KeyError for a definition that does not stand before it."""
    raise TypeError(f"{type(condition).__name__} is not a condition")


def _reads(parts: Sequence[Truth]) -> frozenset[str]:
    return frozenset[str]().union(*(part.reads for part in parts))


@truth_of.register
def _(condition: AllOf, space: FactSpace, definitions: Definitions) -> Truth:
    parts = [truth_of(part, space, definitions) for part in condition.parts]
    true = space.boxes.all_of(*(part.true for part in parts))
    return Truth(true, space.boxes.either(*(part.false for part in parts)), _reads(parts))


@truth_of.register
def _(condition: AnyOf, space: FactSpace, definitions: Definitions) -> Truth:
    parts = [truth_of(part, space, definitions) for part in condition.parts]
    false = space.boxes.all_of(*(part.false for part in parts))
    return Truth(space.boxes.either(*(part.true for part in parts)), false, _reads(parts))


@truth_of.register
def _(condition: Not, space: FactSpace, definitions: Definitions) -> Truth:
    part = truth_of(condition.part, space, definitions)
    return Truth(part.false, part.true, part.reads)


@truth_of.register
def _(condition: Possibly, space: FactSpace, definitions: Definitions) -> Truth:
    part = truth_of(condition.part, space, definitions)
    return Truth(space.boxes.opposite(part.false), part.false)


@truth_of.register
def _(condition: Certainly, space: FactSpace, definitions: Definitions) -> Truth:
    part = truth_of(condition.part, space, definitions)
    return Truth(part.true, space.boxes.opposite(part.true))


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
    return Truth(space.boxes.opposite(true), true)


@truth_of.register
def _(condition: Known, space: FactSpace, definitions: Definitions) -> Truth:
    unknown = space.where(condition.fact, partial(_is, None))
    return Truth(space.boxes.opposite(unknown), unknown)


@truth_of.register
def _(condition: Compare, space: FactSpace, definitions: Definitions) -> Truth:
    known = space.boxes.opposite(space.where(condition.fact, partial(_is, None)))
    true = space.where(condition.fact, partial(_compares, condition))
    return Truth(true, space.boxes.without(known, true), frozenset({condition.fact}))


@truth_of.register
def _(condition: Needs, space: FactSpace, definitions: Definitions) -> Truth:
    test = condition.needs
    if test.any_of is not None:
        true = space.having(test.any_of)
    elif test.all_of is not None:
        true = space.boxes.all_of(*(space.having([need]) for need in test.all_of))
    else:
        true = space.without_needs(set(Need) - set(test.mentioned))
    return Truth(true, space.boxes.opposite(true))


@truth_of.register
def _(condition: Covered, space: FactSpace, definitions: Definitions) -> Truth:
    wanted = set(Need) - condition.covered_by_offers.besides
    none_wanted = space.without_needs(wanted)
    met = space.without_needs(wanted, ("absent", "met"))
    known = space.boxes.opposite(space.where("age", partial(_is, None)))
    true = space.boxes.either(none_wanted, space.boxes.common(known, met))
    return Truth(true, space.boxes.without(known, met), frozenset({"age"}))


def destinations(
    choice: DestinationChoice, where: Region, space: FactSpace, units: Mapping[str, UnitChoice]
) -> dict[Place, Region]:
    """Where the choice sends each case of the region; one whose unit hangs on a missing fact nowhere."""
    found = _units(choice.unit, where, space, units)
    return {
        Place(choice.kind, unit, choice.administration): region
        for unit, region in found.items()
        if region != NOTHING
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
        unit: space.boxes.common(where, space.where(fact, partial(_is_in, values)))
        for unit, values in wanted.items()
    }


def _by_age(
    choice: ByAge, where: Region, space: FactSpace, units: Mapping[str, UnitChoice]
) -> dict[Unit, Region]:
    found: dict[Unit, Region] = {}
    for band, here in _bands(choice, where, space):
        for unit, region in _units(band, here, space, units).items():
            found[unit] = space.boxes.either(found.get(unit, NOTHING), region)
    return found


def _bands(choice: ByAge, where: Region, space: FactSpace) -> Iterator[tuple[UnitChoice, Region]]:
    first = 0
    for band in choice.by_age:
        end = OLDEST + 1 if band.below is None else band.below
        yield band.unit, space.boxes.common(where, space.where("age", partial(_is_in, range(first, end))))
        first = end


def missing_facts(
    choice: UnitChoice, where: Region, space: FactSpace, units: Mapping[str, UnitChoice]
) -> dict[str, Region]:
    """For which cases of the region the unit hangs on which missing fact."""
    match choice:
        case NamedUnit():
            return missing_facts(units[choice.named], where, space, units)
        case AreaOf():
            fact = "area" if choice.children_area_of == "citizen" else "child_area"
            return {fact: space.boxes.common(where, space.where(fact, partial(_is, None)))}
        case ByAge():
            found = {"age": space.boxes.common(where, space.where("age", partial(_is, None)))}
            for unit, here in _bands(choice, where, space):
                for fact, region in missing_facts(unit, here, space, units).items():
                    found[fact] = space.boxes.either(found.get(fact, NOTHING), region)
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
