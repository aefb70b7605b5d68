"""The state of a call: its stays in queues, its talks, its end, and what in its events does not add up.

Computed waits and talks are kept apart from what the exchange reports.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal

VisitOutcome = Literal["waiting", "answered", "abandoned", "overflowed", "transferred", "lost"]
CallOutcome = Literal["ringing", "waiting", "answered", "abandoned", "lost"]
TalkEnd = Literal["hung_up", "transferred", "lost"]


class Inconsistency(StrEnum):
    """What does not add up in a call's events. Each is counted; a call is listed whatever it has of these."""

    #: An end was reported, and its moment is before everything else that was reported of the call.
    END_BEFORE_BEGINNING = "end_before_beginning"
    #: The end of the call was reported, and then an answer.
    ANSWERED_AFTER_END = "answered_after_end"
    #: The beginning of a stay or a talk was not reported; it began as long ago as its reported length.
    BEGINNING_UNKNOWN = "beginning_untold"
    #: No end was reported: the call was silent for long, or its id was given to another call.
    END_UNKNOWN = "end_untold"
    #: The caller was reported to have given up, and went on (AMI reports so of every overflow).
    FALSE_ABANDON = "false_abandon"
    #: Over without a talk and without a stay in any queue: hung up before it, or refused by it.
    NEVER_QUEUED = "never_queued"
    #: By its reported length the talk began before the queue let the caller go.
    TALK_BEFORE_QUEUE_EXIT = "talk_before_queue_exit"
    #: Reported and computed length of a talk differ otherwise.
    TALK_DISAGREES = "talk_disagrees"
    #: Reported and computed wait differ.
    WAIT_DISAGREES = "wait_disagrees"


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
    """A call from its first ring to its end. `gone_at` is None while the caller may still be there.

    `occurrence` counts the calls that bore the same id, from 1. `inconsistencies` are in alphabetical
    order, each once.
    """

    started_at: datetime
    last_event_at: datetime
    caller: str | None = None
    called: str | None = None
    visits: list[Visit] = field(default_factory=list)
    talks: list[Talk] = field(default_factory=list)
    gone_at: datetime | None = None
    gone_by: Literal["ended", "lost"] | None = None
    occurrence: int = 1
    inconsistencies: list[str] = field(default_factory=list)
    #: The agents whose phones ring for it now, in alphabetical order.
    ringing_at: list[str] = field(default_factory=list)

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

    def add_inconsistency(self, what: Inconsistency) -> None:
        """Note once that something does not add up."""
        if what not in self.inconsistencies:
            self.inconsistencies = sorted([*self.inconsistencies, what.value])
