"""The states of entries, queues and tasks, and other codes that several features use."""

from enum import StrEnum

from shared.application_clocks import APPLICATION_RULES


class EntryStatus(StrEnum):
    """`waiting` and `taken` are open; a contact has at most one open entry. The others are final."""

    WAITING = "waiting"
    TAKEN = "taken"
    COMPLETED = "completed"
    ABANDONED = "abandoned"
    RETURNED = "returned"
    TRANSFERRED = "transferred"


OPEN_STATUSES = (EntryStatus.WAITING, EntryStatus.TAKEN)


class QueueKind(StrEnum):
    """In a reception queue are citizens who reach the city; in a team queue is a unit's work."""

    RECEPTION = "reception"
    TEAM = "team"


class MoveKind(StrEnum):
    """What happened to an entry, as its trail records it.

    `answered` is the exchange's word for taken; `superseded`: a triage decision sent the contact on;
    `called`: again, since no one came; `no_show`: still no one came, and it waits again a few places down;
    `closed`: intake closed the contact; `overflowed`: the exchange moved the caller to another queue;
    `clock_met`: a duty was done; `duty_ended`: a person ended one otherwise;
    `reorganised`: moved with its unit's work, and back: `reorganised_back`.
    """

    ENTERED = "entered"
    TAKEN = "taken"
    ANSWERED = "answered"
    RELEASED = "released"
    COMPLETED = "completed"
    RETURNED = "returned"
    TRANSFERRED = "transferred"
    ABANDONED = "abandoned"
    LOST = "lost"
    OVERFLOWED = "overflowed"
    SUPERSEDED = "superseded"
    CLOSED = "closed"
    CLOCK_MET = "clock_met"
    CALLED = "called"
    NO_SHOW = "no_show"
    DUTY_ENDED = "duty_ended"
    CLOCK_STARTED = "clock_started"
    CLOCK_RENEWED = "clock_renewed"
    REORGANISED = "reorganised"
    REORGANISED_BACK = "reorganised_back"


class TaskStatus(StrEnum):
    """`lapsed`: the deadline ended before a notice was sent, so there is nothing left to write about."""

    OPEN = "open"
    DONE = "done"
    LAPSED = "lapsed"


class DutyState(StrEnum):
    """`met` and `met_late`: done, by or after its due time; `overdue`: past it and still to be done.

    `ended_otherwise`: nobody has to do it any more, for a reason that is stored with it.
    """

    RUNNING = "running"
    OVERDUE = "overdue"
    MET = "met"
    MET_LATE = "met_late"
    ENDED_OTHERWISE = "ended_otherwise"


class DutyEnding(StrEnum):
    """How a duty ended: by the act that it asks for, or otherwise."""

    DONE = "done"
    OTHERWISE = "otherwise"


#: Reasons for which a duty ends otherwise without an act: the newest facts do not owe it; a decision sent the
#: contact where it is not owed; the citizen was given a new date in writing, which a duty of its own has.
FACTS_CHANGED = "facts_changed"
SUPERSEDED = "superseded"
RENEWED = "renewed"

#: The duties of a notification of concern (barnets lov § 136). No event ends them, only a person's act.
NOTIFICATION_RULES = frozenset({"notification_assessment", "notification_receipt"})
#: The city's own target for opening a letter, which may be a notification, and the act that ends it.
UNREAD_MAIL = "unread_mail"
READ = "read"

#: The task of retssikkerhedsloven § 3: write to the citizen that it takes longer, and until when.
WRITTEN_NOTICE = "written_notice"

#: Outcomes that routing itself gives an entry; a person may give others.
TRIAGED = "triaged"
ABANDONED = "abandoned"
LOST = "lost"

#: The municipality's own target for sending a written contact on to the right authority.
FORWARDING = "forwarding"


def is_application(rule: str) -> bool:
    """Whether a missed clock of this rule requires a written notice (retssikkerhedsloven § 3)."""
    return rule.startswith(APPLICATION_RULES)
