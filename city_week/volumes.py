"""How much comes when: the seeds' volumes, spread over the hours of a week.

Answered calls 700 a week, letters 40 a week, walk-ins 20 to 30 a day (seed 002). Hours and patience
are assumptions, since the seeds publish none: reception open on weekdays 9 to 15, busiest on Mondays
and before noon.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from shared.clock import COPENHAGEN

OPENS, CLOSES = time(9), time(15)
#: Share of a day's contacts in each opening hour, 9 to 15.
HOURS = (0.22, 0.22, 0.18, 0.13, 0.14, 0.11)
#: How busy each weekday is against the mean of the five.
WEEKDAYS = (1.25, 1.05, 0.95, 0.95, 0.80)
#: More call than are answered; the rest give up waiting.
CALLS_A_WEEK = 790
LETTERS_A_WEEK = 40
WALK_INS_A_DAY = (20, 30)
MEAN_PATIENCE = timedelta(minutes=14)
MEAN_TALK = timedelta(minutes=5.5)
MEAN_DESK_TALK = timedelta(minutes=9)
MEAN_LETTER_WORK = timedelta(minutes=12)
MEAN_CASE_WORK = timedelta(minutes=70)


@dataclass(frozen=True)
class Arrival:
    """Somebody turns to the city."""

    at: datetime
    channel: str


def arrivals(random_: random.Random, first: date, days: int) -> list[Arrival]:
    """Everybody who turns to the city from `first` on, in order of time."""
    found = [a for n in range(days) for a in _day(random_, first + timedelta(days=n))]
    return sorted(found, key=lambda arrival: arrival.at)


def _day(random_: random.Random, day: date) -> Iterator[Arrival]:
    yield from (Arrival(_any_time(random_, day), "written") for _ in range(_letters(random_, day)))
    if day.weekday() > 4:
        return
    calls = round(random_.gauss(CALLS_A_WEEK / 5 * WEEKDAYS[day.weekday()], 8))
    yield from (Arrival(_office_time(random_, day), "phone") for _ in range(max(0, calls)))
    yield from (
        Arrival(_office_time(random_, day), "walk_in") for _ in range(random_.randint(*WALK_INS_A_DAY))
    )


def _letters(random_: random.Random, day: date) -> int:
    # People write at weekends too, though less.
    mean = LETTERS_A_WEEK / 6 if day.weekday() < 5 else LETTERS_A_WEEK / 12
    return max(0, round(random_.gauss(mean, 1.2)))


def _office_time(random_: random.Random, day: date) -> datetime:
    hour = random_.choices(range(9, 15), HOURS)[0]
    seconds = random_.uniform(0, 3600)
    return datetime.combine(day, time(hour), COPENHAGEN) + timedelta(seconds=seconds)


def _any_time(random_: random.Random, day: date) -> datetime:
    return datetime.combine(day, time(7), COPENHAGEN) + timedelta(hours=random_.betavariate(2, 2) * 16)


def duration(random_: random.Random, mean: timedelta) -> timedelta:
    """How long a talk or a piece of work takes: log-normal, as talk times of call centres are.

    Source: Brown et al., Statistical Analysis of a Telephone Call Center, JASA 100 (2005).
    """
    sigma = 0.8
    return mean * random_.lognormvariate(-sigma * sigma / 2, sigma)


def patience(random_: random.Random) -> timedelta:
    """How long somebody holds the line: exponential with `MEAN_PATIENCE`."""
    return MEAN_PATIENCE * random_.expovariate(1)


def opening(moment: datetime) -> datetime:
    """`moment`, or the next one at which the reception is open (no holidays: the city is played plain)."""
    local = moment.astimezone(COPENHAGEN)
    while local.weekday() > 4 or local.time() >= CLOSES:
        local = datetime.combine(local.date() + timedelta(days=1), OPENS, COPENHAGEN)
    return local if local.time() >= OPENS else datetime.combine(local.date(), OPENS, COPENHAGEN)
