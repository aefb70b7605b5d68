"""Reads a log that another process writes, renames, empties and begins again: complete lines, each once.

The file is reported by its inode and by how it begins (position.py), so that it is found again after a
rename, and its unread rest in the copy that copytruncate makes. It is read until its successor has its first
byte: Asterisk writes to the file it has open, also after a rename, until it is reported to open the log
again.
"""

import glob
import hashlib
import os
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

import structlog

from exchange_follower.position import MOST_HEAD_BYTES, Mark

log = structlog.get_logger("follow")

_CHUNK = 262_144
#: No line of a queue log is this long; one that is, is taken in pieces.
_LONGEST_LINE = 65_536
_COMPRESSED = (".gz", ".bz2", ".xz", ".zst")


class LogReader:
    """One log at `path`, from `mark` on; without a mark from its beginning, also when it is not there yet."""

    def __init__(self, path: Path, mark: Mark | None) -> None:
        self.path = path
        self._mark = mark
        self._file: BinaryIO | None = None
        self._offset = 0

    @property
    def mark(self) -> Mark | None:
        """The place just after the lines that were given; None before the first."""
        return self._mark

    def behind_bytes(self) -> int:
        """How much is there that was not given yet; what was rotated away meanwhile not counted."""
        found = self._unread()
        return 0 if found is None else max(0, found[0].stat().st_size - found[1])

    def lines(self, most: int) -> list[bytes]:
        """At most `most` lines that are complete and were not given before; none when there is no news."""
        file = self._file
        if file is None or not self._is_at_the_mark(file):
            file = self._open(self._unread())
        if file is None:
            return []
        self._mark = _mark_at(file, self._offset)
        given = self._complete(file, most)
        if given or not self._is_over(file):
            return given
        # The successor has begun; but the last lines may have been written between our reading and its start.
        given = self._complete(file, most) or self._rest(file)
        if given:
            return given
        following, self._mark = self._next_after(file), None
        opened = self._open((following, 0))
        return [] if opened is None else self._complete(opened, most)

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
        self._file = None

    def _is_at_the_mark(self, file: BinaryIO) -> bool:
        """Whether the open file still is what was read: neither emptied nor begun again."""
        return self._mark is None or _is_file_of(self._mark, file)

    def _open(self, found: tuple[Path, int] | None) -> BinaryIO | None:
        self.close()
        if found is None:
            return None
        path, offset = found
        if offset == 0 and self._mark is not None and not _holds(path, self._mark):
            log.error("the log was rotated away before its end was read", read_to=self._mark.offset)
        with suppress(FileNotFoundError):
            self._file = path.open("rb")
            self._offset = offset
            # The file before it is done with; nothing may take this one for it.
            self._mark = _mark_at(self._file, offset)
        return self._file

    def _unread(self) -> tuple[Path, int] | None:
        """Where the next unread byte is: in the log, in what it was renamed or copied to, or in a new log."""
        mark = self._mark
        if mark is not None:
            candidates = [self.path, *reversed(self._others())]
            for candidate in sorted(candidates, key=lambda file: not _is_inode_of(mark, file)):
                if _holds(candidate, mark):
                    return candidate, mark.offset
        return (self.path, 0) if self.path.exists() else None

    def _others(self) -> list[Path]:
        """Files that the log may have been rotated to, the one written last at the end."""
        named = self.path.parent.glob(f"{glob.escape(self.path.name)}?*")
        found = [file for file in named if file.is_file() and not file.name.endswith(_COMPRESSED)]
        return sorted(found, key=lambda file: file.stat().st_mtime_ns)

    def _complete(self, file: BinaryIO, most: int) -> list[bytes]:
        chunk = os.pread(file.fileno(), _CHUNK, self._offset)
        end = chunk.rfind(b"\n") + 1
        if not self._is_at_the_mark(file):
            # Emptied while it was read: what was read may be the middle of another line.
            return []
        if end == 0:
            return self._give(file, [chunk[:_LONGEST_LINE]]) if len(chunk) >= _LONGEST_LINE else []
        return self._give(file, [line + b"\n" for line in chunk[: end - 1].split(b"\n")][:most])

    def _rest(self, file: BinaryIO) -> list[bytes]:
        """A last line that was left without its end: nobody will complete it."""
        rest = os.pread(file.fileno(), _LONGEST_LINE, self._offset)
        return self._give(file, [rest]) if rest else []

    def _give(self, file: BinaryIO, lines: list[bytes]) -> list[bytes]:
        self._offset += sum(map(len, lines))
        self._mark = _mark_at(file, self._offset)
        return lines

    def _is_over(self, file: BinaryIO) -> bool:
        """Whether the log goes on in another file, which has its first byte."""
        try:
            now = self.path.stat()
        except FileNotFoundError:
            return False
        return not _is_same(now, os.fstat(file.fileno())) and now.st_size > 0

    def _next_after(self, file: BinaryIO) -> Path:
        """What follows in time on the file that is over; several rotations may have passed unseen."""
        over = os.fstat(file.fileno())
        for other in self._others():
            found = other.stat()
            if found.st_mtime_ns > over.st_mtime_ns and not _is_same(found, over):
                return other
        return self.path


def _size(file: BinaryIO) -> int:
    return os.fstat(file.fileno()).st_size


def _is_same(one: os.stat_result, other: os.stat_result) -> bool:
    return (one.st_dev, one.st_ino) == (other.st_dev, other.st_ino)


def _head(file: BinaryIO, length: int) -> str:
    return hashlib.sha256(os.pread(file.fileno(), length, 0)).hexdigest()


def _mark_at(file: BinaryIO, offset: int) -> Mark:
    found = os.fstat(file.fileno())
    length = min(found.st_size, MOST_HEAD_BYTES)
    return Mark(found.st_dev, found.st_ino, offset, length, _head(file, length))


def _is_file_of(mark: Mark, file: BinaryIO) -> bool:
    return _size(file) >= mark.offset and _head(file, mark.head_bytes) == mark.head


def _is_inode_of(mark: Mark, path: Path) -> bool:
    try:
        found = path.stat()
    except OSError:
        return False
    return (found.st_dev, found.st_ino) == (mark.device, mark.inode)


def _holds(path: Path, mark: Mark) -> bool:
    try:
        with path.open("rb") as file:
            return _is_file_of(mark, file)
    except OSError:
        return False
