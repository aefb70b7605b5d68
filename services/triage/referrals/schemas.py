"""Referrals to offers, and what became of them, over HTTP."""

from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import BaseModel, Field

from services.triage.models import Referral
from services.triage.referrals.outcomes import Came
from services.triage.wire_types import RequestBody
from shared.vocabulary import Need


class ReferralIn(RequestBody):
    """Which contact is led on to which offer."""

    contact_id: UUID = Field(examples=["01a20676-ae61-7554-a27c-11c3417f7c49"])
    service_id: UUID = Field(examples=["01a20676-ae61-7554-a27c-11b8826d3ed1"])


class ReferralOut(BaseModel):
    """A referral. The person who made it is named by role; the name stays in the trail."""

    id: UUID
    contact_id: UUID
    service_id: UUID
    needs: list[Need] = Field(description="What the citizen was referred for")
    referred_at: datetime
    role: str = Field(examples=["reception"])
    came: Came
    told_at: datetime | None = Field(description="When somebody said whether the citizen came")

    @classmethod
    def from_row(cls, referral: Referral) -> Self:
        return cls.model_validate({**referral.model_dump(), "service_id": referral.offer_id})


class OutcomeIn(RequestBody):
    """Whether the citizen came."""

    came: Came = Field(examples=["yes"])


class ReferralOutcomesOut(BaseModel):
    """Counts of an offer's referrals, with nobody among them to be seen."""

    service_id: UUID
    referred: int = Field(examples=[12])
    came: int
    did_not_come: int
    unknown: int = Field(description="Nobody has said yet whether they came")
    came_back: int = Field(description="In contact again within 30 days with the same need")
    did_not_come_back: int
    not_known_yet: int = Field(description="The 30 days are not over")
    cannot_be_known: int = Field(description="Without a personal number nobody knows whose contact it was")
