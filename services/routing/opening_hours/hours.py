"""When a queue is open, as dated data, and time counted in open hours.

Days are local days in Europe/Copenhagen; every moment that goes in or comes out is an aware datetime and
all lengths are measured between instants, so that the nights of summer time count as they last.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Annotated, NamedTuple, Self

import holidays
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    PlainSerializer,
    PrivateAttr,
    WithJsonSchema,
    field_validator,
    model_validator,
)

from shared.clock import COPENHAGEN
from shared.periods import Period

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
#: How far ahead the next opening is searched for before the queue counts as closed for good.
HORIZON_DAYS = 800
MINUTES_A_DAY = 24 * 60

_PUBLIC_HOLIDAYS = holidays.country_holidays("DK", language="da")


class OpenSpan(NamedTuple):
    """One stretch of open time: from `opens` until just before `closes`, in UTC."""

    opens: datetime
    closes: datetime


class Interval(NamedTuple):
    """Open from one minute of the local day until another; 1440 is midnight at its end."""

    opens: int
    closes: int


def _read_interval(text: object) -> object:
    """Turn `"09:00-15:00"` (or `"00:00-24:00"`) into an interval. Raises ValueError for anything else."""
    if not isinstance(text, str):
        return text
    opens, dash, closes = text.partition("-")
    if not dash:
        raise ValueError("an interval is written as 09:00-15:00")
    interval = Interval(_minute_of(opens), _minute_of(closes))
    if interval.opens >= interval.closes:
        raise ValueError("an interval must open before it closes")
    return interval


def _minute_of(text: str) -> int:
    hour, _, minute = text.strip().partition(":")
    if text.strip() == "24:00":
        return MINUTES_A_DAY
    at = time(int(hour), int(minute))
    return at.hour * 60 + at.minute


def _write_interval(interval: Interval) -> str:
    opens, closes = (f"{minute // 60:02}:{minute % 60:02}" for minute in interval)
    return f"{opens}-{closes}"


WrittenInterval = Annotated[
    Interval,
    BeforeValidator(_read_interval),
    PlainSerializer(_write_interval, return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^\d{2}:\d{2}-\d{2}:\d{2}$", "examples": ["09:00-15:00"]}),
]
Intervals = tuple[WrittenInterval, ...]


def _year_day(text: str) -> str:
    try:
        # A leap year, so that 02-29 is one.
        written = date.fromisoformat(f"2000-{text}").strftime("%m-%d")
    except ValueError:
        written = ""
    if written != text:
        raise ValueError("a day of every year is written as 12-24")
    return text


YearDay = Annotated[str, AfterValidator(_year_day)]


class Week(BaseModel):
    """An ordinary week, valid between two dates, both included. A day not named is closed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    valid_from: date
    valid_to: date | None = None
    monday: Intervals = ()
    tuesday: Intervals = ()
    wednesday: Intervals = ()
    thursday: Intervals = ()
    friday: Intervals = ()
    saturday: Intervals = ()
    sunday: Intervals = ()

    @model_validator(mode="after")
    def _intervals_follow_each_other(self) -> Self:
        for weekday in WEEKDAYS:
            if _overlap_or_out_of_order(getattr(self, weekday)):
                raise ValueError(f"the intervals of {weekday} overlap or are out of order")
        return self


def _overlap_or_out_of_order(day: Intervals) -> bool:
    return any(later.opens < earlier.closes for earlier, later in pairwise(day))


class OpeningHours(BaseModel):
    """The opening hours of a queue.

    `closing_days` are closed every year (key `"12-24"`), `days` are single dates with hours of their own
    (none: closed), and Danish public holidays are closed when `closed_on_public_holidays` says so
    (package `holidays`, Denmark). With `inherits_closing_days` the unit's administration closes it, too
    (closing_days.py). Of several weeks that are valid on a day the last one written counts.
    """

    model_config = ConfigDict(extra="forbid")

    weeks: tuple[Week, ...]
    closing_days: dict[YearDay, str] = {}
    days: dict[date, Intervals] = {}
    closed_on_public_holidays: bool = True
    inherits_closing_days: bool = False

    #: The open stretches of the days asked for so far: working one out reads holidays and two time zones.
    _known: dict[date, tuple[OpenSpan, ...]] = PrivateAttr(default_factory=dict)
    _inherited: Callable[[date], str | None] | None = PrivateAttr(default=None)

    @field_validator("days")
    @classmethod
    def _days_follow_each_other(cls, days: dict[date, Intervals]) -> dict[date, Intervals]:
        for day, intervals in days.items():
            if _overlap_or_out_of_order(intervals):
                raise ValueError(f"the intervals of {day} overlap or are out of order")
        return days

    def closed_also_on(self, inherited: Callable[[date], str | None]) -> Self:
        """The same hours, closed also on the days that `inherited` has a name for."""
        hours = self.model_copy()
        hours._known, hours._inherited = {}, inherited  # noqa: SLF001  - of its own copy
        return hours

    def closed_because(self, day: date) -> str | None:
        """What the closing day or public holiday is called that closes this day; None for other days."""
        if day in self.days:
            return None
        closing = self.closing_days.get(day.strftime("%m-%d"))
        if closing is None and self._inherited is not None:
            closing = self._inherited(day)
        if closing is None and self.closed_on_public_holidays:
            return _PUBLIC_HOLIDAYS.get(day)
        return closing

    def spans_on(self, day: date) -> tuple[OpenSpan, ...]:
        """The open stretches of one local day, in order."""
        if day not in self._known:
            spans = (_span(day, interval) for interval in self._intervals_on(day))
            self._known[day] = tuple(span for span in spans if span.opens < span.closes)
        return self._known[day]

    def is_open(self, moment: datetime) -> bool:
        return any(span.opens <= moment < span.closes for span in self.spans_on(_local_day(moment)))

    def next_opening(self, moment: datetime) -> datetime | None:
        """The moment itself when open, otherwise when it opens next; None when it never does again."""
        span = next(self._spans_from(moment), None)
        return None if span is None else max(span.opens, moment.astimezone(UTC))

    def open_seconds_between(self, start: datetime, end: datetime) -> float:
        """How many seconds were open between two moments; 0 when `end` is not after `start`."""
        total = 0.0
        day, last = _local_day(start), _local_day(end)
        while day <= last:
            for span in self.spans_on(day):
                shared = (min(span.closes, end) - max(span.opens, start)).total_seconds()
                total += max(shared, 0.0)
            day += timedelta(days=1)
        return total

    def add_open_seconds(self, start: datetime, seconds: float) -> datetime | None:
        """The moment when so many open seconds have passed since `start`; None when they never will.

        With 0 seconds it is the next moment that is open.
        """
        left = seconds
        for span in self._spans_from(start):
            opens = max(span.opens, start.astimezone(UTC))
            length = (span.closes - opens).total_seconds()
            if left <= length:
                return opens + timedelta(seconds=left)
            left -= length
        return None

    def _spans_from(self, moment: datetime) -> Iterator[OpenSpan]:
        first = _local_day(moment)
        for ahead in range(HORIZON_DAYS):
            for span in self.spans_on(first + timedelta(days=ahead)):
                if span.closes > moment:
                    yield span

    def _intervals_on(self, day: date) -> Intervals:
        if day in self.days:
            return self.days[day]
        if self.closed_because(day) is not None:
            return ()
        week = next((week for week in reversed(self.weeks) if Period.of(week).includes(day)), None)
        return () if week is None else getattr(week, WEEKDAYS[day.weekday()])


#: Open day and night, holidays too.
ALWAYS_OPEN = OpeningHours(
    weeks=(Week.model_validate({"valid_from": date.min, **dict.fromkeys(WEEKDAYS, ("00:00-24:00",))}),),
    closed_on_public_holidays=False,
)


def _local_day(moment: datetime) -> date:
    return moment.astimezone(COPENHAGEN).date()


def _span(day: date, interval: Interval) -> OpenSpan:
    """When an hour comes twice (the night summer time ends), open from its first and until its second."""
    return OpenSpan(_instant(day, interval.opens, fold=0), _instant(day, interval.closes, fold=1))


def _instant(day: date, minute: int, fold: int) -> datetime:
    """A local minute as an instant; one that summer time skips is read as PEP 495 says."""
    days, minute = divmod(minute, MINUTES_A_DAY)
    at = time(minute // 60, minute % 60, fold=fold)
    return datetime.combine(day + timedelta(days=days), at, COPENHAGEN).astimezone(UTC)
