"""What needs somebody now, found in what the services tell, the worst first. Knows no web and no words.

The thresholds are judgements of ours, to be changed when operations say so; the law's deadlines are not.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any

#: A deadline that runs out within this is told before it does.
SOON = timedelta(hours=4)
#: The share within the target that a queue of the reception should keep, with those due counted in.
LEAST_SERVICE_LEVEL = 0.8
#: Giving up beyond this share is trouble.
MOST_ABANDONMENT = 0.1
#: Fewer people than this say nothing about a share.
LEAST_PEOPLE = 10
#: Somebody who gave up and waits longer than this to be called is waiting too long.
CALLBACK_PATIENCE = timedelta(hours=2)
#: More events than this on their way mean that they pile up.
MANY_EVENTS = 100


class Grade(IntEnum):
    """How much it hurries."""

    ACT = 0
    LOOK = 1
    WATCH = 2


@dataclass(frozen=True)
class Trouble:
    """One thing that needs somebody. `kind` is its text's key, `values` what stands in the text."""

    grade: Grade
    kind: str
    #: Within a grade, the larger comes first.
    weight: float = 0.0
    values: Mapping[str, Any] = field(default_factory=dict)
    #: Where one can do something about it.
    path: str | None = None


def troubles_of(
    *,
    queues: Sequence[Mapping[str, Any]] | None,
    clocks: Mapping[str, Any] | None,
    callbacks: Mapping[str, Any] | None,
    ready: Mapping[str, bool],
    dead: int,
    on_their_way: int,
    telephony: Mapping[str, Any] | None,
    now: datetime,
) -> list[Trouble]:
    """Everything that needs somebody, the worst first. None stands for what could not be asked."""
    found = [
        *_of_services(ready, dead, on_their_way),
        *_of_clocks(clocks, now),
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


def _of_clocks(clocks: Mapping[str, Any] | None, now: datetime) -> Iterator[Trouble]:
    if clocks is None:
        return
    overdue = clocks["overdue"]
    if overdue:
        worst = clocks["items"][0]
        values = {"n": overdue, "seconds": worst["overdue_seconds"], "queue": worst["queue"]}
        yield Trouble(Grade.ACT, "clocks_overdue", 1e6 + overdue, values, "#clocks")
    soon = [one for one in clocks["items"] if now <= _moment(one["due_at"]) < now + SOON]
    if soon:
        values = {"n": len(soon), "queue": soon[0]["queue"], "due_at": soon[0]["due_at"]}
        yield Trouble(Grade.LOOK, "clocks_soon", 1e6, values, "#clocks")


def _of_queue(queue: Mapping[str, Any]) -> Iterator[Trouble]:
    live, name = queue["live"], queue["name"]
    if live["past_due"]:
        values = {"queue": name, "n": live["past_due"], "seconds": live["oldest_wait_seconds"]}
        is_reception = queue["kind"] == "reception"
        grade = Grade.ACT if is_reception and live["is_open"] else Grade.LOOK
        yield Trouble(grade, "past_due", live["past_due"], values, f"/inbox/{queue['code']}")
    if queue["kind"] != "reception":
        return
    level = share_of(live, "everyone_due")
    if level is not None and level < LEAST_SERVICE_LEVEL and live["entered"] >= LEAST_PEOPLE:
        values = {"queue": name, "share": level}
        yield Trouble(
            Grade.WATCH, "service_level", 1 - level, values, f"/operations/day?queue={queue['code']}"
        )
    gone, ended = live["abandonment"], live["answered"] + live["abandoned"]
    if gone is not None and gone > MOST_ABANDONMENT and ended >= LEAST_PEOPLE:
        values = {"queue": name, "share": gone}
        yield Trouble(Grade.WATCH, "abandonment", gone, values, f"/operations/day?queue={queue['code']}")


def _of_callbacks(callbacks: Mapping[str, Any] | None, now: datetime) -> Iterator[Trouble]:
    waiting = [one for one in (callbacks or {}).get("callbacks", ()) if one["status"] == "waiting"]
    late = [one for one in waiting if now - _moment(one["first_due_at"]) > CALLBACK_PATIENCE]
    if late:
        oldest = min(_moment(one["first_due_at"]) for one in late)
        values = {"n": sum(one["count"] for one in late), "seconds": (now - oldest).total_seconds()}
        yield Trouble(Grade.LOOK, "callbacks_late", values["n"], values, "#callbacks")


def _of_telephony(telephony: Mapping[str, Any] | None) -> Iterator[Trouble]:
    if telephony is None:
        return
    aside = sum(one["count"] for one in telephony["set_aside"])
    if aside:
        yield Trouble(Grade.LOOK, "set_aside", aside, {"n": aside}, "/operations/systems#telephony")
    if telephony["unread"] > MANY_EVENTS:
        values = {"n": telephony["unread"]}
        yield Trouble(Grade.LOOK, "unread", telephony["unread"], values, "/operations/systems#telephony")


def share_of(figures: Mapping[str, Any], variant: str) -> float | None:
    """The service level in this variant; None when it names nobody."""
    levels: Iterable[Mapping[str, Any]] = figures["service_levels"]
    return next((one["share"] for one in levels if one["variant"] == variant), None)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
