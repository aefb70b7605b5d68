"""The live board as it is answered over HTTP."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Self

from pydantic import BaseModel, Field

from services.routing.duties.repository import DutyCount
from services.routing.models import EntryRow
from services.routing.queues.schemas import QueueOut
from services.routing.states import DutyState
from services.routing.wording import rule_name


class TicketOut(BaseModel):
    """A ticket of the day at an entrance. `called_at` (the last call) is null in the line."""

    ticket: str = Field(examples=["A17"])
    queue: str = Field(examples=["reception-desk"])
    entered_at: datetime
    called_at: datetime | None
    counter: str | None = Field(None, description="Where its holder is called to", examples=["2"])
    calls: int = Field(0, description="How often it was called since it was taken", examples=[1])

    @classmethod
    def of(cls, entry: EntryRow) -> Self:
        return cls(
            ticket=entry.ticket or "",
            queue=entry.queue,
            entered_at=entry.entered_at,
            called_at=entry.taken_at and (entry.called_at or entry.taken_at),
            counter=entry.counter,
            calls=entry.calls,
        )


class DutyCountsOut(BaseModel):
    """The duties of one rule: those that run now, and how those due in the last 28 days ended."""

    rule: str = Field(examples=["notification_assessment"])
    name: str = Field(examples=["24-timers vurdering af underretning"])
    running: int = Field(0, description="Not due yet", examples=[12])
    overdue: int = Field(0, examples=[1])
    met: int = Field(0, description="Done in time", examples=[140])
    met_late: int = Field(0, examples=[3])
    ended_otherwise: dict[str, int] = Field({}, description="By reason", examples=[{"duplicate": 2}])

    @classmethod
    def of_all(cls, counts: Iterable[DutyCount]) -> list[Self]:
        """One for each rule, in order."""
        rules: dict[str, dict[str, Any]] = defaultdict(lambda: defaultdict(dict))
        for one in counts:
            if one.state == DutyState.ENDED_OTHERWISE:
                rules[one.rule][one.state][one.reason or ""] = one.number
            else:
                rules[one.rule][one.state] = one.number
        return [cls(rule=rule, name=rule_name(rule), **states) for rule, states in sorted(rules.items())]


class BoardOut(BaseModel):
    """All queues and tickets at one moment. It names no person."""

    at: datetime
    queues: list[QueueOut]
    called: list[TicketOut] = Field(description="The tickets called last, newest first")
    waiting: list[TicketOut] = Field(description="The tickets next in line")
    duties: list[DutyCountsOut] = Field(description="What is owed, by rule, with or without an open entry")
