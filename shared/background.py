"""Background jobs: woken when there is something to do, and run at intervals in any case.

A wake-up may get lost (another replica had it, the process was killed), so every job also runs at
intervals; what it finds in storage is the truth.
"""

import asyncio
from abc import ABC, abstractmethod
from contextlib import suppress

import structlog

LONGEST_PAUSE_SECONDS = 15.0

log = structlog.get_logger("background")


class Job(ABC):
    """A background job. `name` is for the log."""

    def __init__(self, name: str, every_seconds: float) -> None:
        self._name = name
        self._every = every_seconds
        self._woken = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @abstractmethod
    async def drain(self) -> int:
        """Do everything that is to be done now; gives how much it was. For tests and commands, too."""

    def wake(self) -> None:
        """There is something to do."""
        self._woken.set()

    def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        pause = self._every
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), pause)
            self._woken.clear()
            try:
                await self.drain()
                pause = self._every
            except Exception as error:
                # The type only: an error's text may quote what was stored.
                log.warning("job failed", job=self._name, error=type(error).__name__)
                pause = min(max(pause, 1.0) * 2, LONGEST_PAUSE_SECONDS)
                await asyncio.sleep(pause / 2)
