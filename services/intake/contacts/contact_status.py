"""How a contact's status moves: waiting, open, registered, triaged, closed.

Three move it: the call it came by, the entry of it in a queue, and a person. A call moves its contact
only as long as nobody else has; it never takes back what a person did.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from services.intake.call_story.state import CallOutcome
from services.intake.models import ContactColumns


class ContactStatus(StrEnum):
    """Where a contact stands (api.md)."""

    WAITING = "waiting"
    OPEN = "open"
    REGISTERED = "registered"
    TRIAGED = "triaged"
    CLOSED = "closed"


class Outcome(StrEnum):
    """What a closed contact ended with."""

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
class Standing:
    """A contact's status, its outcome once closed, and who moved it last."""

    status: ContactStatus
    outcome: Outcome | None = None
    moved_by: Mover = "call"


_CALL_TO: dict[CallOutcome, Standing] = {
    "ringing": Standing(ContactStatus.WAITING),
    "waiting": Standing(ContactStatus.WAITING),
    "answered": Standing(ContactStatus.OPEN),
    "abandoned": Standing(ContactStatus.CLOSED, Outcome.ABANDONED),
    "lost": Standing(ContactStatus.CLOSED, Outcome.LOST),
}


def after_call(now: Standing | None, outcome: CallOutcome) -> Standing:
    """Where the call's outcome puts its contact. An answered call stays open until somebody is done."""
    return _CALL_TO[outcome] if now is None or now.moved_by == "call" else now


def after_taken(now: Standing) -> Standing:
    """Somebody at the reception has the citizen."""
    if now.status is not ContactStatus.WAITING:
        return now
    return Standing(ContactStatus.OPEN, moved_by="entry")


def after_released(now: Standing) -> Standing:
    """The citizen waits again."""
    if now.status is not ContactStatus.OPEN:
        return now
    return Standing(ContactStatus.WAITING, moved_by="entry")


def after_registered(now: Standing) -> Standing:
    """The facts were written down. New facts about a triaged contact do not move it."""
    if now.status not in (ContactStatus.WAITING, ContactStatus.OPEN):
        return now
    return Standing(ContactStatus.REGISTERED, moved_by="person")


def after_triaged(now: Standing) -> Standing:
    """A person decided where it goes."""
    if now.status is ContactStatus.CLOSED:
        return now
    return Standing(ContactStatus.TRIAGED, moved_by="person")


def after_returned(now: Standing) -> Standing:
    """Wrong unit: it waits for a new decision."""
    if now.status is not ContactStatus.TRIAGED:
        return now
    return Standing(ContactStatus.REGISTERED, moved_by="entry")


def closed(outcome: Outcome, by: Mover) -> Standing:
    """The end of every contact."""
    return Standing(ContactStatus.CLOSED, outcome, by)


def outcome_named(text: str) -> Outcome:
    """The outcome another service names; one we do not know yet counts as completed."""
    try:
        return Outcome(text)
    except ValueError:
        return Outcome.COMPLETED


_MOVERS: dict[str, Mover] = {"call": "call", "entry": "entry", "person": "person"}


def standing_of(contact: ContactColumns) -> Standing:
    """Where the contact stands."""
    mover: Mover = (
        "call" if contact.moved_by == "call" else "entry" if contact.moved_by == "entry" else "person"
    )
    outcome = None if contact.outcome is None else Outcome(contact.outcome)
    return Standing(ContactStatus(contact.status), outcome, mover)


def standing_columns(now: Standing, changed_at: datetime) -> dict[str, Any]:
    """The columns that say where a contact stands."""
    is_closed = now.status is ContactStatus.CLOSED
    return {
        "status": now.status,
        "outcome": now.outcome,
        "moved_by": now.moved_by,
        "closed_at": changed_at if is_closed else None,
        "changed_at": changed_at,
    }
