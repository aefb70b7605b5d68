"""Which calls are owed a call-back: computed from the *set* of a number's calls and of what staff did.

A number that gave up on one day of Copenhagen, however often, is one call-back. It is settled by an answered
call of the number, or by an action of a member of staff, after the attempts began; attempts after that open
it again. Only moments are compared, so the order in which calls and actions become known never matters.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID

from shared.working_days import local_date

ActionKind = Literal["take", "release", "attempt", "settle", "clear"]


class CallbackStatus(StrEnum):
    """The state of a call-back. `withdrawn`: its calls turned out to have been answered."""

    WAITING = "waiting"
    TAKEN = "taken"
    SETTLED = "settled"
    CLEARED = "cleared"
    WITHDRAWN = "withdrawn"


OPEN = (CallbackStatus.WAITING, CallbackStatus.TAKEN)


class CallbackOutcome(StrEnum):
    """How a call-back ended: the caller phoned again and was answered, or what a member of staff reported."""

    ANSWERED = "answered"
    REACHED = "reached"
    HELPED_OTHERWISE = "helped_otherwise"
    WRONG_NUMBER = "wrong_number"
    NOT_REACHED = "not_reached"


@dataclass(frozen=True)
class NumberCall:
    """A call by a number that is over (gave up, or was lost) or was answered (`answered_at`).

    `waited_seconds` is the wait of a caller who gave up; `is_short` says that the call may have been an
    accident. `caller_id` is the number's row; None when the number was withheld.
    """

    contact_id: UUID
    line: str
    started_at: datetime
    answered_at: datetime | None = None
    waited_seconds: float = 0.0
    is_short: bool = False
    caller_id: UUID | None = None

    @property
    def gave_up(self) -> bool:
        """Whether the call was not answered."""
        return self.answered_at is None


@dataclass(frozen=True)
class CallbackAction:
    """What a member of staff did about a call-back. `next_try_at` is when to try again."""

    id: UUID
    callback_id: UUID
    kind: ActionKind
    at: datetime
    subject: str
    outcome: CallbackOutcome | None = None
    next_try_at: datetime | None = None


@dataclass(frozen=True)
class Callback:
    """A call-back. `waiting_since` is the first attempt that nothing has settled yet.

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
    """A moment that settles every earlier attempt. At the same moment an answer comes before an action."""

    at: datetime
    action: UUID
    status: CallbackStatus
    outcome: CallbackOutcome | None


_NO_ACTION = UUID(int=0)


def callback_of(
    day: date, calls: Iterable[NumberCall], actions: Iterable[CallbackAction], callback_id: UUID | None
) -> Callback | None:
    """The call-back of a number for that day; None when it gave up on no call of the day.

    `calls` and `actions` are all of the number's since that day, whichever call-back the actions are of: once
    the caller was reached, all that the number waited for is settled. `callback_id` is this one's, where it
    has one.
    """
    all_calls, done = list(calls), sorted(actions, key=lambda action: (action.at, action.id))
    attempts = [call for call in all_calls if call.gave_up and local_date(call.started_at) == day]
    attempts.sort(key=lambda call: (call.started_at, call.contact_id))
    if not attempts:
        return None
    settlements = sorted(_settlements(all_calls, done, callback_id))
    own = [action for action in done if action.callback_id == callback_id]
    last = attempts[-1]
    # The first settlement after the last attempt is what ended it; what came later changes nothing.
    covering = next((one for one in settlements if one.at >= last.started_at), None)
    if covering is not None:
        return _closed(attempts, covering, own)
    return _open(attempts, settlements[-1] if settlements else None, own)


def _settlements(
    calls: Sequence[NumberCall], actions: Sequence[CallbackAction], callback_id: UUID | None
) -> Iterator[_Settlement]:
    for call in calls:
        if call.answered_at is not None:
            yield _Settlement(call.answered_at, _NO_ACTION, CallbackStatus.SETTLED, CallbackOutcome.ANSWERED)
    for action in actions:
        if action.kind == "settle":
            yield _Settlement(action.at, action.id, CallbackStatus.SETTLED, action.outcome)
        elif action.kind == "clear" and action.callback_id == callback_id:
            yield _Settlement(action.at, action.id, CallbackStatus.CLEARED, None)


def _closed(attempts: Sequence[NumberCall], by: _Settlement, own: Sequence[CallbackAction]) -> Callback:
    return replace(
        _from_attempts(attempts, attempts),
        status=by.status,
        tries=sum(action.kind == "attempt" for action in own),
        settled_at=by.at,
        outcome=by.outcome,
    )


def _open(
    attempts: Sequence[NumberCall], settled: _Settlement | None, own: Sequence[CallbackAction]
) -> Callback:
    waiting, since = list(attempts), list(own)
    if settled is not None:
        waiting = [call for call in attempts if call.started_at > settled.at]
        since = [action for action in own if (action.at, action.id) > (settled.at, settled.action)]
    taken_by, next_try_at = _holder(since, waiting[-1].started_at)
    callback = _from_attempts(attempts, waiting)
    return replace(
        callback,
        status=CallbackStatus.WAITING if taken_by is None else CallbackStatus.TAKEN,
        due_at=max(callback.waiting_since, next_try_at or callback.waiting_since),
        taken_by=taken_by,
        tries=sum(action.kind == "attempt" for action in since),
        next_try_at=next_try_at,
    )


def _holder(
    actions: Sequence[CallbackAction], last_attempt_at: datetime
) -> tuple[str | None, datetime | None]:
    """Who has taken it, and when to try again: at once, when the caller has tried since."""
    taken_by, next_try_at = None, None
    for action in actions:
        taken_by = action.subject if action.kind == "take" else None
        if action.kind == "attempt":
            next_try_at = action.next_try_at if action.at >= last_attempt_at else None
    return taken_by, next_try_at


def _from_attempts(attempts: Sequence[NumberCall], waiting: Sequence[NumberCall]) -> Callback:
    """What follows from the attempts alone, of which `waiting` are not settled."""
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
