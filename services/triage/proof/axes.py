"""Every combination of facts, as axes with finitely many values each, for the proof of a rule set.

Each age, district, flag and unit is a value of its own. Postcodes with the same consequences are one value,
and so are days of receipt between which no condition of the rule set changes. Each need is an axis, so that
all 2^n sets of needs are covered without being listed. Whether an open offer meets a need is a free value:
the proof then applies to every catalogue.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import product
from typing import Literal

from pydantic import BaseModel

from services.triage.proof.decision_diagram import EMPTY, DecisionDiagram, Region
from services.triage.rules.case import ELSEWHERE, NEED_BITS, OLDEST, Case, case_of
from services.triage.rules.conditions import Compare
from services.triage.rules.ruleset import RuleSet
from shared.city.places import Geography
from shared.clock import COPENHAGEN
from shared.contracts import Facts
from shared.vocabulary import Channel, Need, Unit

#: Whether a citizen has a need, and whether an open low-threshold offer meets it at the citizen's age.
NeedState = Literal["absent", "unmet", "met"]
NEED_STATES: tuple[NeedState, ...] = ("absent", "unmet", "met")

#: One more fact that differs outweighs any difference between the values of a fact.
_ANOTHER_FACT = 1000

#: The most intersections for one proof: about 20 s of processor time. 200 random rows take a fifth of it.
MOST_STEPS = 5_000_000

#: The first and the last day that a contact can have been received on (schemas.ReceivedAt).
FIRST_DAY = date(2000, 1, 1)
LAST_DAY = date(2099, 12, 31)

_FLAGS = (
    "acute_danger",
    "child_at_risk",
    "suspected_parental_abuse",
    "honour_related",
    "reporter_is_professional",
    "measures_running",
    "aftercare_running",
    "anonymous",
)
_LEFT_OUT = {(flag, False) for flag in _FLAGS}
#: The facts of a case that follow from where the citizen, and the child, lives.
_SETTLED = {
    "home": ("in_municipality", "district", "area"),
    "child_home": ("child_in_municipality", "child_district", "child_area", "child_postal_code"),
}
_ANY_NEED = Need.ADVICE
#: The facts of a case that follow from how many children are described, and the least number.
_FROM_CHILDREN = {"another_child": 1, "further_children": 2}
_OF_A_CHILD = ("age", "district", "postal_code")
#: How many children at risk the facts list: none, one, or several.
_LISTED = (0, 1, 2)


@dataclass(frozen=True)
class Home:
    """Where a person lives: `given` are the facts in a request, `settled` what follows from them."""

    settled: Mapping[str, object]
    given: Mapping[str, object]


@dataclass(frozen=True)
class Axis:
    """One axis: its values, and the position of the ordinary citizen's. Counterexamples stay near to it."""

    name: str
    values: tuple[object, ...]
    usual: int = 0


class FactSpace:
    """All combinations of facts, for rules whose conditions change on these days only."""

    def __init__(self, geography: Geography, days: Iterable[date], valid_from: date, most_steps: int) -> None:
        self.axes = tuple(_axes(geography, days))
        self.diagram = DecisionDiagram([len(axis.values) for axis in self.axes], most_steps)
        self._position = {axis.name: position for position, axis in enumerate(self.axes)}
        for axis, facts in _SETTLED.items():
            self._position |= dict.fromkeys(facts, self._position[axis])
        self.all_citizens = self.having(Need)
        self.in_force = self.where("received_on", {day for day in days if day >= valid_from}.__contains__)

    @property
    def usual(self) -> list[int]:
        """The ordinary citizen's values."""
        return [axis.usual for axis in self.axes]

    def where(self, fact: str, fits: Callable[[object], bool]) -> Region:
        """The cases whose value of the fact, None for unknown, is a fitting one."""
        if fact in _FROM_CHILDREN:
            return self._by_children(_FROM_CHILDREN[fact], fits)
        position = self._position[fact]
        return self.diagram.having_values(position, self._values(position, fact, fits))

    def _by_children(self, least: int, fits: Callable[[object], bool]) -> Region:
        """Where so many children or more are described, where not, or both: as the truths that fit.

        One child is described as well by its age or its place alone.
        """
        true = self.where("children", lambda count: isinstance(count, int) and count >= least)
        if least == 1:
            unknown = self.diagram.intersection(
                self.where("child_age", lambda age: age is None), self._no_child_home()
            )
            true = self.diagram.union(true, self.diagram.complement(unknown))
        false = self.diagram.complement(true)
        return self.diagram.union(true if fits(True) else EMPTY, false if fits(False) else EMPTY)

    def _no_child_home(self) -> Region:
        none = dict.fromkeys(_SETTLED["child_home"])
        position = self._position["child_home"]
        values = self.axes[position].values
        bits = [1 << at for at, home in enumerate(values) if isinstance(home, Home) and home.settled == none]
        return self.diagram.having_values(position, sum(bits))

    def without_needs(self, needs: Iterable[Need], states: Sequence[NeedState] = ("absent",)) -> Region:
        """The cases in which each of these needs is in one of these states."""
        bits = sum(1 << NEED_STATES.index(state) for state in states)
        positions = sorted((self._position[need] for need in set(needs)), reverse=True)
        # The last axis first: each intersection then only puts a node in front of a finished region.
        return self.diagram.intersection_of(*(self.diagram.having_values(at, bits) for at in positions))

    def having(self, needs: Iterable[Need]) -> Region:
        """The cases with at least one of these needs."""
        return self.diagram.complement(self.without_needs(needs))

    def positions(self, case: Case) -> list[int]:
        """The position of the case on each axis. Its needs count as unmet: offers are not part of a case."""
        return [self._at(axis, case) for axis in self.axes]

    def _at(self, axis: Axis, case: Case) -> int:
        if axis.values is NEED_STATES:
            return int(bool(case.needs & NEED_BITS[Need(axis.name)]))
        if axis.name == "received_on":
            return max(at for at, day in enumerate(axis.values) if at == 0 or day <= case.received_on)  # type: ignore[operator]
        if axis.name == "children":
            return min(case.children, _LISTED[-1])
        if axis.name in _SETTLED:
            settled = _settled(case, _SETTLED[axis.name])
            return next(at for at, home in enumerate(axis.values) if home.settled == settled)  # type: ignore[attr-defined]
        return axis.values.index(getattr(case, axis.name))

    def distance(self, axis: int, position: int) -> int:
        """How far the value is from the ordinary citizen's: above all the number of facts that differ."""
        values, usual = self.axes[axis].values, self.axes[axis].usual
        if position == usual:
            return 0
        return _ANOTHER_FACT * (2 if values[position] is None else 1) + abs(position - usual)

    def citizen(self, case: Sequence[int]) -> dict[str, object]:
        """The case as a body for POST /v1/recommendations, without unknown facts and false flags."""
        body: dict[str, object] = {"needs": [need for need in Need if case[self._position[need]]]}
        for axis, at in zip(self.axes, case, strict=True):
            value = axis.values[at]
            if axis.name == "children":
                body |= {"children": [{}] * at} if at else {}
            elif isinstance(value, Home):
                body |= value.given
            elif isinstance(value, date):
                body["received_at"] = datetime.combine(value, time(12), COPENHAGEN).isoformat()
            elif axis.values is not NEED_STATES and value is not None and (axis.name, value) not in _LEFT_OUT:
                body[axis.name] = value
        return _with_one_list_of_children(body)

    def met(self, case: Sequence[int]) -> list[Need]:
        """The needs that an open offer must meet for the case to be as it is."""
        return [need for need in Need if NEED_STATES[case[self._position[need]]] == "met"]

    def _values(self, position: int, fact: str, fits: Callable[[object], bool]) -> int:
        bits = 0
        for at, value in enumerate(self.axes[position].values):
            if fits(value.settled[fact] if isinstance(value, Home) else value):
                bits |= 1 << at
        return bits


def _with_one_list_of_children(body: dict[str, object]) -> dict[str, object]:
    """The facts of one child are given the short way, or in the list, not in both."""
    listed = body.get("children")
    if not isinstance(listed, list):
        return body
    first = {fact: body.pop(f"child_{fact}") for fact in _OF_A_CHILD if f"child_{fact}" in body}
    return {**body, "children": [first, *listed[1:]]}


def days_of(ruleset: RuleSet) -> set[date]:
    """The first day of all, and each day on which a condition of the rule set may change."""
    return {FIRST_DAY, ruleset.valid_from, *_days(ruleset)}


def _days(part: object) -> Iterator[date]:
    if isinstance(part, Compare):
        for value in (part.below, *(part.is_in or ()), *(part.between or ())):
            if isinstance(value, date):
                yield value
                yield value + timedelta(days=1)
    elif isinstance(part, BaseModel):
        yield from _days([getattr(part, name) for name in type(part).model_fields])
    elif isinstance(part, Mapping):
        yield from _days(list(part.values()))
    elif isinstance(part, list | tuple):
        for inner in part:
            yield from _days(inner)


def _axes(geography: Geography, days: Iterable[date]) -> Iterator[Axis]:
    for flag in _FLAGS:
        yield Axis(flag, (False, True))
    yield Axis("channel", tuple(Channel))
    yield Axis("received_on", tuple(sorted(day for day in days if FIRST_DAY <= day <= LAST_DAY)))
    yield Axis("applies_for_measure", (None, False, True), usual=1)
    homes = _homes(geography)
    yield Axis("home", homes, usual=next(at for at, home in enumerate(homes) if home.settled["district"]))
    yield Axis("children", _LISTED)
    yield Axis("child_home", _child_homes(geography))
    yield Axis("child_age", (None, *range(OLDEST + 1)))
    yield Axis("existing_case_unit", (None, *Unit))
    yield Axis("age", (None, *range(OLDEST + 1)), usual=41)
    for need in Need:
        yield Axis(need, NEED_STATES)


def _homes(geography: Geography) -> tuple[Home, ...]:
    inside = [{}, {"in_municipality": True}, {"in_municipality": False}]
    given = [
        {**place, **known}
        for place, known in product(_places(geography, ""), inside)
        if not ("district" in place and known)
    ]
    return _distinct(((_case(facts, geography), facts) for facts in given), _SETTLED["home"])


def _child_homes(geography: Geography) -> tuple[Home, ...]:
    given = _places(geography, "child_")
    cases = [(_case(facts, geography), facts) for facts in given]
    # No request says that a child lives elsewhere; `Explorer` reaches it from an unknown district.
    elsewhere = [(case.answered("child_district", ELSEWHERE), facts) for case, facts in cases]
    return _distinct([*cases, *elsewhere], _SETTLED["child_home"])


def _places(geography: Geography, whose: str) -> list[dict[str, object]]:
    """Each district, each kind of postcode, both, and nothing."""
    listed = [f"{span.first:04}" for span in geography.places.postcodes]
    codes = [{}, *({f"{whose}postal_code": code} for code in (*listed, "9990"))]
    districts = [{}, *({f"{whose}district": district.number} for district in geography.places.districts)]
    return [{**district, **code} for district, code in product(districts, codes)]


def _case(facts: Mapping[str, object], geography: Geography) -> Case:
    read = Facts.model_validate({"needs": [_ANY_NEED], **facts})
    return case_of(read, Channel.PHONE, FIRST_DAY, geography, ())


def _distinct(cases: Iterable[tuple[Case, Mapping[str, object]]], facts: Sequence[str]) -> tuple[Home, ...]:
    """One home for each set of settled facts, with the fewest given facts that settle them."""
    homes: dict[tuple[object, ...], Home] = {}
    for case, given in sorted(cases, key=lambda pair: len(pair[1])):
        settled = _settled(case, facts)
        homes.setdefault(tuple(settled.values()), Home(settled, given))
    return tuple(homes.values())


def _settled(case: Case, facts: Sequence[str]) -> dict[str, object]:
    settled = {fact: getattr(case, fact) for fact in facts}
    if settled.get("child_postal_code") is not None:
        # Conditions test only whether a postcode is given; what it settles is in the other facts.
        settled["child_postal_code"] = "given"
    return settled
