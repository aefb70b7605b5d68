"""From the *set* of its events to a call; to several, where an exchange gave one id to several calls.

Late, repeated and reordered deliveries give the same calls: events are put in the order of their moments,
and events of one moment (a queue log has whole seconds only) in the order in which they make sense.

Which call an event belongs to follows from the set as well. A ring or a queue begins another call when the
one before it was over and nothing was reported of it for a minute; or, since ends get lost, when nothing was
reported for four hours; or when the exchange has restarted since. Any other event belongs to the same call:
a caller who enters a queue right after an overflow, a transfer or a talk has only gone on. So an end that
arrives late can show that one call was two, and another late event that two were one.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby

from services.intake.call_story.moves import SAME_MOMENT, apply, cut_off, forget_early_end, hang_up
from services.intake.call_story.state import Call, Inconsistency, Talk
from services.intake.telephony.canonical import CallEvent, CallEventType

ANOTHER_CALL_AFTER_END = timedelta(minutes=1)
ANOTHER_CALL_AFTER_SILENCE = timedelta(hours=4)

#: The cause of a `lost` that no exchange sent: presumed, because nothing was reported for long. Its moment is
#: the last known one of the call (`last_event_at`), and any later event overrides it.
SILENCE = "silence"

_TYPE_ORDER = {kind: place for place, kind in enumerate(CallEventType)}
_ENTRANCES = {CallEventType.RINGING, CallEventType.QUEUED}
_BEGINNINGS = _ENTRANCES | {CallEventType.ANSWERED}
_ENDS = {CallEventType.ABANDONED, CallEventType.ENDED}


@dataclass
class _Derivation:
    """A call while its events are applied. `has_begun` is false while it has nothing but ends."""

    call: Call
    has_begun: bool = False
    early_ends: list[CallEvent] = field(default_factory=list)
    end_came_first: bool = False
    exchange_restarted: bool = False
    presumed_lost_at: datetime | None = None


def calls_of(events: Iterable[CallEvent], restarts: Iterable[datetime] = ()) -> list[Call]:
    """All calls that the events of one source and call id amount to, oldest first.

    `restarts` are the moments at which the exchange started again: any call that was open before such a
    moment was lost then.
    """
    derivations = list[_Derivation]()
    pending = sorted(restarts, reverse=True)
    for moment, simultaneous in _by_moment(events):
        while pending and pending[-1] <= moment:
            _restart(derivations, pending.pop())
        reported = [event for event in simultaneous if not is_presumption(event)]
        if reported and (not derivations or _begins_another(derivations[-1], moment, reported)):
            derivations.append(_Derivation(Call(moment, moment, occurrence=len(derivations) + 1)))
        if reported:
            _apply_all(derivations[-1], moment, reported)
        if derivations and len(reported) < len(simultaneous):
            derivations[-1].presumed_lost_at = moment
    for moment in reversed(pending):
        _restart(derivations, moment)
    return [_finished(derivation, is_latest=derivation is derivations[-1]) for derivation in derivations]


def is_presumption(event: CallEvent) -> bool:
    """Whether no exchange sent the event: the call was taken for lost because it was silent."""
    return event.type is CallEventType.LOST and event.cause == SILENCE


def _by_moment(events: Iterable[CallEvent]) -> Iterator[tuple[datetime, list[CallEvent]]]:
    """Each delivery once, by its moment; from here on nothing depends on the order of arrival."""
    distinct = dict[tuple[str, str], CallEvent]()
    for event in events:
        delivery = (event.source, event.delivery_id)
        other = distinct.get(delivery)
        # One delivery id with two contents is the sender's fault. Which of the two counts does not matter,
        # but it must not depend on which came first: the same set must always give the same calls.
        if other is None or event.model_dump_json() < other.model_dump_json():
            distinct[delivery] = event
    ordered = sorted(distinct.items(), key=lambda item: (item[1].occurred_at, item[0]))
    for moment, simultaneous in groupby(ordered, key=lambda item: item[1].occurred_at):
        yield moment, [event for _, event in simultaneous]


def _restart(derivations: Sequence[_Derivation], moment: datetime) -> None:
    if derivations:
        cut_off(derivations[-1].call, moment)
        derivations[-1].exchange_restarted = True


def _begins_another(derivation: _Derivation, moment: datetime, events: Sequence[CallEvent]) -> bool:
    kinds = {event.type for event in events}
    is_over, silence = derivation.call.gone_at is not None, moment - derivation.call.last_event_at
    if derivation.exchange_restarted or (is_over and silence >= ANOTHER_CALL_AFTER_SILENCE):
        return not kinds.isdisjoint(_BEGINNINGS)
    enough = ANOTHER_CALL_AFTER_END if is_over else ANOTHER_CALL_AFTER_SILENCE
    return silence >= enough and not kinds.isdisjoint(_ENTRANCES)


def _apply_all(derivation: _Derivation, moment: datetime, events: Sequence[CallEvent]) -> None:
    call = derivation.call
    derivation.presumed_lost_at = None
    call.last_event_at = moment
    call.caller = call.caller or _first(event.from_ for event in events)
    call.called = call.called or _first(event.to for event in events)
    for event in _in_sensible_order(call, events):
        if not derivation.has_begun:
            _note_beginning(derivation, event)
        apply(call, event)


def _first(texts: Iterable[str | None]) -> str | None:
    return next((text for text in texts if text), None)


def _note_beginning(derivation: _Derivation, event: CallEvent) -> None:
    """An end that came before the beginning, by clocks that disagree, is moved to the end of the call.

    An end that reports a wait or a talk, or another queue, did not come too early: it ends a part of the call
    that was not reported.
    """
    if event.type in _ENDS and not (event.reported_wait_seconds or event.reported_talk_seconds):
        derivation.early_ends.append(event)
        return
    derivation.has_begun = True
    ends = derivation.early_ends
    if ends and event.type in _BEGINNINGS and all(_same_queue(end.queue, event.queue) for end in ends):
        derivation.end_came_first = True
        forget_early_end(derivation.call, event.occurred_at)


def _same_queue(one: str | None, other: str | None) -> bool:
    return None in (one, other) or one == other


def _in_sensible_order(call: Call, simultaneous: Sequence[CallEvent]) -> Iterator[CallEvent]:
    """Events of one moment: by the source's own sequence where it has one, then what fits the call now.

    The call moves on in between. Equal events (a faulty exchange sends thousands) are compared once.
    """
    if len(simultaneous) == 1:
        yield simultaneous[0]
        return
    placed = list(enumerate(simultaneous))
    free = _grouped((place, event) for place, event in placed if event.sequence is None)
    numbered = sorted((event.sequence, place, event) for place, event in placed if event.sequence is not None)
    for _, same in groupby(numbered, key=lambda item: item[0]):
        now = _grouped((place, event) for _, place, event in same)
        while now:
            yield _most_fitting(call, now, free)
    while free:
        yield _most_fitting(call, free)


#: Events of the same type and queue, each with its place among those of the moment.
_Groups = dict[tuple[CallEventType, str | None], deque[tuple[int, CallEvent]]]


def _grouped(placed: Iterable[tuple[int, CallEvent]]) -> _Groups:
    groups: _Groups = {}
    for place, event in placed:
        groups.setdefault((event.type, event.queue), deque()).append((place, event))
    return groups


def _most_fitting(call: Call, *several: _Groups) -> CallEvent:
    """Take out the event that fits the call best; among equals, the type that naturally comes first."""
    heads = ((groups, name, *events[0]) for groups in several for name, events in groups.items())
    groups, name, _, event = min(
        heads, key=lambda head: (not _fits(call, head[3]), _TYPE_ORDER[head[3].type], head[2])
    )
    groups[name].popleft()
    if not groups[name]:
        del groups[name]
    return event


def _fits(call: Call, event: CallEvent) -> bool:
    """Whether the event can happen to the call now: to be answered, the caller must wait in that queue."""
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


def _finished(derivation: _Derivation, *, is_latest: bool) -> Call:
    """The call, with the end that was not reported, and with what about it does not add up."""
    call = derivation.call
    if call.gone_at is None:
        if derivation.end_came_first:
            hang_up(call, call.last_event_at)
        elif derivation.presumed_lost_at is not None or not is_latest:
            cut_off(call, call.last_event_at)
            call.add_inconsistency(Inconsistency.END_UNKNOWN)
    if call.gone_by == "ended" and not call.visits and not call.talks:
        call.add_inconsistency(Inconsistency.NEVER_QUEUED)
    if any(_differ(visit.reported_wait_seconds, visit.wait_seconds) for visit in call.visits):
        call.add_inconsistency(Inconsistency.WAIT_DISAGREES)
    answers = {visit.left_at for visit in call.visits if visit.outcome == "answered"}
    for talk in call.talks:
        if _differ(talk.reported_talk_seconds, talk.talk_seconds):
            call.add_inconsistency(_talk_inconsistency(talk, is_from_queue=talk.started_at in answers))
    return call


def _differ(reported: float | None, computed: float | None) -> bool:
    if reported is None or computed is None:
        return False
    return abs(reported - computed) > SAME_MOMENT.total_seconds()


def _talk_inconsistency(talk: Talk, *, is_from_queue: bool) -> Inconsistency:
    is_longer = (talk.reported_talk_seconds or 0) > (talk.talk_seconds or 0)
    if is_longer and is_from_queue:
        return Inconsistency.TALK_BEFORE_QUEUE_EXIT
    return Inconsistency.TALK_DISAGREES
