"""The order in which entries are taken: acute, then overdue, then by due time, then by arrival.

An entry's place is decided by a key that is made with the entry and does not change while it waits, so that
an index can keep the queue in order. The current time is not part of it: those overdue have the earliest due
times of all, so sorting by due time puts them first. An entry without a clock is due when the queue's own
target is; without that it could be overtaken for ever by those with a deadline.
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
    """Why an entry has its place, when it is due, and the deadline's rule (None: the queue's own target)."""

    reason: OrderReason
    due_at: datetime
    rule: str | None


def rank_of(urgency: Urgency) -> int:
    return ACUTE_RANK if urgency is Urgency.ACUTE else ORDINARY_RANK


def order_at(clocks: Sequence[Deadline], entered_at: datetime, target: timedelta) -> datetime:
    """When the entry is due: its earliest counting clock, or else the queue's own target."""
    clock = _first_due(clocks)
    return entered_at + target if clock is None else clock.due_at


def placing(
    urgency: Urgency, clocks: Sequence[Deadline], entered_at: datetime, target: timedelta, now: datetime
) -> Placing:
    """The reason for an entry's place, as a person would give it at `now`."""
    due_at = order_at(clocks, entered_at, target)
    clock = _first_due(clocks)
    rule = None if clock is None else clock.rule
    if urgency is Urgency.ACUTE:
        return Placing(OrderReason.ACUTE, due_at, rule)
    late = due_at < now
    if clock is None:
        return Placing(OrderReason.PAST_TARGET if late else OrderReason.TARGET, due_at, None)
    return Placing(OrderReason.OVERDUE if late else OrderReason.DUE, due_at, rule)


def moved_back(own: datetime, behind: Sequence[datetime]) -> datetime:
    """The due time of somebody who did not come when called: just after the next few, due at `behind`.

    Never further back than that, and never further ahead than before: who was absent loses a few places,
    and no other entry loses any.
    """
    few = sorted(behind)[:PLACES_BACK]
    return max(own, few[-1] + _JUST_AFTER) if few else own


def _first_due(clocks: Sequence[Deadline]) -> Deadline | None:
    return min((clock for clock in clocks if clock.counting), key=lambda clock: clock.due_at, default=None)
