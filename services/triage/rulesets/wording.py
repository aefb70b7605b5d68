"""The parts of a rule set in Danish: conditions, destinations and places, for caseworkers to read."""

from collections.abc import Iterable
from datetime import date
from functools import singledispatch
from typing import Any

from services.triage.danish_texts import danish_texts
from services.triage.rules.conditions import (
    AllOf,
    AnyOf,
    Certainly,
    Compare,
    Condition,
    Covered,
    Holds,
    IsFalse,
    IsNotTrue,
    IsTrue,
    Known,
    Needs,
    Not,
    Possibly,
)
from services.triage.rules.ruleset import (
    AgeBand,
    AreaOf,
    ByAge,
    DestinationChoice,
    ExistingCaseUnitOr,
    NamedUnit,
    UnitChoice,
)
from shared.city.current import city, unit_in_a_sentence
from shared.vocabulary import Administration, DestinationKind, Need


def texts() -> dict[str, dict[str, str]]:
    """The sentences about rule sets, by section and name."""
    return danish_texts("rulesets")


def need_label(need: Need) -> str:
    """The Danish label of a need."""
    return city().needs.by_code[need].label


def place_label(kind: str, unit: str, administration: str | None = None) -> str:
    """A destination in a few words: the unit's name, or the kind where the reception only passes on."""
    if kind == DestinationKind.UNIT:
        return unit_in_a_sentence(unit)
    label = texts()["kinds"][kind]
    if administration is None:
        return label
    return texts()["choices"]["administration"].format(kind=label, administration=administration)


def name_label(name: str) -> str:
    """The Danish name of a definition, a choice of unit or a clock; its code where it has none."""
    return texts()["named"].get(name, name)


def _sentence(name: str, /, **values: object) -> str:
    return texts()["conditions"][name].format(**values)


def _fact(name: str) -> str:
    return texts()["facts"][name]


def _needs(needs: Iterable[Need]) -> str:
    return "; ".join(need_label(need) for need in needs)


@singledispatch
def in_danish(condition: object) -> str:
    """The condition as part of a sentence."""
    raise TypeError(f"{type(condition).__name__} is not a condition")


@in_danish.register
def _(condition: AllOf) -> str:
    return _sentence("and").join(map(_bracketed, condition.parts)) or _sentence("always")


@in_danish.register
def _(condition: AnyOf) -> str:
    return _sentence("or").join(map(_bracketed, condition.parts))


def _bracketed(part: Condition) -> str:
    several = isinstance(part, AllOf | AnyOf) and len(part.parts) > 1
    return f"({in_danish(part)})" if several else in_danish(part)


@in_danish.register
def _(condition: Not) -> str:
    return _sentence("not", part=in_danish(condition.part))


@in_danish.register
def _(condition: Possibly) -> str:
    return _sentence("possibly", part=_bracketed(condition.part))


@in_danish.register
def _(condition: Certainly) -> str:
    return _sentence("certainly", part=_bracketed(condition.part))


@in_danish.register
def _(condition: Holds) -> str:
    return _sentence("holds", name=name_label(condition.name))


@in_danish.register
def _(condition: IsTrue) -> str:
    return _fact(condition.fact)


@in_danish.register
def _(condition: IsFalse) -> str:
    return _sentence("is_false", fact=_fact(condition.fact))


@in_danish.register
def _(condition: IsNotTrue) -> str:
    return _sentence("is_not_true", fact=_fact(condition.fact))


@in_danish.register
def _(condition: Known) -> str:
    return _sentence("known", fact=_fact(condition.fact))


@in_danish.register
def _(condition: Compare) -> str:
    fact = _fact(condition.fact)
    if condition.below is not None:
        return _sentence("below", fact=fact, end=_value(condition.below))
    if condition.between is not None:
        first, last = map(_value, condition.between)
        return _sentence("between", fact=fact, first=first, last=last)
    return _sentence("in", fact=fact, values=_sentence("or").join(map(_value, condition.is_in or ())))


def _value(value: int | date | str) -> str:
    if isinstance(value, date):
        return f"{value:%d.%m.%Y}"
    return texts()["channels"].get(str(value), str(value))


@in_danish.register
def _(condition: Needs) -> str:
    test = condition.needs
    if test.any_of is not None:
        name = "needs_any" if len(test.any_of) == 1 else "needs_any_of_several"
    else:
        name = "needs_all" if test.all_of is not None else "needs_only"
    return _sentence(name, needs=_needs(test.mentioned))


@in_danish.register
def _(condition: Covered) -> str:
    return _sentence("covered", needs=_needs(sorted(condition.covered_by_offers.besides)))


def unit_in_danish(choice: UnitChoice) -> str:
    """How a unit is chosen."""
    choices = texts()["choices"]
    match choice:
        case NamedUnit():
            return choices["named"].format(name=name_label(choice.named))
        case AreaOf():
            return choices[choice.children_area_of]
        case ExistingCaseUnitOr():
            unit = unit_in_a_sentence(choice.existing_case_unit_or)
            return choices["case_unit"].format(unit=unit)
        case ByAge():
            return "; ".join(map(_band, choice.by_age))
    return unit_in_a_sentence(choice)


def _band(band: AgeBand) -> str:
    name = "otherwise" if band.below is None else "below"
    return texts()["choices"][name].format(age=band.below, unit=unit_in_danish(band.unit))


def destination_in_danish(choices: Iterable[DestinationChoice]) -> str:
    """Where a row sends, with the condition of each choice."""
    several = list(choices)
    sentences = [_choice(choice, alone=len(several) == 1) for choice in several]
    return "; ".join(sentences) or texts()["choices"]["nowhere"]


def _choice(choice: DestinationChoice, *, alone: bool) -> str:
    place = _place(choice.kind, choice.unit, choice.administration)
    if choice.when is None:
        return place if alone else texts()["choices"]["otherwise"].format(unit=place)
    return texts()["choices"]["when"].format(condition=in_danish(choice.when), place=place)


def _place(kind: DestinationKind, unit: UnitChoice, administration: Administration | None) -> str:
    return unit_in_danish(unit) if kind is DestinationKind.UNIT else place_label(kind, "", administration)


def urgency_label(urgency: Any) -> str:
    return texts()["urgencies"][urgency]
