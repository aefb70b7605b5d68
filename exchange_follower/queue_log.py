"""Follows a queue_log: sends intake each line once it is written; no line has an effect twice.

Each part that is sent begins with the lines of the last two seconds before it, sent again: a delivery's id
counts the equal lines before it (queue_log.py), equal lines are of one second, and so the count is the same
however the log was cut. Two seconds rather than one, because Asterisk's threads may write a line of a second
after one of the next. The position is kept after each receipt, never before.
"""

import asyncio
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path

import structlog

from exchange_follower.courier import Courier
from exchange_follower.log_reader import LogReader
from exchange_follower.position import Position, keep_position
from services.intake.delivery_store.schemas import MOST_EVENTS
from services.intake.telephony.asterisk_queue_log.lines import as_text, seconds_of

log = structlog.get_logger("follow")

POLL_SECONDS = 0.25
#: Lines and characters sent again at most. Equal lines further apart than that would be taken for one.
_MOST_RECENT = 400
_MOST_RECENT_CHARACTERS = 100_000


class QueueLogFollower:
    """Reads on from `position` and sends what it reads; the position is stored in the file `kept_in`."""

    def __init__(self, reader: LogReader, courier: Courier, kept_in: Path, position: Position) -> None:
        self._reader = reader
        self._courier = courier
        self._kept_in = kept_in
        self._recent = position.recent

    async def run(self, poll_seconds: float = POLL_SECONDS) -> None:
        """Run until cancelled. A log that cannot be read is tried again: it may not be there yet."""
        while True:
            if not await self.step():
                await asyncio.sleep(poll_seconds)

    async def step(self) -> bool:
        """Send intake the new lines; returns whether there were any."""
        try:
            raw = self._reader.lines(MOST_EVENTS - len(self._recent))
        except OSError as error:
            log.warning("the log cannot be read", error=type(error).__name__)
            return False
        if not raw:
            return False
        new = [as_text(line.strip(b"\r\n\0 ")) for line in raw]
        lines = [*self._recent, *filter(None, new)]
        if len(lines) > len(self._recent):
            await self._courier.carry("\n".join(lines), "text/plain; charset=utf-8")
        self._recent = recent(lines)
        keep_position(self._kept_in, Position(str(self._reader.path), self._reader.mark, self._recent))
        return True


def recent(lines: Sequence[str]) -> tuple[str, ...]:
    """The lines that must be sent again before the next ones: those of the last second and the one before.

    It begins with a line that has its moment, because lines without one belong to the line before them.
    """
    moments = seconds_of(lines)
    last = next((moment for moment in reversed(moments) if moment is not None), None)
    kept = [
        line
        for line, moment in zip(lines, moments, strict=True)
        if last is None or (moment is not None and last - 1 <= moment)
    ]
    sizes = accumulate(len(line) for line in reversed(kept[-_MOST_RECENT:]))
    fitting = sum(size <= _MOST_RECENT_CHARACTERS for size in sizes)
    return tuple(kept[len(kept) - fitting :])
