"""A second proof of a rule set, by the solver z3: written from the meaning of the conditions, not from our
proof.

The facts are unknowns of z3: whole numbers, days and truths, each with whether it is known at all. Nothing
here uses `boxes`, `axes`, `regions` or `proving`.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any

import z3

from services.triage.proof.statute import Demand, Statute
from services.triage.rules import conditions as c
from services.triage.rules.duty import URGENCIES, Duty
from services.triage.rules.ruleset import (
    AreaOf,
    ByAge,
    DestinationChoice,
    ExistingCaseUnitOr,
    NamedUnit,
    Row,
    RuleSet,
    UnitChoice,
)
from shared.city.places import Geography
from shared.vocabulary import Administration, Channel, DestinationKind, Need, Unit

Truth = Any  # z3 has no types
Number = Any

UNITS = [None, *Unit]


@dataclass(frozen=True)
class Known:
    """A fact: whether it is known, and its value then."""

    known: Truth
    value: Number


@dataclass(frozen=True)
class Three:
    """A condition: when it is true, when it is false, and which facts it lacks when it is neither."""

    true: Truth
    false: Truth
    reads: frozenset[str] = frozenset()


class Citizen:
    """Any citizen at all, and what every citizen is like."""

    def __init__(self, geography: Geography) -> None:
        self.geography = geography
        self.needs = {need: z3.Bool(f"has {need}") for need in Need}
        self.met = {need: z3.Bool(f"met {need}") for need in Need}
        self.facts: dict[str, Known] = {}
        self.like: list[Truth] = [z3.Or(*self.needs.values())]
        for name in ("age", "child_age"):
            self._number(name, 0, 130)
        self._number("existing_case_unit", 1, len(Unit))
        self._number("received_on", date(2000, 1, 1).toordinal(), date(2099, 12, 31).toordinal(), always=True)
        self._number("channel", 0, len(Channel) - 1, always=True)
        self.facts["applies_for_measure"] = Known(z3.Bool("knows applies"), z3.Bool("applies"))
        for flag in (
            "acute_danger",
            "child_at_risk",
            "suspected_parental_abuse",
            "honour_related",
            "reporter_is_professional",
            "measures_running",
            "aftercare_running",
            "anonymous",
        ):
            self.facts[flag] = Known(z3.BoolVal(True), z3.Bool(flag))
        self._home()
        self._child_home()
        self._children()

    def _number(self, name: str, low: int, high: int, *, always: bool = False) -> Known:
        known = z3.BoolVal(True) if always else z3.Bool(f"knows {name}")
        fact = self.facts[name] = Known(known, z3.Int(name))
        self.like.append(z3.And(fact.value >= low, fact.value <= high))
        return fact

    def _home(self) -> None:
        given = Known(z3.Bool("given municipality"), z3.Bool("municipality"))
        district, code = self._number("district", 1, 10), self._number("postal_code", 0, 9999)
        self.like.append(z3.Implies(district.known, z3.Or(z3.Not(given.known), given.value)))
        wholly, _, area = self._postcode(code)
        settled = z3.And(z3.Not(given.known), wholly)
        self.facts["in_municipality"] = Known(
            z3.Or(district.known, given.known, settled), z3.Or(district.known, settled, given.value)
        )
        self.facts["area"] = self._area(district, area)

    def _child_home(self) -> None:
        """A child may be found to live in no district (0)."""
        district, code = self._number("child_district", 0, 10), self._number("child_postal_code", 0, 9999)
        wholly, outside, area = self._postcode(code)
        self.facts["child_in_municipality"] = Known(
            z3.Or(district.known, wholly, outside), z3.If(district.known, district.value != 0, wholly)
        )
        self.facts["child_area"] = self._area(district, area)

    def _children(self) -> None:
        """How many children are listed; one is described as well by its age or place alone."""
        listed = z3.Int("children")
        self.like.append(z3.And(listed >= 0, listed <= 10))
        alone = [self.facts[fact].known for fact in ("child_age", "child_district", "child_postal_code")]
        always = z3.BoolVal(True)
        self.facts["another_child"] = Known(always, z3.Or(listed > 0, *alone))
        self.facts["further_children"] = Known(always, listed > 1)

    def _area(self, district: Known, by_code: Number) -> Known:
        by_district: Number = z3.IntVal(0)
        for number, unit in self.geography.area_of.items():
            by_district = z3.If(district.value == number, UNITS.index(unit), by_district)
        area = z3.If(district.known, by_district, by_code)
        return Known(area != 0, area)

    def _postcode(self, code: Known) -> tuple[Truth, Truth, Number]:
        """Whether it lies wholly inside, whether wholly outside, and its one area or 0."""
        wholly, partly, area = [], [], z3.IntVal(0)
        for span in self.geography.places.postcodes:
            here = z3.And(code.known, code.value >= span.first, code.value <= span.last)
            if span.inside == "wholly":
                wholly.append(here)
            elif span.inside == "partly":
                partly.append(here)
            areas = {self.geography.area_of[number] for number in span.districts}
            if len(areas) == 1:
                area = z3.If(here, UNITS.index(next(iter(areas))), area)
        inside = z3.Or(*wholly)
        return inside, z3.And(code.known, z3.Not(inside), z3.Not(z3.Or(*partly))), area

    def can_be_answered(self, fact: str) -> Truth:
        """Whether the fact is missing, and a true answer to the question about it exists."""
        missing = z3.Not(self.facts[fact].known)
        home = {"district": "in_municipality", "area": "in_municipality"}
        home |= {"child_district": "child_in_municipality", "child_area": "child_in_municipality"}
        if fact not in home:
            return missing
        municipality = self.facts[home[fact]]
        return z3.And(missing, z3.Or(z3.Not(municipality.known), municipality.value))


class SecondOpinion:
    """What z3 says of one rule set."""

    def __init__(self, ruleset: RuleSet, geography: Geography) -> None:
        self._ruleset = ruleset
        self._citizen = Citizen(geography)
        self._definitions: dict[str, Three] = {}
        for name, condition in ruleset.definitions.items():
            self._definitions[name] = self._three(condition)
        self._solver = z3.Solver()
        self._solver.add(*self._citizen.like)
        self._in_force = self._citizen.facts["received_on"].value >= ruleset.valid_from.toordinal()

    def faults(self) -> set[tuple[object, ...]]:
        """Each fault as its kind with the row, or the two rows, or the row and its destination."""
        found: set[tuple[object, ...]] = set()
        equals: list[tuple[Row, Three, Number]] = []
        for row in self._ruleset.rows:
            test, place = self._three(row.when), self._place(row)
            if equals and equals[0][0].effective_rank != row.effective_rank:
                self._solver.add(*(earlier.false for _, earlier, _ in equals))
                equals = []
            for earlier, other, another in equals:
                if self._possible(test.true, other.true, place > 0, another > 0, place != another):
                    found.add(("clash", earlier.number, row.number))
                    break
            before = [earlier.false for _, earlier, _ in equals]
            found |= self._dead(row, test, before)
            found |= self._stuck(row, test, before)
            if row.destination:
                equals.append((row, test, place))
        if self._possible(*(earlier.false for _, earlier, _ in equals)):
            found.add(("gap",))
        return found

    def lost_duties(self, statute: Statute, until: date | None = None) -> set[str]:
        """The codes of the demands that some citizen has and nobody counts.

        Written from triage-policy.md C and D: what is owed to a child runs on the contact itself or on the
        contacts of the children, of which each child has one.
        """
        solver = z3.Solver()
        solver.add(*self._citizen.like)
        self._solver = solver
        own, self._definitions = self._definitions, {}
        for name, condition in statute.definitions.items():
            self._definitions[name] = self._three(condition)
        demanded = [(demand, list(self._demands(demand))) for demand in statute.demands]
        self._definitions = own
        return {
            demand.code
            for demand, parts in demanded
            if any(
                self._possible(self._in_days(demand, until), self._not_counted(demand, when, gives))
                for when, gives in parts
            )
        }

    def never_owed(self) -> set[str]:
        """The codes of the duties that can hold for no citizen."""
        self._solver = z3.Solver()
        self._solver.add(*self._citizen.like, self._in_force)
        return {duty.code for duty in self._ruleset.duties if not self._possible(self._three(duty.when).true)}

    def _in_days(self, demand: Demand, until: date | None) -> Truth:
        day = self._citizen.facts["received_on"].value
        first = max(demand.valid_from, self._ruleset.valid_from).toordinal()
        last = min(demand.valid_to or date.max, date.max if until is None else until - timedelta(1))
        return z3.And(day >= first, day <= last.toordinal())

    def _demands(self, demand: Demand) -> Iterator[tuple[Three, Callable[[Duty], Three | None]]]:
        """Each thing demanded: when, and in which duties of the rule set it is, with a further condition."""
        when = self._three(demand.when)
        if demand.urgency is not None:
            yield when, partial(_is_as_urgent, URGENCIES.index(demand.urgency))
        for name, longest in demand.clocks.items():
            rule = self._ruleset.clocks.get(name)
            yield when, partial(_has_clock, name if rule is not None and rule.within(longest) else None)
        for warning in demand.warnings:
            yield when, partial(_warns, warning)
        for need in Need:
            parts = [part for part in demand.application_area_of if need in part.meant]
            if parts:
                has = self._citizen.needs[need]
                applied = [self._three(part.when or c.AllOf(all=())) for part in parts]
                every = z3.And(when.true, has, z3.Or(*(one.true for one in applied)))
                never = z3.Or(when.false, z3.Not(has), z3.And(*(one.false for one in applied)))
                yield Three(every, never), partial(self._applies, need)

    def _applies(self, need: Need, duty: Duty) -> Three | None:
        parts = [part for part in duty.applications if need in part.meant]
        if not parts:
            return None
        whens = [self._three(part.when or c.AllOf(all=())) for part in parts]
        return Three(z3.Or(*(one.true for one in whens)), z3.And(*(one.false for one in whens)))

    def _not_counted(self, demand: Demand, when: Three, gives: Callable[[Duty], Three | None]) -> Truth:
        true: list[Truth] = []
        false: list[Truth] = []
        for duty in self._ruleset.duties:
            given = gives(duty)
            if given is None:
                continue
            test = self._three(duty.when)
            true.append(z3.And(test.true, given.true))
            false.append(z3.Or(test.false, given.false))
        here, nowhere = z3.Or(*true), z3.And(*false)
        every, further = self._opened() if demand.of_the_child else (z3.BoolVal(False), z3.BoolVal(False))
        if demand.of_the_child and self._possible(self._is_a_childs_contact(), when.true, z3.Not(here)):
            every = further = z3.BoolVal(False)
        several = self._citizen.facts["further_children"].value
        counted = z3.And(here, z3.Or(z3.Not(several), every, further)) if demand.of_the_child else here
        maybe = z3.And(z3.Not(when.true), z3.Not(when.false), nowhere, z3.Not(every))
        return z3.Or(z3.And(when.true, z3.Not(z3.Or(counted, every))), maybe)

    def _opened(self) -> tuple[Truth, Truth]:
        """When every child, or each but the first, has a contact of its own."""
        every: list[Truth] = []
        further: list[Truth] = []
        before: list[Truth] = []
        for row in self._ruleset.rows:
            test = self._three(row.when)
            if row.companion is not None:
                when = self._three(row.companion.when or c.AllOf(all=()))
                opened = z3.And(*before, test.true, when.true)
                (every if row.companion.children == "every" else further).append(opened)
                if not row.destination:
                    before.append(z3.Or(test.false, when.false))
            if row.destination:
                before.append(test.false)
        one_blank = z3.And(z3.Or(*further), z3.Not(self._citizen.facts["another_child"].value))
        return z3.Or(*every, one_blank), z3.Or(*further)

    def _is_a_childs_contact(self) -> Truth:
        has, facts = self._citizen.needs, self._citizen.facts
        only = [has[need] if need == "child_concern" else z3.Not(has[need]) for need in Need]
        flags = {"child_at_risk": True, "acute_danger": False, "aftercare_running": False, "anonymous": False}
        fixed = [facts[flag].value == value for flag, value in flags.items()]
        return z3.And(*only, *fixed, z3.Not(facts["further_children"].value))

    def _possible(self, *conditions: Truth) -> bool:
        self._solver.push()
        self._solver.add(*conditions)
        answer = self._solver.check()
        self._solver.pop()
        assert answer != z3.unknown
        return bool(answer == z3.sat)

    def _dead(self, row: Row, test: Three, before: Sequence[Truth]) -> set[tuple[object, ...]]:
        if not self._possible(test.true, self._in_force, *before):
            return {("unreachable", row.number)}
        earlier: list[Truth] = []
        found: set[tuple[object, ...]] = set()
        for position, choice in enumerate(row.destination, start=1):
            when = self._three(choice.when or c.AllOf(all=()))
            if len(row.destination) > 1 and not self._possible(
                test.true, when.true, self._in_force, *before, *earlier
            ):
                found.add(("unreachable", row.number, position))
            earlier.append(when.false)
        return found

    def _stuck(self, row: Row, test: Three, before: Sequence[Truth]) -> set[tuple[object, ...]]:
        ways = [self._hangs_in_vain(test)]
        earlier = [test.true]
        for choice in row.destination:
            when = self._three(choice.when or c.AllOf(all=()))
            ways.append(z3.And(*earlier, self._hangs_in_vain(when)))
            ways.append(z3.And(*earlier, when.true, self._unit_in_vain(choice.unit)))
            earlier.append(when.false)
        return {("unsettleable", row.number)} if self._possible(z3.Or(*ways), *before) else set()

    def _hangs_in_vain(self, test: Three) -> Truth:
        answerable = [self._citizen.can_be_answered(fact) for fact in sorted(test.reads)]
        return z3.And(z3.Not(test.true), z3.Not(test.false), z3.Not(z3.Or(*answerable)))

    def _unit_in_vain(self, choice: UnitChoice) -> Truth:
        match choice:
            case NamedUnit():
                return self._unit_in_vain(self._ruleset.units[choice.named])
            case AreaOf():
                fact = "area" if choice.children_area_of == "citizen" else "child_area"
                missing = z3.Not(self._citizen.facts[fact].known)
                return z3.And(missing, z3.Not(self._citizen.can_be_answered(fact)))
            case ByAge():
                age = self._citizen.facts["age"]
                bands = self._by_band(choice, [self._unit_in_vain(band.unit) for band in choice.by_age])
                return z3.And(age.known, bands)
        return z3.BoolVal(False)

    def _by_band(self, choice: ByAge, values: Sequence[Any]) -> Any:
        age, found = self._citizen.facts["age"].value, values[-1]
        for band, value in reversed(list(zip(choice.by_age, values, strict=True))[:-1]):
            found = z3.If(age < band.below, value, found)
        return found

    def _unit(self, choice: UnitChoice) -> Number:
        """The unit's number, or 0 while it is open."""
        facts = self._citizen.facts
        match choice:
            case NamedUnit():
                return self._unit(self._ruleset.units[choice.named])
            case AreaOf():
                return facts["area" if choice.children_area_of == "citizen" else "child_area"].value
            case ExistingCaseUnitOr():
                unit = facts["existing_case_unit"]
                return z3.If(unit.known, unit.value, UNITS.index(choice.existing_case_unit_or))
            case ByAge():
                bands = self._by_band(choice, [self._unit(band.unit) for band in choice.by_age])
                return z3.If(facts["age"].known, bands, 0)
        return z3.IntVal(UNITS.index(choice))

    def _place(self, row: Row) -> Number:
        """One number for each place, 0 while it is open."""
        place: Number = z3.IntVal(0)
        for choice in reversed(row.destination):
            when = self._three(choice.when or c.AllOf(all=()))
            place = z3.If(when.true, self._place_of(choice), z3.If(when.false, place, 0))
        return place

    def _place_of(self, choice: DestinationChoice) -> Number:
        administrations = [None, *Administration]
        kind = list(DestinationKind).index(choice.kind) * len(administrations)
        unit = self._unit(choice.unit)
        code = (kind + administrations.index(choice.administration)) * 100
        return z3.If(unit == 0, 0, code + unit)

    def _three(self, condition: c.Condition) -> Three:  # noqa: C901  (a case for each kind of condition)
        facts = self._citizen.facts
        match condition:
            case c.AllOf() | c.AnyOf():
                parts = [self._three(part) for part in condition.parts]
                true, false = [part.true for part in parts], [part.false for part in parts]
                reads = frozenset[str]().union(*(part.reads for part in parts))
                if isinstance(condition, c.AllOf):
                    return Three(z3.And(*true), z3.Or(*false), reads)
                return Three(z3.Or(*true), z3.And(*false), reads)
            case c.Not():
                part = self._three(condition.part)
                return Three(part.false, part.true, part.reads)
            case c.Possibly():
                part = self._three(condition.part)
                return Three(z3.Not(part.false), part.false)
            case c.Certainly():
                part = self._three(condition.part)
                return Three(part.true, z3.Not(part.true))
            case c.Holds():
                return self._definitions[condition.name]
            case c.IsNotTrue():
                true = z3.And(facts[condition.fact].known, facts[condition.fact].value)
                return Three(z3.Not(true), true)
            case c.Known():
                return Three(facts[condition.fact].known, z3.Not(facts[condition.fact].known))
            case c.Needs():
                true = self._needs(condition.needs)
                return Three(true, z3.Not(true))
            case c.Covered():
                return self._covered(condition.covered_by_offers.besides)
            case c.IsTrue() | c.IsFalse() | c.Compare():
                fact = facts[condition.fact]
                value = self._compared(condition, fact.value)
                known = frozenset({condition.fact})
                return Three(z3.And(fact.known, value), z3.And(fact.known, z3.Not(value)), known)
        raise TypeError(condition)

    def _compared(self, condition: c.IsTrue | c.IsFalse | c.Compare, value: Any) -> Truth:
        if isinstance(condition, c.IsTrue):
            return value
        if isinstance(condition, c.IsFalse):
            return z3.Not(value)
        if condition.below is not None:
            return value < _number(condition.below)
        if condition.between is not None:
            first, last = map(_number, condition.between)
            return z3.And(value >= first, value <= last)
        return z3.Or(*(value == _number(one) for one in condition.is_in or ()))

    def _needs(self, test: c.NeedsTest) -> Truth:
        has = self._citizen.needs
        if test.any_of is not None:
            return z3.Or(*(has[need] for need in test.any_of))
        if test.all_of is not None:
            return z3.And(*(has[need] for need in test.all_of))
        return z3.Not(z3.Or(*(has[need] for need in Need if need not in test.mentioned)))

    def _covered(self, besides: frozenset[Need]) -> Three:
        has, met, age = self._citizen.needs, self._citizen.met, self._citizen.facts["age"]
        wanted = [need for need in Need if need not in besides]
        nothing = z3.Not(z3.Or(*(has[need] for need in wanted)))
        every = z3.And(*(z3.Implies(has[need], met[need]) for need in wanted))
        true = z3.Or(nothing, z3.And(age.known, every))
        return Three(true, z3.And(age.known, z3.Not(every)), frozenset({"age"}))


ALWAYS = Three(z3.BoolVal(True), z3.BoolVal(False))


def _is_as_urgent(least: int, duty: Duty) -> Three | None:
    urgent = duty.urgency is not None and URGENCIES.index(duty.urgency) >= least
    return ALWAYS if urgent else None


def _has_clock(name: str | None, duty: Duty) -> Three | None:
    return ALWAYS if name in duty.named_clocks else None


def _warns(warning: str, duty: Duty) -> Three | None:
    return ALWAYS if warning in duty.warnings else None


def _number(value: object) -> int:
    if isinstance(value, date):
        return value.toordinal()
    return value if isinstance(value, int) else list(Channel).index(Channel(str(value)))
