"""Reads a log that another process writes, renames, empties and starts again: complete lines, each once.

The file is identified by its inode and by its first bytes (position.py), so that it is found again after a
rename, and its unread rest in the copy that copytruncate makes. It is read until its successor has its first
byte: after a rename Asterisk writes to the file it has open until `logger rotate` makes it open the new one.
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
        """The place just after the lines that were returned; None before the first."""
        return self._mark

    def behind_bytes(self) -> int:
        """The unread bytes of the file that is read; files that it was rotated to since are not counted."""
        found = self._unread()
        return 0 if found is None else max(0, found[0].stat().st_size - found[1])

    def lines(self, most: int) -> list[bytes]:
        """At most `most` complete lines that were not returned before; empty when there are none."""
        file = self._file
        if file is None or not self._is_at_the_mark(file):
            file = self._open(self._unread())
        if file is None:
            return []
        self._mark = _mark_at(file, self._offset)
        given = self._complete(file, most)
        if given or not self._is_over(file):
            return given
        # The successor has its first byte, but lines may have been added to this file since it was read.
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
        """Whether the open file still begins as it did when it was read: it was not emptied meanwhile."""
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
            # Reading of the previous file is finished: from here on the mark identifies this one.
            self._mark = _mark_at(self._file, offset)
        return self._file

    def _unread(self) -> tuple[Path, int] | None:
        """File and offset of the next unread byte: in the log, or in what it was renamed or copied to."""
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
        """A last line without an end of line, which no process will complete any more."""
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
        """The file that was written next after `file`; several rotations may have happened since."""
        over = os.fstat(file.fileno())
        for other in self._others():
            status = other.stat()
            if status.st_mtime_ns > over.st_mtime_ns and not _is_same(status, over):
                return other
        return self.path


def _size(file: BinaryIO) -> int:
    return os.fstat(file.fileno()).st_size


def _is_same(one: os.stat_result, other: os.stat_result) -> bool:
    return (one.st_dev, one.st_ino) == (other.st_dev, other.st_ino)


def _head(file: BinaryIO, length: int) -> str:
    return hashlib.sha256(os.pread(file.fileno(), length, 0)).hexdigest()


def _mark_at(file: BinaryIO, offset: int) -> Mark:
    status = os.fstat(file.fileno())
    length = min(status.st_size, MOST_HEAD_BYTES)
    return Mark(status.st_dev, status.st_ino, offset, length, _head(file, length))


def _is_file_of(mark: Mark, file: BinaryIO) -> bool:
    return _size(file) >= mark.offset and _head(file, mark.head_bytes) == mark.head


def _is_inode_of(mark: Mark, path: Path) -> bool:
    try:
        status = path.stat()
    except OSError:
        return False
    return (status.st_dev, status.st_ino) == (mark.device, mark.inode)


def _holds(path: Path, mark: Mark) -> bool:
    try:
        with path.open("rb") as file:
            return _is_file_of(mark, file)
    except OSError:
        return False
