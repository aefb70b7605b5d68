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
    """The state of one contact in triage. Its row is locked while anything about the contact changes.

    `citizen_key` identifies the citizen by an opaque key (contracts.CitizenKey). It is used only to recognise
    that the same citizen came back, and is neither answered nor logged.

    `latest_assessment` is the one to decide on. `registered_version` is the newest version of the contact
    that intake has reported; a person can have decided on a newer one. `decision` is the number of the latest
    decision: the contact's own, when `decided_itself`, or the one that opened it as a companion.

    `assessments` is how many assessments were published. `companions` are the contacts of the children at
    risk, by which child it is (from "0"): the contact's id (`contact_id`), and what a decision last
    published about it (`published`).
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
    assessments: int = 0
    companions: dict[str, Any] = Field(sa_type=JSON)
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
        Index("ix_decisions_decided_at", "decided_at"),
    )

    id: UUID = Field(primary_key=True)
    assessment_id: UUID = Field(foreign_key="assessments.id")
    contact_id: UUID
    number: int
    subject: str = Field(max_length=120)
    decision: dict[str, Any] = Field(sa_type=JSON)
    decided_at: datetime = Field(sa_type=UtcDateTime)


class ReturnRow(TriageModel, table=True):
    """A unit that sent a contact back as wrongly placed, and the decision that had sent it there."""

    __tablename__ = "returns"
    __table_args__ = (Index("ix_returns_contact_id", "contact_id", "decision"),)

    id: UUID = Field(primary_key=True)
    contact_id: UUID
    decision: int
    unit: str = Field(max_length=60)
    reason: str = Field(sa_type=Text)
    reason_code: str | None = Field(default=None, max_length=40)
    returned_at: datetime = Field(sa_type=UtcDateTime)


class OrganizationRow(TriageModel, table=True):
    """An organisation of the catalogue: its HSDS document, and the columns that searches use."""

    __tablename__ = "organizations"
    __table_args__ = (Index("ix_organizations_name", "name", "id"),)

    id: UUID = Field(primary_key=True)
    name: str = Field(max_length=200)
    source: str | None = Field(default=None, max_length=60)
    version: int
    modified_at: datetime = Field(sa_type=UtcDateTime)
    searched: str = Field(sa_type=Text)
    document: dict[str, Any] = Field(sa_type=JSON)


class OfferRow(TriageModel, table=True):
    """An offer of the catalogue: its HSDS document, and the columns that matching reads (Offer).

    `source` is the import it comes from, None for an offer that is edited by hand. `searched` is the text of
    a full-text search, in lower case. `version` is its ETag.
    """

    __tablename__ = "offers"
    __table_args__ = (
        Index("ix_offers_name", "name", "id"),
        Index("ix_offers_organization_id", "organization_id"),
        Index("ix_offers_modified_at", "modified_at"),
        Index("ix_offers_source", "source"),
    )

    id: UUID = Field(primary_key=True)
    organization_id: UUID = Field(foreign_key="organizations.id")
    name: str = Field(max_length=200)
    kind: str = Field(max_length=20)
    needs: list[str] = Field(sa_type=JSON)
    first_age: int
    last_age: int
    step: str = Field(max_length=2)
    valid_from: date | None = None
    valid_to: date | None = None
    open: bool
    capacity: dict[str, Any] | None = Field(default=None, sa_type=JSON(none_as_null=True))
    districts: list[int] | None = Field(default=None, sa_type=JSON(none_as_null=True))
    languages: list[str] = Field(sa_type=JSON)
    hours: list[dict[str, Any]] = Field(sa_type=JSON)
    source: str | None = Field(default=None, max_length=200)
    version: int
    modified_at: datetime = Field(sa_type=UtcDateTime)
    searched: str = Field(sa_type=Text)
    document: dict[str, Any] = Field(sa_type=JSON)


class OfferTerm(TriageModel, table=True):
    """A term of a taxonomy that an offer has, with the term itself where it is not one of the city's."""

    __tablename__ = "offer_terms"
    __table_args__ = (
        Index("ix_offer_terms_term_id", "term_id"),
        Index("ix_offer_terms_taxonomy_id", "taxonomy_id"),
    )

    offer_id: UUID = Field(primary_key=True, foreign_key="offers.id")
    term_id: UUID = Field(primary_key=True)
    taxonomy_id: UUID | None = None
    term: dict[str, Any] | None = Field(default=None, sa_type=JSON(none_as_null=True))


class OfferPlace(TriageModel, table=True):
    """A place where an offer is (HSDS service_at_location), with the columns that searches use."""

    __tablename__ = "offer_places"
    __table_args__ = (
        Index("ix_offer_places_offer_id", "offer_id"),
        Index("ix_offer_places_postal_code", "postal_code"),
    )

    id: UUID = Field(primary_key=True)
    offer_id: UUID = Field(foreign_key="offers.id")
    postal_code: str | None = Field(default=None, max_length=16)
    latitude: float | None = None
    longitude: float | None = None
    document: dict[str, Any] = Field(sa_type=JSON)


class CatalogueChange(TriageModel, table=True):
    """A change of the catalogue: who, when, and each field before and after."""

    __tablename__ = "catalogue_changes"
    __table_args__ = (Index("ix_catalogue_changes_of", "resource_id", "at", "id"),)

    id: UUID = Field(primary_key=True)
    resource_id: UUID
    resource_type: str = Field(max_length=20)
    action: str = Field(max_length=20)
    at: datetime = Field(sa_type=UtcDateTime)
    subject: str = Field(max_length=120)
    role: str = Field(max_length=40)
    source: str | None = Field(default=None, max_length=60)
    fields: list[dict[str, Any]] = Field(sa_type=JSON)


class Referral(TriageModel, table=True):
    """A contact that was referred to an offer: for which needs, and whether the citizen came."""

    __tablename__ = "referrals"
    __table_args__ = (
        Index("ux_referrals_contact_offer", "contact_id", "offer_id", unique=True),
        Index("ix_referrals_offer_id", "offer_id", "referred_at"),
    )

    id: UUID = Field(primary_key=True)
    contact_id: UUID
    offer_id: UUID = Field(foreign_key="offers.id")
    needs: list[str] = Field(sa_type=JSON)
    referred_at: datetime = Field(sa_type=UtcDateTime)
    referred_by: str = Field(max_length=120)
    role: str = Field(max_length=40)
    came: str = Field(max_length=10)
    told_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    told_by: str | None = Field(default=None, max_length=120)


class RulesetRow(TriageModel, table=True):
    """A rule set from its first draft on. `revision` counts the changes of its content, and is its ETag.

    It counts as checked, or simulated, when `checked_revision`, or `simulated_revision`, is the present one.
    It is in force from `active_from` until the next one begins. `source` is the YAML text as its author sent
    it.
    """

    __tablename__ = "rulesets"
    __table_args__ = (Index("ux_rulesets_active_from", "active_from", unique=True),)

    version: str = Field(primary_key=True, max_length=20)
    title: str = Field(max_length=200)
    content: dict[str, Any] = Field(sa_type=JSON)
    source: str | None = Field(default=None, sa_type=Text)
    based_on: str | None = Field(default=None, max_length=20)
    revision: int = 1
    checked_revision: int = 0
    proof: dict[str, Any] | None = Field(default=None, sa_type=JSON(none_as_null=True))
    simulated_revision: int = 0
    simulation: dict[str, Any] | None = Field(default=None, sa_type=JSON(none_as_null=True))
    created_at: datetime = Field(sa_type=UtcDateTime)
    active_from: datetime | None = Field(default=None, sa_type=UtcDateTime)
    withdrawn_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class RulesetChange(TriageModel, table=True):
    """One step in a rule set's trail: who, when, why, and what it changed."""

    __tablename__ = "ruleset_changes"
    __table_args__ = (Index("ix_ruleset_changes_version", "version", "at", "id"),)

    id: UUID = Field(primary_key=True)
    version: str = Field(max_length=20, foreign_key="rulesets.version")
    kind: str = Field(max_length=20)
    revision: int
    subject: str = Field(max_length=120)
    role: str = Field(max_length=40)
    reason: str | None = Field(default=None, max_length=500)
    at: datetime = Field(sa_type=UtcDateTime)
    difference: dict[str, Any] | None = Field(default=None, sa_type=JSON(none_as_null=True))


class CitizenRow(TriageModel, table=True):
    """A citizen's opaque key. The row is locked while the citizen's contacts are examined together.

    `now_key` is the key that replaced it when the index key was rotated (contracts.CitizenRekeyed), so that a
    late event with the old key finds the same citizen.
    """

    __tablename__ = "citizens"

    citizen_key: str = Field(max_length=64, primary_key=True)
    now_key: str | None = Field(default=None, max_length=64)


class AlarmRow(TriageModel, table=True):
    """A repeat alarm: the same concern came too often. `contacts` are the contacts' ids, oldest first.

    At most one is open for each citizen, kind and need. An acknowledged alarm does not change any more: its
    contacts are those that the person saw. The status `withdrawn` means that corrected facts ended the alarm
    before a person had acknowledged it. `version` is its ETag.
    """

    __tablename__ = "alarms"
    __table_args__ = (
        Index(
            "ux_alarms_open",
            "citizen_key",
            "kind",
            "need",
            unique=True,
            sqlite_where=text("status = 'open'"),
            postgresql_where=text("status = 'open'"),
        ),
        Index("ix_alarms_citizen_key", "citizen_key"),
        Index("ix_alarms_status", "status", "raised_at", "id"),
    )

    id: UUID = Field(primary_key=True)
    citizen_key: str = Field(max_length=64)
    kind: str = Field(max_length=20)
    need: str = Field(max_length=60)
    status: str = Field(max_length=20)
    version: int
    contacts: list[str] = Field(sa_type=JSON)
    unseen: list[str] = Field(sa_type=JSON)
    first_at: datetime = Field(sa_type=UtcDateTime)
    latest_at: datetime = Field(sa_type=UtcDateTime)
    raised_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_by: str | None = Field(default=None, max_length=120)
    role: str | None = Field(default=None, max_length=40)
    reason: str | None = Field(default=None, max_length=500)


class KnownUnitsRow(TriageModel, table=True):
    """One row: the units as routing published them last (`shared/known_configuration.py`)."""

    __tablename__ = "known_units"

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    edition: int
    units: list[Any] = Field(sa_type=JSON)


class KnownApplicationAreasRow(TriageModel, table=True):
    """One row: the deadlines for applications as routing published them last."""

    __tablename__ = "known_application_areas"

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    edition: int
    areas: list[Any] = Field(sa_type=JSON)


metadata = TriageModel.metadata
tables = ServiceTables(metadata)
