"""Which cases a rule set sends where, as regions, and the least that would be different for another place."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

from services.triage.proof.axes import NEED_STATES, FactSpace, Home, NeedState, days_of
from services.triage.proof.decision_diagram import NOTHING, Cheapest, Nearest, Region
from services.triage.proof.regions import ALWAYS, Truth, destinations, truth_of
from services.triage.rules.case import ELSEWHERE, NEED_BITS, Case
from services.triage.rules.geography import Geography
from services.triage.rules.rulebook import Place
from services.triage.rules.ruleset import RuleSet
from shared.contracts import Facts
from shared.vocabulary import Need

#: One more fact that is different outweighs every difference in how far away its value is.
_ANOTHER_FACT = 1000
#: What cannot be different: how and when the contact came, and that what is known is known.
_FIXED = 10**6

#: How far away another value is; another age is as many years away. Danger is not played with.
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

#: So much work is done to know the places of a rule set, about a second of processor time.
_MOST_STEPS = 250_000

#: A form asks again at each change of a field: for so many sets of needs it is kept what they cost.
_KEPT_NEEDS = 64

_TOLD_OF = {
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
        """The facts as they would be. Homes are told anew as a whole."""
        told = facts.model_dump()
        for names in _TOLD_OF.values():
            if any(name in self.facts for name in names):
                told |= dict.fromkeys(names)
        needs = (facts.needs | set(self.added)) - set(self.removed)
        return Facts.model_validate({**told, **self.facts, "needs": needs})


class Places:
    """Every place that a rule set leads to, by the needs that open offers cover at each age.

    Raises TooLargeError for a rule set whose places cannot be written down.
    """

    def __init__(self, ruleset: RuleSet, geography: Geography, covered: Sequence[int]) -> None:
        self._space = FactSpace(geography, days_of(ruleset), ruleset.valid_from, _MOST_STEPS)
        self._boxes = self._space.boxes
        self._first_need = len(self._space.axes) - len(Need)
        self._known: OrderedDict[int, dict[Region, Cheapest]] = OrderedDict()
        self.regions = self._regions(ruleset, self._catalogue(covered))

    def nearest(self, case: Case) -> dict[Place, Change]:
        """For each place the smallest change with which the rules would lead there.

        Fewest facts, then nearest values. A place is left out when nothing that may be different leads there.
        """
        now = self._space.positions(case)
        costs: dict[tuple[int, int], int] = {}

        def cost(axis: int, position: int) -> int:
            found = costs.get((axis, position))
            if found is None:
                found = costs[axis, position] = self._cost(case, now, axis, position)
            return found

        search = Nearest(self._boxes, now, cost, self._known_of(case.needs), self._first_need)
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
        """What was found out about these needs already: it holds whatever the other facts are."""
        known = self._known.setdefault(needs, {})
        self._known.move_to_end(needs)
        if len(self._known) > _KEPT_NEEDS:
            self._known.popitem(last=False)
        return known

    def _catalogue(self, covered: Sequence[int]) -> Region:
        """The cases whose needs are met as the open offers meet them; at an unknown age none is."""
        ages: dict[int, set[int | None]] = {0: {None}}
        for age, needs in enumerate(covered):
            ages.setdefault(needs, set()).add(age)
        return self._boxes.either(
            *(
                self._boxes.common(self._space.where("age", group.__contains__), self._met(needs))
                for needs, group in ages.items()
            )
        )

    def _met(self, needs: int) -> Region:
        met = {need for need in Need if NEED_BITS[need] & needs}
        states: tuple[tuple[set[Need], NeedState], ...] = ((met, "met"), (set(Need) - met, "unmet"))
        return self._boxes.all_of(
            *(self._space.without_needs(group, ("absent", state)) for group, state in states)
        )

    def _regions(self, ruleset: RuleSet, catalogue: Region) -> dict[Place, Region]:
        definitions: dict[str, Truth] = {}
        for name, condition in ruleset.definitions.items():
            definitions[name] = truth_of(condition, self._space, definitions)
        regions: dict[Place, Region] = {}
        left = self._boxes.common(self._space.everybody, catalogue)
        for row in ruleset.rows:
            truth = truth_of(row.when, self._space, definitions)
            here = self._boxes.common(left, truth.true)
            for choice in row.destination:
                test = ALWAYS if choice.when is None else truth_of(choice.when, self._space, definitions)
                chosen = self._boxes.common(here, test.true)
                for place, region in destinations(choice, chosen, self._space, ruleset.units).items():
                    regions[place] = self._boxes.either(regions.get(place, NOTHING), region)
                here = self._boxes.common(here, test.false)
            if row.destination:
                left = self._boxes.common(left, truth.false)
        return regions

    def _cost(self, case: Case, now: Sequence[int], axis: int, position: int) -> int:
        name, values = self._space.axes[axis].name, self._space.axes[axis].values
        value, present = values[position], values[now[axis]]
        if position == now[axis] or (values is NEED_STATES and "absent" not in (value, present)):
            return 0
        if values is NEED_STATES:
            return _ANOTHER_FACT + (_REMOVED if value == "absent" else _ADDED)
        if value is None or name in ("channel", "received_on") or not _may_be_told(name, value, case):
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
                facts |= value.told
            elif axis.values is not NEED_STATES:
                facts[axis.name] = value
            elif "absent" in (value, axis.values[before]):
                (removed if value == "absent" else added).append(Need(axis.name))
        return Change(facts, tuple(added), tuple(removed), distance)


def _by_postcode(home: Home) -> bool:
    return any("postal_code" in fact for fact in home.told)


def _may_be_told(name: str, value: object, case: Case) -> bool:
    """Whether somebody could tell it: not of what cannot be known, nor a child of 18 years."""
    if isinstance(value, Home):
        if not value.told or value.settled.get("child_district") == ELSEWHERE:
            return False
        return not case.cannot_be_known & set(value.told)
    if name == "child_age" and isinstance(value, int):
        return value < 18 and name not in case.cannot_be_known
    return name not in case.cannot_be_known
