"""A compiled rule set: which row decides a case, and where it sends it.

`Rulebook.decide` is the hot path: it calls closures and walks prepared tuples, and does nothing else.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Generic, NamedTuple, TypeVar

from services.triage.rules.case import DERIVED_FACTS, OLDEST, Case
from services.triage.rules.conditions import Condition
from services.triage.rules.duty import CareWarning
from services.triage.rules.duty_book import DutyBook
from services.triage.rules.ruleset import (
    AreaOf,
    ByAge,
    Companion,
    DestinationChoice,
    ExistingCaseUnitOr,
    NamedUnit,
    Row,
    RuleSet,
    UnitChoice,
)
from services.triage.rules.settled_by_needs import LeftByNeeds
from services.triage.rules.three_valued import Evaluate, Test, compile_condition
from shared.vocabulary import Administration, DestinationKind, Unit, Urgency

T = TypeVar("T")

_AGE = frozenset({"age"})
_CASE_UNIT = frozenset({"existing_case_unit"})


class Place(NamedTuple):
    """A destination; equal places are the same answer."""

    kind: DestinationKind
    unit: Unit
    administration: Administration | None = None


@dataclass(frozen=True, slots=True)
class CompiledUnit:
    """Finds the unit of a case, or None when a fact it `reads` for this case is unknown."""

    find: Callable[[Case], Unit | None]
    reads: Callable[[Case], frozenset[str]] = lambda case: frozenset()
    cuts: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class CompiledChoice:
    choice: DestinationChoice
    test: Test | None
    place: Callable[[Case], Place | None]
    unit: CompiledUnit


@dataclass(frozen=True, slots=True)
class When(Generic[T]):
    """Something that goes with a destination when its test is true; without a test, always."""

    what: T
    test: Test | None

    def holds(self, case: Case) -> bool:
        """Whether it applies for certain: an unknown test does not."""
        return self.test is None or self.test.evaluate(case) is True


@dataclass(frozen=True, slots=True)
class CompiledRow:
    row: Row
    test: Test
    choices: tuple[CompiledChoice, ...]
    urgency: tuple[When[Urgency], ...]
    clocks: tuple[When[str], ...]
    warnings: tuple[When[CareWarning], ...]
    notes: tuple[When[str], ...]
    companion: When[Companion] | None

    def tests(self) -> list[Test]:
        """Every condition of the row."""
        along = [
            *(when.test for when in self.urgency),
            *(when.test for when in self.clocks),
            *(when.test for when in self.warnings),
            *(when.test for when in self.notes),
            *(choice.test for choice in self.choices),
        ]
        return [self.test, *(test for test in along if test is not None)]


class Hit(NamedTuple):
    """The row that decides this case, and the destination it gives."""

    case: Case
    row: CompiledRow
    choice: CompiledChoice
    place: Place


class Blocked(NamedTuple):
    """The first row whose result depends on missing facts, and those facts."""

    row: CompiledRow
    missing: frozenset[str]


class Rulebook:
    """A compiled rule set. Raises KeyError when the rule set uses a name that it does not define."""

    def __init__(self, ruleset: RuleSet) -> None:
        self.ruleset = ruleset
        self.definitions: dict[str, Test] = {}
        for name, condition in ruleset.definitions.items():
            self.definitions[name] = compile_condition(condition, self.definitions)
        self.rows = tuple(self._row(row) for row in ruleset.rows)
        self.duty_book = DutyBook(ruleset, self.definitions)
        #: The rows that may decide for a citizen with these needs.
        self._deciding: LeftByNeeds[tuple[Evaluate, CompiledRow]] = LeftByNeeds(
            ((row.row.when, (row.test.evaluate, row)) for row in self.rows if row.choices),
            ruleset.definitions,
        )

    def decide(self, case: Case) -> Hit | Blocked:
        """The first row that holds and its destination, or the first row that cannot be settled."""
        for holds, row in self._deciding[case.needs]:
            value = holds(case)
            if value is False:
                continue
            if value is None:
                return Blocked(row, row.test.missing(case))
            return _choose(row, case)
        raise AssertionError("the last row must hold for every case")

    def age_cuts(self) -> frozenset[int]:
        """The ages at which some row, its destination or what goes with it may change."""
        tests = [test for row in self.rows for test in row.tests()]
        units = [choice.unit for row in self.rows for choice in row.choices]
        from_tests = frozenset[int]().union(*(test.cuts for test in tests))
        return from_tests.union(*(unit.cuts for unit in units))

    def _test(self, condition: Condition | None) -> Test | None:
        return None if condition is None else compile_condition(condition, self.definitions)

    def _row(self, row: Row) -> CompiledRow:
        choices = tuple(self._choice(choice) for choice in row.destination)
        companion = row.companion
        return CompiledRow(
            row=row,
            test=compile_condition(row.when, self.definitions),
            choices=choices,
            urgency=tuple(When(part.urgency, self._test(part.when)) for part in row.urgency),
            clocks=tuple(When(part.clock, self._test(part.when)) for part in row.clocks),
            warnings=tuple(When(part.warning, self._test(part.when)) for part in row.warnings),
            notes=tuple(When(part.text, self._test(part.when)) for part in row.notes),
            companion=None if companion is None else When(companion, self._test(companion.when)),
        )

    def _choice(self, choice: DestinationChoice) -> CompiledChoice:
        unit = self._unit(choice.unit)
        places = {code: Place(choice.kind, code, choice.administration) for code in Unit}
        find = unit.find
        fixed = places[choice.unit] if isinstance(choice.unit, Unit) else None

        def place(case: Case) -> Place | None:
            code = find(case)
            return None if code is None else places[code]

        return CompiledChoice(choice, self._test(choice.when), (lambda case: fixed) if fixed else place, unit)

    def _unit(self, choice: UnitChoice) -> CompiledUnit:
        match choice:
            case NamedUnit():
                return self._unit(self.ruleset.units[choice.named])
            case AreaOf():
                fact = "area" if choice.children_area_of == "citizen" else "child_area"
                return CompiledUnit(partial(_read, fact), lambda case: frozenset({fact}))
            case ExistingCaseUnitOr():
                otherwise = choice.existing_case_unit_or
                return CompiledUnit(
                    lambda case: case.existing_case_unit or otherwise, lambda case: _CASE_UNIT
                )
            case ByAge():
                return self._by_age(choice)
        return CompiledUnit(lambda case: choice)

    def _by_age(self, choice: ByAge) -> CompiledUnit:
        bands = tuple((band.below, self._unit(band.unit)) for band in choice.by_age)

        def at(age: int) -> CompiledUnit:
            return next(unit for below, unit in bands if below is None or age < below)

        units = tuple(at(age) for age in range(OLDEST + 1))
        return CompiledUnit(
            lambda case: None if case.age is None else units[case.age].find(case),
            lambda case: _AGE if case.age is None else _AGE | units[case.age].reads(case),
            frozenset(below for below, _ in bands if below is not None),
        )


def _read(fact: str, case: Case) -> Unit | None:
    unit: Unit | None = getattr(case, fact)
    return unit


def _choose(row: CompiledRow, case: Case) -> Hit | Blocked:
    for choice in row.choices:
        holds = True if choice.test is None else choice.test.evaluate(case)
        if holds is None and choice.test is not None:
            return Blocked(row, choice.test.missing(case))
        if holds:
            place = choice.place(case)
            if place is None:
                return Blocked(row, _missing(choice.unit.reads(case), case))
            return Hit(case, row, choice, place)
    raise AssertionError("the last destination of a row must have no condition")


def _missing(reads: frozenset[str], case: Case) -> frozenset[str]:
    return frozenset(DERIVED_FACTS.get(fact, fact) for fact in reads if getattr(case, fact) is None)
