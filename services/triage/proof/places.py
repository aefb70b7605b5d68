"""Which cases a rule set sends to which place, and the smallest change that leads to another place."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

from services.triage.proof.axes import NEED_STATES, FactSpace, Home, NeedState, days_of
from services.triage.proof.decision_diagram import EMPTY, Region
from services.triage.proof.nearest import Cheapest, NearestSearch
from services.triage.proof.regions import destinations, truth_of, truths_of_definitions
from services.triage.rules.case import ELSEWHERE, MAJORITY, NEED_BITS, Case
from services.triage.rules.rulebook import Place
from services.triage.rules.ruleset import RuleSet
from shared.city.places import Geography
from shared.contracts import CHILD_FACTS, Facts
from shared.vocabulary import Need

#: One more fact that differs outweighs any difference between the values of a fact.
_ANOTHER_FACT = 1000
#: The cost of what no explanation may change: channel, day of receipt, and making a known fact unknown.
_FIXED = 10**6

#: The cost of another value of a fact, beside _ANOTHER_FACT; another age costs its difference in years.
#: Danger costs the most: an explanation should not suggest that a citizen were in danger.
_FAR = {
    "applies_for_measure": 10,
    "home": 25,
    "child_home": 25,
    "existing_case_unit": 30,
    "acute_danger": 200,
    "child_at_risk": 200,
}
_ADDED, _REMOVED, _OTHER_FLAG, _BY_POSTCODE = 20, 15, 40, 50
_USUAL_AGE = 40

#: The most intersections to work out the places of a rule set: about a second of processor time.
_MOST_STEPS = 250_000

#: For this many sets of needs the costs are cached: a form asks again whenever another field changes.
_CACHED_NEEDS = 64

_FACTS_OF_HOME = {
    "home": ("district", "postal_code", "in_municipality"),
    "child_home": ("child_district", "child_postal_code"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """What would be different: these facts, each with its other value, and these needs.

    `distance` orders changes: fewer facts first, then nearer values.
    """

    facts: dict[str, object]
    added: tuple[Need, ...] = ()
    removed: tuple[Need, ...] = ()
    distance: int = 0

    def of(self, facts: Facts) -> Facts:
        """The facts as they would be."""
        changed = facts.model_dump()
        for names in _FACTS_OF_HOME.values():
            if any(name in self.facts for name in names):
                # A new district beside the old postcode could contradict it: a home is replaced as a whole.
                changed |= dict.fromkeys(names)
        needs = (facts.needs | set(self.added)) - set(self.removed)
        return Facts.model_validate({**changed, **_in_the_list(facts, self.facts), "needs": needs})


def _in_the_list(facts: Facts, changed: dict[str, object]) -> dict[str, object]:
    """The changed facts, with those of a child in the list of children where the facts have one."""
    of_child = {fact: changed[fact] for fact in CHILD_FACTS if fact in changed}
    if not facts.children or not of_child:
        return changed
    first: dict[str, object] = facts.children[0].model_dump()
    if "child_district" in of_child or "child_postal_code" in of_child:
        first |= {"district": None, "postal_code": None}
    first |= {fact.removeprefix("child_"): value for fact, value in of_child.items()}
    rest = {fact: value for fact, value in changed.items() if fact not in of_child}
    return {**rest, "children": [first, *facts.children[1:]]}


class Places:
    """Every place that a rule set leads to, when the open offers cover these needs at each age.

    Raises TooLargeError for a rule set that takes too many steps.
    """

    def __init__(self, ruleset: RuleSet, geography: Geography, covered: Sequence[int]) -> None:
        self._space = FactSpace(geography, days_of(ruleset), ruleset.valid_from, _MOST_STEPS)
        self._diagram = self._space.diagram
        self._first_need = len(self._space.axes) - len(Need)
        self._known: OrderedDict[int, dict[Region, Cheapest]] = OrderedDict()
        self.regions = self._regions(ruleset, self._catalogue(covered))

    def nearest(self, case: Case) -> dict[Place, Change]:
        """For each place the smallest change with which the rules would lead there.

        Fewest facts, then nearest values. A place that no allowed change leads to is left out.
        """
        now = self._space.positions(case)
        costs: dict[tuple[int, int], int] = {}

        def cost(axis: int, position: int) -> int:
            found = costs.get((axis, position))
            if found is None:
                found = costs[axis, position] = self._cost(case, now, axis, position)
            return found

        search = NearestSearch(self._diagram, now, cost, self._known_of(case.needs), self._first_need)
        found = {}
        for place, region in self.regions.items():
            there = search.case(region)
            if there is None:
                continue
            distance = sum(cost(axis, at) for axis, at in enumerate(there) if at != now[axis])
            if distance < _FIXED:
                found[place] = self._change(now, there, distance)
        return found

    def _known_of(self, needs: int) -> dict[Region, Cheapest]:
        """Costs of earlier searches with the same needs; they are the same whatever the other facts are."""
        known = self._known.setdefault(needs, {})
        self._known.move_to_end(needs)
        if len(self._known) > _CACHED_NEEDS:
            self._known.popitem(last=False)
        return known

    def _catalogue(self, covered: Sequence[int]) -> Region:
        """The cases whose needs are met exactly where an open offer meets them; at an unknown age none is."""
        ages: dict[int, set[int | None]] = {0: {None}}
        for age, needs in enumerate(covered):
            ages.setdefault(needs, set()).add(age)
        return self._diagram.union(
            *(
                self._diagram.intersection(self._space.where("age", group.__contains__), self._met(needs))
                for needs, group in ages.items()
            )
        )

    def _met(self, needs: int) -> Region:
        met = {need for need in Need if NEED_BITS[need] & needs}
        states: tuple[tuple[set[Need], NeedState], ...] = ((met, "met"), (set(Need) - met, "unmet"))
        return self._diagram.intersection_of(
            *(self._space.without_needs(group, ("absent", state)) for group, state in states)
        )

    def _regions(self, ruleset: RuleSet, catalogue: Region) -> dict[Place, Region]:
        definitions = truths_of_definitions(ruleset.definitions, self._space)
        regions: dict[Place, Region] = {}
        left = self._diagram.intersection(self._space.all_citizens, catalogue)
        for row in ruleset.rows:
            truth = truth_of(row.when, self._space, definitions)
            here = self._diagram.intersection(left, truth.true)
            for choice in row.destination:
                test = truth_of(choice.when, self._space, definitions)
                chosen = self._diagram.intersection(here, test.true)
                for place, region in destinations(choice, chosen, self._space, ruleset.units).items():
                    regions[place] = self._diagram.union(regions.get(place, EMPTY), region)
                here = self._diagram.intersection(here, test.false)
            if row.destination:
                left = self._diagram.intersection(left, truth.false)
        return regions

    def _cost(self, case: Case, now: Sequence[int], axis: int, position: int) -> int:
        name, values = self._space.axes[axis].name, self._space.axes[axis].values
        value, present = values[position], values[now[axis]]
        if position == now[axis] or (values is NEED_STATES and "absent" not in (value, present)):
            return 0
        if values is NEED_STATES:
            return _ANOTHER_FACT + (_REMOVED if value == "absent" else _ADDED)
        if (
            value is None
            or name in ("channel", "received_on", "children")
            or not _may_be_given(name, value, case)
        ):
            return _FIXED
        if isinstance(value, Home):
            return _ANOTHER_FACT + _FAR[name] + (_BY_POSTCODE if _by_postcode(value) else 0)
        if isinstance(value, int) and not isinstance(value, bool):
            return _ANOTHER_FACT + abs(value - (present if isinstance(present, int) else _USUAL_AGE))
        return _ANOTHER_FACT + _FAR.get(name, _OTHER_FLAG)

    def _change(self, now: Sequence[int], there: Sequence[int], distance: int) -> Change:
        facts: dict[str, object] = {}
        added: list[Need] = []
        removed: list[Need] = []
        for axis, before, after in zip(self._space.axes, now, there, strict=True):
            value = axis.values[after]
            if before == after:
                continue
            if isinstance(value, Home):
                facts |= value.given
            elif axis.values is not NEED_STATES:
                facts[axis.name] = value
            elif "absent" in (value, axis.values[before]):
                (removed if value == "absent" else added).append(Need(axis.name))
        return Change(facts, tuple(added), tuple(removed), distance)


def _by_postcode(home: Home) -> bool:
    return any("postal_code" in fact for fact in home.given)


def _may_be_given(name: str, value: object, case: Case) -> bool:
    """Whether a citizen can give this value: not of a fact that cannot be known, nor a child of 18 years."""
    if isinstance(value, Home):
        if not value.given or value.settled.get("child_district") == ELSEWHERE:
            return False
        return not case.cannot_be_known & set(value.given)
    if name == "child_age" and isinstance(value, int):
        return value < MAJORITY and name not in case.cannot_be_known
    return name not in case.cannot_be_known
