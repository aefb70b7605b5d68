"""The wait to expect, as a range that holds with a stated probability.

Method. Someone with `k` ahead waits until k + 1 have left the queue, taken or given up, themselves the
last. While people wait, departures are modelled as a renewal process in open time. With a gamma prior on
the pace (as if `weight` intervals of the configured mean had been seen) and n intervals observed, the
predictive law of the sum of the next k + 1 is a scaled F distribution with 2(k + 1) and 2(weight + n)
degrees of freedom (Lawless 1982, "Statistical Models and Methods for Lifetime Data", prediction for
exponential lifetimes): not knowing the pace well makes the range wider. Intervals more even or uneven than
exponential ones scale both degrees of freedom by their squared coefficient of variation. The quantiles of F
are Paulson's approximation (1942, "An approximate normalization of the analysis of variance distribution",
Annals of Mathematical Statistics 13).

Only an interval at whose start the one who left already waited shows the pace: in the others staff waited for
people. The waits of those who came to an empty queue are kept apart; once there are enough of them, their
order statistics are the estimate for the next one who does.

The model knows neither of staff coming or going nor of acute entries still to come that are taken first: the
pace varies, and `PACE_VARIATION` widens the range for it. On queued calls to a bank's call centre
in 1999 ("Anonymous Bank", Technion; Guedj and Mandelbaum 2000) the 80 % range held 73 % of waits without it.
The factor was chosen on January and half of February, where it makes 80 %; on the calls after, it held 79 %.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from statistics import NormalDist, fmean, pvariance

from services.routing.opening_hours.hours import OpeningHours

#: Below so many who came to an empty queue, their waits are not yet a distribution.
ENOUGH_JOINED_EMPTY = 20
#: The squared coefficient of variation is not used outside these: few intervals estimate it badly.
_EVENEST, _MOST_UNEVEN = 0.1, 10.0
_SMALLEST_DEGREES = 0.5
#: How much more the time of departures to come varies than it would at a constant pace (see above).
PACE_VARIATION = 1.5


@dataclass(frozen=True)
class Departure:
    """One who left the queue: when they entered, when they left, and whether they were taken or gave up."""

    entered_at: datetime
    left_at: datetime
    taken: bool = True


@dataclass(frozen=True)
class Prior:
    """The pace assumed of a queue before it has a history.

    `interval_seconds` is the mean open time between two departures while people wait; `weight` is how many
    observed intervals that assumption is worth.
    """

    interval_seconds: float
    weight: float = 3.0


class EstimateMethod(StrEnum):
    """From the pace of departures, from those who came to an empty queue, or from the prior alone."""

    PACE = "pace"
    JOINED_EMPTY = "joined_empty"
    PRIOR = "prior"


@dataclass(frozen=True)
class Pace:
    """Recent history, in open seconds: between departures while others waited; waits in an empty queue."""

    intervals: tuple[float, ...]
    joined_empty: tuple[float, ...]


@dataclass(frozen=True)
class WaitRange:
    """The wait lies between `low_seconds` and `high_seconds` with `probability`, in clock time from now.

    `median_seconds` is as likely exceeded as not. A bound is None when the queue never opens again.
    """

    low_seconds: float | None
    median_seconds: float | None
    high_seconds: float | None
    probability: float
    method: EstimateMethod
    ahead: int
    observed: int
    seconds_until_open: float | None


def pace_of(departures: Sequence[Departure], hours: OpeningHours) -> Pace:
    """Read the pace out of departures, whatever their order."""
    ordered = sorted(departures, key=lambda departure: departure.left_at)
    intervals, joined_empty = [], []
    for before, next_one in pairwise(ordered):
        if next_one.entered_at < before.left_at:
            intervals.append(hours.open_seconds_between(before.left_at, next_one.left_at))
        elif next_one.taken:
            joined_empty.append(hours.open_seconds_between(next_one.entered_at, next_one.left_at))
    return Pace(tuple(intervals), tuple(joined_empty))


def estimate(
    *,
    ahead: int,
    joining: bool,
    pace: Pace,
    prior: Prior,
    hours: OpeningHours,
    now: datetime,
    probability: float = 0.8,
) -> WaitRange:
    """The wait for someone with so many ahead; `joining` when they come now and do not wait already."""
    tail = (1 - probability) / 2
    shares = (tail, 0.5, 1 - tail)
    observed = len(pace.intervals)
    if joining and ahead == 0 and len(pace.joined_empty) >= ENOUGH_JOINED_EMPTY:
        open_seconds = [empirical_quantile(pace.joined_empty, share) for share in shares]
        method, observed = EstimateMethod.JOINED_EMPTY, len(pace.joined_empty)
    else:
        open_seconds = [_time_of_departures(ahead + 1, pace.intervals, prior, share) for share in shares]
        method = EstimateMethod.PACE if pace.intervals else EstimateMethod.PRIOR
    low, median, high = (_from_now(hours, now, seconds) for seconds in open_seconds)
    return WaitRange(low, median, high, probability, method, ahead, observed, _from_now(hours, now, 0))


def _from_now(hours: OpeningHours, now: datetime, open_seconds: float) -> float | None:
    """Clock seconds until so many open seconds have passed, the wait for opening counted in."""
    then = hours.add_open_seconds(now, open_seconds)
    return None if then is None else (then - now).total_seconds()


def _time_of_departures(count: int, intervals: Sequence[float], prior: Prior, share: float) -> float:
    """A quantile of the open time that the next `count` departures need."""
    seen = len(intervals)
    weight = prior.weight + seen
    mean = (prior.weight * prior.interval_seconds + sum(intervals)) / weight
    spread = _squared_variation(intervals, prior) * PACE_VARIATION
    return count * mean * f_quantile(2 * count / spread, 2 * weight / spread, share)


def _squared_variation(intervals: Sequence[float], prior: Prior) -> float:
    """The squared coefficient of variation, drawn towards 1 (exponential) by the prior's weight."""
    seen = len(intervals)
    if seen < 2 or (mean := fmean(intervals)) <= 0:
        return 1.0
    found = pvariance(intervals) / mean**2 * seen / (seen - 1)
    drawn = (prior.weight + seen * found) / (prior.weight + seen)
    return min(max(drawn, _EVENEST), _MOST_UNEVEN)


def f_quantile(over: float, under: float, share: float) -> float:
    """The quantile of an F distribution by Paulson's cube-root approximation.

    `over` and `under` are the degrees of freedom. Where the approximation leaves its range (very few
    degrees of freedom and a far tail) the quantile it gives is 0 at the low end.
    """
    z = NormalDist().inv_cdf(share)
    a = 2 / (9 * max(over, _SMALLEST_DEGREES))
    # Under about four degrees of freedom the quadratic below loses its upper root in the far tail.
    b = min(2 / (9 * max(under, _SMALLEST_DEGREES)), 0.9 / (2 + z**2))
    square, middle, rest = (1 - b) ** 2 - z**2 * b, (1 - a) * (1 - b), (1 - a) ** 2 - z**2 * a
    root = math.sqrt(max(middle**2 - square * rest, 0.0))
    cube_root = (middle + (root if z > 0 else -root)) / square
    return math.pow(max(cube_root, 0.0), 3)


def empirical_quantile(values: Sequence[float], share: float) -> float:
    """The value at `share` between order statistics, at share * (n + 1): a range keeps its coverage."""
    ordered = sorted(values)
    place = share * (len(ordered) + 1) - 1
    below = min(max(int(place), 0), len(ordered) - 1)
    above = min(below + 1, len(ordered) - 1)
    part = min(max(place - below, 0.0), 1.0)
    return ordered[below] + part * (ordered[above] - ordered[below])
