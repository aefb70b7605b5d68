"""From the *set* of its events to a call; to several, where an exchange gave one id to several calls.

Late, repeated and reordered deliveries give the same calls: events are put in the order of their moments,
and events of one moment (a queue log knows whole seconds only) in the order in which they make sense.

Which call an event belongs to is told by the set as well. A ring or a queue is the beginning of another call
when the one before it was over, and nothing was told of it for a minute; or, since ends get lost, when
nothing was told for four hours; or when the exchange has started again since. Anything else is news of the
same call: who enters a queue right after an overflow, a transfer or a talk has only gone on. An end that
arrives late can therefore show that one call was two, and other late news that two were one.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby

from services.intake.call_story.moves import SAME_MOMENT, apply, begin_anew, cut, hang_up
from services.intake.call_story.state import Call, Inconsistency, Talk
from services.intake.telephony.canonical import CallEvent, CallEventType

ANOTHER_CALL_AFTER_END = timedelta(minutes=1)
ANOTHER_CALL_AFTER_SILENCE = timedelta(hours=4)

#: The cause of a `lost` that nobody told: presumed, because nothing was told for long. Its moment is the
#: last known one of the call (`last_event_at`), and whatever is told of a later one overrides it.
SILENCE = "silence"

_TYPES = {kind: place for place, kind in enumerate(CallEventType)}
_ENTRANCES = {CallEventType.RINGING, CallEventType.QUEUED}
_BEGINNINGS = _ENTRANCES | {CallEventType.ANSWERED}
_ENDS = {CallEventType.ABANDONED, CallEventType.ENDED}


@dataclass
class _Telling:
    """A call while its story is being told. `began` is false while nothing but ends was told."""

    call: Call
    began: bool = False
    ends_before: list[CallEvent] = field(default_factory=list)
    end_came_first: bool = False
    exchange_restarted: bool = False
    presumed_lost_at: datetime | None = None


def calls_of(events: Iterable[CallEvent], restarts: Iterable[datetime] = ()) -> list[Call]:
    """All calls that the events of one source and call id tell of, oldest first.

    `restarts` are the moments at which the exchange started again: whatever call was open before such a
    moment was lost there.
    """
    tellings = list[_Telling]()
    pending = sorted(restarts, reverse=True)
    for moment, tied in _moments(events):
        while pending and pending[-1] <= moment:
            _restart(tellings, pending.pop())
        told = [event for event in tied if not is_presumption(event)]
        if told and (not tellings or _begins_another(tellings[-1], moment, told)):
            tellings.append(_Telling(Call(moment, moment, occurrence=len(tellings) + 1)))
        if told:
            _tell(tellings[-1], moment, told)
        if tellings and len(told) < len(tied):
            tellings[-1].presumed_lost_at = moment
    for moment in reversed(pending):
        _restart(tellings, moment)
    return [_told_to_the_end(telling, is_latest=telling is tellings[-1]) for telling in tellings]


def is_presumption(event: CallEvent) -> bool:
    """Whether nobody told the event: the call was taken for lost because it was silent."""
    return event.type is CallEventType.LOST and event.cause == SILENCE


def _moments(events: Iterable[CallEvent]) -> Iterator[tuple[datetime, list[CallEvent]]]:
    """Each delivery once, by its moment; nothing depends on the order of arrival any more."""
    distinct = dict[tuple[str, str], CallEvent]()
    for event in events:
        named = (event.source, event.delivery_id)
        known = distinct.setdefault(named, event)
        if known is not event and event.model_dump_json() < known.model_dump_json():
            distinct[named] = event
    story = sorted(distinct.items(), key=lambda told: (told[1].occurred_at, told[0]))
    for moment, tied in groupby(story, key=lambda told: told[1].occurred_at):
        yield moment, [event for _, event in tied]


def _restart(tellings: Sequence[_Telling], moment: datetime) -> None:
    if tellings and tellings[-1].call.started_at < moment:
        cut(tellings[-1].call, moment)
        tellings[-1].exchange_restarted = True


def _begins_another(telling: _Telling, moment: datetime, told: Sequence[CallEvent]) -> bool:
    kinds = {event.type for event in told}
    over, still = telling.call.gone_at is not None, moment - telling.call.last_event_at
    if telling.exchange_restarted or (over and still >= ANOTHER_CALL_AFTER_SILENCE):
        return not kinds.isdisjoint(_BEGINNINGS)
    enough = ANOTHER_CALL_AFTER_END if over else ANOTHER_CALL_AFTER_SILENCE
    return still >= enough and not kinds.isdisjoint(_ENTRANCES)


def _tell(telling: _Telling, moment: datetime, told: Sequence[CallEvent]) -> None:
    call = telling.call
    telling.presumed_lost_at = None
    call.last_event_at = moment
    call.caller = call.caller or _first_told(event.from_ for event in told)
    call.called = call.called or _first_told(event.to for event in told)
    for event in _in_sensible_order(call, told):
        if not telling.began:
            _tell_beginning(telling, event)
        apply(call, event)


def _first_told(texts: Iterable[str | None]) -> str | None:
    return next((text for text in texts if text), None)


def _tell_beginning(telling: _Telling, event: CallEvent) -> None:
    """An end that came before the beginning, by clocks that disagree, is put where the story ends.

    An end that reports a wait or a talk, or another queue, is no such end: it ends what was not told yet.
    """
    if event.type in _ENDS and not (event.reported_wait_seconds or event.reported_talk_seconds):
        telling.ends_before.append(event)
        return
    telling.began = True
    ends = telling.ends_before
    if ends and event.type in _BEGINNINGS and all(_same_queue(end.queue, event.queue) for end in ends):
        telling.end_came_first = True
        begin_anew(telling.call, event.occurred_at)


def _same_queue(one: str | None, other: str | None) -> bool:
    return None in (one, other) or one == other


def _in_sensible_order(call: Call, tied: Sequence[CallEvent]) -> Iterator[CallEvent]:
    """Events of one moment: by the source's own sequence where it has one, then what fits the call now.

    The call moves on in between. Events alike (an exchange gone mad tells thousands) are judged once.
    """
    if len(tied) == 1:
        yield tied[0]
        return
    placed = list(enumerate(tied))
    free = _alike((place, event) for place, event in placed if event.sequence is None)
    numbered = sorted((event.sequence, place, event) for place, event in placed if event.sequence is not None)
    for _, same in groupby(numbered, key=lambda told: told[0]):
        now = _alike((place, event) for _, place, event in same)
        while now:
            yield _most_fitting(call, now, free)
    while free:
        yield _most_fitting(call, free)


_Alike = dict[tuple[CallEventType, str | None], deque[tuple[int, CallEvent]]]


def _alike(placed: Iterable[tuple[int, CallEvent]]) -> _Alike:
    alike: _Alike = {}
    for place, event in placed:
        alike.setdefault((event.type, event.queue), deque()).append((place, event))
    return alike


def _most_fitting(call: Call, *several: _Alike) -> CallEvent:
    """Take the event that fits the call best; of those that fit alike, what most naturally comes first."""
    heads = ((alike, name, *events[0]) for alike in several for name, events in alike.items())
    alike, name, _, event = min(
        heads, key=lambda head: (not _fits(call, head[3]), _TYPES[head[3].type], head[2])
    )
    alike[name].popleft()
    if not alike[name]:
        del alike[name]
    return event


def _fits(call: Call, event: CallEvent) -> bool:
    """Whether the event can happen to the call as it stands: to be answered one must wait in that queue."""
    here = call.waiting or call.talking
    same_queue = here is None or _same_queue(here.queue, event.queue)
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


def _told_to_the_end(telling: _Telling, *, is_latest: bool) -> Call:
    """The call, with the end that nobody told, and with what about it does not add up."""
    call = telling.call
    if call.gone_at is None:
        if telling.end_came_first:
            hang_up(call, call.last_event_at)
        elif telling.presumed_lost_at is not None or not is_latest:
            cut(call, call.last_event_at)
            call.doubt(Inconsistency.END_UNTOLD)
    if call.gone_by == "ended" and not call.visits and not call.talks:
        call.doubt(Inconsistency.NEVER_QUEUED)
    if any(_differ(visit.reported_wait_seconds, visit.wait_seconds) for visit in call.visits):
        call.doubt(Inconsistency.WAIT_DISAGREES)
    answers = {visit.left_at for visit in call.visits if visit.outcome == "answered"}
    for talk in call.talks:
        if _differ(talk.reported_talk_seconds, talk.talk_seconds):
            call.doubt(_doubt_about(talk, from_queue=talk.started_at in answers))
    return call


def _differ(reported: float | None, computed: float | None) -> bool:
    if reported is None or computed is None:
        return False
    return abs(reported - computed) > SAME_MOMENT.total_seconds()


def _doubt_about(talk: Talk, *, from_queue: bool) -> Inconsistency:
    is_longer = (talk.reported_talk_seconds or 0) > (talk.talk_seconds or 0)
    return Inconsistency.TALK_BEFORE_QUEUE_EXIT if is_longer and from_queue else Inconsistency.TALK_DISAGREES
