"""A recommendation and its explanation, as they are answered and stored."""

from collections.abc import Iterable
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.triage.rules.duty import DUTY_PREFIX, CareWarning
from services.triage.wire_types import ReceivedAt, RequestBody
from shared.city.needs import Step
from shared.contracts import Clock, Destination, Facts, OpenFact
from shared.vocabulary import Administration, Channel, DestinationKind, Need, Urgency


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class Question(_Frozen):
    """A missing fact that would change the answer, and how to ask for it in Danish."""

    fact: OpenFact
    text: str


class OfferSuggestion(_Frozen):
    """A fitting offer of the catalogue, and in Danish why it fits."""

    id: UUID
    name: str
    why: str


class Reason(_Frozen):
    """A row that decided, or a duty that holds, in Danish, with the facts that made it true."""

    rule: str = Field(description="The row's number in the rule set, or `C:` and the code of a duty")
    text: str
    because: dict[str, object]

    @property
    def is_of_a_duty(self) -> bool:
        """Whether it says what is owed, and not where the contact goes."""
        return self.rule.startswith(DUTY_PREFIX)


class TraceRow(_Frozen):
    """One row of the rule set, and whether it holds for these facts."""

    rule: str
    title: str
    holds: Literal["true", "false", "unknown"]
    source: str


class OwedDuty(_Frozen):
    """Something that is owed to the citizen, whatever row decided: its clocks run from receipt.

    `holds` is `may` where it depends on a missing fact; then its clocks and warnings are not yet among those
    of the recommendation.
    """

    code: str = Field(examples=["notification"])
    holds: Literal["true", "may"]
    urgency: Urgency | None = None
    clocks: tuple[Clock, ...] = ()
    warnings: tuple[CareWarning, ...] = ()
    text: str
    because: dict[str, object]


class AlsoNeeded(_Frozen):
    """Needs that another administration must be asked about, beside the destination."""

    administration: Administration
    needs: tuple[Need, ...]
    how: Literal["forwarded", "guided"] = Field(description="A letter is forwarded, a person guided")


class CompanionRecommendation(_Frozen):
    """A further contact to open for a child at risk, with its own facts and recommendation.

    `child` is which of the children in the facts it is, from 0: by it a companion keeps its contact id.
    """

    concerns: Literal["child"]
    child: int = 0
    facts: Facts
    recommendation: "Recommendation"


class Recommendation(_Frozen):
    """Exactly one destination, and what goes with it."""

    ruleset: str
    destination: Destination
    urgency: Urgency
    step: Step | None = None
    kle: str | None = None
    clocks: tuple[Clock, ...] = ()
    questions: tuple[Question, ...] = ()
    warnings: tuple[CareWarning, ...] = ()
    duties: tuple[OwedDuty, ...] = Field((), description="What is owed, whatever row decided")
    also: tuple[AlsoNeeded, ...] = Field((), description="Other administrations, beside the destination")
    offers: tuple[OfferSuggestion, ...] = ()
    companions: tuple[CompanionRecommendation, ...] = ()
    reasons: tuple[Reason, ...] = ()
    trace: tuple[TraceRow, ...] | None = None


def deciding_rule(kind: DestinationKind, rules: Iterable[str]) -> str:
    """Of the rows that the reasons name, the one that decided, or that could not be settled.

    A row that adds a companion has a lower number than the one that decides, and may have a higher one than a
    row that asks. Duties decide nothing.
    """
    numbers = [int(rule) for rule in rules if not rule.startswith(DUTY_PREFIX)]
    return str(min(numbers) if kind is DestinationKind.ASK else max(numbers))


Holds = Literal["true", "false", "unknown"]


class SmallestChange(_Frozen):
    """The fewest facts that would have to be different for this destination, with their nearest values."""

    destination: Destination
    facts: dict[str, object]
    needs_added: tuple[Need, ...]
    needs_removed: tuple[Need, ...]
    text: str


class WhyNot(_Frozen):
    """Why another destination is not the citizen's, by the nearest row that leads there.

    `holds` is that row's value for the citizen's facts, whatever the rows before it say; `failed` are the
    facts that make it false.
    """

    destination: Destination
    rule: str
    holds: Holds
    failed: dict[str, object]
    text: str
    change: SmallestChange


class Explanation(_Frozen):
    """A recommendation explained. Every text may be read to the citizen; the nearest place comes first."""

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

    The facts may also be given beside `channel` and `received_at`, without `facts` around them.
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
    def _collect_facts(cls, body: Any) -> Any:
        if not isinstance(body, dict) or "facts" in body:
            return body
        about = {name: value for name, value in body.items() if name in cls.model_fields}
        return {**about, "facts": {name: value for name, value in body.items() if name not in about}}
