"""Whom we owe a call: told by the *set* of a number's calls, and of what people did about them.

A number that gave up on one day of Copenhagen, however often, is one call-back. What settles it is an
answered call by the number, or a person's deed, after the attempts began; attempts after that open it again.
Since nothing but moments is looked at, the order in which news arrive never matters.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID

from shared.working_days import local_date

DeedAction = Literal["take", "release", "attempt", "settle", "clear"]


class CallbackStatus(StrEnum):
    """Where a call-back stands. `withdrawn`: its calls turned out to have been answered."""

    WAITING = "waiting"
    TAKEN = "taken"
    SETTLED = "settled"
    CLEARED = "cleared"
    WITHDRAWN = "withdrawn"


OPEN = (CallbackStatus.WAITING, CallbackStatus.TAKEN)


class CallbackOutcome(StrEnum):
    """How a call-back ended: the caller phoned again and was answered, or what a person says of it."""

    ANSWERED = "answered"
    REACHED = "reached"
    HELPED_OTHERWISE = "helped_otherwise"
    WRONG_NUMBER = "wrong_number"
    NOT_REACHED = "not_reached"


@dataclass(frozen=True)
class NumberCall:
    """A call by a number that is over (gave up, or was lost) or was answered (`answered_at`).

    `waited_seconds` is the wait of who gave up; `is_short` says that it may have been an accident.
    """

    contact_id: UUID
    line: str
    started_at: datetime
    answered_at: datetime | None = None
    waited_seconds: float = 0.0
    is_short: bool = False

    @property
    def gave_up(self) -> bool:
        """Whether nobody answered."""
        return self.answered_at is None


@dataclass(frozen=True)
class Deed:
    """What somebody did about a call-back, once. `next_try_at` is when to try again."""

    id: UUID
    callback_id: UUID
    action: DeedAction
    at: datetime
    subject: str
    outcome: CallbackOutcome | None = None
    next_try_at: datetime | None = None


@dataclass(frozen=True)
class Callback:
    """A call-back as it stands. `waiting_since` is the first attempt that nothing has settled yet.

    `due_at` is the order of the list: since when the caller waits, or when it was agreed to try again.
    """

    status: CallbackStatus
    line: str
    attempts: int
    first_attempt_at: datetime
    last_attempt_at: datetime
    waiting_since: datetime
    due_at: datetime
    longest_wait_seconds: float
    last_wait_seconds: float
    is_short: bool
    last_contact_id: UUID
    taken_by: str | None = None
    tries: int = 0
    next_try_at: datetime | None = None
    settled_at: datetime | None = None
    outcome: CallbackOutcome | None = None


@dataclass(frozen=True, order=True)
class _Settlement:
    """A moment from which on nothing earlier is owed. What people did at an answer's moment came after it."""

    at: datetime
    deed: UUID
    status: CallbackStatus
    outcome: CallbackOutcome | None


_NO_DEED = UUID(int=0)


def callback_of(
    day: date, calls: Iterable[NumberCall], deeds: Iterable[Deed], callback_id: UUID | None
) -> Callback | None:
    """The call-back of a number for that day; None when it gave up on no call of the day.

    `calls` and `deeds` are all of the number's since that day, whichever call-back the deeds are of: to have
    reached somebody settles all that the number waited for. `callback_id` is this one's, where it has one.
    """
    known, done = list(calls), sorted(deeds, key=lambda deed: (deed.at, deed.id))
    attempts = [call for call in known if call.gave_up and local_date(call.started_at) == day]
    attempts.sort(key=lambda call: (call.started_at, call.contact_id))
    if not attempts:
        return None
    settlements = sorted(_settlements(known, done, callback_id))
    own = [deed for deed in done if deed.callback_id == callback_id]
    last = attempts[-1]
    covering = next((one for one in settlements if one.at >= last.started_at), None)
    if covering is not None:
        return _closed(attempts, covering, own)
    return _open(attempts, settlements[-1] if settlements else None, own)


def _settlements(
    calls: Sequence[NumberCall], deeds: Sequence[Deed], callback_id: UUID | None
) -> Iterator[_Settlement]:
    for call in calls:
        if call.answered_at is not None:
            yield _Settlement(call.answered_at, _NO_DEED, CallbackStatus.SETTLED, CallbackOutcome.ANSWERED)
    for deed in deeds:
        if deed.action == "settle":
            yield _Settlement(deed.at, deed.id, CallbackStatus.SETTLED, deed.outcome)
        elif deed.action == "clear" and deed.callback_id == callback_id:
            yield _Settlement(deed.at, deed.id, CallbackStatus.CLEARED, None)


def _closed(attempts: Sequence[NumberCall], by: _Settlement, own: Sequence[Deed]) -> Callback:
    return replace(
        _counted(attempts, attempts),
        status=by.status,
        tries=sum(deed.action == "attempt" for deed in own),
        settled_at=by.at,
        outcome=by.outcome,
    )


def _open(attempts: Sequence[NumberCall], settled: _Settlement | None, own: Sequence[Deed]) -> Callback:
    waiting, since = list(attempts), list(own)
    if settled is not None:
        waiting = [call for call in attempts if call.started_at > settled.at]
        since = [deed for deed in own if (deed.at, deed.id) > (settled.at, settled.deed)]
    taken_by, next_try_at = _held(since, waiting[-1].started_at)
    told = _counted(attempts, waiting)
    return replace(
        told,
        status=CallbackStatus.WAITING if taken_by is None else CallbackStatus.TAKEN,
        due_at=max(told.waiting_since, next_try_at or told.waiting_since),
        taken_by=taken_by,
        tries=sum(deed.action == "attempt" for deed in since),
        next_try_at=next_try_at,
    )


def _held(deeds: Sequence[Deed], last_attempt_at: datetime) -> tuple[str | None, datetime | None]:
    """Who has it, and when to try again: at once, when the caller has tried since."""
    taken_by, next_try_at = None, None
    for deed in deeds:
        taken_by = deed.subject if deed.action == "take" else None
        if deed.action == "attempt":
            next_try_at = deed.next_try_at if deed.at >= last_attempt_at else None
    return taken_by, next_try_at


def _counted(attempts: Sequence[NumberCall], waiting: Sequence[NumberCall]) -> Callback:
    """What the attempts alone tell, of which `waiting` are not settled."""
    last, since = attempts[-1], waiting[0].started_at
    return Callback(
        status=CallbackStatus.WAITING,
        line=last.line,
        attempts=len(attempts),
        first_attempt_at=attempts[0].started_at,
        last_attempt_at=last.started_at,
        waiting_since=since,
        due_at=since,
        longest_wait_seconds=max(call.waited_seconds for call in attempts),
        last_wait_seconds=last.waited_seconds,
        is_short=all(call.is_short for call in waiting),
        last_contact_id=last.contact_id,
    )
