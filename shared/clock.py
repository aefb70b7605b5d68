"""The city's clock: everything that happens to contacts is dated by it; tests and the simulation set it.

Leases, token lifetimes and other matters of the machine use real time, never this clock.
"""

from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

COPENHAGEN = ZoneInfo("Europe/Copenhagen")


class Clock(Protocol):
    """The current moment, as an aware datetime in UTC."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's own time."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class SettableClock:
    """A clock that moves only when it is set: for tests and the simulation."""

    def __init__(self, moment: datetime) -> None:
        self.set(moment)

    def now(self) -> datetime:
        return self._moment

    def set(self, moment: datetime) -> None:
        """Make it `moment`, which must carry its offset."""
        if moment.tzinfo is None:
            message = "a moment needs its offset from UTC"
            raise ValueError(message)
        self._moment = moment.astimezone(UTC)

    def advance(self, duration: timedelta) -> None:
        self._moment += duration
