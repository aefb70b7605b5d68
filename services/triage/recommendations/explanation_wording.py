"""The Danish sentences of an explanation, from `texts/explanation.yaml`."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from services.triage.needs.vocabulary import NeedVocabulary
from services.triage.proof.places import Change
from services.triage.rules.geography import Geography
from services.triage.rules.ruleset import Row
from shared.contracts import Destination
from shared.vocabulary import DestinationKind, Need

_DISTRICTS = ("district", "child_district")


@cache
def _texts() -> dict[str, Any]:
    source = Path(__file__).parents[1] / "texts" / "explanation.yaml"
    texts: dict[str, Any] = yaml.safe_load(source.read_text(encoding="utf-8"))
    return texts


class Wording:
    """Puts places, facts and changes into words, with the city's names for districts and needs."""

    def __init__(self, geography: Geography, vocabulary: NeedVocabulary) -> None:
        self._districts = {district.number: district.name for district in geography.districts}
        self._needs = {need: entry.label.lower() for need, entry in vocabulary.by_code.items()}

    def why(self, destination: Destination, reason: str, facts: Mapping[str, object]) -> str:
        """Why it is here."""
        told = self._facts(facts)
        template = _texts()["why_facts" if told else "why"]
        text: str = template.format(place=_capital(place_name(destination)), reason=reason, facts=told)
        return text

    def why_not(self, template: str, destination: Destination, row: Row, failed: Mapping[str, object]) -> str:
        """Why it is not there, and what keeps the citizen from it."""
        text: str = _texts()[template].format(
            place=place_name(destination),
            rule=row.number,
            title=row.title,
            facts=self._facts(failed) or _texts()["nothing"],
        )
        return text

    def change(self, destination: Destination, change: Change) -> str:
        """What would have to be different for it to be there."""
        said = [self._clause("changes", fact, value) for fact, value in change.facts.items()]
        for name, needs in (("needs_added", change.added), ("needs_removed", change.removed)):
            if needs:
                said.append(_texts()[name].format(value=self._value("needs", needs)))
        text: str = _texts()["change"].format(changes=_listed(said), place=place_name(destination))
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
        names: dict[str, str] = _texts()["units"] | _texts()["channels"]
        return names.get(str(value), str(value))


def place_name(destination: Destination) -> str:
    """What a destination is called."""
    if destination.administration is not None:
        named: str = _texts()["administrations"][destination.administration]
        return named
    if destination.kind is DestinationKind.UNIT:
        unit: str = _texts()["units"][destination.unit]
        return unit
    kind: str = _texts()["kinds"][destination.kind]
    return kind


def _listed(said: list[str]) -> str:
    return " og ".join([", ".join(said[:-1]), said[-1]] if len(said) > 1 else said)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
