"""A rule set as a decision table of zen-engine (JDM, the JSON Decision Model), made from the rule set itself.

A rule for each destination of each row, first hit decides. The language has two truth values, so the table
is right where every fact is known that a row may depend on. What a `Case` derives, and which needs no offer
meets, is part of its input; days are numbers. This makes the table shorter than the rows, and not slower.
"""

import json
from collections.abc import Mapping
from datetime import date
from functools import singledispatch
from typing import Any

import zen

from services.triage.rules import conditions as c
from services.triage.rules.case import Case, needs_of
from services.triage.rules.rulebook import Place
from services.triage.rules.ruleset import AreaOf, ByAge, ExistingCaseUnitOr, NamedUnit, RuleSet, UnitChoice
from shared.vocabulary import Need

_KEY = "ruleset"

Definitions = Mapping[str, c.Condition]

_INPUT_FACTS = (
    "age",
    "district",
    "in_municipality",
    "applies_for_measure",
    "acute_danger",
    "child_at_risk",
    "another_child",
    "further_children",
    "child_age",
    "child_district",
    "child_postal_code",
    "child_in_municipality",
    "suspected_parental_abuse",
    "honour_related",
    "reporter_is_professional",
    "measures_running",
    "aftercare_running",
    "existing_case_unit",
    "anonymous",
    "channel",
    "area",
    "child_area",
)


class Peer:
    """zen-engine with the rule set, as a decision object and as an engine that keeps it compiled."""

    def __init__(self, ruleset: RuleSet) -> None:
        graph = _graph(_rules(ruleset))
        self.decision = zen.ZenEngine().create_decision(json.dumps(graph))
        self._engine = zen.ZenEngine({"loader": {"type": "static", "content": {_KEY: graph}}})

    def evaluate(self, context: dict[str, Any], *, trace: bool = False) -> Any:
        """The whole answer of the compiled table."""
        return self._engine.evaluate(_KEY, context, {"trace": trace})

    def place(self, context: dict[str, Any]) -> Place:
        """Where the table sends a contact with these facts."""
        found = self.evaluate(context)["result"]
        return Place(found["kind"], found["unit"], found.get("administration"))


def context_of(case: Case) -> dict[str, Any]:
    """The facts as the table reads them."""
    open_needs = case.needs if case.age is None else case.needs & ~case.covered[case.age]
    facts = {fact: getattr(case, fact) for fact in _INPUT_FACTS}
    needs = {"needs": _codes(needs_of(case.needs)), "unmet": _codes(needs_of(open_needs))}
    return {**facts, **needs, "received_on": case.received_on.toordinal()}


def _codes(needs: tuple[Need, ...]) -> list[str]:
    return [need.value for need in needs]


def _graph(rules: list[dict[str, str]]) -> dict[str, Any]:
    table = {
        "hitPolicy": "first",
        "inputs": [{"id": "when", "name": "when"}],
        "outputs": [
            {"id": name, "name": name, "field": name} for name in ("row", "kind", "unit", "administration")
        ],
        "rules": rules,
    }
    return {
        "nodes": [
            {"id": "in", "name": "facts", "type": "inputNode"},
            {"id": "table", "name": "rows", "type": "decisionTableNode", "content": table},
            {"id": "out", "name": "destination", "type": "outputNode"},
        ],
        "edges": [
            {"id": "one", "sourceId": "in", "targetId": "table", "type": "edge"},
            {"id": "two", "sourceId": "table", "targetId": "out", "type": "edge"},
        ],
    }


def _rules(ruleset: RuleSet) -> list[dict[str, str]]:
    rules = []
    for row in ruleset.rows:
        for position, choice in enumerate(row.destination):
            when = [row.when] if choice.when is None else [row.when, choice.when]
            rules.append(
                {
                    "_id": f"{row.number}.{position}",
                    "when": " and ".join(_expression(part, ruleset.definitions) for part in when),
                    "row": str(row.number),
                    "kind": _text(choice.kind),
                    "unit": _unit(choice.unit, ruleset),
                    "administration": "null"
                    if choice.administration is None
                    else _text(choice.administration),
                }
            )
    return rules


def _text(value: object) -> str:
    return f"'{value}'"


def _unit(choice: UnitChoice, ruleset: RuleSet) -> str:
    match choice:
        case NamedUnit():
            return _unit(ruleset.units[choice.named], ruleset)
        case AreaOf():
            return "area" if choice.children_area_of == "citizen" else "child_area"
        case ExistingCaseUnitOr():
            return f"existing_case_unit == null ? {_text(choice.existing_case_unit_or)} : existing_case_unit"
        case ByAge():
            *bands, last = choice.by_age
            tests = [f"age < {band.below} ? {_unit(band.unit, ruleset)} : " for band in bands]
            return "".join(tests) + _unit(last.unit, ruleset)
    return _text(choice)


@singledispatch
def _expression(condition: object, definitions: Definitions) -> str:
    raise TypeError(f"{type(condition).__name__} is not a condition")


def _joined(parts: tuple[c.Condition, ...], word: str, definitions: Definitions) -> str:
    return "(" + f" {word} ".join(_expression(part, definitions) for part in parts) + ")"


@_expression.register
def _(condition: c.AllOf, definitions: Definitions) -> str:
    return _joined(condition.parts, "and", definitions) if condition.parts else "true"


@_expression.register
def _(condition: c.AnyOf, definitions: Definitions) -> str:
    return _joined(condition.parts, "or", definitions)


@_expression.register
def _(condition: c.Not, definitions: Definitions) -> str:
    return f"not ({_expression(condition.part, definitions)})"


@_expression.register(c.Possibly)
@_expression.register(c.Certainly)
def _(condition: c.Possibly | c.Certainly, definitions: Definitions) -> str:
    return _expression(condition.part, definitions)


@_expression.register
def _(condition: c.Holds, definitions: Definitions) -> str:
    return _expression(definitions[condition.name], definitions)


@_expression.register
def _(condition: c.IsTrue, definitions: Definitions) -> str:
    return f"{condition.fact} == true"


@_expression.register
def _(condition: c.IsFalse, definitions: Definitions) -> str:
    return f"{condition.fact} == false"


@_expression.register
def _(condition: c.IsNotTrue, definitions: Definitions) -> str:
    return f"{condition.fact} != true"


@_expression.register
def _(condition: c.Known, definitions: Definitions) -> str:
    return f"{condition.fact} != null"


@_expression.register
def _(condition: c.Compare, definitions: Definitions) -> str:
    fact = condition.fact
    if condition.below is not None:
        return f"{fact} < {_value(condition.below)}"
    if condition.between is not None:
        first, last = condition.between
        return f"{fact} in [{_value(first)}..{_value(last)}]"
    return f"{fact} in [{', '.join(_value(value) for value in condition.is_in or ())}]"


def _value(value: c.Value) -> str:
    if isinstance(value, date):
        return str(value.toordinal())
    return str(value) if isinstance(value, int) else _text(value)


@_expression.register
def _(condition: c.Needs, definitions: Definitions) -> str:
    test = condition.needs
    if test.any_of is not None:
        return f"some(needs, # in {_list(test.any_of)})"
    if test.all_of is not None:
        return "(" + " and ".join(f"{_text(need)} in needs" for need in test.all_of) + ")"
    return f"all(needs, # in {_list(test.mentioned)})"


@_expression.register
def _(condition: c.Covered, definitions: Definitions) -> str:
    return f"all(unmet, # in {_list(sorted(condition.covered_by_offers.besides))})"


def _list(needs: tuple[Need, ...] | list[Need]) -> str:
    return "[" + ", ".join(_text(need) for need in needs) + "]"
