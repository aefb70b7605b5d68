"""The proof of a rule set: every citizen reaches exactly one destination and is owed what the law demands.

It goes through the rows in their order, each time over all combinations of facts (`axes`) that the rows
before have left over, and then through what the law demands (`lost_duties`). It is exact: every finding is a
fault of the rule set, and every such fault is found.
"""

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from services.triage.danish_texts import danish_texts
from services.triage.proof.axes import MOST_STEPS, FactSpace, days_of
from services.triage.proof.decision_diagram import ALL, EMPTY, Region
from services.triage.proof.lost_duties import DutyProof
from services.triage.proof.nearest import nearest_case
from services.triage.proof.regions import (
    Truth,
    destinations,
    missing_facts,
    truth_of,
    truths_of_definitions,
)
from services.triage.proof.schemas import Finding, FindingKind, Proof
from services.triage.proof.statute import read_statute
from services.triage.rules.rulebook import Place
from services.triage.rules.ruleset import Row, RuleSet
from shared.city.current import city, geography_on
from shared.city.places import Geography
from shared.vocabulary import DestinationKind


class Unproved(ValueError):
    """A rule set sends some citizen nowhere, or to two places, or loses a duty, and must not be used."""


def prove(
    ruleset: RuleSet,
    geography: Geography | None = None,
    most_steps: int = MOST_STEPS,
    *,
    until: date | None = None,
) -> Proof:
    """Prove the rule set, which is in force before `until`; the law's demands of later days are not its own.

    Raises TooLargeError for one that takes more than `most_steps` steps, and KeyError when it uses a name
    that it does not define.
    """
    started = time.perf_counter()
    proving = _Proving(ruleset, geography or geography_on(ruleset.valid_from), most_steps, until)
    findings = tuple(proving.findings())
    return Proof(
        holds=not findings,
        findings=findings,
        rows=len(ruleset.rows),
        duties=len(ruleset.duties),
        seconds=round(time.perf_counter() - started, 3),
    )


def demand_proof(ruleset: RuleSet, geography: Geography | None = None, *, until: date | None = None) -> None:
    """Raise Unproved, with every finding, unless the proof holds."""
    proof = prove(ruleset, geography, until=until)
    if not proof.holds:
        found = "; ".join(f"{one.text} {one.citizen or ''}" for one in proof.findings)
        raise Unproved(f"rule set {ruleset.version} does not hold: {found}")


@dataclass(frozen=True)
class _Reach:
    """The cases that a row decides, by place, and by fact those it cannot decide for want of an answer.

    `choices` are the cases of each destination of the row; `stuck` those in which the row depends on a
    missing fact that no citizen can answer.
    """

    row: Row
    true: Region
    false: Region
    places: Mapping[Place, Region]
    choices: tuple[Region, ...]
    stuck: Mapping[str, Region]


class _Proving:
    def __init__(self, ruleset: RuleSet, geography: Geography, most_steps: int, until: date | None) -> None:
        self._ruleset = ruleset
        self._statute = read_statute()
        self._until = until
        days = days_of(ruleset) | self._statute.days() | ({until} if until is not None else set())
        self._space = FactSpace(geography, days, ruleset.valid_from, most_steps)
        self._diagram = self._space.diagram
        self._definitions = truths_of_definitions(ruleset.definitions, self._space)
        self._decided: list[_Reach] = []

    def findings(self) -> Iterator[Finding]:
        # Rows of the same rank claim to be equals: none of them may take cases from another.
        for _, group in groupby(self._ruleset.rows, key=lambda row: row.effective_rank):
            before = tuple(self._decided)
            equals: list[_Reach] = []
            for row in group:
                reach = self._reach(row)
                yield from self._clashes(reach, equals, before)
                yield from self._unreachable(reach)
                yield from self._unsettleable(reach)
                if row.destination:
                    equals.append(reach)
                    self._decided.append(reach)
        left = self._left(self._space.all_citizens, self._decided)
        if left != EMPTY:
            yield self._finding("gap", (), left, "gap")
        yield from self._duties()

    def _duties(self) -> Iterator[Finding]:
        duties = DutyProof(self._ruleset, self._statute, self._space, self._definitions, self._until)
        lost = list(duties.lost())
        if lost and not self._ruleset.duties:
            # Its rows may have clocks, but none that follows from the citizen's words alone.
            yield self._finding("lost", (), self._diagram.union(*(one.where for one in lost)), "no_duties")
            return
        for one in lost:
            names = [danish_name(part) for part in one.parts]
            yield self._finding(
                "lost",
                (),
                one.where,
                "lost",
                duty=one.demand.code,
                title=one.demand.title,
                source=one.demand.source,
                parts="; ".join(names),
            )
        for duty in duties.never_owed():
            yield self._finding("never_owed", (), EMPTY, "never_owed", duty=duty.code, title=duty.title)

    def _left(self, where: Region, before: Iterable[_Reach]) -> Region:
        """Some of the cases that all rows before are false for; EMPTY only if there are none."""
        citizens = self._diagram.intersection(self._space.all_citizens, where)
        return self._diagram.sample(citizens, [reach.false for reach in before])

    def _reach(self, row: Row) -> _Reach:
        truth = truth_of(row.when, self._space, self._definitions)
        left = truth.true
        stuck = self._unanswerable(truth, ALL)
        places: dict[Place, Region] = {}
        choices = []
        for choice in row.destination:
            test = truth_of(choice.when, self._space, self._definitions)
            here = self._diagram.intersection(left, test.true)
            choices.append(here)
            for place, region in destinations(choice, here, self._space, self._ruleset.units).items():
                places[place] = self._diagram.union(places.get(place, EMPTY), region)
            missing = missing_facts(choice.unit, here, self._space, self._ruleset.units)
            unanswerable = {
                fact: self._diagram.difference(at, self._answerable(fact)) for fact, at in missing.items()
            }
            for part in (self._unanswerable(test, left), unanswerable):
                self._add(stuck, part)
            left = self._diagram.intersection(left, test.false)
        return _Reach(row, truth.true, truth.false, places, tuple(choices), stuck)

    def _unanswerable(self, test: Truth, where: Region) -> dict[str, Region]:
        """The cases in which the test is unknown, and none of the facts it lacks can be answered."""
        unknown = self._diagram.difference(where, self._diagram.union(test.true, test.false))
        answerable = self._diagram.union(*(self._answerable(fact) for fact in test.reads))
        stuck = self._diagram.difference(unknown, answerable)
        # Only a district can be unanswerable, and an area that follows from it: it names the finding.
        lacking = [fact for fact in sorted(test.reads) if "district" in fact or "area" in fact]
        return dict.fromkeys(lacking[:1], stuck) if stuck != EMPTY else {}

    def _answerable(self, fact: str) -> Region:
        """The cases in which the fact is missing and a citizen may answer it.

        A citizen of another municipality lives in none of the districts.
        """
        missing = self._space.where(fact, lambda value: value is None)
        if "district" not in fact and "area" not in fact:
            return missing
        inside = "child_in_municipality" if fact.startswith("child") else "in_municipality"
        return self._diagram.difference(missing, self._space.where(inside, lambda value: value is False))

    def _add(self, to: dict[str, Region], regions: Mapping[str, Region]) -> None:
        for fact, region in regions.items():
            to[fact] = self._diagram.union(to.get(fact, EMPTY), region)

    def _clashes(
        self, reach: _Reach, equals: Iterable[_Reach], before: Iterable[_Reach]
    ) -> Iterator[Finding]:
        for other in equals:
            for place, region in reach.places.items():
                for another, taken in other.places.items():
                    if place == another:
                        continue
                    both = self._left(self._diagram.intersection(region, taken), before)
                    if both != EMPTY:
                        rows = (other.row.number, reach.row.number)
                        names = f"{_name(another)} / {_name(place)}"
                        yield self._finding("clash", rows, both, "clash", places=names)
                        return

    def _unreachable(self, reach: _Reach) -> Iterator[Finding]:
        number, in_force = reach.row.number, self._space.in_force
        true = self._diagram.intersection_of(self._space.all_citizens, in_force, reach.true)
        # Before `valid_from` the rule set is never asked: a row that decides only then is of no use.
        if self._left(true, self._decided) == EMPTY:
            yield self._covered(number, true)
            return
        for position, region in enumerate(reach.choices if len(reach.choices) > 1 else (), start=1):
            if self._left(self._diagram.intersection(region, in_force), self._decided) == EMPTY:
                yield self._finding("unreachable", (number,), EMPTY, "unreachable_destination", at=position)

    def _covered(self, number: int, true: Region) -> Finding:
        """Why no case reaches the row: it is never true, or a row before it decides all its cases."""
        case = nearest_case(self._diagram, true, self._space.usual, self._space.distance)
        if case is None:
            return self._finding("unreachable", (number,), EMPTY, "never_true")
        before = next(
            earlier.row.number for earlier in self._decided if not self._diagram.contains(earlier.false, case)
        )
        return self._finding("unreachable", (before, number), true, "unreachable")

    def _unsettleable(self, reach: _Reach) -> Iterator[Finding]:
        for fact, region in reach.stuck.items():
            stuck = self._left(region, self._decided)
            if stuck != EMPTY:
                facts = danish_texts("proof")["facts"][fact]
                yield self._finding("unsettleable", (reach.row.number,), stuck, "unsettleable", facts=facts)

    def _finding(
        self,
        kind: FindingKind,
        rows: tuple[int, ...],
        where: Region,
        text: str,
        *,
        at: int | None = None,
        duty: str | None = None,
        **more: object,
    ) -> Finding:
        texts = danish_texts("proof")
        numbers = _listed(rows[:-1] if kind == "unreachable" else rows)
        sentence = texts[text].format(rows=numbers, row=rows[-1] if rows else "", at=at, **more)
        case = nearest_case(self._diagram, where, self._space.usual, self._space.distance)
        if case is not None and (met := self._space.met(case)):
            sentence = f"{sentence} {texts['met'].format(needs=', '.join(met))}"
        citizen = None if case is None else self._space.citizen(case)
        return Finding(kind=kind, rows=rows, at=at, duty=duty, citizen=citizen, text=sentence)


def danish_name(part: str) -> str:
    """What a clock, a warning, an urgency or a need is called."""
    labels = {str(need): entry.label for need, entry in city().needs.by_code.items()}
    rulesets = danish_texts("rulesets")
    names: dict[str, str] = {**labels, **rulesets["urgencies"], **rulesets["named"]}
    return names.get(part, part)


def _listed(rows: tuple[int, ...]) -> str:
    names = [str(row) for row in rows]
    return " og ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _name(place: Place) -> str:
    if place.kind is DestinationKind.UNIT:
        return place.unit
    kind: str = danish_texts("proof")["kinds"][place.kind]
    return kind if place.administration is None else f"{kind} ({place.administration})"
