"""A small model of an exchange: it knows what truly happened to a caller, and reports it as exchanges do.

It is independent of what it tests: the truth is written down while the events are made, not derived from
them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from services.intake.call_story.state import Call
from services.intake.telephony.canonical import CallEvent

NINE = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
QUEUES = ("main", "youth", "rotate")


@dataclass
class Truth:
    """What happened: stays (queue, outcome, seconds), talks (agent, seconds), and when the caller
    was gone.
    """

    visits: list[tuple[str, str, float | None]] = field(default_factory=list)
    talks: list[tuple[str, float | None]] = field(default_factory=list)
    gone_at: datetime | None = None


@dataclass
class Exchange:
    """Reports one id's calls, each after the other, and keeps the truth about them.

    `falsely` says that every overflow is reported as giving up, as Asterisk's AMI does; `silent_transfers`
    that a transfer is reported by the next queue only.
    """

    chance: Random
    call_id: str = "c1"
    falsely: bool = False
    silent_transfers: bool = False
    now: float = 0
    events: list[CallEvent] = field(default_factory=list)
    truths: list[Truth] = field(default_factory=list)

    def call(self) -> None:
        """One caller's whole way, from the first ring to the end."""
        truth = Truth()
        self.truths.append(truth)
        rings = self.chance.random() < 0.7
        if rings:
            self._report("ringing", None)
            self._passes(0, 9)
        if rings and self.chance.random() < 0.1:
            self._gone("ended", None, truth)
            return
        queue = self.chance.choice(QUEUES)
        while queue:
            queue = self._stay(queue, truth)

    def pause(self) -> None:
        """So long that the next call by this id is another one."""
        self._passes(60, 3600)

    def _stay(self, queue: str, truth: Truth) -> str:
        """One stay in a queue; gives the next queue, or nothing when the caller is gone."""
        self._report("queued", queue)
        waited = self._waits(queue)
        match self.chance.choice(("answered", "answered", "abandoned", "ended", "overflowed")):
            case "answered":
                agent = self.chance.choice(("Anna", "Bo"))
                self._report("answered", queue, agent=agent, reported_wait_seconds=waited)
                truth.visits.append((queue, "answered", waited))
                return self._talk(queue, agent, truth)
            case "overflowed":
                kind = "abandoned" if self.falsely else "overflowed"
                self._report(kind, queue, reported_wait_seconds=waited)
                truth.visits.append((queue, "overflowed", waited))
                return self._another(queue)
            case end:
                truth.visits.append((queue, "abandoned", waited))
                self._gone(end, queue, truth)
                return ""

    def _waits(self, queue: str) -> float:
        started = self.now
        for _ in range(self.chance.randrange(3)):
            self._passes(1, 20)
            self._report(self.chance.choice(("offered", "offer_missed")), queue)
        self._passes(1, 200)
        return self.now - started

    def _talk(self, queue: str, agent: str, truth: Truth) -> str:
        talked = self._passes(1, 600)
        truth.talks.append((agent, talked))
        if self.chance.random() < 0.7:
            self._gone("ended", queue, truth, reported_talk_seconds=talked)
            return ""
        if not self.silent_transfers:
            self._report("transferred", queue, reported_talk_seconds=talked)
        return self._another(queue)

    def _another(self, queue: str) -> str:
        return self.chance.choice([other for other in QUEUES if other != queue])

    def _gone(self, kind: str, queue: str | None, truth: Truth, **more: Any) -> None:
        self._report(kind, queue, **more)
        truth.gone_at = NINE + timedelta(seconds=self.now)

    def _passes(self, least: int, most: int) -> float:
        seconds = float(self.chance.randint(least, most))
        self.now += seconds
        return seconds

    def _report(self, kind: str, queue: str | None, **more: Any) -> None:
        fields = {
            "source": "model",
            "delivery_id": f"{self.call_id}-{len(self.events)}",
            "call_id": self.call_id,
        }
        moment = NINE + timedelta(seconds=self.now)
        event = {**fields, "type": kind, "occurred_at": moment, "queue": queue, **more}
        self.events.append(CallEvent.model_validate(event))


def exchange(chance: Random, call_id: str = "c1", calls: int = 1) -> Exchange:
    """An exchange that has reported so many calls of one id."""
    model = Exchange(chance, call_id, chance.random() < 0.5, chance.random() < 0.5)
    for _ in range(calls):
        model.call()
        model.pause()
    return model


def truth_of(call: Call) -> Truth:
    """What a derived call says, in the form of the truth."""
    return Truth(
        [(visit.queue or "", visit.outcome, visit.wait_seconds) for visit in call.visits],
        [(talk.agent or "", talk.talk_seconds) for talk in call.talks],
        call.gone_at,
    )


def disordered(events: Sequence[CallEvent], chance: Random) -> list[CallEvent]:
    """The events in any order, some of them several times."""
    repeated = [*events, *chance.choices(events, k=chance.randrange(len(events) + 1))]
    chance.shuffle(repeated)
    return repeated
