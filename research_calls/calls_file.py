"""Reads a file of recorded calls in the order of time, and puts their events in the order of arrival."""

import csv
import gzip
import heapq
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import TextIOWrapper
from pathlib import Path

from research_calls.recorded_calls import RecordedCall, UnreadableRowError, events_of, read_call
from services.intake.telephony.canonical import CallEvent

_COLUMNS = {
    "call",
    "service",
    "entered_at",
    "menu_seconds",
    "queued_at",
    "wait_seconds",
    "outcome",
    "talk_started_at",
    "talk_seconds",
    "agent",
}


class NotACallsFileError(Exception):
    """The file has not the columns of recorded calls."""


@dataclass(frozen=True)
class Disorder:
    """How unreliably events arrive: each up to `shuffle_seconds` late, the share `doubled` twice.

    The same seed gives the same order.
    """

    shuffle_seconds: float = 0
    doubled: float = 0
    seed: int = 0


class CallsFile:
    """The calls of a CSV file (plain or gzip), oldest first. One line of text for each call is in memory.

    Such files are in order of line and month, so they must be sorted before they can be replayed as live.
    `unreadable` counts the rows that are no calls. Raises NotACallsFileError, and OSError.
    """

    def __init__(self, path: Path, limit: int | None = None) -> None:
        self.unreadable = 0
        with _opened(path) as file:
            self._columns = next(csv.reader(file), [])
            if not set(self._columns) >= _COLUMNS:
                raise NotACallsFileError(", ".join(sorted(_COLUMNS - set(self._columns))))
            self._lines = sorted(self._by_time(file))[:limit]

    def _by_time(self, lines: Iterable[str]) -> Iterator[tuple[datetime, str]]:
        for line in lines:
            try:
                yield self._read(line).first_at, line
            except UnreadableRowError:
                self.unreadable += 1

    def _read(self, line: str) -> RecordedCall:
        return read_call(next(csv.DictReader([line], self._columns), {}))

    def __len__(self) -> int:
        return len(self._lines)

    def __iter__(self) -> Iterator[RecordedCall]:
        return (self._read(line) for _, line in self._lines)


def _opened(path: Path) -> TextIOWrapper:
    with path.open("rb") as file:
        is_zipped = file.read(2) == b"\x1f\x8b"
    if is_zipped:
        return gzip.open(path, "rt", encoding="utf-8", errors="replace", newline="")
    return path.open(encoding="utf-8", errors="replace", newline="")


def deliveries(calls: Iterable[RecordedCall], source: str, disorder: Disorder) -> Iterator[CallEvent]:
    """The events of the calls, which come in the order of time, in the order in which they arrive.

    Only what may still be overtaken is in memory: the events of the calls of one `shuffle_seconds`.
    """
    chance = random.Random(disorder.seed)  # noqa: S311 (disorder, not secrecy)
    waiting = list[tuple[datetime, int, CallEvent]]()
    number = 0
    for call in calls:
        # No event of this call, nor of a later one, arrives before its first moment.
        while waiting and waiting[0][0] < call.first_at:
            yield heapq.heappop(waiting)[2]
        for event in events_of(call, source):
            for _ in range(2 if chance.random() < disorder.doubled else 1):
                late = timedelta(seconds=chance.random() * disorder.shuffle_seconds)
                number += 1
                heapq.heappush(waiting, (event.occurred_at + late, number, event))
    while waiting:
        yield heapq.heappop(waiting)[2]
