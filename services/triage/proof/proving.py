"""The proof of a rule set: every citizen reaches exactly one destination, whatever the facts.

It goes over all combinations of facts at once (`axes`), in the order of the rows, with what the rows before
have left over. It is exact: what it finds is there, and what it does not find is not.
"""

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

import yaml

from services.triage.proof.axes import MOST_STEPS, FactSpace, days_of
from services.triage.proof.decision_diagram import EVERYTHING, NOTHING, Region
from services.triage.proof.regions import ALWAYS, Truth, destinations, missing_facts, truth_of
from services.triage.proof.schemas import Finding, FindingKind, Proof
from services.triage.rules.geography import Geography, load_geography
from services.triage.rules.rulebook import Place
from services.triage.rules.ruleset import Row, RuleSet
from shared.vocabulary import DestinationKind


class Unproved(ValueError):
    """A rule set was to be used that sends some citizen nowhere, or to two places."""


def prove(ruleset: RuleSet, geography: Geography | None = None, most_steps: int = MOST_STEPS) -> Proof:
    """Prove the rule set.

    Raises TooLargeError for one that takes too much work, and KeyError when it names something that it does
    not define.
    """
    started = time.perf_counter()
    findings = tuple(_Proving(ruleset, geography or load_geography(), most_steps).findings())
    return Proof(
        holds=not findings,
        findings=findings,
        rows=len(ruleset.rows),
        seconds=round(time.perf_counter() - started, 3),
    )


def demand_proof(ruleset: RuleSet, geography: Geography | None = None) -> None:
    """Raise Unproved, with every finding, unless the proof holds."""
    proof = prove(ruleset, geography)
    if not proof.holds:
        found = "; ".join(f"{one.text} {one.citizen or ''}" for one in proof.findings)
        raise Unproved(f"rule set {ruleset.version} does not hold: {found}")


@dataclass(frozen=True)
class _Reach:
    """Which cases a row decides, in which place, and where it hangs on what nobody can answer."""

    row: Row
    true: Region
    false: Region
    places: Mapping[Place, Region]
    choices: tuple[Region, ...]
    stuck: Mapping[str, Region]


class _Proving:
    def __init__(self, ruleset: RuleSet, geography: Geography, most_steps: int) -> None:
        self._ruleset = ruleset
        self._space = FactSpace(geography, days_of(ruleset), ruleset.valid_from, most_steps)
        self._boxes = self._space.boxes
        self._definitions: dict[str, Truth] = {}
        for name, condition in ruleset.definitions.items():
            self._definitions[name] = truth_of(condition, self._space, self._definitions)
        self._decided: list[_Reach] = []

    def findings(self) -> Iterator[Finding]:
        for _, group in groupby(self._ruleset.rows, key=lambda row: row.ranks):
            before = tuple(self._decided)
            equals: list[_Reach] = []
            for row in group:
                reach = self._reach(row)
                yield from self._clashes(reach, equals, before)
                yield from self._dead(reach)
                yield from self._stuck(reach)
                if row.destination:
                    equals.append(reach)
                    self._decided.append(reach)
        left = self._left(self._space.everybody, self._decided)
        if left != NOTHING:
            yield self._finding("gap", (), left, "gap")

    def _left(self, where: Region, before: Iterable[_Reach]) -> Region:
        """Some of the cases that none of the rows before decides or hangs on."""
        everybody = self._boxes.common(self._space.everybody, where)
        return self._boxes.some(everybody, [reach.false for reach in before])

    def _reach(self, row: Row) -> _Reach:
        truth = truth_of(row.when, self._space, self._definitions)
        left = truth.true
        stuck = self._unanswerable(truth, EVERYTHING)
        places: dict[Place, Region] = {}
        choices = []
        for choice in row.destination:
            test = ALWAYS if choice.when is None else truth_of(choice.when, self._space, self._definitions)
            here = self._boxes.common(left, test.true)
            choices.append(here)
            for place, region in destinations(choice, here, self._space, self._ruleset.units).items():
                places[place] = self._boxes.either(places.get(place, NOTHING), region)
            missing = missing_facts(choice.unit, here, self._space, self._ruleset.units)
            unasked = {fact: self._boxes.without(at, self._answerable(fact)) for fact, at in missing.items()}
            for part in (self._unanswerable(test, left), unasked):
                self._add(stuck, part)
            left = self._boxes.common(left, test.false)
        return _Reach(row, truth.true, truth.false, places, tuple(choices), stuck)

    def _unanswerable(self, test: Truth, where: Region) -> dict[str, Region]:
        """The cases in which the test is unknown, and nothing that it lacks can be answered."""
        unknown = self._boxes.without(where, self._boxes.either(test.true, test.false))
        answerable = self._boxes.either(*(self._answerable(fact) for fact in test.reads))
        stuck = self._boxes.without(unknown, answerable)
        lacking = [fact for fact in sorted(test.reads) if "district" in fact or "area" in fact]
        return dict.fromkeys(lacking[:1], stuck) if stuck != NOTHING else {}

    def _answerable(self, fact: str) -> Region:
        """The cases in which the fact is missing and a person may answer it.

        Who lives in another municipality lives in no district of this one.
        """
        missing = self._space.where(fact, lambda value: value is None)
        if "district" not in fact and "area" not in fact:
            return missing
        inside = "child_in_municipality" if fact.startswith("child") else "in_municipality"
        return self._boxes.without(missing, self._space.where(inside, lambda value: value is False))

    def _add(self, to: dict[str, Region], regions: Mapping[str, Region]) -> None:
        for fact, region in regions.items():
            to[fact] = self._boxes.either(to.get(fact, NOTHING), region)

    def _clashes(
        self, reach: _Reach, equals: Iterable[_Reach], before: Iterable[_Reach]
    ) -> Iterator[Finding]:
        for other in equals:
            for place, region in reach.places.items():
                for another, taken in other.places.items():
                    if place == another:
                        continue
                    both = self._left(self._boxes.common(region, taken), before)
                    if both != NOTHING:
                        rows = (other.row.number, reach.row.number)
                        names = f"{_name(another)} / {_name(place)}"
                        yield self._finding("clash", rows, both, "clash", places=names)
                        return

    def _dead(self, reach: _Reach) -> Iterator[Finding]:
        number, in_force = reach.row.number, self._space.in_force
        true = self._boxes.all_of(self._space.everybody, in_force, reach.true)
        if self._left(true, self._decided) == NOTHING:
            yield self._shadowed(number, true)
            return
        for position, region in enumerate(reach.choices if len(reach.choices) > 1 else (), start=1):
            if self._left(self._boxes.common(region, in_force), self._decided) == NOTHING:
                yield self._finding("unreachable", (number,), NOTHING, "unreachable_destination", at=position)

    def _shadowed(self, number: int, true: Region) -> Finding:
        case = self._boxes.nearest(true, self._space.usual, self._space.distance)
        if case is None:
            return self._finding("unreachable", (number,), NOTHING, "never_true")
        before = next(
            earlier.row.number for earlier in self._decided if not self._boxes.holds(earlier.false, case)
        )
        return self._finding("unreachable", (before, number), true, "unreachable")

    def _stuck(self, reach: _Reach) -> Iterator[Finding]:
        for fact, region in reach.stuck.items():
            stuck = self._left(region, self._decided)
            if stuck != NOTHING:
                named = _texts()["facts"][fact]
                yield self._finding("unsettleable", (reach.row.number,), stuck, "unsettleable", facts=named)

    def _finding(
        self,
        kind: FindingKind,
        rows: tuple[int, ...],
        where: Region,
        text: str,
        *,
        at: int | None = None,
        **more: object,
    ) -> Finding:
        shown = _listed(rows[:-1] if kind == "unreachable" else rows)
        told = _texts()[text].format(rows=shown, row=rows[-1] if rows else "", at=at, **more)
        case = self._boxes.nearest(where, self._space.usual, self._space.distance)
        if case is not None and (met := self._space.met(case)):
            told = f"{told} {_texts()['met'].format(needs=', '.join(met))}"
        citizen = None if case is None else self._space.citizen(case)
        return Finding(kind=kind, rows=rows, at=at, citizen=citizen, text=told)


@cache
def _texts() -> dict[str, Any]:
    source = Path(__file__).parents[1] / "texts" / "proof.yaml"
    texts: dict[str, Any] = yaml.safe_load(source.read_text(encoding="utf-8"))
    return texts


def _listed(rows: tuple[int, ...]) -> str:
    names = [str(row) for row in rows]
    return " og ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _name(place: Place) -> str:
    if place.kind is DestinationKind.UNIT:
        return place.unit
    kind: str = _texts()["kinds"][place.kind]
    return kind if place.administration is None else f"{kind} ({place.administration})"
