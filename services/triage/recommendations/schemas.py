"""A recommendation as it is answered and stored (api.md, Triage)."""

from collections.abc import Iterable
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.triage.needs.vocabulary import Step
from services.triage.rules.ruleset import CareWarning
from shared.contracts import Clock, Destination, Facts, OpenFact
from shared.vocabulary import DestinationKind, Urgency


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True)


class Question(_Answer):
    """A fact that would change the answer, and how to ask for it in Danish."""

    fact: OpenFact
    text: str


class OfferSuggestion(_Answer):
    """A fitting offer of the catalogue, and in Danish why it fits."""

    id: UUID
    name: str
    why: str


class Reason(_Answer):
    """A row that fired, in Danish, with the facts that made it fire."""

    rule: str = Field(description="The row's number in the rule set")
    text: str
    because: dict[str, object]


class TraceRow(_Answer):
    """One row of the rule set as it stands for these facts."""

    rule: str
    title: str
    holds: Literal["true", "false", "unknown"]
    source: str


class CompanionRecommendation(_Answer):
    """A further contact to open for the child at risk, with its own facts and recommendation."""

    concerns: Literal["child"]
    facts: Facts
    recommendation: "Recommendation"


class Recommendation(_Answer):
    """Exactly one destination, and what goes along with it."""

    ruleset: str
    destination: Destination
    urgency: Urgency
    step: Step | None = None
    kle: str | None = None
    clocks: tuple[Clock, ...] = ()
    questions: tuple[Question, ...] = ()
    warnings: tuple[CareWarning, ...] = ()
    offers: tuple[OfferSuggestion, ...] = ()
    companions: tuple[CompanionRecommendation, ...] = ()
    reasons: tuple[Reason, ...] = ()
    trace: tuple[TraceRow, ...] | None = None


def deciding_rule(kind: DestinationKind, rules: Iterable[str]) -> str:
    """Of the rows that the reasons name, the one that decided, or the one that could not be settled.

    A row that adds a companion stands above the one that decides, and may stand below one that asks.
    """
    numbers = [int(rule) for rule in rules]
    return str(min(numbers) if kind is DestinationKind.ASK else max(numbers))
