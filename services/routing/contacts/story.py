"""What routing has heard of one contact, and what follows for its stays in the reception's queues.

Events come late, twice and in any order. The story keeps the newest of each kind; where the contact's
visits stand is a function of the story alone, so that the order of arrival makes no difference.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest

from pydantic import AwareDatetime, BaseModel, ConfigDict

from services.routing.states import ABANDONED, LOST, TRIAGED, EntryStatus, MoveKind
from shared.contracts import ContactClosed, ContactWaiting, QueueVisit

#: Outcomes of a contact that nobody was served with.
UNSERVED = frozenset({ABANDONED, LOST, "duplicate"})
_GONE = frozenset({ABANDONED, LOST})


class Story(BaseModel):
    """The newest that is known. Version or decision 0: nothing was heard of that kind.

    `decision_own` is false while the newest decision is only the one that opened this contact as a
    companion of another: a decision of its own outranks any of those, whatever their numbers.
    """

    model_config = ConfigDict(frozen=True)

    waiting_version: int = 0
    visits: tuple[QueueVisit, ...] = ()
    decision: int = 0
    decision_own: bool = False
    decided_at: AwareDatetime | None = None
    first_decided_at: AwareDatetime | None = None
    closed_version: int = 0
    closed_at: AwareDatetime | None = None
    closed_outcome: str = ""

    def hear_waiting(self, event: ContactWaiting) -> "Story":
        """The story with this event in it; the same one when it is not news."""
        if event.version <= self.waiting_version:
            return self
        visits = tuple(sorted(event.visits, key=lambda visit: visit.position))
        return self.model_copy(update={"waiting_version": event.version, "visits": visits})

    def hear_closed(self, event: ContactClosed) -> "Story":
        if event.version <= self.closed_version:
            return self
        news = {
            "closed_version": event.version,
            "closed_at": event.occurred_at,
            "closed_outcome": event.outcome[:40],
        }
        return self.model_copy(update=news)

    def hear_decision(self, decision: int, at: datetime, *, own: bool) -> "Story":
        """The first decision ends the wait at the reception; the newest says where the contact is now."""
        first = at if self.first_decided_at is None else min(at, self.first_decided_at)
        news: dict[str, object] = {"first_decided_at": first}
        if (own, decision) > (self.decision_own, self.decision):
            news |= {"decision": decision, "decision_own": own, "decided_at": at}
        return self.model_copy(update=news)

    @property
    def is_closed(self) -> bool:
        """Whether intake closed the contact, and has not told of it waiting since.

        Intake is its authority: whatever a decision or a return says, a closed contact waits nowhere.
        """
        return self.closed_at is not None and self.closed_version >= self.waiting_version


@dataclass(frozen=True)
class Stay:
    """Where a visit stands. `left_at` is when the wait ended, taken or not."""

    status: EntryStatus
    move: MoveKind
    taken_at: datetime | None = None
    left_at: datetime | None = None
    ended_at: datetime | None = None
    outcome: str | None = None

    @property
    def is_over(self) -> bool:
        return self.ended_at is not None


def stays(story: Story) -> Iterator[tuple[QueueVisit, Stay]]:
    """Each visit with where it stands, in order; only the last one can be open."""
    for visit, after in zip_longest(story.visits, story.visits[1:]):
        stay = _as_the_exchange_tells(visit)
        if not stay.is_over and after is not None:
            stay = _moved_on(stay, at=max(after.entered_at, visit.entered_at))
        if not stay.is_over:
            stay = _as_decided_or_closed(story, visit, stay)
        yield visit, stay


def end_of(outcome: str) -> tuple[EntryStatus, MoveKind]:
    """How an open entry ends when intake closes its contact with this outcome."""
    if outcome in _GONE:
        return EntryStatus.ABANDONED, MoveKind.LOST if outcome == LOST else MoveKind.ABANDONED
    return EntryStatus.COMPLETED, MoveKind.CLOSED


def _as_the_exchange_tells(visit: QueueVisit) -> Stay:
    left_at = max(visit.left_at or visit.entered_at, visit.entered_at)
    match visit.outcome:
        case "waiting":
            return Stay(EntryStatus.WAITING, MoveKind.ENTERED)
        case "answered":
            return Stay(EntryStatus.TAKEN, MoveKind.ANSWERED, taken_at=left_at, left_at=left_at)
        case "abandoned":
            return _over(EntryStatus.ABANDONED, MoveKind.ABANDONED, left_at, ABANDONED)
        case "lost":
            return _over(EntryStatus.ABANDONED, MoveKind.LOST, left_at, LOST)
        case "overflowed" | "transferred":
            return _over(EntryStatus.TRANSFERRED, MoveKind.OVERFLOWED, left_at, visit.outcome)


def _over(status: EntryStatus, move: MoveKind, at: datetime, outcome: str) -> Stay:
    return Stay(status, move, left_at=at, ended_at=at, outcome=outcome)


def _moved_on(stay: Stay, at: datetime) -> Stay:
    """A stay that was not over, though the contact has since gone to another queue."""
    left_at = stay.left_at or at
    return Stay(EntryStatus.TRANSFERRED, MoveKind.OVERFLOWED, stay.taken_at, left_at, max(at, left_at))


def _as_decided_or_closed(story: Story, visit: QueueVisit, stay: Stay) -> Stay:
    """An open visit ends with the first decision, or when intake closes the contact."""
    decided_at = story.first_decided_at
    closed_at = story.closed_at if story.is_closed else None
    if closed_at is not None and (decided_at is None or closed_at <= decided_at):
        status, move = end_of(story.closed_outcome)
        end, at = Stay(status, move, outcome=story.closed_outcome), max(closed_at, visit.entered_at)
    elif decided_at is not None:
        end = Stay(EntryStatus.COMPLETED, MoveKind.SUPERSEDED, outcome=TRIAGED)
        at = max(decided_at, visit.entered_at)
    else:
        return stay
    # Whoever decided about it, or closed it with advice, has served it: that ended the wait.
    taken_at = stay.taken_at or (None if end.outcome in UNSERVED else at)
    return Stay(end.status, end.move, taken_at, stay.left_at or at, max(at, stay.left_at or at), end.outcome)
