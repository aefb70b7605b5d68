"""What each event does to a call. Events come in the order of their moments (fold.py)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Literal

from services.intake.call_story.state import Call, Inconsistency, Talk, TalkEnd, Visit, VisitOutcome
from services.intake.telephony.canonical import CallEvent, CallEventType

#: Reported and computed times that differ by no more agree, and moments no further apart are one moment:
#: exchanges round to whole seconds, and report one leave several times.
SAME_MOMENT = timedelta(seconds=2)


def apply(call: Call, event: CallEvent) -> None:
    """Move the call on by what happened to it."""
    _MOVES[event.type](call, event)
    if call.waiting is None:
        call.ringing_at = []


def cut_off(call: Call, moment: datetime) -> None:
    """The call is lost at that moment: a wait ends as lost, a talk is interrupted."""
    _end(call, moment, "lost", "lost")
    _set_gone(call, moment, "lost")


def hang_up(call: Call, moment: datetime) -> None:
    """The caller hangs up at that moment."""
    _end(call, moment, "abandoned", "hung_up")
    _set_gone(call, moment, "ended")


def _end(call: Call, moment: datetime, wait: VisitOutcome, talk: TalkEnd) -> None:
    call.ringing_at = []
    _stop_talking(call, moment, talk)
    if call.waiting is not None:
        call.waiting.left_at, call.waiting.outcome = moment, wait


def forget_early_end(call: Call, moment: datetime) -> None:
    """Take back an end that came before the beginning; the call begins at this moment."""
    call.visits.clear()
    call.started_at, call.gone_at, call.gone_by = moment, None, None
    call.inconsistencies = [Inconsistency.END_BEFORE_BEGINNING.value]


def _just_left(call: Call, event: CallEvent) -> Visit | None:
    """The stay that this event reports once more: in the same queue, and over at the same moment."""
    last = call.visits[-1] if call.visits else None
    if last is None or last.left_at is None or event.occurred_at - last.left_at > SAME_MOMENT:
        return None
    return last if event.queue in (None, last.queue) else None


def _leave(call: Call, event: CallEvent, outcome: VisitOutcome) -> None:
    """End the stay in a queue. Where its beginning was not reported, it began a reported wait ago."""
    visit = call.waiting
    if visit is None and event.queue is not None:
        began = _back_in_time(call, event.occurred_at, event.reported_wait_seconds)
        visit = Visit(len(call.visits) + 1, event.queue, began)
        call.visits.append(visit)
        call.started_at = min(call.started_at, began)
        call.add_inconsistency(Inconsistency.BEGINNING_UNKNOWN)
    if visit is not None:
        _set_left(visit, event, outcome)


def _set_left(visit: Visit, event: CallEvent, outcome: VisitOutcome) -> None:
    visit.left_at, visit.outcome = event.occurred_at, outcome
    if event.reported_wait_seconds is not None or visit.reported_wait_seconds is None:
        visit.reported_wait_seconds = event.reported_wait_seconds
    visit.agent = event.agent if outcome == "answered" else None


def _back_in_time(call: Call, moment: datetime, seconds: float | None) -> datetime:
    """So many seconds before the moment, but not before the end of the stay or talk before it."""
    began = moment - timedelta(seconds=seconds or 0)
    earlier = [visit.left_at or visit.entered_at for visit in call.visits[-1:]]
    earlier += [talk.ended_at or talk.started_at for talk in call.talks[-1:]]
    return max([began, *earlier])


def _stop_talking(call: Call, moment: datetime, how: TalkEnd, reported: float | None = None) -> None:
    talk = call.talking
    if talk is not None:
        talk.ended_at, talk.ended_by, talk.reported_talk_seconds = moment, how, reported


def _set_gone(call: Call, moment: datetime, how: Literal["ended", "lost"]) -> None:
    if call.gone_at is None:
        call.gone_at, call.gone_by = moment, how


def _still_here(call: Call) -> None:
    """The caller is there after all: a stay that was reported as abandoned was left for another place."""
    last = call.visits[-1] if call.visits else None
    if call.gone_at is not None and last is not None and last.outcome == "abandoned":
        last.outcome = "overflowed"
        call.add_inconsistency(Inconsistency.FALSE_ABANDON)
    call.gone_at = call.gone_by = None


def _rang(call: Call, event: CallEvent) -> None:
    """Ringing changes neither where the caller is nor how long the wait was."""


def _offered(call: Call, event: CallEvent) -> None:
    """An agent's phone rings; the caller still waits."""
    if event.agent is not None:
        call.ringing_at = sorted({*call.ringing_at, event.agent})


def _queued(call: Call, event: CallEvent) -> None:
    _still_here(call)
    # Not every exchange reports a blind transfer; being queued again during a talk is one.
    _stop_talking(call, event.occurred_at, "transferred")
    if call.waiting is not None:
        if call.waiting.queue == event.queue:
            return
        call.waiting.left_at, call.waiting.outcome = event.occurred_at, "transferred"
    call.visits.append(Visit(len(call.visits) + 1, event.queue, event.occurred_at))


def _offer_missed(call: Call, event: CallEvent) -> None:
    call.ringing_at = [agent for agent in call.ringing_at if agent != event.agent]
    if call.waiting is not None:
        call.waiting.missed_offers += 1


def _answered(call: Call, event: CallEvent) -> None:
    if call.gone_at is not None and event.occurred_at - call.gone_at > SAME_MOMENT:
        call.add_inconsistency(Inconsistency.ANSWERED_AFTER_END)
    left = _just_left(call, event) if not call.talking and event.queue is not None else None
    if left is not None and left.outcome in ("abandoned", "overflowed"):
        # AMI reports the leave first, and then that it was for the answer.
        call.gone_at = call.gone_by = None
        _set_left(left, event, "answered")
    else:
        _still_here(call)
        _stop_talking(call, event.occurred_at, "transferred")
        if call.waiting is not None or event.queue is not None:
            _leave(call, event, "answered")
    call.talks.append(Talk(event.queue, event.agent, event.occurred_at))


def _unreported_answer(call: Call, event: CallEvent) -> None:
    """An event reports a talk whose answer was not reported: it began as long ago as the talk was long."""
    if event.reported_talk_seconds and (call.waiting is not None or not call.talks):
        began = _back_in_time(call, event.occurred_at, event.reported_talk_seconds)
        _answered(call, event.model_copy(update={"occurred_at": began}))
        call.add_inconsistency(Inconsistency.BEGINNING_UNKNOWN)


def _transferred(call: Call, event: CallEvent) -> None:
    _unreported_answer(call, event)
    if call.talking is not None:
        _stop_talking(call, event.occurred_at, "transferred", event.reported_talk_seconds)
    elif call.waiting is not None:
        _leave(call, event, "transferred")


def _overflowed(call: Call, event: CallEvent) -> None:
    left = _just_left(call, event) if call.waiting is None else None
    if left is not None and left.outcome == "abandoned":
        _still_here(call)
    # A caller who talks left the queue for the answer, which has been applied already.
    elif left is None and call.talking is None:
        _leave(call, event, "overflowed")


def _abandoned(call: Call, event: CallEvent) -> None:
    left = _just_left(call, event) if call.waiting is None else None
    if left is not None and left.outcome == "overflowed":
        call.add_inconsistency(Inconsistency.FALSE_ABANDON)
        return
    if call.talking is None and left is None:
        _leave(call, event, "abandoned")
    _ended(call, event)


def _ended(call: Call, event: CallEvent) -> None:
    _unreported_answer(call, event)
    _stop_talking(call, event.occurred_at, "hung_up", event.reported_talk_seconds)
    if call.waiting is not None:
        _leave(call, event, "abandoned")
    _set_gone(call, event.occurred_at, "ended")


def _lost(call: Call, event: CallEvent) -> None:
    cut_off(call, event.occurred_at)


_MOVES: dict[CallEventType, Callable[[Call, CallEvent], None]] = {
    CallEventType.RINGING: _rang,
    CallEventType.QUEUED: _queued,
    CallEventType.OFFERED: _offered,
    CallEventType.OFFER_MISSED: _offer_missed,
    CallEventType.ANSWERED: _answered,
    CallEventType.TRANSFERRED: _transferred,
    CallEventType.OVERFLOWED: _overflowed,
    CallEventType.ABANDONED: _abandoned,
    CallEventType.ENDED: _ended,
    CallEventType.LOST: _lost,
}
