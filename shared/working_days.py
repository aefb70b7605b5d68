"""Working days, calendar days and ages as Danish administration counts them.

Everything here is pure. Moments go in and come out as aware datetimes in UTC; days are the days of
Europe/Copenhagen. Public holidays come from the `holidays` package (Denmark): Sundays and statutory
holidays, but not Constitution Day, Christmas Eve or New Year's Eve, which are holidays by agreement only.
"""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

import holidays

from shared.clock import COPENHAGEN

_SATURDAY = 5
_LAST_SECOND = time(23, 59, 59)


def local_date(moment: datetime) -> date:
    """The date in Copenhagen at this moment."""
    return moment.astimezone(COPENHAGEN).date()


@lru_cache(maxsize=64)
def public_holidays(year: int) -> frozenset[date]:
    """The Danish public holidays of one year (helligdage)."""
    return frozenset(holidays.country_holidays("DK", years=year))


def is_working_day(day: date, *, saturdays: bool) -> bool:
    """Whether the day counts. Sundays and public holidays never do; Saturdays only with `saturdays`."""
    last = _SATURDAY if saturdays else _SATURDAY - 1
    return day.weekday() <= last and day not in public_holidays(day.year)


def add_working_days(moment: datetime, days: int, *, saturdays: bool) -> datetime:
    """The end (23:59:59 in Copenhagen) of the n-th working day after the day of `moment`, in UTC.

    The day of `moment` itself is not counted, working day or not (forvaltningsretlig hovedregel).
    Raises ValueError when `days` is less than one.
    """
    if days < 1:
        raise ValueError("a deadline in working days needs at least one day")
    return _end_of_working_day(local_date(moment), days, saturdays=saturdays)


@lru_cache(maxsize=4096)
def _end_of_working_day(day: date, days: int, *, saturdays: bool) -> datetime:
    while days:
        day += timedelta(days=1)
        days -= is_working_day(day, saturdays=saturdays)
    return datetime.combine(day, _LAST_SECOND, COPENHAGEN).astimezone(UTC)


def add_calendar_days(moment: datetime, days: int) -> datetime:
    """The same wall-clock time in Copenhagen so many calendar days later, in UTC.

    Over a change to or from summer time this is an hour less or more than so many times 24 hours. A time
    that occurs twice means the first; one that does not occur (02:30 on the spring night) is read as an
    hour later.
    """
    local = moment.astimezone(COPENHAGEN).replace(tzinfo=None) + timedelta(days=days)
    return local.replace(tzinfo=COPENHAGEN, fold=0).astimezone(UTC)


def add_months(moment: datetime, months: int) -> datetime:
    """The same day of the month and wall-clock time in Copenhagen so many months later, in UTC.

    A month that has no such day ends the deadline on its last one: four months from 31 October end on
    28 February (29 in a leap year). Times that summer time doubles or skips are as in `add_calendar_days`.
    """
    local = moment.astimezone(COPENHAGEN).replace(tzinfo=None)
    year, month = divmod(local.year * 12 + local.month - 1 + months, 12)
    day = min(local.day, monthrange(year, month + 1)[1])
    later = local.replace(year=year, month=month + 1, day=day)
    return later.replace(tzinfo=COPENHAGEN, fold=0).astimezone(UTC)


def age_on(birth_date: date, moment: datetime) -> int:
    """Age in whole years on the Copenhagen date of `moment`.

    A person born on 29 February is a year older on 1 March in a common year.
    Raises ValueError when the birth date lies after that day.
    """
    day = local_date(moment)
    if birth_date > day:
        raise ValueError("a birth date cannot lie in the future")
    had_birthday = (day.month, day.day) >= (birth_date.month, birth_date.day)
    return day.year - birth_date.year - (not had_birthday)
