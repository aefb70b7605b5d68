"""Phone lines, mailboxes and entrances by which citizens reach the city, as data in periods.

A reorganisation changes who answers a line and which queues of the telephone exchange belong to it. The line
keeps its code then, and gets a new period.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from shared.periods import Period
from shared.vocabulary import Administration, Channel
from shared.working_days import local_date


@dataclass(frozen=True)
class Line:
    """A line in one period of it.

    `reception_queue` is the queue of routing in which its contacts wait. `telephony_queues` are names of the
    exchange's queues, for any exchange; `queues_by_source` those of one exchange only, for when two exchanges
    use the same name. `called_numbers` are the city's own numbers (E.164). `administration` is the one whose
    staff answer. A caller who gave up within `short_call_seconds` may have called by accident. `valid_to` is
    the last day of the period. `edition` is the version of all lines in which it was last changed.
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

    @property
    def period(self) -> Period:
        """The days on which it is valid."""
        return Period.of(self)

    def is_open_on(self, day: date) -> bool:
        """Whether it is valid on that day."""
        return self.period.includes(day)

    def match_strength(self, queue: str | None, source: str | None, called: str | None) -> int:
        """How specifically a call matches the line: 3 by a queue of its exchange, 2 by a queue of any
        exchange, 1 by the called number, 0 not at all.
        """
        if queue is not None and source is not None and queue in self.queues_by_source.get(source, ()):
            return 3
        # An exchange that has no queues reports the called number as the queue.
        if queue is not None and (queue in self.telephony_queues or queue in self.called_numbers):
            return 2
        return int(called is not None and called in self.called_numbers)


class Lines:
    """All periods of all lines, and which of them a contact or a call belongs to."""

    def __init__(self, lines: Iterable[Line], version: int = 0) -> None:
        self._lines = tuple(lines)
        self.version = version

    def __iter__(self) -> Iterator[Line]:
        return iter(self._lines)

    def chosen(self, channel: Channel, code: str | None, moment: datetime) -> Line | None:
        """The line with that code, or the channel's default line; None when there is none on that day."""
        day = local_date(moment)
        candidates = [line for line in self._lines if line.channel == channel and line.is_open_on(day)]
        if code is None:
            return next((line for line in candidates if line.is_default), None)
        return next((line for line in candidates if line.code == code), None)

    def at(self, code: str, moment: datetime) -> Line | None:
        """The period of that line that was valid at that moment."""
        day = local_date(moment)
        return next((line for line in self._lines if line.code == code and line.is_open_on(day)), None)

    def administration_at(self, code: str, moment: datetime) -> Administration | None:
        """The administration that answered that line at that moment; None when none is configured."""
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
        """The line that a call belongs to while it is in that queue: by the queue of its exchange, by the
        queue's name, by the called number, else the default line.

        Raises LookupError only when no phone line is configured at all.
        """
        day = local_date(moment)
        phones = [line for line in self._lines if line.channel == Channel.PHONE]
        if not phones:
            raise LookupError("no phone line is configured")
        # There is always one, even on days without a valid line: the caller waits, whatever the configuration
        # says, and a call without a line would be lost.
        return min(
            phones,
            key=lambda line: (
                not line.is_open_on(day),
                -line.match_strength(queue, source, called),
                not line.is_default,
            ),
        )

    def is_claimed(self, queue: str, source: str, moment: datetime) -> bool:
        """Whether a line valid on that day has this queue of this exchange."""
        day = local_date(moment)
        return any(line.is_open_on(day) and line.match_strength(queue, source, None) for line in self._lines)
