"""When an offer is open, as far as its iCalendar rules can be read as weekly hours."""

from datetime import date, datetime, time, timedelta

from pydantic import Field

from services.triage.strict import Strict
from shared.clock import COPENHAGEN

_DAY = timedelta(days=1)


class Hours(Strict):
    """The same hours on some days of the week, Monday being 0. Without an offset they are Copenhagen's.

    Hours whose closing is not after their opening last until the next day: a shelter's 21.00 to 9.00.
    """

    days: tuple[int, ...] = Field(min_length=1)
    opens: time
    closes: time
    valid_from: date | None = None
    valid_to: date | None = None

    def open_at(self, moment: datetime) -> bool:
        """Whether it is open then: the opening counts, the closing does not."""
        today = moment.astimezone(self.opens.tzinfo or COPENHAGEN).date()
        return any(self._opened_on(day, moment) for day in (today, today - _DAY))

    def _opened_on(self, day: date, moment: datetime) -> bool:
        """Whether it is open at the moment because it opened that day."""
        if day.weekday() not in self.days:
            return False
        if (self.valid_from and day < self.valid_from) or (self.valid_to and self.valid_to < day):
            return False
        last = day + _DAY if self.closes <= self.opens else day
        return _on(day, self.opens) <= moment < _on(last, self.closes)

    @property
    def closes_text(self) -> str:
        """The closing time as it is written in Danish."""
        return self.closes.strftime("%H.%M")


def _on(day: date, at: time) -> datetime:
    return datetime.combine(day, at, at.tzinfo or COPENHAGEN)
