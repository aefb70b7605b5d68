"""Assessments over HTTP: facts in, a stored recommendation with its decision out."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Self
from uuid import UUID

from pydantic import BaseModel, Field

from services.triage.alarms.schemas import AlarmBrief
from services.triage.models import AlarmRow, Assessment
from services.triage.recommendations.schemas import Recommendation, RecommendationIn
from shared.contracts import Destination, Facts
from shared.ids import show_reference
from shared.vocabulary import Channel, ReasonCode, Unit, Urgency


class AssessmentIn(RecommendationIn):
    """Facts of a contact that intake has. The assessment is stored."""

    contact_id: UUID = Field(examples=["01a20676-ae61-7554-a27c-11c3417f7c49"])


class AssessmentStatus(StrEnum):
    """Whether a decision is made or still needed. Only the newest of a contact can be undecided."""

    UNDECIDED = "undecided"
    DECIDED = "decided"
    SUPERSEDED = "superseded"
    CLOSED = "closed"


class DecisionOut(BaseModel):
    """What was decided, when and in which role. `number` counts the contact's decisions from 1."""

    number: int = Field(examples=[1])
    overridden: bool
    destination: Destination
    urgency: Urgency
    reason: str | None = Field(None, examples=["Borgeren har en aftale med enheden i forvejen"])
    reason_code: ReasonCode | None = Field(None, examples=["known_case"])
    decided_at: datetime
    role: str = Field(description="The role of the person who decided", examples=["reception"])
    companion: UUID | None = Field(None, description="The first of `companions`")
    companions: list[UUID] = Field([], description="The contacts of children at risk that were opened")


class ReturnOut(BaseModel):
    """Why a unit sent the contact back for a new decision."""

    unit: Unit
    reason: str = Field(examples=["Borgeren er fyldt 31 år"])
    reason_code: str | None = Field(None, examples=["wrong_age"])
    decision: int = Field(description="The decision that had sent it there", examples=[1])
    returned_at: datetime


class AssessmentOut(BaseModel):
    """A stored recommendation for a contact, and what a person decided on it."""

    id: UUID
    contact_id: UUID
    contact_version: int = Field(description="The version of the contact's facts; 0 when made by hand")
    reference: str = Field(description="As it is read aloud", examples=["7F3K-9QTX"])
    channel: Channel
    received_at: datetime
    made_at: datetime
    status: AssessmentStatus
    version: int = Field(description="As in the ETag")
    facts: Facts
    recommendation: Recommendation
    decision: DecisionOut | None = None
    returned: ReturnOut | None = None
    alarms: list[AlarmBrief] = Field(
        [], description="Open repeat alarms about the citizen. They warn; the destination is as it would be"
    )

    @classmethod
    def from_row(cls, assessment: Assessment, alarms: Iterable[AlarmRow]) -> Self:
        """The stored assessment. The person who decided is in the trail; the answer has the role only."""
        columns = assessment.model_dump(exclude={"kind", "ruleset", "decided_by"})
        reference = show_reference(assessment.reference)
        briefs = [AlarmBrief.from_row(alarm) for alarm in alarms]
        return cls.model_validate({**columns, "reference": reference, "alarms": briefs})
