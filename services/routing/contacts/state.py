"""What routing knows of one contact from events, and what follows for its visits to the reception's queues.

Events come late, twice and in any order. The state keeps the newest of each kind, and how each visit is doing
is a function of the state alone, so that the order of arrival makes no difference.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest

from pydantic import AwareDatetime, BaseModel, ConfigDict

from services.routing.states import ABANDONED, LOST, TRIAGED, EntryStatus, MoveKind
from shared.contracts import ContactClosed, ContactWaiting, QueueVisit

#: Outcomes of a contact in which the citizen was not served.
UNSERVED = frozenset({ABANDONED, LOST, "duplicate"})
_GONE = frozenset({ABANDONED, LOST})


class ContactState(BaseModel):
    """The newest that is known of a contact. Version, decision or assessment 0: no such event has come.

    `decision_own` is false while the newest decision is only the one that opened this contact as a
    companion of another: a decision of its own outranks any of those, whatever their numbers. The same holds
    for `assessment_own`. `citizen_key` is opaque, and only compared.
    """

    model_config = ConfigDict(frozen=True)

    waiting_version: int = 0
    visits: tuple[QueueVisit, ...] = ()
    decision: int = 0
    decision_own: bool = False
    decided_at: AwareDatetime | None = None
    first_decided_at: AwareDatetime | None = None
    assessment: int = 0
    assessment_own: bool = False
    assessed_at: AwareDatetime | None = None
    first_assessed_at: AwareDatetime | None = None
    citizen_key: str | None = None
    closed_version: int = 0
    closed_at: AwareDatetime | None = None
    closed_outcome: str = ""

    def with_waiting(self, event: ContactWaiting) -> "ContactState":
        """The state after this event; the same object when a newer one came before."""
        if event.version <= self.waiting_version:
            return self
        visits = tuple(sorted(event.visits, key=lambda visit: visit.position))
        return self.model_copy(update={"waiting_version": event.version, "visits": visits})

    def with_closed(self, event: ContactClosed) -> "ContactState":
        """The state after this event; the same object when a newer one came before."""
        if event.version <= self.closed_version:
            return self
        changes = {
            "closed_version": event.version,
            "closed_at": event.occurred_at,
            "closed_outcome": event.outcome[:40],
        }
        return self.model_copy(update=changes)

    def with_decision(self, decision: int, at: datetime, *, own: bool) -> "ContactState":
        """The state after a decision: the first ends the wait at the reception, the newest says where it is.

        `own` is false for a decision about another contact that this one is a companion of.
        """
        first = at if self.first_decided_at is None else min(at, self.first_decided_at)
        changes: dict[str, object] = {"first_decided_at": first}
        if (own, decision) > (self.decision_own, self.decision):
            changes |= {"decision": decision, "decision_own": own, "decided_at": at}
        return self.model_copy(update=changes)

    def with_assessment(
        self, number: int, at: datetime, *, own: bool, citizen_key: str | None = None
    ) -> "ContactState":
        """The state after an assessment: the newest says what the citizen is owed.

        `own` is false for an assessment of another contact that this one is a companion of.
        """
        first = at if self.first_assessed_at is None else min(at, self.first_assessed_at)
        changes: dict[str, object] = {"first_assessed_at": first} if own else {}
        if (own, number) > (self.assessment_own, self.assessment):
            changes |= {"assessment": number, "assessment_own": own, "assessed_at": at}
            if own:
                changes["citizen_key"] = citizen_key
        return self.model_copy(update=changes)

    @property
    def may_have_duties(self) -> bool:
        """Whether anything can have been owed yet."""
        return self.first_assessed_at is not None or self.first_decided_at is not None

    @property
    def read_at(self) -> datetime | None:
        """When events first show that a person opened the letter: facts of it, a decision, or an answer."""
        answered = [visit.left_at for visit in self.visits if visit.outcome == "answered"]
        moments = [self.first_assessed_at, self.first_decided_at, *answered]
        return min((moment for moment in moments if moment is not None), default=None)

    @property
    def is_closed(self) -> bool:
        """Whether intake closed the contact, and has not reported it as waiting since.

        Intake is the authority: whatever a decision or a return says, a closed contact waits nowhere.
        """
        return self.closed_at is not None and self.closed_version >= self.waiting_version


@dataclass(frozen=True)
class VisitState:
    """How one visit to a queue is doing. `left_at` is when the wait ended, taken or not."""

    status: EntryStatus
    move: MoveKind
    taken_at: datetime | None = None
    left_at: datetime | None = None
    ended_at: datetime | None = None
    outcome: str | None = None

    @property
    def is_over(self) -> bool:
        return self.ended_at is not None


def visit_states(state: ContactState) -> Iterator[tuple[QueueVisit, VisitState]]:
    """Each visit and how it is doing, in order; only the last one can be open."""
    for visit, after in zip_longest(state.visits, state.visits[1:]):
        current = _as_reported(visit)
        if not current.is_over and after is not None:
            current = _moved_on(current, at=max(after.entered_at, visit.entered_at))
        if not current.is_over:
            current = _as_decided_or_closed(state, visit, current)
        yield visit, current


def end_of(outcome: str) -> tuple[EntryStatus, MoveKind]:
    """How an open entry ends when intake closes its contact with this outcome."""
    if outcome in _GONE:
        return EntryStatus.ABANDONED, MoveKind.LOST if outcome == LOST else MoveKind.ABANDONED
    return EntryStatus.COMPLETED, MoveKind.CLOSED


def _as_reported(visit: QueueVisit) -> VisitState:
    """The visit as intake reports it, from the telephone exchange or the reception."""
    # Clocks of exchanges differ: an end before its beginning is read as a visit of no length.
    left_at = max(visit.left_at or visit.entered_at, visit.entered_at)
    match visit.outcome:
        case "waiting":
            return VisitState(EntryStatus.WAITING, MoveKind.ENTERED)
        case "answered":
            return VisitState(EntryStatus.TAKEN, MoveKind.ANSWERED, taken_at=left_at, left_at=left_at)
        case "abandoned":
            return _over(EntryStatus.ABANDONED, MoveKind.ABANDONED, left_at, ABANDONED)
        case "lost":
            return _over(EntryStatus.ABANDONED, MoveKind.LOST, left_at, LOST)
        case "overflowed" | "transferred":
            return _over(EntryStatus.TRANSFERRED, MoveKind.OVERFLOWED, left_at, visit.outcome)


def _over(status: EntryStatus, move: MoveKind, at: datetime, outcome: str) -> VisitState:
    return VisitState(status, move, left_at=at, ended_at=at, outcome=outcome)


def _moved_on(current: VisitState, at: datetime) -> VisitState:
    """A visit reported as open, though the contact has gone to another queue since."""
    left_at = current.left_at or at
    return VisitState(
        EntryStatus.TRANSFERRED, MoveKind.OVERFLOWED, current.taken_at, left_at, max(at, left_at)
    )


def _as_decided_or_closed(state: ContactState, visit: QueueVisit, current: VisitState) -> VisitState:
    """An open visit ends with the first decision, or when intake closes the contact."""
    decided_at = state.first_decided_at
    closed_at = state.closed_at if state.is_closed else None
    if closed_at is not None and (decided_at is None or closed_at <= decided_at):
        status, move = end_of(state.closed_outcome)
        outcome, at = state.closed_outcome, max(closed_at, visit.entered_at)
    elif decided_at is not None:
        status, move, outcome = EntryStatus.COMPLETED, MoveKind.SUPERSEDED, TRIAGED
        at = max(decided_at, visit.entered_at)
    else:
        return current
    # A decision, or closing with advice, is made by a person who served the citizen: that ended the wait.
    taken_at = current.taken_at or (None if outcome in UNSERVED else at)
    left_at = current.left_at or at
    return VisitState(status, move, taken_at, left_at, max(at, left_at), outcome)
