"""A draft replayed over past contacts: who would have gone elsewhere, and what each unit would get.

Past facts are evaluated twice, by the rule set of their moment and by the draft, with the same offers: then
only the rules can make a difference. Contacts are counted one by one, so that a year takes no more memory
than a day.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from services.triage.catalogue.offers.offer import Catalogue
from services.triage.recommendations.adviser import Adviser, Moment
from services.triage.recommendations.schemas import Recommendation, deciding_rule
from services.triage.rulesets.wording import name_label, place_label
from services.triage.simulation.schemas import CaseOut, FlowOut, LoadOut, OwedOut, PlaceOut
from shared.city.current import unit_name
from shared.contracts import Destination, Facts
from shared.ids import show_reference
from shared.vocabulary import DestinationKind, Unit

#: The most examples with facts for each pair of places that contacts would move between.
EXAMPLES = 5
#: The most moved contacts that are listed; the rest are counted.
MOST_CASES = 500

_WEEK = timedelta(days=7)


class Period(NamedTuple):
    """From `first` on, and before `last`."""

    first: datetime
    last: datetime


class Past(NamedTuple):
    """One contact's newest assessment: its facts, and the rule set that it was assessed by."""

    assessment_id: UUID
    contact_id: UUID
    reference: str
    ruleset: str
    moment: Moment
    facts: Facts


def _key(destination: Destination) -> tuple[str, str, str | None]:
    return destination.kind, destination.unit, destination.administration


def place_of(destination: Destination) -> PlaceOut:
    """The destination with its Danish name."""
    kind, unit, administration = _key(destination)
    label = place_label(kind, unit, administration)
    return PlaceOut(kind=destination.kind, unit=destination.unit, administration=administration, label=label)


@dataclass
class OwedCount:
    """How many contacts are owed one thing now and then, and the references of some where this differs."""

    now: int = 0
    then: int = 0
    changed: int = 0
    examples: list[str] = field(default_factory=list)

    def add(self, reference: str, *, now: bool, then: bool) -> None:
        """Count one contact that is owed it by one of the two rule sets, or by both."""
        self.now += now
        self.then += then
        if now != then:
            self.changed += 1
            if len(self.examples) < EXAMPLES:
                self.examples.append(show_reference(reference))


def owed_by(recommendation: Recommendation) -> set[str]:
    """The clocks that run and the warnings, of the contact and of those of the children."""
    everywhere = [recommendation, *(companion.recommendation for companion in recommendation.companions)]
    clocks = {clock.rule for one in everywhere for clock in one.clocks}
    return clocks | {str(warning) for one in everywhere for warning in one.warnings}


@dataclass
class Replay:
    """What has been counted so far."""

    replayed: int = 0
    unanswered: int = 0
    new_asks: int = 0
    new_questions: Counter[str] = field(default_factory=Counter)
    flows: Counter[tuple[tuple[str, str, str | None], tuple[str, str, str | None]]] = field(
        default_factory=Counter
    )
    loads: dict[Unit, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    owed: dict[str, OwedCount] = field(default_factory=lambda: defaultdict(OwedCount))
    examples: list[CaseOut] = field(default_factory=list)
    cases: list[CaseOut] = field(default_factory=list)

    def add(self, past: Past, before: Recommendation, after: Recommendation) -> None:
        """Count one contact."""
        self.replayed += 1
        now, then = owed_by(before), owed_by(after)
        for code in now | then:
            self.owed[code].add(past.reference, now=code in now, then=code in then)
        self.loads[before.destination.unit][0] += 1
        self.loads[after.destination.unit][1] += 1
        way = _key(before.destination), _key(after.destination)
        self.flows[way] += 1
        if way[0] == way[1]:
            return
        if after.destination.kind is DestinationKind.ASK:
            self.new_asks += 1
            self.new_questions.update(question.fact for question in after.questions)
        case = _case(past, before, after)
        if self.flows[way] <= EXAMPLES:
            self.examples.append(case.model_copy(update={"facts": past.facts}))
        if len(self.cases) < MOST_CASES:
            self.cases.append(case)

    @property
    def moved(self) -> int:
        return sum(count for (before, after), count in self.flows.items() if before != after)

    def weekly_loads(self, period: timedelta) -> list[LoadOut]:
        """Contacts a week by unit, in the vocabulary's order; a shorter period is extrapolated."""
        weeks = period / _WEEK
        return [
            LoadOut(
                unit=unit,
                label=unit_name(unit),
                per_week_now=round(self.loads[unit][0] / weeks, 1),
                per_week_then=round(self.loads[unit][1] / weeks, 1),
            )
            for unit in Unit
            if unit in self.loads
        ]

    def owed_out(self) -> list[OwedOut]:
        """What is owed, the most changed first."""
        codes = sorted(self.owed, key=lambda code: (-self.owed[code].changed, code))
        return [OwedOut(code=code, label=name_label(code), **vars(self.owed[code])) for code in codes]

    def flows_out(self) -> list[FlowOut]:
        """The largest first, moves before what stays."""
        ways = sorted(self.flows.items(), key=lambda way: (way[0][0] == way[0][1], -way[1], str(way[0])))
        return [
            FlowOut(before=_place(before), after=_place(after), count=count, moves=before != after)
            for (before, after), count in ways
        ]


def _place(key: tuple[str, str, str | None]) -> PlaceOut:
    kind, unit, administration = key
    return place_of(
        Destination.model_validate({"kind": kind, "unit": unit, "administration": administration})
    )


def _case(past: Past, before: Recommendation, after: Recommendation) -> CaseOut:
    return CaseOut(
        assessment_id=past.assessment_id,
        contact_id=past.contact_id,
        reference=show_reference(past.reference),
        before=place_of(before.destination),
        after=place_of(after.destination),
        rule_before=_rule(before),
        rule_after=_rule(after),
    )


def _rule(recommendation: Recommendation) -> str:
    rules = (reason.rule for reason in recommendation.reasons)
    return deciding_rule(recommendation.destination.kind, rules)


def replay(
    pasts: Iterable[Past], by_version: dict[str, Adviser], draft: Adviser, catalogue: Catalogue, found: Replay
) -> None:
    """Evaluate each contact twice and count it, also where the draft, unproved as it is, has no answer."""
    for past in pasts:
        before = by_version[past.ruleset].recommend(past.facts, past.moment, catalogue)
        try:
            after = draft.recommend(past.facts, past.moment, catalogue)
        except (AssertionError, RecursionError):
            found.unanswered += 1
            continue
        found.add(past, before, after)
