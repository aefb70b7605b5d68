"""What an assessment changes in the duties that a contact has.

A citizen is owed what the newest assessment says, from receipt. What it owes no longer ends otherwise, and
runs again as it was when it is owed again. A notification's duties go on until a person's act, because a
changed box does not undo words that were received; nor does an event end what a caseworker started.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Protocol
from uuid import UUID

from services.routing.states import FACTS_CHANGED, NOTIFICATION_RULES, SUPERSEDED
from shared.contracts import Clock

#: Reasons for which a duty ended that runs again when it is owed again.
_FELL_AWAY = frozenset({FACTS_CHANGED, SUPERSEDED})


class StoredDuty(Protocol):
    """What must be known of a stored duty to compare it with an assessment; `DutyRow` has it."""

    id: UUID
    rule: str
    ended_at: datetime | None
    reason: str | None
    follows_facts: bool
    started_by: str | None
    renews: UUID | None


@dataclass(frozen=True)
class DutyChanges:
    """The duties to start, those to start and end at once, and the stored ones to resume and to end."""

    start: tuple[Clock, ...] = ()
    start_ended: tuple[Clock, ...] = ()
    resume: tuple[UUID, ...] = ()
    end: tuple[UUID, ...] = ()


def changes_to(stored: Sequence[StoredDuty], owed: Sequence[Clock], *, is_newest: bool) -> DutyChanges:
    """How to bring a contact's duties, in the order in which they were made, to what an assessment owes.

    An assessment that comes after a newer one only adds what was owed at its time and is not known: so the
    order in which assessments come does not matter.
    """
    clocks = {clock.rule: clock for clock in sorted(owed, key=lambda clock: clock.due_at, reverse=True)}
    latest = {
        rule: list(duties) for rule, duties in groupby(sorted(_latest(stored), key=_rule_of), key=_rule_of)
    }
    unknown = [clock for rule, clock in clocks.items() if rule not in latest]
    if not is_newest:
        return DutyChanges(
            start=tuple(clock for clock in unknown if clock.rule in NOTIFICATION_RULES),
            start_ended=tuple(clock for clock in unknown if clock.rule not in NOTIFICATION_RULES),
        )
    return DutyChanges(
        start=tuple(unknown),
        resume=tuple(
            duties[-1].id
            for rule, duties in latest.items()
            if rule in clocks and all(duty.reason in _FELL_AWAY for duty in duties)
        ),
        end=tuple(
            duty.id
            for rule, duties in latest.items()
            if rule not in clocks and rule not in NOTIFICATION_RULES
            for duty in duties
            if duty.follows_facts and duty.ended_at is None
        ),
    )


def _rule_of(duty: StoredDuty) -> str:
    return duty.rule


def _latest(stored: Sequence[StoredDuty]) -> Iterator[StoredDuty]:
    """Each duty that no caseworker started, as it is now: after a new date was given, the one with that."""
    renewals = {duty.renews: duty for duty in stored if duty.renews is not None}
    for first in stored:
        if first.renews is None and first.started_by is None:
            latest = first
            while latest.id in renewals:
                latest = renewals[latest.id]
            yield latest
