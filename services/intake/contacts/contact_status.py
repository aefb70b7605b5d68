"""A contact's status (waiting, open, registered, triaged, closed) and what changes it.

Three things do: the call it came by, its entry in a queue of routing, and a person. A call changes the status
only until an entry or a person has: late call events never revert what staff did.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal, cast

from services.intake.call_story.state import CallOutcome
from services.intake.models import ContactColumns


class ContactStatus(StrEnum):
    """How far the work on a contact is (api.md)."""

    WAITING = "waiting"
    OPEN = "open"
    REGISTERED = "registered"
    TRIAGED = "triaged"
    CLOSED = "closed"


class Outcome(StrEnum):
    """How a closed contact ended."""

    ADVISED = "advised"
    COMPLETED = "completed"
    FORWARDED = "forwarded"
    REFERRED = "referred"
    DUPLICATE = "duplicate"
    WRONG_NUMBER = "wrong_number"
    ABANDONED = "abandoned"
    LOST = "lost"


Mover = Literal["call", "entry", "person"]


@dataclass(frozen=True)
class ContactState:
    """A contact's status, its outcome once closed, and what changed the status last."""

    status: ContactStatus
    outcome: Outcome | None = None
    moved_by: Mover = "call"


_CALL_TO: dict[CallOutcome, ContactState] = {
    "ringing": ContactState(ContactStatus.WAITING),
    "waiting": ContactState(ContactStatus.WAITING),
    "answered": ContactState(ContactStatus.OPEN),
    "abandoned": ContactState(ContactStatus.CLOSED, Outcome.ABANDONED),
    "lost": ContactState(ContactStatus.CLOSED, Outcome.LOST),
}


def after_call(now: ContactState | None, outcome: CallOutcome) -> ContactState:
    """The state of the contact of a call with this outcome; `now` is None for a new contact.

    An answered call's contact stays open after the talk, until a person closes or registers it.
    """
    return _CALL_TO[outcome] if now is None or now.moved_by == "call" else now


def after_taken(now: ContactState) -> ContactState:
    """A person at the reception has taken the contact's entry."""
    if now.status is not ContactStatus.WAITING:
        return now
    return ContactState(ContactStatus.OPEN, moved_by="entry")


def after_released(now: ContactState) -> ContactState:
    """The person put the entry back: the citizen waits again."""
    if now.status is not ContactStatus.OPEN:
        return now
    return ContactState(ContactStatus.WAITING, moved_by="entry")


def after_registered(now: ContactState) -> ContactState:
    """The facts were stored. New facts about a triaged contact do not change its status."""
    if now.status not in (ContactStatus.WAITING, ContactStatus.OPEN):
        return now
    return ContactState(ContactStatus.REGISTERED, moved_by="person")


def after_triaged(now: ContactState) -> ContactState:
    """A person decided which unit or offer it goes to."""
    if now.status is ContactStatus.CLOSED:
        return now
    return ContactState(ContactStatus.TRIAGED, moved_by="person")


def after_returned(now: ContactState) -> ContactState:
    """The unit returned it as not its own: it waits for a new decision."""
    if now.status is not ContactStatus.TRIAGED:
        return now
    return ContactState(ContactStatus.REGISTERED, moved_by="entry")


def closed(outcome: Outcome, by: Mover) -> ContactState:
    """The state of a contact that has ended."""
    return ContactState(ContactStatus.CLOSED, outcome, by)


def outcome_named(text: str) -> Outcome:
    """The outcome that an event of another service names."""
    try:
        return Outcome(text)
    except ValueError:
        # A newer routing may know more outcomes. Refusing its event would leave the contact open for ever.
        return Outcome.COMPLETED


def state_of(contact: ContactColumns) -> ContactState:
    """The state that the contact's columns say."""
    outcome = None if contact.outcome is None else Outcome(contact.outcome)
    return ContactState(ContactStatus(contact.status), outcome, cast("Mover", contact.moved_by))


def state_columns(now: ContactState, changed_at: datetime) -> dict[str, Any]:
    """The columns of a contact in that state."""
    is_closed = now.status is ContactStatus.CLOSED
    return {
        "status": now.status,
        "outcome": now.outcome,
        "moved_by": now.moved_by,
        "closed_at": changed_at if is_closed else None,
        "changed_at": changed_at,
    }
