"""The destination that a person chose, and whether it is a possible one."""

from dataclasses import dataclass

from services.triage.assessments.schemas import DecisionOut
from services.triage.decisions.schemas import DecisionIn, Override
from services.triage.problems import ImpossibleDestination, ReasonRequired, UnclearDecision, at_field
from services.triage.recommendations.schemas import Recommendation
from shared.contracts import Destination
from shared.vocabulary import DestinationKind, ReasonCode, Unit, Urgency


@dataclass(frozen=True)
class Choice:
    """Where the contact goes and why, whether the recommendation was accepted or overridden."""

    overridden: bool
    destination: Destination
    urgency: Urgency
    reason: str | None
    reason_code: ReasonCode | None = None

    def equals(self, decision: DecisionOut) -> bool:
        """Whether this is what was decided already."""
        return (self.overridden, self.destination, self.urgency, self.reason, self.reason_code) == (
            decision.overridden,
            decision.destination,
            decision.urgency,
            decision.reason,
            decision.reason_code,
        )


def choice_of(body: DecisionIn, recommendation: Recommendation) -> Choice:
    """The choice that a request makes.

    Raises UnclearDecision, ReasonRequired or ImpossibleDestination.
    """
    if body.accept == (body.override is not None):
        raise UnclearDecision
    if body.override is None:
        recommended = recommendation.destination, recommendation.urgency
        return Choice(False, *recommended, body.reason, body.reason_code)
    if body.reason is None:
        raise ReasonRequired(errors=at_field("/reason", "say in a few words why"))
    _refuse_impossible(body.override)
    destination = Destination(**body.override.model_dump(exclude={"urgency"}))
    urgency = body.override.urgency or recommendation.urgency
    return Choice(True, destination, urgency, body.reason, body.reason_code)


def _refuse_impossible(override: Override) -> None:
    # `ask` is how the rules say that a fact is missing; a person who has no answer accepts it instead.
    if override.kind is DestinationKind.ASK:
        raise ImpossibleDestination(errors=at_field("/override/kind", "a person decides, and does not ask"))
    if override.kind is not DestinationKind.UNIT and override.unit is not Unit.RECEPTION:
        message = "the reception is responsible until the contact has gone where this kind says"
        raise ImpossibleDestination(errors=at_field("/override/unit", message))
    if override.administration is not None and override.kind is not DestinationKind.OTHER_AUTHORITY:
        message = "an administration goes with other_authority only"
        raise ImpossibleDestination(errors=at_field("/override/administration", message))
