"""A recommendation as it is answered and stored (api.md, Triage)."""

from collections.abc import Iterable
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.triage.needs.vocabulary import Step
from services.triage.rules.ruleset import CareWarning
from services.triage.wire_types import ReceivedAt, RequestBody
from shared.contracts import Clock, Destination, Facts, OpenFact
from shared.vocabulary import Channel, DestinationKind, Need, Urgency


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


Holds = Literal["true", "false", "unknown"]


class SmallestChange(_Answer):
    """The fewest facts that would have to be different for this destination, with their nearest values."""

    destination: Destination
    facts: dict[str, object]
    needs_added: tuple[Need, ...]
    needs_removed: tuple[Need, ...]
    text: str


class WhyNot(_Answer):
    """Why another destination is not this citizen's: the nearest row that leads there, as it stands here.

    `holds` is that row's value for the citizen's facts, alone; `failed` are the facts that keep them from it.
    """

    destination: Destination
    rule: str
    holds: Holds
    failed: dict[str, object]
    text: str
    change: SmallestChange


class Explanation(_Answer):
    """A recommendation explained. Every text may be told to the citizen; the nearest place stands first."""

    ruleset: str
    destination: Destination
    why: tuple[str, ...]
    why_not: tuple[WhyNot, ...]
    smallest_change: SmallestChange | None


class ExplainedRecommendation(Recommendation):
    """A recommendation with its explanation."""

    explanation: Explanation


_FACTS = {"age": 19, "district": 3, "needs": ["intellectual_disability"]}


class RecommendationIn(RequestBody):
    """Facts to be advised on. Nothing of it is stored.

    The facts may also stand beside `channel` and `received_at`, without `facts` around them.
    """

    facts: Facts = Field(examples=[_FACTS])
    channel: Channel = Field(Channel.PHONE, description="Default: as most come", examples=["phone"])
    received_at: ReceivedAt | None = Field(
        None,
        description="When the contact reached the municipality; default now",
        examples=["2026-03-10T09:00:00Z"],
    )

    @model_validator(mode="before")
    @classmethod
    def _gather_facts(cls, body: Any) -> Any:
        if not isinstance(body, dict) or "facts" in body:
            return body
        about = {name: value for name, value in body.items() if name in cls.model_fields}
        return {**about, "facts": {name: value for name, value in body.items() if name not in about}}
