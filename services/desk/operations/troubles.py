"""What needs action now, found in the services' figures, the worst first. The page has the words.

The thresholds are our judgement, to be changed when operations say so; the law's deadlines are not.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any

from services.desk.callbacks.schemas import CallbackSummary
from services.desk.operations.duty_figures import DutyFigures
from services.desk.operations.schemas import RunningClocks, Telephony
from services.desk.routing_models import Queue

#: A deadline that runs out within this is listed before it does.
SOON = timedelta(hours=4)
#: The share within the target that a queue of the reception should keep, with those due counted in.
LEAST_SERVICE_LEVEL = 0.8
#: A larger share that gives up is listed.
MOST_ABANDONMENT = 0.1
#: A share of fewer people than this is chance.
LEAST_PEOPLE = 10
#: A call-back that waits longer than this is late.
CALLBACK_PATIENCE = timedelta(hours=2)
#: More events than this on their way mean that they pile up.
MANY_EVENTS = 100


class Grade(IntEnum):
    """How urgent it is."""

    ACT = 0
    LOOK = 1
    WATCH = 2


@dataclass(frozen=True)
class Trouble:
    """One thing that needs action. `kind` is its text's key, `values` are filled into it."""

    grade: Grade
    kind: str
    #: Within a grade, the larger comes first.
    weight: float = 0.0
    values: Mapping[str, Any] = field(default_factory=dict)
    #: The page to act on it.
    path: str | None = None


def troubles_of(
    *,
    queues: Sequence[Queue] | None,
    clocks: RunningClocks | None,
    duties: DutyFigures | None,
    unread: Sequence[str],
    callbacks: CallbackSummary | None,
    ready: Mapping[str, bool],
    dead: int,
    on_their_way: int,
    telephony: Telephony | None,
    now: datetime,
) -> list[Trouble]:
    """Everything that needs action, the worst first. None is for what could not be read.

    `unread` are the names of what could not be read: as long as there are any, nobody knows that all is well.
    """
    found = [
        *(Trouble(Grade.LOOK, "not_read", 1e8, {"what": name}) for name in unread),
        *_of_services(ready, dead, on_their_way),
        # Duties run from the first word on; routing's clocks are those of contacts that somebody decided on.
        *(_of_clocks(clocks, now) if duties is None else _of_duties(duties, now)),
        *(trouble for queue in queues or () for trouble in _of_queue(queue)),
        *_of_callbacks(callbacks, now),
        *_of_telephony(telephony),
    ]
    return sorted(found, key=lambda one: (one.grade, -one.weight))


def _of_services(ready: Mapping[str, bool], dead: int, on_their_way: int) -> Iterator[Trouble]:
    for name, is_ready in ready.items():
        if not is_ready:
            yield Trouble(Grade.ACT, "service_down", 1e9, {"service": name})
    if dead:
        yield Trouble(Grade.ACT, "dead_letters", dead, {"n": dead}, "/operations/systems#letters")
    if on_their_way > MANY_EVENTS:
        values = {"n": on_their_way}
        yield Trouble(Grade.LOOK, "events_pile_up", on_their_way, values, "/operations/systems#letters")


def _of_clocks(clocks: RunningClocks | None, now: datetime) -> Iterator[Trouble]:
    if clocks is None:
        return
    if clocks.overdue:
        worst = clocks.items[0]
        values = {"n": clocks.overdue, "seconds": worst.overdue_seconds, "queue": worst.queue}
        yield Trouble(Grade.ACT, "clocks_overdue", 1e6 + clocks.overdue, values, "#clocks")
    soon = [one for one in clocks.items if now <= one.due_at < now + SOON]
    if soon:
        values = {"n": len(soon), "queue": soon[0].queue, "due_at": soon[0].due_at}
        yield Trouble(Grade.LOOK, "clocks_soon", 1e6, values, "#clocks")


def _of_duties(duties: DutyFigures, now: datetime) -> Iterator[Trouble]:
    if duties.overdue:
        worst, n = duties.overdue[0], len(duties.overdue)
        values = {"n": n, "seconds": worst.overdue_seconds, "unit": worst.unit}
        yield Trouble(Grade.ACT, "duties_overdue", 1e6 + n, values, "#duties")
    soon = [one for one in duties.running if one.due_at < now + SOON]
    if soon:
        values = {"n": len(soon), "unit": soon[0].unit, "due_at": soon[0].due_at}
        yield Trouble(Grade.LOOK, "duties_soon", 1e6, values, "#duties")


def _of_queue(queue: Queue) -> Iterator[Trouble]:
    live, name = queue.live, queue.name
    if live.past_due:
        values = {"queue": name, "n": live.past_due, "seconds": live.oldest_wait_seconds}
        is_reception = queue.kind == "reception"
        grade = Grade.ACT if is_reception and live.is_open else Grade.LOOK
        yield Trouble(grade, "past_due", live.past_due, values, f"/inbox/{queue.code}")
    if queue.kind != "reception":
        return
    level = live.service_level
    if level is not None and level < LEAST_SERVICE_LEVEL and live.entered >= LEAST_PEOPLE:
        values = {"queue": name, "share": level}
        yield Trouble(Grade.WATCH, "service_level", 1 - level, values, f"/operations/day?queue={queue.code}")
    gone, ended = live.abandonment, live.answered + live.abandoned
    if gone is not None and gone > MOST_ABANDONMENT and ended >= LEAST_PEOPLE:
        values = {"queue": name, "share": gone}
        yield Trouble(Grade.WATCH, "abandonment", gone, values, f"/operations/day?queue={queue.code}")


def _of_callbacks(callbacks: CallbackSummary | None, now: datetime) -> Iterator[Trouble]:
    counts = callbacks.callbacks if callbacks else ()
    waiting = [one for one in counts if one.status == "waiting"]
    late = [one for one in waiting if now - one.first_due_at > CALLBACK_PATIENCE]
    if late:
        oldest = min(one.first_due_at for one in late)
        values = {"n": sum(one.count for one in late), "seconds": (now - oldest).total_seconds()}
        yield Trouble(Grade.LOOK, "callbacks_late", values["n"], values, "#callbacks")


def _of_telephony(telephony: Telephony | None) -> Iterator[Trouble]:
    if telephony is None:
        return
    aside = sum(one.count for one in telephony.set_aside)
    if aside:
        yield Trouble(Grade.LOOK, "set_aside", aside, {"n": aside}, "/operations/systems#telephony")
    if telephony.unread > MANY_EVENTS:
        values = {"n": telephony.unread}
        yield Trouble(Grade.LOOK, "unread", telephony.unread, values, "/operations/systems#telephony")
