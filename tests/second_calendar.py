"""Deadlines computed a second time, from the text of the law alone, to hold the product's against.

Nothing here is shared with the product: Easter comes from the Gregorian computus, summer time from the rule of
directive 2000/84/EC (the last Sundays of March and October, at 01:00 UTC), and minutes are plain whole numbers,
counted in UTC from the start of 2000.
"""

from datetime import date, timedelta
from functools import cache

DAY = 24 * 60
_EPOCH = date(2000, 1, 1)
_SUNDAY = 6


def minute_of(day: date, minute: int = 0) -> int:
    """The minute of that day in UTC."""
    return (day - _EPOCH).days * DAY + minute


@cache
def easter(year: int) -> date:
    """Easter Sunday (Meeus, Jones and Butcher's form of the Gregorian computus)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = b // 4, b % 4
    g = (b - (b + 8) // 25 + 1) // 3
    h = (19 * a + b - d - g + 15) % 30
    i, k = c // 4, c % 4
    weekday = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * weekday) // 451
    month, day = divmod(h + weekday - 7 * m + 114, 31)
    return date(year, month, day + 1)


@cache
def holidays(year: int) -> frozenset[date]:
    """The statutory holidays of Denmark. Store bededag was one until 2023 (law no. 214 of 6 March 2023)."""
    moving = [-3, -2, 0, 1, 39, 49, 50, *([26] if year < 2024 else [])]
    fixed = [date(year, 1, 1), date(year, 12, 25), date(year, 12, 26)]
    return frozenset([*fixed, *(easter(year) + timedelta(days=days) for days in moving)])


@cache
def _summer(year: int) -> tuple[int, int]:
    """The first minute of summer time and the first after it, in UTC."""
    ends = []
    for month in (3, 10):
        day = date(year, month, 31)
        while day.weekday() != _SUNDAY:
            day -= timedelta(days=1)
        ends.append(minute_of(day, 60))
    return ends[0], ends[1]


@cache
def _year_of(day: int) -> int:
    return (_EPOCH + timedelta(days=day)).year


def local(minute: int) -> int:
    """The wall clock of Copenhagen at a minute of UTC."""
    first, end = _summer(_year_of(minute // DAY))
    return minute + (120 if first <= minute < end else 60)


def utc(wall: int) -> int:
    """The minute of UTC at which the wall clock shows `wall`: the first of two, and an hour later for none."""
    first, end = _summer(_year_of(wall // DAY))
    summer, winter = wall - 120, wall - 60
    if first <= summer < end:
        return summer
    # In the skipped hour of spring neither reading is right: winter time's is the later moment.
    return winter


def _last_minute(day: int) -> int:
    """The last minute of a local day, which ends 59 seconds after it begins."""
    return utc((day + 1) * DAY - 1)


@cache
def _working_day(day: int, *, saturdays: bool) -> bool:
    on = _EPOCH + timedelta(days=day)
    return on.weekday() < _SUNDAY - (not saturdays) and on not in holidays(on.year)


@cache
def _after_working_days(day: int, count: int, *, saturdays: bool) -> int:
    while count:
        day += 1
        count -= _working_day(day, saturdays=saturdays)
    return _last_minute(day)


def after_hours(minute: int, hours: int) -> int:
    """So many hours of clock time later."""
    return minute + hours * 60


def after_days(minute: int, days: int) -> int:
    """The same wall-clock time so many days later."""
    return utc(local(minute) + days * DAY)


def after_months(minute: int, months: int) -> int:
    """The same day of the month and wall-clock time so many months later, or the month's last day."""
    wall = local(minute)
    return utc(_month_later(wall // DAY, months) * DAY + wall % DAY)


@cache
def _month_later(day: int, months: int) -> int:
    on = _EPOCH + timedelta(days=day)
    year, month = on.year + (on.month - 1 + months) // 12, (on.month - 1 + months) % 12 + 1
    last = 31
    while True:
        try:
            return (date(year, month, min(on.day, last)) - _EPOCH).days
        except ValueError:
            last -= 1


def after_working_days(minute: int, days: int, *, saturdays: bool) -> int:
    """The last minute of the n-th working day after the day of receipt."""
    return _after_working_days(local(minute) // DAY, days, saturdays=saturdays)
