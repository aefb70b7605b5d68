"""Whether a rule set counts everything that the law demands, over all combinations of facts.

A demand is compared with what the rule set gives, not with a duty of the same name: each of its clocks with
its length, its warnings, its urgency. It is lost for the cases in which it is true and no duty that gives
this part is true; and for those in which it may be true and every such duty is false.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from services.triage.proof.axes import FactSpace
from services.triage.proof.companion_reach import CompanionReach
from services.triage.proof.decision_diagram import EMPTY, Region
from services.triage.proof.regions import Definitions, Truth, truth_of, truths_of_definitions
from services.triage.proof.statute import Demand, Statute
from services.triage.rules.duty import URGENCIES, ApplicationNeeds, Duty
from services.triage.rules.ruleset import RuleSet
from shared.vocabulary import Need


@dataclass(frozen=True)
class LostDuty:
    """A demand of the law that is not counted for these cases; `parts` are what of it, by name."""

    demand: Demand
    where: Region
    parts: tuple[str, ...]


@dataclass(frozen=True)
class _Part:
    """One thing that a demand asks for, where it does, and where the rule set gives it."""

    name: str
    demanded: Truth
    given: Truth


class DutyProof:
    """The duties of one rule set over a space of facts. `definitions` are the rule set's."""

    def __init__(
        self,
        ruleset: RuleSet,
        statute: Statute,
        space: FactSpace,
        definitions: Definitions,
        until: date | None,
    ) -> None:
        self._ruleset = ruleset
        self._statute = statute
        self._space = space
        self._diagram = space.diagram
        self._definitions = definitions
        self._statutory = truths_of_definitions(statute.definitions, space)
        self._until = until
        self._companions = CompanionReach(ruleset, space, definitions)

    def lost(self) -> Iterator[LostDuty]:
        """Each demand that is not counted for every citizen."""
        for demand in self._statute.demands:
            lost = [(part, self._lost(part, demand)) for part in self._parts(demand)]
            where = self._diagram.union(*(region for _, region in lost))
            if where != EMPTY:
                names = tuple(part.name for part, region in lost if region != EMPTY)
                yield LostDuty(demand, where, names)

    def never_owed(self) -> Iterator[Duty]:
        """Each duty of the rule set that can hold for no citizen."""
        for duty in self._ruleset.duties:
            true = truth_of(duty.when, self._space, self._definitions).true
            if self._diagram.intersection_of(true, self._space.all_citizens, self._space.in_force) == EMPTY:
                yield duty

    def _lost(self, part: _Part, demand: Demand) -> Region:
        diagram = self._diagram
        counted = part.given.true
        elsewhere = EMPTY
        if demand.of_the_child:
            counted, elsewhere = self._companions.counted(part.demanded.true, part.given.true)
        open_demand = diagram.complement(diagram.union(part.demanded.true, part.demanded.false))
        not_even_possible = diagram.intersection(open_demand, part.given.false)
        lost = diagram.union(
            diagram.difference(part.demanded.true, diagram.union(counted, elsewhere)),
            diagram.difference(not_even_possible, elsewhere),
        )
        return diagram.intersection_of(lost, self._space.all_citizens, self._days_of(demand))

    def _days_of(self, demand: Demand) -> Region:
        def applies(day: object) -> bool:
            return (
                isinstance(day, date)
                and demand.applies_on(day)
                and day >= self._ruleset.valid_from
                and (self._until is None or day < self._until)
            )

        return self._space.where("received_on", applies)

    def _parts(self, demand: Demand) -> Iterator[_Part]:
        demanded = truth_of(demand.when, self._space, self._statutory)
        if demand.urgency is not None:
            least = URGENCIES.index(demand.urgency)
            given = self._given(
                lambda duty: duty.urgency is not None and URGENCIES.index(duty.urgency) >= least
            )
            yield _Part(demand.urgency, demanded, given)
        for name, longest in demand.clocks.items():
            own = self._ruleset.clocks.get(name)
            fits = own is not None and own.within(longest)
            given = self._given(lambda duty, name=name, fits=fits: fits and name in duty.named_clocks)  # type: ignore[misc]  # bound now
            yield _Part(name, demanded, given)
        for warning in demand.warnings:
            given = self._given(lambda duty, warning=warning: warning in duty.warnings)  # type: ignore[misc]  # bound now
            yield _Part(warning, demanded, given)
        yield from self._applications(demand, demanded)

    def _applications(self, demand: Demand, demanded: Truth) -> Iterator[_Part]:
        """A part for each need that can be an application: the deadline of its area."""
        needs = {need for part in demand.application_area_of for need in part.meant}
        duties = [
            (truth_of(duty.when, self._space, self._definitions), duty.applications)
            for duty in self._ruleset.duties
            if duty.applications
        ]
        for need in (need for need in Need if need in needs):
            demanded_here = self._applied_for(need, demanded, demand.application_area_of, self._statutory)
            given = [self._applied_for(need, when, parts, self._definitions) for when, parts in duties]
            yield _Part(need, demanded_here, self._any(given))

    def _applied_for(
        self, need: Need, when: Truth, parts: Sequence[ApplicationNeeds], definitions: Definitions
    ) -> Truth:
        """Where the need is an application."""
        has = self._space.having([need])
        whens = [truth_of(part.when, self._space, definitions) for part in parts if need in part.meant]
        return self._all([when, Truth(has, self._diagram.complement(has)), self._any(whens)])

    def _given(self, gives: Callable[[Duty], bool]) -> Truth:
        """Where some duty that gives this is true, and where all of them are false."""
        return self._any(
            [
                truth_of(duty.when, self._space, self._definitions)
                for duty in self._ruleset.duties
                if gives(duty)
            ]
        )

    def _any(self, truths: Sequence[Truth]) -> Truth:
        false = self._diagram.intersection_of(*(truth.false for truth in truths))
        return Truth(self._diagram.union(*(truth.true for truth in truths)), false)

    def _all(self, truths: Sequence[Truth]) -> Truth:
        true = self._diagram.intersection_of(*(truth.true for truth in truths))
        return Truth(true, self._diagram.union(*(truth.false for truth in truths)))
