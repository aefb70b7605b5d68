"""What people send when they decide where a contact goes."""

from typing import Self
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator

from services.triage.recommendations.schemas import Recommendation
from services.triage.wire_types import ReceivedAt, RequestBody
from shared.contracts import Destination, Facts
from shared.free_text import Reason
from shared.vocabulary import Administration, Channel, DestinationKind, ReasonCode, Unit, Urgency


class Override(RequestBody):
    """Another destination than the recommended one."""

    kind: DestinationKind = Field(examples=["unit"])
    unit: Unit = Field(Unit.RECEPTION, description="Needed for kind unit", examples=["adults"])
    administration: Administration | None = Field(None, description="For other_authority only")
    urgency: Urgency | None = Field(None, description="Default: as recommended")

    @model_validator(mode="after")
    def _name_the_unit(self) -> Self:
        if self.kind is DestinationKind.UNIT and "unit" not in self.model_fields_set:
            raise ValueError("an override to a unit must say which unit")
        return self


class DecisionIn(RequestBody):
    """Either `accept: true`, or `override` with its `reason`.

    Accepting an `ask` means that the reception keeps the contact.
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"accept": True},
                {"override": {"kind": "unit", "unit": "adults"}, "reason": "Borgeren fylder 31 i morgen"},
            ]
        },
    )

    accept: bool = False
    override: Override | None = None
    reason: Reason | None = Field(None, description="Why another place is right. No names or numbers")
    service_id: UUID | None = Field(
        None, description="The offer that the citizen was led on to: written down as a referral"
    )
    reason_code: ReasonCode | None = Field(None, description="The same in a word that can be counted")


class SeenRecommendation(RequestBody):
    """The recommendation that the person saw. What is left out is not compared."""

    destination: Destination
    urgency: Urgency | None = Field(None, examples=["day"])
    ruleset: str | None = Field(None, max_length=20, examples=["1"])

    def differs_from(self, recommendation: Recommendation) -> bool:
        """Whether the person saw another one than this."""
        return (
            self.destination != recommendation.destination
            or self.urgency not in {None, recommendation.urgency}
            or self.ruleset not in {None, recommendation.ruleset}
        )


class ContactDecisionIn(DecisionIn):
    """A decision, together with the facts that it is made on."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "contact_version": 2,
                    "facts": {"age": 44, "district": 3, "needs": ["support_at_home"]},
                    "channel": "phone",
                    "received_at": "2026-03-10T09:00:00Z",
                    "seen": {"destination": {"kind": "unit", "unit": "adults"}, "ruleset": "1"},
                    "accept": True,
                }
            ]
        },
    )

    contact_version: int = Field(
        ge=1, le=2**31 - 1, description="The contact's version in intake that these facts belong to"
    )
    facts: Facts
    channel: Channel
    received_at: ReceivedAt = Field(description="When the contact reached the municipality")
    seen: SeenRecommendation | None = Field(
        None, description="Where it differs from the recommendation for these facts, nothing is stored (409)"
    )
