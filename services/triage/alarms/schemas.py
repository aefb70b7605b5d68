"""Repeat alarms over HTTP. Contacts have id and reference; only intake knows whom they are about."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Self
from uuid import UUID

from pydantic import BaseModel, Field

from services.triage.alarms.thresholds import AlarmKind
from services.triage.danish_texts import danish_texts
from services.triage.models import AlarmRow
from services.triage.wire_types import RequestBody
from shared.city.current import city
from shared.free_text import Reason
from shared.ids import reference_of, show_reference
from shared.vocabulary import Need
from shared.working_days import local_date


class AlarmStatus(StrEnum):
    """`open`: no person has acknowledged it. `withdrawn`: corrected facts ended it before anyone had."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    WITHDRAWN = "withdrawn"


class AcknowledgeIn(RequestBody):
    """What the person who looked at it did, or why nothing is to be done."""

    reason: Reason = Field(
        description="What was done. No names or numbers",
        examples=["Alle tre underretninger er samlet hos børneområdets teamleder"],
    )


class AlarmBrief(BaseModel):
    """An open alarm, as a warning on each of the citizen's contacts."""

    id: UUID
    kind: AlarmKind
    need: Need
    contacts: int = Field(description="How many contacts it holds", examples=[2])
    text: str = Field(examples=["2 underretninger om samme barn siden 10.03.2026."])

    @classmethod
    def from_row(cls, alarm: AlarmRow) -> Self:
        return cls(
            id=alarm.id,
            kind=AlarmKind(alarm.kind),
            need=Need(alarm.need),
            contacts=len(alarm.contacts),
            text=_sentence(alarm),
        )


class AlarmContact(BaseModel):
    """One contact of an alarm."""

    contact_id: UUID
    reference: str = Field(description="As it is read aloud", examples=["7F3K-9QTX"])
    received_at: datetime
    unseen: bool = Field(description="No acknowledged alarm held it")


class AcknowledgedOut(BaseModel):
    """Who acknowledged it is answered by role; the name stays in the trail."""

    at: datetime
    role: str = Field(examples=["caseworker"])
    reason: str

    @classmethod
    def from_row(cls, alarm: AlarmRow) -> Self | None:
        """None where no person has acknowledged the alarm."""
        if alarm.status != AlarmStatus.ACKNOWLEDGED or alarm.ended_at is None:
            return None
        return cls(at=alarm.ended_at, role=alarm.role or "", reason=alarm.reason or "")


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

    @classmethod
    def from_row(cls, alarm: AlarmRow, received_at: Mapping[UUID, datetime]) -> Self:
        """The alarm, without the citizen's key and without the person who acknowledged it.

        `received_at` has at least the contacts of this alarm.
        """
        contacts = [
            AlarmContact(
                contact_id=contact_id,
                reference=show_reference(reference_of(contact_id)),
                received_at=received_at[contact_id],
                unseen=str(contact_id) in alarm.unseen,
            )
            for contact_id in map(UUID, alarm.contacts)
        ]
        return cls(
            id=alarm.id,
            kind=AlarmKind(alarm.kind),
            need=Need(alarm.need),
            text=_sentence(alarm),
            status=AlarmStatus(alarm.status),
            version=alarm.version,
            contacts=contacts,
            raised_at=alarm.raised_at,
            acknowledged=AcknowledgedOut.from_row(alarm),
        )


def _sentence(alarm: AlarmRow) -> str:
    """The alarm in a Danish sentence."""
    text: str = danish_texts("alarms")[alarm.kind]
    since = local_date(alarm.first_at).strftime("%d.%m.%Y")
    label = city().needs.by_code[Need(alarm.need)].label.lower()
    return text.format(count=len(alarm.contacts), since=since, need=label)
