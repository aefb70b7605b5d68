"""A rule set in Danish: conditions, destinations and places as a person from the profession reads them."""

from collections.abc import Iterable
from datetime import date
from functools import cache, singledispatch
from pathlib import Path
from typing import Any

import yaml

from services.triage.needs.vocabulary import load_needs
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
from shared.vocabulary import Administration, DestinationKind, Need

TEXTS_FILE = Path(__file__).parents[1] / "texts" / "rulesets.yaml"


@cache
def texts() -> dict[str, dict[str, str]]:
    """All the sentences, by section and name."""
    read: dict[str, dict[str, str]] = yaml.safe_load(TEXTS_FILE.read_text(encoding="utf-8"))
    return read


@cache
def need_label(need: Need) -> str:
    """What a need is called; all who run the rules share one vocabulary."""
    return load_needs().by_code[need].label


def place_label(kind: str, unit: str, administration: str | None = None) -> str:
    """A destination in a few words: the unit's name, or the kind where the reception only passes on."""
    if kind == DestinationKind.UNIT:
        return texts()["units"][unit]
    label = texts()["kinds"][kind]
    if administration is None:
        return label
    return texts()["choices"]["administration"].format(kind=label, administration=administration)


def name_label(name: str) -> str:
    """What a definition, a choice of unit or a clock is called; its own name where it has no other."""
    return texts()["named"].get(name, name)


def _say(sentence: str, /, **filled: object) -> str:
    return texts()["conditions"][sentence].format(**filled)


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
    return _say("and").join(map(_bracketed, condition.parts)) or _say("always")


@in_danish.register
def _(condition: AnyOf) -> str:
    return _say("or").join(map(_bracketed, condition.parts))


def _bracketed(part: Condition) -> str:
    several = isinstance(part, AllOf | AnyOf) and len(part.parts) > 1
    return f"({in_danish(part)})" if several else in_danish(part)


@in_danish.register
def _(condition: Not) -> str:
    return _say("not", part=in_danish(condition.part))


@in_danish.register
def _(condition: Possibly) -> str:
    return _say("possibly", part=_bracketed(condition.part))


@in_danish.register
def _(condition: Certainly) -> str:
    return _say("certainly", part=_bracketed(condition.part))


@in_danish.register
def _(condition: Holds) -> str:
    return _say("holds", name=name_label(condition.name))


@in_danish.register
def _(condition: IsTrue) -> str:
    return _fact(condition.fact)


@in_danish.register
def _(condition: IsFalse) -> str:
    return _say("is_false", fact=_fact(condition.fact))


@in_danish.register
def _(condition: IsNotTrue) -> str:
    return _say("is_not_true", fact=_fact(condition.fact))


@in_danish.register
def _(condition: Known) -> str:
    return _say("known", fact=_fact(condition.fact))


@in_danish.register
def _(condition: Compare) -> str:
    fact = _fact(condition.fact)
    if condition.below is not None:
        return _say("below", fact=fact, end=_value(condition.below))
    if condition.between is not None:
        first, last = map(_value, condition.between)
        return _say("between", fact=fact, first=first, last=last)
    return _say("in", fact=fact, values=_say("or").join(map(_value, condition.is_in or ())))


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
    return _say(name, needs=_needs(test.mentioned))


@in_danish.register
def _(condition: Covered) -> str:
    return _say("covered", needs=_needs(sorted(condition.covered_by_offers.besides)))


def unit_in_danish(choice: UnitChoice) -> str:
    """How a unit is chosen."""
    choices = texts()["choices"]
    match choice:
        case NamedUnit():
            return choices["named"].format(name=name_label(choice.named))
        case AreaOf():
            return choices[choice.children_area_of]
        case ExistingCaseUnitOr():
            unit = texts()["units"][choice.existing_case_unit_or]
            return choices["case_unit"].format(unit=unit)
        case ByAge():
            return "; ".join(map(_band, choice.by_age))
    return texts()["units"][choice]


def _band(band: AgeBand) -> str:
    name = "otherwise" if band.below is None else "below"
    return texts()["choices"][name].format(age=band.below, unit=unit_in_danish(band.unit))


def destination_in_danish(choices: Iterable[DestinationChoice]) -> str:
    """Where a row sends, with the condition of each choice."""
    several = list(choices)
    told = [_choice(choice, alone=len(several) == 1) for choice in several]
    return "; ".join(told) or texts()["choices"]["nowhere"]


def _choice(choice: DestinationChoice, *, alone: bool) -> str:
    place = _place(choice.kind, choice.unit, choice.administration)
    if choice.when is None:
        return place if alone else texts()["choices"]["otherwise"].format(unit=place)
    return texts()["choices"]["when"].format(condition=in_danish(choice.when), place=place)


def _place(kind: DestinationKind, unit: UnitChoice, administration: Administration | None) -> str:
    return unit_in_danish(unit) if kind is DestinationKind.UNIT else place_label(kind, "", administration)


def urgency_label(urgency: Any) -> str:
    return texts()["urgencies"][urgency]
