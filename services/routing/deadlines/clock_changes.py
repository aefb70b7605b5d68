"""What a new decision does to a contact's clocks: which go on, which stop, which start."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from services.routing.models import ClockRow
from shared.contracts import Clock


@dataclass(frozen=True)
class Begun:
    """A clock to start, in the place of another where it had been given a new date."""

    clock: Clock
    renews: UUID | None = None


@dataclass(frozen=True)
class ClockChanges:
    """What is to be done."""

    stop: list[UUID]
    start: list[Begun]


@dataclass(frozen=True)
class _Course:
    """A deadline as it was first set, and the clock that stands for it now, after new dates were given."""

    first: ClockRow
    now: ClockRow

    @property
    def counting(self) -> bool:
        return self.now.met_at is None and self.now.stopped_at is None


def changes_to(rows: Sequence[ClockRow], wanted: Sequence[Clock]) -> ClockChanges:
    """What brings a contact's clocks, `rows` in the order of their making, to those `wanted` by a decision.

    Clocks with the rule and due time of one that is wanted go on, also when they have been given a new date
    since. What a caseworker started, no decision stops. A duty that is done is not asked for again.
    """
    keys = {(clock.rule, clock.due_at): clock for clock in wanted}
    courses = list(_courses(rows))
    stop = [
        course.now.id
        for course in courses
        if course.counting
        and course.first.started_by is None
        and (course.first.rule, course.first.due_at) not in keys
    ]
    start: list[Begun] = []
    for key, clock in keys.items():
        same = [course for course in courses if (course.first.rule, course.first.due_at) == key]
        if not any(course.counting or course.now.met_at is not None for course in same):
            start.append(_begun(clock, same))
    return ClockChanges(stop, start)


def _begun(clock: Clock, stopped: Sequence[_Course]) -> Begun:
    """A clock that ran before and had a new date has it still."""
    if not stopped or stopped[-1].now is stopped[-1].first:
        return Begun(clock)
    latest = stopped[-1].now
    return Begun(clock.model_copy(update={"due_at": latest.due_at}), latest.id)


def _courses(rows: Sequence[ClockRow]) -> Iterator[_Course]:
    after = {row.renews: row for row in rows if row.renews is not None}
    for first in rows:
        if first.renews is None:
            now = first
            while now.id in after:
                now = after[now.id]
            yield _Course(first, now)
