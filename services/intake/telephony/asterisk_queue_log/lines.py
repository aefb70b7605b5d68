"""The lines of a `queue_log`: their text, their second, and an id that is the same at every reading."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress

_AROUND_A_LINE = b"\r\n\0 "
_MOST_DIGITS = 11
_DAY_SECONDS = 86_400


def cut(body: bytes) -> Iterator[tuple[str, str]]:
    """Each line that is not blank, in order: its delivery id and its text.

    The id is made of the line's content and of how many equal lines came before it: equal lines of the
    same second stay two, and the same lines read again are the same deliveries. A log that is sent in parts
    must therefore begin each part with all lines of the second before it, sent again (as the follower
    does), or not be cut within a second. A line without a time of its own belongs to the second of the line
    before it.
    """
    seen: Counter[str] = Counter()
    second = None
    for line in filter(None, (line.strip(_AROUND_A_LINE) for line in body.split(b"\n"))):
        text, own_second = as_text(line), second_of(line)
        second = second if own_second is None else own_second
        content = text if own_second is not None or second is None else f"{second}\n{text}"
        seen[content] += 1
        yield f"{hashlib.sha256(content.encode()).hexdigest()[:32]}-{seen[content]}", text


def second_of(line: bytes) -> int | None:
    """The moment that a line begins with, in whole seconds since 1970; None for one that has none."""
    epoch, bar, _ = line.strip(_AROUND_A_LINE).partition(b"|")
    return int(epoch) if bar and epoch.isdigit() and len(epoch) <= _MOST_DIGITS else None


def seconds_of(lines: Sequence[str]) -> list[int | None]:
    """The second that each line belongs to: its own, or that of the line before it.

    A moment a day or more from the line before it is a misprint, and the earlier second goes on.
    """
    seconds, current = list[int | None](), None
    for line in lines:
        own_second = second_of(line.encode())
        if own_second is not None and (current is None or abs(own_second - current) < _DAY_SECONDS):
            current = own_second
        seconds.append(current)
    return seconds


def as_text(line: bytes) -> str:
    """A line as text. One that is not UTF-8 is read as Latin-1, in which any sequence of bytes is valid."""
    with suppress(UnicodeDecodeError):
        return line.decode()
    return line.decode("latin-1")
