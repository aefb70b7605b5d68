"""Intake's tables, feature by feature.

What could identify a person is stored encrypted only: a contact's personal data in the column that `vault.py`
names, everything else in `sealed`.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index, Text, text
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from shared.database import UtcDateTime
from shared.tables import ServiceTables


class IntakeModel(SQLModel, registry=registry()):
    """Base of intake's tables."""


class Line(IntakeModel, table=True):
    """A period of a phone line, mailbox or entrance (lines/lines.py)."""

    __tablename__ = "lines"

    code: str = Field(primary_key=True, max_length=40)
    valid_from: date = Field(primary_key=True)
    valid_to: date | None = None
    name: str = Field(max_length=120)
    channel: str = Field(max_length=20)
    reception_queue: str = Field(max_length=60)
    is_default: bool
    telephony_queues: list[str] = Field(sa_type=JSON)
    queues_by_source: dict[str, list[str]] = Field(sa_type=JSON)
    called_numbers: list[str] = Field(sa_type=JSON)
    administration: str | None = Field(default=None, max_length=10)
    opening_hours: str | None = Field(default=None, max_length=60)
    short_call_seconds: float | None = None
    ticket_prefix: str | None = Field(default=None, max_length=4)
    edition: int = 1


class LinesVersion(IntakeModel, table=True):
    """One row: the version of all lines. A transaction that changes lines locks it."""

    __tablename__ = "lines_version"

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    version: int


class ContactColumns(IntakeModel):
    """One approach by a citizen over one channel.

    `edition` counts changes by people, and is the ETag; `version` counts changes that events publish.
    A new contact is created as this, and not as `Contact`: creating an instance that a session can track
    takes fifteen times as long.
    """

    id: UUID = Field(primary_key=True)
    reference: str = Field(max_length=8)
    channel: str = Field(max_length=20)
    line: str = Field(max_length=40)
    status: str = Field(max_length=20)
    outcome: str | None = Field(default=None, max_length=20)
    moved_by: str = Field(max_length=10)
    edition: int = 1
    version: int = 1
    received_at: datetime = Field(sa_type=UtcDateTime)
    created_at: datetime = Field(sa_type=UtcDateTime)
    changed_at: datetime = Field(sa_type=UtcDateTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ticket: str | None = Field(default=None, max_length=12)
    anonymous: bool = False
    address_protected_until: date | None = None
    facts: dict[str, Any] | None = Field(default=None, sa_type=JSON(none_as_null=True))
    said: str | None = Field(default=None, sa_type=Text)
    said_key: str | None = Field(default=None, max_length=16)
    cpr_index: str | None = Field(default=None, max_length=64)
    phone_index: str | None = Field(default=None, max_length=64)
    companion_of: UUID | None = None
    concerns: str | None = Field(default=None, max_length=20)
    #: The latest decision of triage about it, the latest that a unit returned, the latest move of its entry.
    decision: int = 0
    returned_decision: int = -1
    entry_moved_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Contact(ContactColumns, table=True):
    """A contact in storage."""

    __tablename__ = "contacts"
    __table_args__ = (
        Index("ix_contacts_received_at", "received_at", "id"),
        Index("ix_contacts_status", "status", "received_at", "id"),
        Index("ix_contacts_reference", "reference"),
        Index("ix_contacts_cpr_index", "cpr_index"),
        Index("ix_contacts_phone_index", "phone_index"),
        Index("ix_contacts_companion_of", "companion_of"),
        Index("ix_contacts_said_key", "said_key"),
    )


class ContactDraft(IntakeModel, table=True):
    """What is being written about a contact and is not finished (drafts/service.py)."""

    __tablename__ = "contact_drafts"
    __table_args__ = (Index("ix_contact_drafts_sealed_key", "sealed_key"),)

    contact_id: UUID = Field(primary_key=True, foreign_key="contacts.id")
    version: int
    sealed: str = Field(sa_type=Text)
    sealed_key: str = Field(max_length=16)
    saved_at: datetime = Field(sa_type=UtcDateTime)
    saved_by: str = Field(max_length=255)


class ContactName(IntakeModel, table=True):
    """A word of a name in a contact, by its blind index."""

    __tablename__ = "contact_names"
    __table_args__ = (Index("ix_contact_names_contact_id", "contact_id"),)

    word_index: str = Field(primary_key=True, max_length=64)
    contact_id: UUID = Field(primary_key=True, foreign_key="contacts.id")


class TicketRoll(IntakeModel, table=True):
    """The last ticket number given at an entrance on a day in Copenhagen."""

    __tablename__ = "ticket_rolls"

    line: str = Field(primary_key=True, max_length=40)
    day: date = Field(primary_key=True)
    last: int


class Access(IntakeModel, table=True):
    """One access to, or change of, personal data: who, when, why (domain.md § 8)."""

    __tablename__ = "access_log"
    __table_args__ = (
        Index("ix_access_log_at", "at", "id"),
        Index("ix_access_log_contact_id", "contact_id", "at", "id"),
    )

    id: UUID = Field(primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime)
    contact_id: UUID | None = None
    subject: str = Field(max_length=120)
    role: str = Field(max_length=40)
    action: str = Field(max_length=20)
    purpose: str = Field(max_length=200)
    criterion: str | None = Field(default=None, max_length=20)


class TelephonySource(IntakeModel, table=True):
    """An exchange. Its row is locked while its deliveries are interpreted, so that one replica does it."""

    __tablename__ = "telephony_sources"

    source: str = Field(primary_key=True, max_length=40)


def _only(condition: str) -> dict[str, Any]:
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


class CallDelivery(IntakeModel, table=True):
    """A delivery as it was received, encrypted. It is never deleted, so that it is not counted twice when it
    is sent again.

    `state` is one of `DeliveryState` (delivery_store/states.py). `due_at` is when one whose event is in the
    future is interpreted again.
    """

    __tablename__ = "call_deliveries"
    __table_args__ = (
        Index("ix_call_deliveries_id", "id", unique=True),
        Index("ix_call_deliveries_call", "source", "call_id", **_only("call_id IS NOT NULL")),
        Index("ix_call_deliveries_unread", "source", "id", **_only("state = 'unread'")),
        Index("ix_call_deliveries_set_aside", "id", **_only("state = 'set_aside'")),
        Index("ix_call_deliveries_restarts", "source", "occurred_at", **_only("state = 'restart'")),
        Index("ix_call_deliveries_due", "due_at", **_only("due_at IS NOT NULL")),
        Index("ix_call_deliveries_sealed_key", "sealed_key"),
    )

    source: str = Field(primary_key=True, max_length=40)
    delivery_id: str = Field(primary_key=True, max_length=120)
    id: UUID
    form: str = Field(max_length=40)
    state: str = Field(max_length=20)
    reason: str | None = Field(default=None, max_length=40)
    call_id: str | None = Field(default=None, max_length=120)
    occurred_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    received_at: datetime = Field(sa_type=UtcDateTime)
    due_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    sealed: str = Field(sa_type=Text)
    sealed_key: str = Field(max_length=16)


class UnconfiguredQueue(IntakeModel, table=True):
    """A queue of an exchange that had calls and belongs to no line; operations get a list of them."""

    __tablename__ = "unconfigured_queues"

    source: str = Field(primary_key=True, max_length=40)
    queue: str = Field(primary_key=True, max_length=120)
    first_seen_at: datetime = Field(sa_type=UtcDateTime)
    last_seen_at: datetime = Field(sa_type=UtcDateTime)


class CallRecord(IntakeModel, table=True):
    """A call as derived from all its events; it can be derived again at any time.

    `occurrence` counts the calls with the same id, from 1.
    """

    __tablename__ = "calls"
    __table_args__ = (
        Index("ix_calls_call_id", "call_id", "source", "started_at"),
        Index("ix_calls_started_at", "started_at", "contact_id"),
        Index("ix_calls_source", "source", "started_at"),
        Index("ix_calls_open", "last_event_at", **_only("gone_at IS NULL")),
    )

    contact_id: UUID = Field(primary_key=True, foreign_key="contacts.id")
    source: str = Field(max_length=40)
    call_id: str = Field(max_length=120)
    occurrence: int = 1
    outcome: str = Field(max_length=20)
    started_at: datetime = Field(sa_type=UtcDateTime)
    last_event_at: datetime = Field(sa_type=UtcDateTime)
    gone_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    visits: list[dict[str, Any]] = Field(sa_type=JSON)
    talks: list[dict[str, Any]] = Field(sa_type=JSON)
    inconsistencies: list[str] = Field(sa_type=JSON)
    ringing_at: list[str] = Field(sa_type=JSON)


class PhoneSeat(IntakeModel, table=True):
    """A user's time at a phone of an exchange (phones/seats.py)."""

    __tablename__ = "phone_seats"
    __table_args__ = (
        Index("ix_phone_seats_source", "source", "until"),
        Index("uq_phone_seats_phone", "source", "agent", unique=True, **_only("until IS NULL")),
        Index("uq_phone_seats_person", "subject", unique=True, **_only("until IS NULL")),
    )

    id: UUID = Field(primary_key=True)
    source: str = Field(max_length=40)
    agent: str = Field(max_length=120)
    subject: str = Field(max_length=255)
    since: datetime = Field(sa_type=UtcDateTime)
    until: datetime | None = Field(default=None, sa_type=UtcDateTime)


_WITHHELD = text("caller_id IS NULL")


class CallerRow(IntakeModel, table=True):
    """A number that called. Locked while its call-backs are computed again (callback_store/service.py)."""

    __tablename__ = "callers"
    __table_args__ = (
        Index("ix_callers_phone_index", "phone_index", unique=True),
        Index("ix_callers_sealed_key", "sealed_key"),
    )

    id: UUID = Field(primary_key=True)
    phone_index: str = Field(max_length=64)
    sealed: str = Field(sa_type=Text)
    sealed_key: str = Field(max_length=16)


class CallbackCallRow(IntakeModel, table=True):
    """What call-backs need of a call that is over or answered. `caller_id` is null when the number is
    withheld.
    """

    __tablename__ = "callback_calls"
    __table_args__ = (
        Index("ix_callback_calls_caller", "caller_id", "day"),
        Index("ix_callback_calls_anonymous", "day", sqlite_where=_WITHHELD, postgresql_where=_WITHHELD),
    )

    contact_id: UUID = Field(primary_key=True, foreign_key="contacts.id")
    caller_id: UUID | None = Field(default=None, foreign_key="callers.id")
    day: date
    line: str = Field(max_length=40)
    started_at: datetime = Field(sa_type=UtcDateTime)
    answered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    waited_seconds: float
    is_short: bool


class CallbackRow(IntakeModel, table=True):
    """A call-back as `callback_of` computes it (callback_store/state.py), which it can at any time."""

    __tablename__ = "callbacks"
    __table_args__ = (
        Index("ix_callbacks_caller", "caller_id", "day", unique=True),
        Index("ix_callbacks_due", "status", "due_at", "id"),
        Index("ix_callbacks_day", "day", "line"),
    )

    id: UUID = Field(primary_key=True)
    caller_id: UUID = Field(foreign_key="callers.id")
    day: date
    status: str = Field(max_length=20)
    line: str = Field(max_length=40)
    attempts: int
    first_attempt_at: datetime = Field(sa_type=UtcDateTime)
    last_attempt_at: datetime = Field(sa_type=UtcDateTime)
    waiting_since: datetime = Field(sa_type=UtcDateTime)
    due_at: datetime = Field(sa_type=UtcDateTime)
    longest_wait_seconds: float
    last_wait_seconds: float
    is_short: bool
    last_contact_id: UUID = Field(foreign_key="contacts.id")
    taken_by: str | None = Field(default=None, max_length=120)
    tries: int
    next_try_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    settled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    outcome: str | None = Field(default=None, max_length=20)
    edition: int
    created_at: datetime = Field(sa_type=UtcDateTime)


class CallbackClearingRow(IntakeModel, table=True):
    """A whole group of call-backs that somebody cleared: who, in which role, when, why, and which group."""

    __tablename__ = "callback_clearings"
    __table_args__ = (Index("ix_callback_clearings_at", "at", "id"),)

    id: UUID = Field(primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime)
    subject: str = Field(max_length=120)
    role: str = Field(max_length=40)
    reason: str = Field(max_length=400)
    criteria: dict[str, Any] = Field(sa_type=JSON)
    cleared: int


class CallbackActionRow(IntakeModel, table=True):
    """What a member of staff did about a call-back; never changed."""

    __tablename__ = "callback_deeds"
    __table_args__ = (
        Index("ix_callback_deeds_callback", "callback_id", "at", "id"),
        Index("ix_callback_deeds_clearing", "clearing_id"),
    )

    id: UUID = Field(primary_key=True)
    callback_id: UUID = Field(foreign_key="callbacks.id")
    at: datetime = Field(sa_type=UtcDateTime)
    action: str = Field(max_length=20)
    subject: str = Field(max_length=120)
    role: str = Field(max_length=40)
    outcome: str | None = Field(default=None, max_length=20)
    next_try_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    contact_id: UUID | None = Field(default=None, foreign_key="contacts.id")
    clearing_id: UUID | None = Field(default=None, foreign_key="callback_clearings.id")


class KnownUnitsRow(IntakeModel, table=True):
    """One row: the units as routing published them last (`shared/known_configuration.py`)."""

    __tablename__ = "known_units"

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    edition: int
    units: list[Any] = Field(sa_type=JSON)


metadata = IntakeModel.metadata
tables = ServiceTables(metadata)
