"""A call, as the *set* of its events tells it.

Late, repeated and reordered deliveries give the same call: events are put in the order of their moments,
and events of one moment (a queue log knows whole seconds only) in the order in which they make sense.
Waits are computed from the moments and kept apart from what the exchange reports.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from typing import Literal

from services.intake.telephony.canonical import CallEvent, CallEventType

VisitOutcome = Literal["waiting", "answered", "abandoned", "overflowed", "transferred", "lost"]
CallOutcome = Literal["ringing", "waiting", "answered", "abandoned", "lost"]
TalkEnd = Literal["hung_up", "transferred", "lost"]

_TYPES = {kind: place for place, kind in enumerate(CallEventType)}


@dataclass
class Visit:
    """One stay in one queue of the exchange. `left_at` of an answered stay is the moment of the answer."""

    position: int
    queue: str | None
    entered_at: datetime
    left_at: datetime | None = None
    outcome: VisitOutcome = "waiting"
    agent: str | None = None
    missed_offers: int = 0
    reported_wait_seconds: float | None = None

    @property
    def wait_seconds(self) -> float | None:
        """The wait as computed from the moments; None while it lasts."""
        return None if self.left_at is None else (self.left_at - self.entered_at).total_seconds()


@dataclass
class Talk:
    """One talk with one agent. A transferred call has several."""

    queue: str | None
    agent: str | None
    started_at: datetime
    ended_at: datetime | None = None
    ended_by: TalkEnd | None = None
    reported_talk_seconds: float | None = None

    @property
    def talk_seconds(self) -> float | None:
        """The length as computed from the moments; None while it lasts."""
        return None if self.ended_at is None else (self.ended_at - self.started_at).total_seconds()


@dataclass
class Call:
    """A call from its first ring to its end. `gone_at` is None while the caller may still be there."""

    started_at: datetime
    last_event_at: datetime
    caller: str | None = None
    called: str | None = None
    visits: list[Visit] = field(default_factory=list)
    talks: list[Talk] = field(default_factory=list)
    gone_at: datetime | None = None
    gone_by: Literal["ended", "lost"] | None = None

    @property
    def waiting(self) -> Visit | None:
        """The stay in a queue that is not over."""
        return self.visits[-1] if self.visits and self.visits[-1].outcome == "waiting" else None

    @property
    def talking(self) -> Talk | None:
        """The talk that is not over."""
        return self.talks[-1] if self.talks and self.talks[-1].ended_at is None else None

    @property
    def outcome(self) -> CallOutcome:
        """What became of it. A call answered once stays answered, also when it is lost later."""
        if self.talks:
            return "answered"
        if self.gone_at is not None:
            return "lost" if self.gone_by == "lost" else "abandoned"
        return "waiting" if self.visits else "ringing"


def fold(events: Iterable[CallEvent], restarts: Iterable[datetime] = ()) -> Call:
    """The call that these events, all of one call, tell of; at least one event.

    `restarts` are the moments at which its exchange started again: whatever call was open before such a
    moment was lost there. A waiting caller was lost; one who talked was answered, and cut off.
    """
    story = sorted(_distinct(events), key=lambda event: event.occurred_at)
    call = Call(story[0].occurred_at, story[-1].occurred_at)
    call.caller = _first_told(event.from_ for event in story)
    call.called = _first_told(event.to for event in story)
    pending = sorted(restarts, reverse=True)
    for moment, tied in groupby(story, key=lambda event: event.occurred_at):
        while pending and pending[-1] <= moment:
            _exchange_restarts(call, pending.pop())
        for event in _in_sensible_order(call, list(tied)):
            _APPLY[event.type](call, event)
    for moment in reversed(pending):
        _exchange_restarts(call, moment)
    return call


def _distinct(events: Iterable[CallEvent]) -> list[CallEvent]:
    """Each delivery once; the order of the rest no longer depends on the order of arrival."""
    told = sorted(events, key=lambda event: (event.source, event.delivery_id, event.model_dump_json()))
    return [next(same) for _, same in groupby(told, key=lambda event: (event.source, event.delivery_id))]


def _first_told(texts: Iterable[str | None]) -> str | None:
    return next((text for text in texts if text), None)


def _in_sensible_order(call: Call, tied: list[CallEvent]) -> Iterator[CallEvent]:
    """Events of one moment: by the source's own sequence where it has one, then what fits the call now."""
    while tied:
        lowest = min((event.sequence for event in tied if event.sequence is not None), default=None)
        candidates = [event for event in tied if event.sequence in (None, lowest)]
        chosen = min(candidates, key=lambda event: (not _fits(call, event), _TYPES[event.type]))
        tied.remove(chosen)
        yield chosen


def _fits(call: Call, event: CallEvent) -> bool:
    """Whether the event can happen to the call as it stands: to be answered one must wait in that queue."""
    here = call.waiting or call.talking
    same_queue = here is None or None in (here.queue, event.queue) or here.queue == event.queue
    match event.type:
        case CallEventType.RINGING:
            return not call.visits and not call.talks
        case CallEventType.QUEUED:
            return here is None
        case CallEventType.ENDED:
            return call.talking is not None and same_queue
        case CallEventType.TRANSFERRED | CallEventType.LOST:
            return here is not None and same_queue
        case _:
            return call.waiting is not None and same_queue


def _leave(call: Call, event: CallEvent, outcome: VisitOutcome) -> None:
    """End the stay in a queue. A stay whose beginning was not told began as long ago as is reported."""
    visit = call.waiting
    if visit is None and event.queue is not None:
        began = _back_in_time(call, event.occurred_at, event.reported_wait_seconds)
        visit = Visit(len(call.visits) + 1, event.queue, began)
        call.visits.append(visit)
        call.started_at = min(call.started_at, began)
    if visit is not None:
        visit.left_at, visit.outcome = event.occurred_at, outcome
        visit.reported_wait_seconds = event.reported_wait_seconds
        visit.agent = event.agent if outcome == "answered" else None


def _back_in_time(call: Call, moment: datetime, seconds: float | None) -> datetime:
    """So long before the moment, yet not before the latest thing that is known to have come earlier."""
    began = moment - timedelta(seconds=seconds or 0)
    known = [visit.left_at or visit.entered_at for visit in call.visits]
    known += [talk.ended_at or talk.started_at for talk in call.talks]
    return max([began, *known])


def _stop_talking(call: Call, moment: datetime, how: TalkEnd, reported: float | None = None) -> None:
    talk = call.talking
    if talk is not None:
        talk.ended_at, talk.ended_by, talk.reported_talk_seconds = moment, how, reported


def _gone(call: Call, moment: datetime, how: Literal["ended", "lost"]) -> None:
    if call.gone_at is None:
        call.gone_at, call.gone_by = moment, how


def _back(call: Call) -> None:
    call.gone_at = call.gone_by = None


def _nothing(call: Call, event: CallEvent) -> None:
    """Ringing and offers change neither where the caller is nor how long the wait was."""


def _queued(call: Call, event: CallEvent) -> None:
    _back(call)
    # No exchange tells of a blind transfer for sure; being queued anew while talking is one.
    _stop_talking(call, event.occurred_at, "transferred")
    if call.waiting is not None:
        if call.waiting.queue == event.queue:
            return
        call.waiting.left_at, call.waiting.outcome = event.occurred_at, "transferred"
    call.visits.append(Visit(len(call.visits) + 1, event.queue, event.occurred_at))


def _offer_missed(call: Call, event: CallEvent) -> None:
    if call.waiting is not None:
        call.waiting.missed_offers += 1


def _answered(call: Call, event: CallEvent) -> None:
    _back(call)
    _stop_talking(call, event.occurred_at, "transferred")
    if call.waiting is not None or event.queue is not None:
        _leave(call, event, "answered")
    call.talks.append(Talk(event.queue, event.agent, event.occurred_at))


def _untold_answer(call: Call, event: CallEvent) -> None:
    """A talk is reported whose beginning was never told: it began as long ago as is reported."""
    if event.reported_talk_seconds and (call.waiting is not None or not call.talks):
        began = _back_in_time(call, event.occurred_at, event.reported_talk_seconds)
        _answered(call, event.model_copy(update={"occurred_at": began}))


def _transferred(call: Call, event: CallEvent) -> None:
    _untold_answer(call, event)
    if call.talking is not None:
        _stop_talking(call, event.occurred_at, "transferred", event.reported_talk_seconds)
    elif call.waiting is not None:
        _leave(call, event, "transferred")


def _overflowed(call: Call, event: CallEvent) -> None:
    _leave(call, event, "overflowed")


def _abandoned(call: Call, event: CallEvent) -> None:
    if call.talking is None:
        _leave(call, event, "abandoned")
    _ended(call, event)


def _ended(call: Call, event: CallEvent) -> None:
    _untold_answer(call, event)
    _stop_talking(call, event.occurred_at, "hung_up", event.reported_talk_seconds)
    if call.waiting is not None:
        _leave(call, event, "abandoned")
    _gone(call, event.occurred_at, "ended")


def _exchange_restarts(call: Call, moment: datetime) -> None:
    if call.started_at < moment:
        _cut(call, moment)


def _lost(call: Call, event: CallEvent) -> None:
    _cut(call, event.occurred_at)


def _cut(call: Call, moment: datetime) -> None:
    _stop_talking(call, moment, "lost")
    if call.waiting is not None:
        call.waiting.left_at, call.waiting.outcome = moment, "lost"
    _gone(call, moment, "lost")


_APPLY = {
    CallEventType.RINGING: _nothing,
    CallEventType.QUEUED: _queued,
    CallEventType.OFFERED: _nothing,
    CallEventType.OFFER_MISSED: _offer_missed,
    CallEventType.ANSWERED: _answered,
    CallEventType.TRANSFERRED: _transferred,
    CallEventType.OVERFLOWED: _overflowed,
    CallEventType.ABANDONED: _abandoned,
    CallEventType.ENDED: _ended,
    CallEventType.LOST: _lost,
}
