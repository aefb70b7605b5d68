"""A queue on disk (SQLite) of AMI events that intake has not acknowledged, so that no outage loses them.

An exchange sends each event once, to those connected at that moment; it is on disk before the next is read.
The spool has a bound, so that a forgotten follower cannot fill a disk: once it is full, stored events stay
and new ones are counted instead of stored.
"""

import hashlib
import json
import sqlite3
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from services.intake.telephony.asterisk_ami.meaning import AmiEvent, call_of, is_callers_channel

BOUND = 100_000
#: A call whose end was missed is deleted when so many later ones are stored.
_MOST_OPEN_CALLS = 20_000

_TABLES = """
CREATE TABLE IF NOT EXISTS waiting (number INTEGER PRIMARY KEY AUTOINCREMENT, line TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS open_calls (number INTEGER PRIMARY KEY AUTOINCREMENT, call_id TEXT UNIQUE);
CREATE TABLE IF NOT EXISTS counts (name TEXT PRIMARY KEY, number INTEGER NOT NULL);
"""
_FORGET = "DELETE FROM open_calls WHERE number <= (SELECT max(number) FROM open_calls) - ?"
_COUNT = """
INSERT INTO counts VALUES ('without_room', ?)
ON CONFLICT (name) DO UPDATE SET number = number + excluded.number
"""


@dataclass(frozen=True)
class Spooled:
    """One delivery of the form `asterisk-ami`; `line` is JSON, as it will be posted."""

    number: int
    line: str


class Spool:
    """The spool in `file`, for one process. `entrances` are the dialplan contexts that callers enter by."""

    def __init__(self, file: Path, entrances: frozenset[str] = frozenset(), bound: int = BOUND) -> None:
        self._entrances = entrances
        self._bound = bound
        file.touch(mode=0o600)
        self._database = sqlite3.connect(file)
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.execute("PRAGMA synchronous=FULL")
        self._database.executescript(_TABLES)

    def close(self) -> None:
        self._database.close()

    def add(self, events: Sequence[AmiEvent], received_at: datetime) -> int:
        """Store the events that are about callers, durably; returns how many there was no room for."""
        with self._database:
            relevant = [event for event in events if self._is_about_callers(event)]
            room = max(0, self._bound - self.waiting)
            lines = [(_line(event, received_at),) for event in relevant[:room]]
            self._database.executemany("INSERT INTO waiting (line) VALUES (?)", lines)
            without_room = len(relevant) - len(lines)
            if without_room:
                self._database.execute(_COUNT, (without_room,))
        return without_room

    def next(self, most: int) -> list[Spooled]:
        """The oldest deliveries, in the order in which they were received."""
        rows = self._database.execute("SELECT number, line FROM waiting ORDER BY number LIMIT ?", (most,))
        return [Spooled(*row) for row in rows]

    def remove(self, receipted: Sequence[Spooled]) -> None:
        """Remove deliveries that intake has acknowledged."""
        with self._database:
            self._database.executemany(
                "DELETE FROM waiting WHERE number = ?", [(one.number,) for one in receipted]
            )

    @property
    def waiting(self) -> int:
        """How many deliveries intake has not acknowledged."""
        return int(self._database.execute("SELECT count(*) FROM waiting").fetchone()[0])

    @property
    def without_room(self) -> int:
        """How many events were not stored, ever, because the spool was full."""
        row = self._database.execute("SELECT number FROM counts WHERE name = 'without_room'").fetchone()
        return int(row[0]) if row else 0

    @property
    def oldest(self) -> str | None:
        """When the oldest waiting delivery was received (ISO 8601)."""
        first = self.next(1)
        return str(json.loads(first[0].line)["heard_at"]) if first else None

    def _is_about_callers(self, event: AmiEvent) -> bool:
        """Whether it is about a caller or the exchange itself. Most hangups and transfers are neither."""
        match event.get("Event"):
            case "FullyBooted" | "Shutdown":
                return True
            case "Newchannel":
                enters = is_callers_channel(event) and event.get("Context") in self._entrances
                return enters and self._opened(event)
            case "Hangup":
                return is_callers_channel(event) and self._closed(event)
            case "BlindTransfer" | "AttendedTransfer":
                return self._is_open(event)
            case name:
                return name in _ABOUT_QUEUES and self._opened(event)

    def _opened(self, event: AmiEvent) -> bool:
        opened = "INSERT OR IGNORE INTO open_calls (call_id) VALUES (?)"
        self._database.execute(opened, (call_of(event),))
        self._database.execute(_FORGET, (_MOST_OPEN_CALLS,))
        return True

    def _closed(self, event: AmiEvent) -> bool:
        gone = self._database.execute("DELETE FROM open_calls WHERE call_id = ?", (call_of(event),))
        return gone.rowcount > 0

    def _is_open(self, event: AmiEvent) -> bool:
        found = self._database.execute("SELECT 1 FROM open_calls WHERE call_id = ?", (call_of(event),))
        return found.fetchone() is not None


_ABOUT_QUEUES = {
    "QueueCallerJoin",
    "QueueCallerLeave",
    "QueueCallerAbandon",
    "AgentCalled",
    "AgentRingNoAnswer",
    "AgentConnect",
    "AgentComplete",
}


def _line(event: AmiEvent, received_at: datetime) -> str:
    content = json.dumps(dict(event), sort_keys=True, ensure_ascii=False)
    # A time in microseconds makes the content unique, so that a second follower gives the event the same id.
    # An event without one could equal another event, and gets a random id.
    stamped = "Timestamp" in event
    delivery_id = hashlib.sha256(content.encode()).hexdigest()[:32] if stamped else uuid.uuid4().hex
    moment = received_at.astimezone(UTC).isoformat()
    return json.dumps(
        {"delivery_id": delivery_id, "heard_at": moment, "event": dict(event)}, ensure_ascii=False
    )
