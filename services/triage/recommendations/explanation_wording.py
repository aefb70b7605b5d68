"""The Danish sentences of an explanation, from `texts/explanation.yaml`."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from services.triage.danish_texts import danish_texts
from services.triage.proof.places import Change
from services.triage.rules.ruleset import Row
from shared.city.current import unit_in_a_sentence
from shared.city.needs import NeedVocabulary
from shared.contracts import Destination
from shared.vocabulary import DestinationKind, Need, Unit

_DISTRICTS = ("district", "child_district")


def _texts() -> dict[str, Any]:
    return danish_texts("explanation")


class Wording:
    """Danish sentences about places, facts and changes, with the city's names for districts and needs."""

    def __init__(self, districts: Mapping[int, str], vocabulary: NeedVocabulary) -> None:
        self._districts = districts
        self._needs = {need: entry.label.lower() for need, entry in vocabulary.by_code.items()}

    def why(self, destination: Destination, reason: str, facts: Mapping[str, object]) -> str:
        """Why this is the destination, with the facts that led to it."""
        clauses = self._facts(facts)
        template = _texts()["why_facts" if clauses else "why"]
        text: str = template.format(place=_capital(place_name(destination)), reason=reason, facts=clauses)
        return text

    def why_not(self, template: str, destination: Destination, row: Row, failed: Mapping[str, object]) -> str:
        """Why this is not the destination, with the facts that `failed`. `template` is a key of the texts."""
        text: str = _texts()[template].format(
            place=place_name(destination),
            rule=row.number,
            title=row.title,
            facts=self._facts(failed) or _texts()["nothing"],
        )
        return text

    def change(self, destination: Destination, change: Change) -> str:
        """What would have to be different for this destination."""
        clauses = [self._clause("changes", fact, value) for fact, value in change.facts.items()]
        for name, needs in (("needs_added", change.added), ("needs_removed", change.removed)):
            if needs:
                clauses.append(_texts()[name].format(value=self._value("needs", needs)))
        text: str = _texts()["change"].format(changes=_listed(clauses), place=place_name(destination))
        return text

    def _facts(self, facts: Mapping[str, object]) -> str:
        return _listed([self._clause("facts", fact, value) for fact, value in facts.items()])

    def _clause(self, kind: str, fact: str, value: object) -> str:
        forms: dict[str, str] = _texts()[kind][fact]
        if value is None:
            return forms["unknown"]
        if isinstance(value, bool):
            return forms["true" if value else "false"]
        return forms["value"].format(value=self._value(fact, value))

    def _value(self, fact: str, value: object) -> str:
        if isinstance(value, list | tuple):
            return _listed([self._needs[Need(need)] for need in value])
        if fact in _DISTRICTS and isinstance(value, int):
            return self._districts[value] if value in self._districts else str(_texts()["elsewhere"])
        if isinstance(value, date):
            return value.strftime("%d.%m.%Y")
        names: dict[str, str] = {unit: unit_in_a_sentence(unit) for unit in Unit} | _texts()["channels"]
        return names.get(str(value), str(value))


def place_name(destination: Destination) -> str:
    """What a destination is called."""
    if destination.administration is not None:
        named: str = _texts()["administrations"][destination.administration]
        return named
    if destination.kind is DestinationKind.UNIT:
        return unit_in_a_sentence(destination.unit)
    kind: str = _texts()["kinds"][destination.kind]
    return kind


def _listed(clauses: list[str]) -> str:
    return " og ".join([", ".join(clauses[:-1]), clauses[-1]] if len(clauses) > 1 else clauses)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
