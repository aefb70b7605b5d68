"""The order in which entries are taken: acute, then overdue, then by due time, then by arrival.

An entry's place is decided by a key that is made with the entry and does not change while it waits, so that
an index can keep the queue in order. The current time is not part of it: those overdue have the earliest due
times of all, so sorting by due time puts them first. An entry is due when its first running duty is, or when
the queue's own target is, whichever comes first: nothing that adds a deadline can make anybody wait longer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple, Protocol
from uuid import UUID

from services.routing.deadlines.clocks import Deadline
from shared.vocabulary import Urgency

#: Ranks, the lowest taken first. Only acute entries are outside the order of due times.
ACUTE_RANK = 0
ORDINARY_RANK = 1

#: How many are called before somebody who did not come is called again: time to come back from a
#: cigarette, and not a new wait.
PLACES_BACK = 3
#: So often one may be absent; the next time ends it, so that one ticket is not called all day.
NO_SHOWS_FORGIVEN = 2
_JUST_AFTER = timedelta(microseconds=1)


class OrderKey(NamedTuple):
    """The sort key of an entry, smallest first: the order in which a queue's entries are taken.

    The product sorts in SQL (entries/repository.py), by columns with these names in this order, and compares
    a page's last entry and "how many are ahead" by the key itself. The tests hold SQL's order against
    `sorted()` by this key on both databases.
    """

    rank: int
    order_at: datetime
    entered_at: datetime
    id: UUID


class Ordered(Protocol):
    """An entry, as far as its place is concerned."""

    rank: int
    order_at: datetime
    entered_at: datetime
    id: UUID


def key_of(entry: Ordered) -> OrderKey:
    return OrderKey(entry.rank, entry.order_at, entry.entered_at, entry.id)


class OrderReason(StrEnum):
    """Why an entry has its place."""

    ACUTE = "acute"
    OVERDUE = "overdue"
    DUE = "due"
    TARGET = "target"
    PAST_TARGET = "past_target"
    NO_SHOW = "no_show"


@dataclass(frozen=True)
class Placing:
    """Why an entry has its place, when it is due, and the deadline's rule (None: the queue's own target).

    `has_deadline`: a deadline runs, too, where the queue's own target comes first.
    """

    reason: OrderReason
    due_at: datetime
    rule: str | None
    has_deadline: bool = False


def rank_of(urgency: Urgency) -> int:
    return ACUTE_RANK if urgency is Urgency.ACUTE else ORDINARY_RANK


def order_at(duties: Sequence[Deadline], entered_at: datetime, target: timedelta) -> datetime:
    """When the entry is due: by its earliest running duty or the queue's own target, the earlier of both."""
    first = _first_due(duties)
    own_target = entered_at + target
    return own_target if first is None else min(first.due_at, own_target)


def placing(
    urgency: Urgency, duties: Sequence[Deadline], entered_at: datetime, target: timedelta, now: datetime
) -> Placing:
    """The reason for an entry's place, as a person would give it at `now`."""
    due_at = order_at(duties, entered_at, target)
    first = _first_due(duties)
    rule = first.rule if first is not None and first.due_at == due_at else None
    late = due_at < now
    if urgency is Urgency.ACUTE:
        reason = OrderReason.ACUTE
    elif rule is None:
        reason = OrderReason.PAST_TARGET if late else OrderReason.TARGET
    else:
        reason = OrderReason.OVERDUE if late else OrderReason.DUE
    return Placing(reason, due_at, rule, has_deadline=first is not None)


def moved_back(own: datetime, behind: Sequence[datetime]) -> datetime:
    """The due time of somebody who did not come when called: just after the next few, due at `behind`.

    Never further back than that, and never further ahead than before: who was absent loses a few places,
    and no other entry loses any.
    """
    few = sorted(behind)[:PLACES_BACK]
    return max(own, few[-1] + _JUST_AFTER) if few else own


def _first_due(duties: Sequence[Deadline]) -> Deadline | None:
    running = (duty for duty in duties if duty.ended_at is None)
    return min(running, key=lambda duty: duty.due_at, default=None)
