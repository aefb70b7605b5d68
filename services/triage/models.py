"""Triage's tables. No personal number, name or phone number ever comes here: facts carry an age only."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index, Text, text
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from shared.database import UtcDateTime
from shared.tables import ServiceTables


class TriageModel(SQLModel, registry=registry()):
    """Base of triage's tables."""


class ContactCourse(TriageModel, table=True):
    """What triage knows of one contact's course. Its row is locked while anything about it changes.

    `citizen_key` is whose contact it is, as an opaque key (contracts.CitizenKey), for nothing but to see
    that the same citizen came back; it is neither shown nor logged.

    `latest_assessment` is the one to decide on. `decision` numbers the latest decision, its own or the
    one that opened it as a companion; `decided_itself` tells which. `companion` is what was last told of
    the companion that this contact opened.
    """

    __tablename__ = "contact_courses"
    __table_args__ = (Index("ix_contact_courses_citizen_key", "citizen_key"),)

    contact_id: UUID = Field(primary_key=True)
    latest_assessment: UUID | None = None
    registered_version: int = 0
    closed_version: int = 0
    decision: int = 0
    returned_decision: int = -1
    decided_itself: bool = False
    companion: dict[str, Any] | None = Field(default=None, sa_type=JSON(none_as_null=True))
    citizen_key: str | None = Field(default=None, max_length=64)


class Assessment(TriageModel, table=True):
    """A stored recommendation for a contact, and what a person decided on it. `version` is its ETag."""

    __tablename__ = "assessments"
    __table_args__ = (
        Index("ix_assessments_made_at", "made_at", "id"),
        Index("ix_assessments_status", "status", "made_at", "id"),
        Index("ix_assessments_contact_id", "contact_id", "made_at", "id"),
        Index(
            "ux_assessments_contact_version",
            "contact_id",
            "contact_version",
            unique=True,
            sqlite_where=text("contact_version > 0"),
            postgresql_where=text("contact_version > 0"),
        ),
    )

    id: UUID = Field(primary_key=True)
    contact_id: UUID
    contact_version: int
    reference: str = Field(max_length=8)
    channel: str = Field(max_length=20)
    received_at: datetime = Field(sa_type=UtcDateTime)
    made_at: datetime = Field(sa_type=UtcDateTime)
    status: str = Field(max_length=20)
    version: int
    ruleset: str = Field(max_length=20)
    kind: str = Field(max_length=20)
    facts: dict[str, Any] = Field(sa_type=JSON)
    recommendation: dict[str, Any] = Field(sa_type=JSON)
    decision: dict[str, Any] | None = Field(default=None, sa_type=JSON(none_as_null=True))
    decided_by: str | None = Field(default=None, max_length=120)
    returned: dict[str, Any] | None = Field(default=None, sa_type=JSON(none_as_null=True))


class DecisionRow(TriageModel, table=True):
    """Every decision that was ever made, with who made it: the trail behind `assessments.decision`."""

    __tablename__ = "decisions"
    __table_args__ = (
        Index("ux_decisions_contact_number", "contact_id", "number", unique=True),
        Index("ix_decisions_assessment_id", "assessment_id"),
    )

    id: UUID = Field(primary_key=True)
    assessment_id: UUID = Field(foreign_key="assessments.id")
    contact_id: UUID
    number: int
    subject: str = Field(max_length=120)
    decision: dict[str, Any] = Field(sa_type=JSON)
    decided_at: datetime = Field(sa_type=UtcDateTime)


class OfferRow(TriageModel, table=True):
    """An offer of the catalogue (catalogue.Offer)."""

    __tablename__ = "offers"

    id: UUID = Field(primary_key=True)
    name: str = Field(max_length=200)
    organization: str = Field(max_length=200)
    description: str = Field(sa_type=Text)
    kind: str = Field(max_length=20)
    needs: list[str] = Field(sa_type=JSON)
    first_age: int
    last_age: int
    step: str = Field(max_length=2)
    valid_from: date | None = None
    valid_to: date | None = None
    open: bool
    capacity: dict[str, Any] | None = Field(default=None, sa_type=JSON(none_as_null=True))
    source: str | None = Field(default=None, max_length=200)


metadata = TriageModel.metadata
tables = ServiceTables(metadata)
