"""The lines citizens reach the city by: phone lines, mailboxes, entrances. Data, with validity dates.

They change with every reorganisation (design.md, seed 003), and so does which queue of the telephone
exchange belongs to which line.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from shared.clock import COPENHAGEN
from shared.vocabulary import Channel


@dataclass(frozen=True)
class Line:
    """One way in. `reception_queue` is the routing queue where its contacts wait."""

    code: str
    name: str
    channel: Channel
    reception_queue: str
    is_default: bool
    telephony_queues: Sequence[str]
    valid_from: date
    valid_to: date | None = None
    ticket_prefix: str | None = None

    def is_open_on(self, day: date) -> bool:
        """Whether the line exists on that day; `valid_to` is its last day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


class Lines:
    """All lines, and which of them is meant."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self._lines = tuple(lines)

    def __iter__(self) -> Iterator[Line]:
        return iter(self._lines)

    def chosen(self, channel: Channel, code: str | None, moment: datetime) -> Line | None:
        """The named line, or the channel's default; None when there is no such one on that day."""
        day = moment.astimezone(COPENHAGEN).date()
        fitting = [line for line in self._lines if line.channel == channel and line.is_open_on(day)]
        if code is None:
            return next((line for line in fitting if line.is_default), None)
        return next((line for line in fitting if line.code == code), None)

    def of_telephony_queue(self, queue: str | None, moment: datetime) -> Line:
        """The line an exchange's queue belongs to. A queue nobody told us of belongs to the default line.

        A call is never refused: a caller is there, whatever our configuration says. Raises LookupError
        only when no phone line is configured at all.
        """
        day = moment.astimezone(COPENHAGEN).date()
        phones = [line for line in self._lines if line.channel == Channel.PHONE]
        phones.sort(key=lambda line: (not line.is_open_on(day), not line.is_default))
        known = (line for line in phones if queue in line.telephony_queues)
        found = next(known, None) or next(iter(phones), None)
        if found is None:
            raise LookupError("no phone line is configured")
        return found
