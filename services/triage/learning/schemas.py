"""What is answered about the trust in the rules."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from services.triage.learning.trust import Outcome
from services.triage.simulation.schemas import PlaceOut


class OutcomesOut(BaseModel):
    """How many assessments were decided on, and what became of them."""

    decided: int = Field(examples=[40])
    accepted: int = Field(examples=[33])
    overridden: int = Field(examples=[5])
    returned: int = Field(description="Followed, and sent back by the unit", examples=[2])


class BucketOut(OutcomesOut):
    """The same for one week or month."""

    period: str = Field(examples=["2026-W10"])


class CountedPlace(BaseModel):
    place: PlaceOut
    count: int = Field(examples=[4])


class CountedReason(BaseModel):
    """`code` is null where only a free text was given; free texts are not repeated here."""

    code: str | None = Field(examples=["known_case"])
    label: str = Field(examples=["borgeren har en sag et andet sted"])
    count: int = Field(examples=[3])


class DistrustExample(BaseModel):
    """A case to talk about, found again by its reference."""

    assessment_id: UUID
    contact_id: UUID
    reference: str = Field(examples=["7F3K-9QTX"])
    outcome: Outcome
    decided_at: datetime
    place: PlaceOut
    reason_code: str | None = None


class RowTrust(OutcomesOut):
    """A row of a rule set and where it sent, with what people made of it."""

    ruleset: str = Field(examples=["1"])
    row: int = Field(examples=[16])
    title: str = Field(examples=["Hjemløshed"])
    place: PlaceOut
    share: float = Field(description="Distrusted among decided", examples=[0.175])
    least_share: float = Field(
        description="Lower end of the 95 % Wilson interval of the share; the list is ordered by it",
        examples=[0.087],
    )
    before: OutcomesOut = Field(description="The same row in the equally long period before")
    trend: list[BucketOut]
    overridden_to: list[CountedPlace]
    reasons: list[CountedReason]
    examples: list[DistrustExample]


class LearningOut(BaseModel):
    """Which rows people distrust, the most certain first."""

    first: datetime
    last: datetime
    by: Literal["week", "month"]
    total: OutcomesOut
    before: OutcomesOut
    items: list[RowTrust]
