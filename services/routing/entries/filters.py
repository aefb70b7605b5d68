"""Which entries of a queue somebody wants to see, as conditions for the statement that reads them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, or_

from services.routing.deadlines.repository import clocks
from services.routing.entries.repository import entries
from shared.ids import read_reference
from shared.vocabulary import Channel, Urgency

_COUNTING = (
    clocks.c.contact_id == entries.c.contact_id,
    clocks.c.met_at.is_(None),
    clocks.c.stopped_at.is_(None),
)


@dataclass(frozen=True)
class EntryFilter:
    """Every part that is set must hold. `reference` is a part of one, as a person types it."""

    taken_by: str | None = None
    urgency: Urgency | None = None
    channel: Channel | None = None
    rule: str | None = None
    reference: str | None = None
    late: bool = False

    def conditions(self, now: datetime) -> Iterator[ColumnElement[bool]]:
        """For the entries' table."""
        for column, value in (
            (entries.c.taken_by, self.taken_by),
            (entries.c.urgency, self.urgency),
            (entries.c.channel, self.channel),
        ):
            if value is not None:
                yield column == value
        if self.rule is not None:
            yield exists().where(*_COUNTING, clocks.c.rule == self.rule)
        if self.reference is not None:
            yield entries.c.reference.contains(read_reference(self.reference), autoescape=True)
        if self.late:
            yield _is_late(now)


def _is_late(now: datetime) -> ColumnElement[bool]:
    """A deadline has passed or, where the entry has none, the queue's own target."""
    overdue = exists().where(*_COUNTING, clocks.c.due_at < now)
    return or_(overdue, and_(~exists().where(*_COUNTING), entries.c.order_at < now))
