"""Alarms over HTTP. Contacts are named by id and reference; who the citizen is, only intake knows."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.triage.alarms.alarm_thresholds import AlarmKind
from shared.free_text import Reason
from shared.vocabulary import Need


class AlarmStatus(StrEnum):
    """`open`: nobody has looked. `acknowledged`: a person has. `withdrawn`: corrected facts ended it."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    WITHDRAWN = "withdrawn"


class AcknowledgeIn(BaseModel):
    """What the person who looked at it did, or why nothing is to be done."""

    model_config = ConfigDict(extra="forbid")

    reason: Reason = Field(
        description="What was done. No names or numbers",
        examples=["Alle tre underretninger er samlet hos børneområdets teamleder"],
    )


class AlarmBrief(BaseModel):
    """An open alarm, as it warns whoever has one of the citizen's contacts in hand."""

    id: UUID
    kind: AlarmKind
    need: Need
    contacts: int = Field(description="How many contacts it holds", examples=[2])
    text: str = Field(examples=["2 underretninger om samme barn siden 10.03.2026."])


class AlarmContact(BaseModel):
    """One contact of an alarm."""

    contact_id: UUID
    reference: str = Field(description="As it is read aloud", examples=["7F3K-9QTX"])
    received_at: datetime
    unseen: bool = Field(description="No acknowledged alarm held it")


class AcknowledgedOut(BaseModel):
    """Who looked is told by role; the name stays in the trail."""

    at: datetime
    role: str = Field(examples=["caseworker"])
    reason: str


class AlarmOut(BaseModel):
    """The same concern came too often."""

    id: UUID
    kind: AlarmKind
    need: Need
    text: str = Field(examples=["2 underretninger om samme barn siden 10.03.2026."])
    status: AlarmStatus
    version: int = Field(description="As in the ETag; it grows with each further contact")
    contacts: list[AlarmContact] = Field(description="Oldest first")
    raised_at: datetime
    acknowledged: AcknowledgedOut | None = None
