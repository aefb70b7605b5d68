"""What goes in and out about checking, activating and retiring a rule set."""

from pydantic import BaseModel, ConfigDict, Field

from services.triage.proof.schemas import Proof
from services.triage.rulesets.timetable import RulesetStatus
from services.triage.wire_types import ReceivedAt, RequestBody
from shared.free_text import Reason


class ActivateIn(RequestBody):
    """From when a rule set is in force, and why."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    from_: ReceivedAt | None = Field(
        None,
        alias="from",
        description="Default now. Never the past: past contacts keep the rules of their moment",
        examples=["2026-06-01T00:00:00+02:00"],
    )
    reason: Reason = Field(examples=["Hjemmeplejen er flyttet til Sundheds- og Omsorgsforvaltningen"])


class RetireIn(RequestBody):
    reason: Reason = Field(examples=["Erstattes af et nyt udkast"])


class CheckOut(BaseModel):
    """What the proof came to, for this revision of the rule set."""

    version: str = Field(examples=["2"])
    revision: int = Field(examples=[3])
    status: RulesetStatus
    proof: Proof
