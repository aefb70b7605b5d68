"""How far a log was read, stored in a small file so that a restart continues where the last run stopped."""

import os
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

#: As much of a file's beginning as distinguishes it from any other: a log's first line has its time in it.
MOST_HEAD_BYTES = 512


@dataclass(frozen=True)
class Mark:
    """A place in a file. The file is searched for by its inode and identified by its first bytes.

    `head` is the SHA-256 of its first `head_bytes` bytes. Inodes are given to new files again, and a file
    that was copied and then emptied (logrotate's copytruncate) goes on under another.
    """

    device: int
    inode: int
    offset: int
    head_bytes: int
    head: str


@dataclass(frozen=True)
class Position:
    """What intake has of the file `log`: everything before `mark`.

    `recent` are the lines of the last two seconds. They are sent again before the next ones, so that equal
    lines are counted from the same beginning however the log is cut. Like the log, they contain callers'
    numbers.
    """

    log: str = ""
    mark: Mark | None = None
    recent: tuple[str, ...] = ()


_POSITION = TypeAdapter(Position)


def read_position(file: Path) -> Position:
    """The position kept in `file`; the beginning where there is none. Raises ValueError for a spoilt one."""
    try:
        return _POSITION.validate_json(file.read_bytes())
    except FileNotFoundError:
        return Position()
    except ValidationError as error:
        raise ValueError(f"{file} does not hold a position; mend or remove it") from error


def keep_position(file: Path, position: Position) -> None:
    """Replace the file atomically: after a power cut it has the old position or the new one, never a part."""
    draft = file.with_name(file.name + ".new")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.write(_POSITION.dump_json(position))
        out.flush()
        os.fsync(out.fileno())
    draft.replace(file)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
