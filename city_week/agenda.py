"""What happens when: a heap of moments, each with something to do."""

import heapq
import itertools
from collections.abc import Awaitable, Callable
from datetime import datetime

Deed = Callable[[], Awaitable[None]]


class Agenda:
    """Deeds in the order of their moments; those of one moment in the order they were planned."""

    def __init__(self) -> None:
        self._deeds: list[tuple[datetime, int, Deed]] = []
        self._order = itertools.count()

    def plan(self, at: datetime, deed: Deed) -> None:
        heapq.heappush(self._deeds, (at, next(self._order), deed))

    def next(self, until: datetime) -> tuple[datetime, Deed] | None:
        """The next deed before `until`, taken off the agenda."""
        if not self._deeds or self._deeds[0][0] >= until:
            return None
        at, _, deed = heapq.heappop(self._deeds)
        return at, deed
