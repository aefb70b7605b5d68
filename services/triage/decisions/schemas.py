"""What people send when they decide where a contact goes."""

from typing import Self
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator

from services.triage.wire_types import RequestBody
from shared.free_text import Reason
from shared.vocabulary import Administration, DestinationKind, ReasonCode, Unit, Urgency


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
