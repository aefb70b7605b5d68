"""A timetable of the simulation: actions, ordered by when they are due."""

import heapq
import itertools
from collections.abc import Awaitable, Callable
from datetime import datetime

Action = Callable[[], Awaitable[None]]


class Agenda:
    """Actions in the order of their times; those of the same time in the order in which they were planned."""

    def __init__(self) -> None:
        self._actions: list[tuple[datetime, int, Action]] = []
        self._order = itertools.count()

    def plan(self, at: datetime, action: Action) -> None:
        heapq.heappush(self._actions, (at, next(self._order), action))

    def next(self, until: datetime) -> tuple[datetime, Action] | None:
        """The next action before `until`, taken off the agenda."""
        if not self._actions or self._actions[0][0] >= until:
            return None
        at, _, action = heapq.heappop(self._actions)
        return at, action
