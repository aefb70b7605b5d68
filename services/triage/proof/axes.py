"""Every combination of facts, as axes with finitely many values each, for the proof of a rule set.

Ages, districts, flags and units are told apart one by one. Postcodes are told apart by what they settle, and
days of receipt by what the rule set says of them. A set of needs is one axis for each need, so that all two
to the power of their number are there without any being written out. Whether an open offer meets a need is
left free: a proof then holds for every catalogue.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import product
from typing import Literal

from pydantic import BaseModel

from services.triage.proof.decision_diagram import Boxes, Region
from services.triage.rules.case import ELSEWHERE, NEED_BITS, OLDEST, Case, case_of
from services.triage.rules.conditions import Compare
from services.triage.rules.geography import Geography
from services.triage.rules.ruleset import RuleSet
from shared.clock import COPENHAGEN
from shared.contracts import Facts
from shared.vocabulary import Channel, Need, Unit

#: Whether a citizen has a need, and whether an open low-threshold offer meets it at the citizen's age.
NeedState = Literal["absent", "unmet", "met"]
NEED_STATES: tuple[NeedState, ...] = ("absent", "unmet", "met")

#: What another fact counts for, beside how far away its value is.
_ANOTHER_FACT = 1000

#: So much work is done for one rule set, some 20 s of processor time; 200 rows by chance take a fifth of it.
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
    "aftercare_running",
    "anonymous",
)
_LEFT_OUT = {(flag, False) for flag in _FLAGS}
#: What is settled about where the citizen lives, and the child.
_SETTLED = {
    "home": ("in_municipality", "district", "area"),
    "child_home": ("child_in_municipality", "child_district", "child_area", "child_postal_code"),
}
_ANY_NEED = Need.ADVICE


@dataclass(frozen=True)
class Home:
    """Where somebody lives: what is settled about it, and what was told that settled it."""

    settled: Mapping[str, object]
    told: Mapping[str, object]


@dataclass(frozen=True)
class Axis:
    """One axis: its values, and where on it the ordinary citizen is, whom counterexamples stay near."""

    name: str
    values: tuple[object, ...]
    usual: int = 0


class FactSpace:
    """All combinations of facts, for rules that tell these days apart."""

    def __init__(self, geography: Geography, days: Iterable[date], valid_from: date, most_steps: int) -> None:
        self.axes = tuple(_axes(geography, days))
        self.boxes = Boxes([len(axis.values) for axis in self.axes], most_steps)
        self._position = {axis.name: position for position, axis in enumerate(self.axes)}
        for axis, facts in _SETTLED.items():
            self._position |= dict.fromkeys(facts, self._position[axis])
        self.everybody = self.having(Need)
        self.in_force = self.where("received_on", {day for day in days if day >= valid_from}.__contains__)

    @property
    def usual(self) -> list[int]:
        """The ordinary citizen's values."""
        return [axis.usual for axis in self.axes]

    def where(self, fact: str, fits: Callable[[object], bool]) -> Region:
        """The cases whose value of the fact, None for unknown, is a fitting one."""
        position = self._position[fact]
        return self.boxes.slab(position, self._values(position, fact, fits))

    def without_needs(self, needs: Iterable[Need], states: Sequence[NeedState] = ("absent",)) -> Region:
        """The cases in which each of these needs is in one of these states."""
        bits = sum(1 << NEED_STATES.index(state) for state in states)
        slabs = [self.boxes.slab(self._position[need], bits) for need in Need if need in set(needs)]
        return self.boxes.all_of(*reversed(slabs))

    def having(self, needs: Iterable[Need]) -> Region:
        """The cases with at least one of these needs."""
        return self.boxes.opposite(self.without_needs(needs))

    def positions(self, case: Case) -> list[int]:
        """Where on each axis the case is. Its needs stand as unmet: what offers meet is not the case's."""
        return [self._at(axis, case) for axis in self.axes]

    def _at(self, axis: Axis, case: Case) -> int:
        if axis.values is NEED_STATES:
            return int(bool(case.needs & NEED_BITS[Need(axis.name)]))
        if axis.name == "received_on":
            return max(at for at, day in enumerate(axis.values) if at == 0 or day <= case.received_on)  # type: ignore[operator]
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
        told: dict[str, object] = {"needs": [need for need in Need if case[self._position[need]]]}
        for axis, at in zip(self.axes, case, strict=True):
            value = axis.values[at]
            if isinstance(value, Home):
                told |= value.told
            elif isinstance(value, date):
                told["received_at"] = datetime.combine(value, time(12), COPENHAGEN).isoformat()
            elif axis.values is not NEED_STATES and value is not None and (axis.name, value) not in _LEFT_OUT:
                told[axis.name] = value
        return told

    def met(self, case: Sequence[int]) -> list[Need]:
        """The needs that an open offer must meet for the case to be as it is."""
        return [need for need in Need if NEED_STATES[case[self._position[need]]] == "met"]

    def _values(self, position: int, fact: str, fits: Callable[[object], bool]) -> int:
        bits = 0
        for at, value in enumerate(self.axes[position].values):
            if fits(value.settled[fact] if isinstance(value, Home) else value):
                bits |= 1 << at
        return bits


def days_of(ruleset: RuleSet) -> set[date]:
    """The first day, and each day from which the rule set may say something else."""
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
    yield Axis("child_home", _child_homes(geography))
    yield Axis("child_age", (None, *range(OLDEST + 1)))
    yield Axis("existing_case_unit", (None, *Unit))
    yield Axis("age", (None, *range(OLDEST + 1)), usual=41)
    for need in Need:
        yield Axis(need, NEED_STATES)


def _homes(geography: Geography) -> tuple[Home, ...]:
    inside = [{}, {"in_municipality": True}, {"in_municipality": False}]
    told = [
        {**place, **known}
        for place, known in product(_places(geography, ""), inside)
        if not ("district" in place and known)
    ]
    return _distinct(((_case(facts, geography), facts) for facts in told), _SETTLED["home"])


def _child_homes(geography: Geography) -> tuple[Home, ...]:
    told = _places(geography, "child_")
    cases = [(_case(facts, geography), facts) for facts in told]
    # That a child lives elsewhere can be found by walking on from an unknown district; it is never told so.
    elsewhere = [(case.answered("child_district", ELSEWHERE), facts) for case, facts in cases]
    return _distinct([*cases, *elsewhere], _SETTLED["child_home"])


def _places(geography: Geography, whose: str) -> list[dict[str, object]]:
    """Each district, each kind of postcode, both, and nothing."""
    listed = [f"{span.first:04}" for span in geography.postcodes]
    codes = [{}, *({f"{whose}postal_code": code} for code in (*listed, "9990"))]
    districts = [{}, *({f"{whose}district": district.number} for district in geography.districts)]
    return [{**district, **code} for district, code in product(districts, codes)]


def _case(facts: Mapping[str, object], geography: Geography) -> Case:
    read = Facts.model_validate({"needs": [_ANY_NEED], **facts})
    return case_of(read, Channel.PHONE, FIRST_DAY, geography, ())


def _distinct(cases: Iterable[tuple[Case, Mapping[str, object]]], facts: Sequence[str]) -> tuple[Home, ...]:
    """One home for everything that can be settled differently, told in the fewest facts."""
    homes: dict[tuple[object, ...], Home] = {}
    for case, told in sorted(cases, key=lambda pair: len(pair[1])):
        settled = _settled(case, facts)
        homes.setdefault(tuple(settled.values()), Home(settled, told))
    return tuple(homes.values())


def _settled(case: Case, facts: Sequence[str]) -> dict[str, object]:
    settled = {fact: getattr(case, fact) for fact in facts}
    if settled.get("child_postal_code") is not None:
        settled["child_postal_code"] = "told"  # which one it is matters through what it settles only
    return settled
