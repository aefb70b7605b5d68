"""Figures of waits, with those that have not ended yet counted in.

A mean over finished waits flatters a queue in trouble: its longest waits are not finished yet. Here a
wait that has not ended by being taken is *right-censored*: it lasted at least so long. The quantiles come
from the product-limit estimate (Kaplan and Meier 1958, "Nonparametric estimation from incomplete
observations", JASA 53). Those who gave up are censored too, as Brown et al. 2005 ("Statistical analysis
of a telephone call center", JASA 100) do; a quantile is then "how long one waits who does not give up", and
assumes that giving up is independent of the wait that was to come.
"""

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from services.routing.states import ABANDONED, EntryStatus

#: Room for the rounding of a product of many factors.
_ROUNDING = 1e-9


class WaitEnd(StrEnum):
    """How a wait ended, or `waiting` when it has not.

    `left`: moved on without being taken here (overflowed, transferred, closed elsewhere).
    """

    ANSWERED = "answered"
    ABANDONED = "abandoned"
    LEFT = "left"
    WAITING = "waiting"


@dataclass(frozen=True)
class Wait:
    """One wait: how many seconds so far, how it ended, and the target of the queue it was spent in."""

    seconds: float
    end: WaitEnd
    target_seconds: float = math.inf

    @property
    def late(self) -> bool:
        """Longer than the target; exactly on it is in time."""
        return self.seconds > self.target_seconds


@dataclass(frozen=True)
class WaitQuantile:
    """A quantile in seconds. With `lower_bound` it is only known to be at least so long."""

    seconds: float
    lower_bound: bool


def wait_quantiles(waits: Sequence[Wait], shares: Sequence[float]) -> list[WaitQuantile | None]:
    """For each share, the wait that this share of people do not exceed (0.5: the median); None without waits.

    When too many still wait for a share to be reached, the longest wait known is given as a lower bound.
    """
    if not waits:
        return [None for _ in shares]
    curve, longest = survival(waits), max(wait.seconds for wait in waits)
    bound = WaitQuantile(longest, lower_bound=True)
    return [
        next(
            (WaitQuantile(seconds, False) for seconds, left in curve if left <= 1 - share + _ROUNDING),
            bound,
        )
        for share in shares
    ]


def survival(waits: Sequence[Wait]) -> list[tuple[float, float]]:
    """The product-limit curve: at each wait that ended by being taken, the share that waits longer.

    Of waits equally long, those taken count before those censored.
    """
    ordered = sorted(wait.seconds for wait in waits)
    answered = Counter(wait.seconds for wait in waits if wait.end is WaitEnd.ANSWERED)
    surviving, curve = 1.0, []
    for seconds in sorted(answered):
        at_risk = len(ordered) - bisect_left(ordered, seconds)
        surviving *= 1 - answered[seconds] / at_risk
        curve.append((seconds, surviving))
    return curve


@dataclass(frozen=True)
class AgeBand:
    """How many have waited at least `from_seconds` and less than `to_seconds` (None: no upper end)."""

    from_seconds: float
    to_seconds: float | None
    count: int


def age_bands(ages: Iterable[float], bounds: Sequence[float]) -> list[AgeBand]:
    """Those waiting by how long they have waited, in bands that meet at the rising `bounds` (seconds)."""
    known = list(ages)
    edges = [0.0, *bounds]
    return [
        AgeBand(low, high, sum(low <= age and (high is None or age < high) for age in known))
        for low, high in zip(edges, [*bounds, None], strict=True)
    ]


class ServiceLevelVariant(StrEnum):
    """What a service level is a share *of*; centres publish different ones, so the name goes with it.

    All have those answered within the target above the line. Below it are: `answered` - those answered;
    `answered_or_abandoned_late` - those answered, and those who gave up after the target;
    `answered_or_abandoned` - those answered and all who gave up; `everyone_due` - those answered, those
    who gave up after the target, and those who still wait past it.
    """

    ANSWERED = "answered"
    ANSWERED_OR_ABANDONED_LATE = "answered_or_abandoned_late"
    ANSWERED_OR_ABANDONED = "answered_or_abandoned"
    EVERYONE_DUE = "everyone_due"


def service_levels(waits: Iterable[Wait]) -> dict[ServiceLevelVariant, float | None]:
    """The share answered within the target, by each variant; None where it counts none."""
    tally = Counter((wait.end, wait.late) for wait in waits)
    in_time = tally[WaitEnd.ANSWERED, False]
    answered = in_time + tally[WaitEnd.ANSWERED, True]
    gave_up_late = tally[WaitEnd.ABANDONED, True]
    counted = {
        ServiceLevelVariant.ANSWERED: answered,
        ServiceLevelVariant.ANSWERED_OR_ABANDONED_LATE: answered + gave_up_late,
        ServiceLevelVariant.ANSWERED_OR_ABANDONED: answered + gave_up_late + tally[WaitEnd.ABANDONED, False],
        ServiceLevelVariant.EVERYONE_DUE: answered + gave_up_late + tally[WaitEnd.WAITING, True],
    }
    return {variant: in_time / count if count else None for variant, count in counted.items()}


def abandonment(waits: Iterable[Wait]) -> float | None:
    """The share that gave up, of those answered and those who gave up; None when there are none."""
    ends = Counter(wait.end for wait in waits)
    settled = ends[WaitEnd.ANSWERED] + ends[WaitEnd.ABANDONED]
    return ends[WaitEnd.ABANDONED] / settled if settled else None


class EntryTimes(NamedTuple):
    """An entry, as far as figures of waits need it."""

    queue: str
    channel: str
    entered_at: datetime
    taken_at: datetime | None
    left_at: datetime | None
    status: str
    outcome: str | None


def wait_of(entry: EntryTimes, now: datetime, target_seconds: float) -> Wait:
    """An entry's wait as it is at `now`."""
    ended_at = entry.taken_at or entry.left_at
    seconds = ((ended_at or now) - entry.entered_at).total_seconds()
    return Wait(max(seconds, 0.0), _end_of(entry), target_seconds)


def _end_of(entry: EntryTimes) -> WaitEnd:
    if entry.taken_at is not None:
        return WaitEnd.ANSWERED
    if entry.left_at is None:
        return WaitEnd.WAITING
    gave_up = entry.status == EntryStatus.ABANDONED and entry.outcome == ABANDONED
    return WaitEnd.ABANDONED if gave_up else WaitEnd.LEFT


@dataclass(frozen=True)
class WaitFigures:
    """Counts, quantiles and service levels of a set of waits. The quantiles count those still waiting in."""

    entered: int
    answered: int
    abandoned: int
    left: int
    waiting: int
    abandonment: float | None
    p50: WaitQuantile | None
    p90: WaitQuantile | None
    longest_seconds: float | None
    service_levels: Mapping[ServiceLevelVariant, float | None]


def figures_of(waits: Sequence[Wait]) -> WaitFigures:
    ends = Counter(wait.end for wait in waits)
    p50, p90 = wait_quantiles(waits, (0.5, 0.9))
    return WaitFigures(
        entered=len(waits),
        answered=ends[WaitEnd.ANSWERED],
        abandoned=ends[WaitEnd.ABANDONED],
        left=ends[WaitEnd.LEFT],
        waiting=ends[WaitEnd.WAITING],
        abandonment=abandonment(waits),
        p50=p50,
        p90=p90,
        longest_seconds=max((wait.seconds for wait in waits), default=None),
        service_levels=service_levels(waits),
    )
