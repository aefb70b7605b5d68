"""Routing's tables: units, opening hours and queues as dated data; duties; entries and their trail.

No table holds a citizen's name, number or facts: an entry knows its contact by id and reference.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index, SmallInteger, Text, text
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from services.routing.states import DutyEnding, EntryStatus, QueueKind
from shared.database import UtcDateTime
from shared.tables import ServiceTables


class RoutingModel(SQLModel, registry=registry()):
    """The base of routing's tables."""


class UnitRow(RoutingModel, table=True):
    """A unit that receives work, in one period of its life (both dates included)."""

    __tablename__ = "units"

    code: str = Field(max_length=60, primary_key=True)
    valid_from: date = Field(primary_key=True)
    valid_to: date | None = None
    name: str = Field(max_length=120)
    takes: str = Field(max_length=300)
    districts: list[int] = Field(default_factory=list, sa_type=JSON)


class UnitChangeRow(RoutingModel, table=True):
    """The trail of the units: who changed them when and why, and all periods as they are since."""

    __tablename__ = "unit_changes"

    edition: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: datetime = Field(sa_type=UtcDateTime)
    subject: str = Field(max_length=255)
    role: str = Field(max_length=40)
    reason: str = Field(max_length=500)
    changed: list[Any] = Field(sa_type=JSON)


class HoursRow(RoutingModel, table=True):
    """Opening hours under a code, as the JSON of `OpeningHours`; `edition` is the change that made them."""

    __tablename__ = "opening_hours"

    code: str = Field(max_length=60, primary_key=True)
    definition: str = Field(sa_type=Text)
    edition: int = 0


class AdministrationRow(RoutingModel, table=True):
    """When an administration is closed, as the JSON of `ClosingDays` (opening_hours/closing_days.py)."""

    __tablename__ = "administrations"

    code: str = Field(max_length=10, primary_key=True)
    calendar: str = Field(sa_type=Text)
    edition: int


class MembershipRow(RoutingModel, table=True):
    """Which administration a unit belongs to, in one period (both dates included)."""

    __tablename__ = "unit_administrations"

    unit: str = Field(max_length=60, primary_key=True)
    valid_from: date = Field(primary_key=True)
    valid_to: date | None = None
    administration: str = Field(max_length=10, foreign_key="administrations.code")


class QueueRow(RoutingModel, table=True):
    """A queue. `target_seconds` is the wait it aims at, and what entries without a clock are ordered by."""

    __tablename__ = "queues"

    code: str = Field(max_length=60, primary_key=True)
    name: str = Field(max_length=120)
    unit: str = Field(max_length=60)
    kind: str = Field(max_length=20)
    channel: str | None = Field(default=None, max_length=20)
    hours: str = Field(max_length=60, foreign_key="opening_hours.code")
    target_seconds: int
    figures_seconds: int
    age_bounds: list[int] = Field(sa_type=JSON)
    prior_interval_seconds: int
    valid_from: date
    valid_to: date | None = None

    @property
    def is_reception(self) -> bool:
        return self.kind == QueueKind.RECEPTION


class ContactRow(RoutingModel, table=True):
    """What is known of a contact from events, as the JSON of `ContactState` (contacts/state.py)."""

    __tablename__ = "contacts"

    contact_id: UUID = Field(primary_key=True)
    story: dict[str, Any] = Field(sa_type=JSON)


class EntryRow(RoutingModel, table=True):
    """One stay of a contact in one queue.

    `left_at` is when the wait ended, taken or not. `visit` is the position of a reception visit that intake
    reported; `decision` the triage decision that sent it here (0: none did). `by_person`: an employee changed
    it through this service, so that a later report of the exchange does not undo that. `taken_by` is empty
    when the exchange reported the answer without an employee. `counter` is where the holder of a ticket is
    called to, `called_at` when that was done last and `calls` how often since it was taken; `no_shows` is how
    often the holder did not come.
    """

    __tablename__ = "entries"

    id: UUID = Field(primary_key=True)
    contact_id: UUID
    reference: str = Field(max_length=20)
    channel: str = Field(max_length=20)
    queue: str = Field(max_length=60, foreign_key="queues.code")
    origin: str | None = Field(default=None, max_length=120)
    ticket: str | None = Field(default=None, max_length=40)
    visit: int | None = None
    decision: int = 0
    kind: str | None = Field(default=None, max_length=20)
    urgency: str = Field(max_length=20)
    status: str = Field(max_length=20)
    rank: int = Field(sa_type=SmallInteger)
    order_at: datetime = Field(sa_type=UtcDateTime)
    received_at: datetime = Field(sa_type=UtcDateTime)
    entered_at: datetime = Field(sa_type=UtcDateTime)
    taken_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    taken_by: str | None = Field(default=None, max_length=255)
    agent: str | None = Field(default=None, max_length=120)
    left_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    outcome: str | None = Field(default=None, max_length=40)
    by_person: bool = False
    counter: str | None = Field(default=None, max_length=20)
    called_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    calls: int = Field(default=0, sa_type=SmallInteger)
    no_shows: int = Field(default=0, sa_type=SmallInteger)

    __table_args__ = (
        # Serves the claim: the status in its condition must be a literal there too (design.md decision 4).
        Index(
            "ix_entries_waiting",
            "queue",
            "rank",
            "order_at",
            "entered_at",
            "id",
            sqlite_where=text("status = 'waiting'"),
            postgresql_where=text("status = 'waiting'"),
        ),
        Index(
            "uq_entries_open_contact",
            "contact_id",
            unique=True,
            sqlite_where=text("status IN ('waiting', 'taken')"),
            postgresql_where=text("status IN ('waiting', 'taken')"),
        ),
        Index("ix_entries_contact", "contact_id", "id"),
        Index("ix_entries_left", "queue", "left_at"),
        Index("ix_entries_entered", "entered_at"),
        Index(
            "ix_entries_taken",
            "queue",
            sqlite_where=text("status = 'taken'"),
            postgresql_where=text("status = 'taken'"),
        ),
    )

    @property
    def is_open(self) -> bool:
        return self.status in (EntryStatus.WAITING, EntryStatus.TAKEN)


class DutyRow(RoutingModel, table=True):
    """Something that a citizen is owed by a time. It is the contact's, whatever becomes of its entries.

    `carried_by` is the contact whose entry displays it and is ordered by it: its own, or the one in whose
    words it came, until a decision opens this one. `unit` answers for it; `queue` is the latest one that the
    contact was in. `follows_facts`: the newest assessment says whether it is owed. `started_by` is the
    caseworker who started it. `renews` is the missed duty in whose place it runs, with the new date that the
    citizen was given in writing.

    `ending` is a DutyEnding: `done` by `act`, or `otherwise` for `reason`, at `ended_at`. `ended_by` is the
    person who wrote the act, `role` theirs or the service that reported it, `written_at` when that was.
    """

    __tablename__ = "duties"

    id: UUID = Field(primary_key=True)
    contact_id: UUID
    carried_by: UUID
    unit: str = Field(max_length=60)
    queue: str = Field(max_length=60)
    channel: str = Field(max_length=20)
    rule: str = Field(max_length=60)
    legal_basis: str = Field(max_length=200)
    paused_when_closed: bool
    starts_at: datetime = Field(sa_type=UtcDateTime)
    due_at: datetime = Field(sa_type=UtcDateTime)
    follows_facts: bool = False
    started_by: str | None = Field(default=None, max_length=255)
    renews: UUID | None = None
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ending: str | None = Field(default=None, max_length=20)
    act: str | None = Field(default=None, max_length=40)
    reason: str | None = Field(default=None, max_length=40)
    ended_by: str | None = Field(default=None, max_length=255)
    role: str | None = Field(default=None, max_length=40)
    written_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    details: dict[str, Any] | None = Field(default=None, sa_type=JSON)

    __table_args__ = (
        Index("ix_duties_contact", "contact_id"),
        Index("ix_duties_carrier", "carried_by"),
        Index("ix_duties_due", "due_at", "id"),
        # Few among all that ever ended: those that somebody still has to do.
        Index(
            "ix_duties_running",
            "due_at",
            "id",
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    @property
    def done(self) -> bool:
        return self.ending == DutyEnding.DONE


class TaskRow(RoutingModel, table=True):
    """Something a unit has to do because a deadline was missed: never two of one duty."""

    __tablename__ = "tasks"

    id: UUID = Field(primary_key=True)
    duty_id: UUID = Field(foreign_key="duties.id", unique=True)
    kind: str = Field(max_length=20)
    status: str = Field(max_length=20)
    made_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_by: str | None = Field(default=None, max_length=255)
    role: str | None = Field(default=None, max_length=40)
    new_due_at: datetime | None = Field(default=None, sa_type=UtcDateTime)

    __table_args__ = (Index("ix_tasks_status", "status", "made_at", "id"),)


class AreaRow(RoutingModel, table=True):
    """The municipality's own deadline for applications in one area, in one period (deadlines)."""

    __tablename__ = "application_areas"

    code: str = Field(max_length=40, primary_key=True)
    valid_from: date = Field(primary_key=True)
    valid_to: date | None = None
    name: str = Field(max_length=120)
    units: list[str] = Field(sa_type=JSON)
    needs: list[str] = Field(default_factory=list, sa_type=JSON)
    kle: list[str] = Field(sa_type=JSON)
    weeks: int | None = None
    working_days: int | None = None
    legal_basis: str = Field(max_length=200)
    edition: int


class ConfigurationRow(RoutingModel, table=True):
    """One row: how often the configuration was changed (see `begin_change` in repository.py)."""

    __tablename__ = "configuration"

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    edition: int


class MoveRow(RoutingModel, table=True):
    """One step in an entry's trail: what, when, in which role and by whom, and why."""

    __tablename__ = "entry_moves"

    id: UUID = Field(primary_key=True)
    entry_id: UUID = Field(foreign_key="entries.id")
    at: datetime = Field(sa_type=UtcDateTime)
    kind: str = Field(max_length=20)
    role: str = Field(max_length=40)
    subject: str | None = Field(default=None, max_length=255)
    reason: str | None = Field(default=None, max_length=500)

    __table_args__ = (Index("ix_entry_moves_entry", "entry_id", "id"),)


class ReorganisationRow(RoutingModel, table=True):
    """A move of one unit's open work to others from a day on; `body` is `ReorganisationIn` as JSON.

    `after_entry` is the last entry that was looked at, so that an interrupted run continues behind it.
    """

    __tablename__ = "reorganisations"

    id: UUID = Field(primary_key=True)
    state: str = Field(max_length=20)
    effective_on: date
    from_unit: str = Field(max_length=60)
    body: dict[str, Any] = Field(sa_type=JSON)
    moved: int = 0
    stayed: int = 0
    undone: int = 0
    planned_at: datetime = Field(sa_type=UtcDateTime)
    planned_by: str = Field(max_length=255)
    started_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    after_entry: UUID | None = None
    trouble: str | None = Field(default=None, max_length=200)
    edition: int = 1

    __table_args__ = (Index("ix_reorganisations_state", "state", "effective_on"),)


class ReorganisationMoveRow(RoutingModel, table=True):
    """One contact that a reorganisation moved: the entry that ended, and the one that took its place."""

    __tablename__ = "reorganisation_moves"

    reorganisation_id: UUID = Field(primary_key=True, foreign_key="reorganisations.id")
    contact_id: UUID = Field(primary_key=True)
    reference: str = Field(max_length=20)
    from_entry: UUID = Field(foreign_key="entries.id")
    to_entry: UUID = Field(foreign_key="entries.id")
    to_unit: str = Field(max_length=60)
    state: str = Field(max_length=20)
    moved_at: datetime = Field(sa_type=UtcDateTime)


class StaffUnitRow(RoutingModel, table=True):
    """That a member of staff works in a unit, in one period (both dates included)."""

    __tablename__ = "staff_units"

    subject: str = Field(max_length=255, primary_key=True)
    unit: str = Field(max_length=60, primary_key=True)
    valid_from: date = Field(primary_key=True)
    valid_to: date | None = None


metadata = RoutingModel.metadata
tables = ServiceTables(metadata)
