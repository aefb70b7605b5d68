"""The lines citizens reach the city by: phone lines, mailboxes, entrances. Data, in periods.

They change with every reorganisation (design.md, seed 003), and so does who answers them, and which queue of
the telephone exchange belongs to which. A line keeps its code; what changes is a new period of it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from shared.vocabulary import Administration, Channel
from shared.working_days import local_date


@dataclass(frozen=True)
class Line:
    """One way in, for one period of it. `reception_queue` is the routing queue where its contacts wait.

    `telephony_queues` are the exchange's names of its queues, whichever exchange it is; `queues_by_source`
    those of one exchange alone, where two use the same name. `called_numbers` are the city's own numbers
    (E.164). `administration` is the one whose people answer. A caller who gave up within
    `short_call_seconds` may have called by accident. `edition` is the version of the lines it was changed in.
    """

    code: str
    name: str
    channel: Channel
    reception_queue: str
    is_default: bool
    telephony_queues: Sequence[str]
    valid_from: date
    valid_to: date | None = None
    ticket_prefix: str | None = None
    queues_by_source: Mapping[str, Sequence[str]] = field(default_factory=dict)
    called_numbers: Sequence[str] = ()
    administration: Administration | None = None
    opening_hours: str | None = None
    short_call_seconds: float | None = None
    edition: int = 0

    def is_open_on(self, day: date) -> bool:
        """Whether the period holds that day; `valid_to` is its last day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def overlaps(self, other: "Line") -> bool:
        """Whether there is a day on which both hold."""
        return (other.valid_to is None or self.valid_from <= other.valid_to) and (
            self.valid_to is None or other.valid_from <= self.valid_to
        )

    def claims(self, queue: str | None, source: str | None, called: str | None) -> int:
        """How plainly a call is the line's: by its exchange's queue (3), queue, number, or not at all (0)."""
        if queue is not None and source is not None and queue in self.queues_by_source.get(source, ()):
            return 3
        # An exchange without queues has the number that was called in the place of one.
        if queue is not None and (queue in self.telephony_queues or queue in self.called_numbers):
            return 2
        return int(called is not None and called in self.called_numbers)


class Lines:
    """All periods of all lines, and which of them is meant."""

    def __init__(self, lines: Iterable[Line], version: int = 0) -> None:
        self._lines = tuple(lines)
        self.version = version

    def __iter__(self) -> Iterator[Line]:
        return iter(self._lines)

    def chosen(self, channel: Channel, code: str | None, moment: datetime) -> Line | None:
        """The named line, or the channel's default; None when there is no such one on that day."""
        day = local_date(moment)
        fitting = [line for line in self._lines if line.channel == channel and line.is_open_on(day)]
        if code is None:
            return next((line for line in fitting if line.is_default), None)
        return next((line for line in fitting if line.code == code), None)

    def at(self, code: str, moment: datetime) -> Line | None:
        """The period of that line which held at that moment."""
        day = local_date(moment)
        return next((line for line in self._lines if line.code == code and line.is_open_on(day)), None)

    def administration_at(self, code: str, moment: datetime) -> Administration | None:
        """Whose people answered that line at that moment; None when nobody configured it."""
        line = self.at(code, moment)
        return None if line is None else line.administration

    def of_telephony_queue(
        self,
        queue: str | None,
        moment: datetime,
        *,
        source: str | None = None,
        called: str | None = None,
    ) -> Line:
        """The line a call belongs to while it is in that queue: by the queue of its exchange, by the queue's
        name, by the number that was called, else the default line.

        A call is never refused: a caller is there, whatever our configuration says. Raises LookupError
        only when no phone line is configured at all.
        """
        day = local_date(moment)
        phones = [line for line in self._lines if line.channel == Channel.PHONE]
        if not phones:
            raise LookupError("no phone line is configured")
        return min(
            phones,
            key=lambda line: (
                not line.is_open_on(day),
                -line.claims(queue, source, called),
                not line.is_default,
            ),
        )

    def is_claimed(self, queue: str, source: str, moment: datetime) -> bool:
        """Whether somebody configured that queue of that exchange for that day."""
        day = local_date(moment)
        return any(line.is_open_on(day) and line.claims(queue, source, None) for line in self._lines)
