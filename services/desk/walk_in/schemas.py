"""The line at the counter, as it is rendered."""

from dataclasses import dataclass
from datetime import datetime

from services.desk.routing_models import Entry, Estimate, Queue


@dataclass(frozen=True)
class CounterLine:
    """The queue, the entries that wait, and those that were called: by the user, and by colleagues."""

    queue: Queue
    waiting: list[Entry]
    mine: list[Entry]
    others: list[Entry]


@dataclass(frozen=True)
class Slip:
    """What is printed for a citizen: the number and the wait to expect, nothing about the person."""

    ticket: str
    entered_at: datetime
    estimate: Estimate | None
