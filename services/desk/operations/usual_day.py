"""A day against usual days: the same weekday of the weeks before, as median and range. Knows no web."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from statistics import median
from typing import Any

from services.desk.operations.troubles import share_of
from shared.clock import COPENHAGEN

WEEKS_BACK = 4

#: Figures of a period that are compared, in the order they are shown.
COMPARED = ("entered", "answered", "abandoned", "abandonment", "p50", "p90", "service_level")


@dataclass(frozen=True)
class Usual:
    """What a figure usually is: the least, the middle and the most of `days` days. None without any."""

    low: float | None
    middle: float | None
    high: float | None
    days: int

    def says_of(self, value: float | None) -> str:
        """Whether `value` lies `below`, `above` or `within` what is usual; `unknown` without either."""
        if value is None or self.low is None or self.high is None:
            return "unknown"
        return "below" if value < self.low else "above" if value > self.high else "within"


def usual_of(values: Iterable[float | None]) -> Usual:
    """The usual of what is known."""
    known = sorted(value for value in values if value is not None)
    if not known:
        return Usual(None, None, None, 0)
    return Usual(known[0], float(median(known)), known[-1], len(known))


def usual_days(day: date) -> list[date]:
    """The same weekday of the weeks before, the latest first."""
    return [day - timedelta(weeks=back) for back in range(1, WEEKS_BACK + 1)]


def begin_of(day: date) -> datetime:
    """Midnight in Copenhagen, with which the day begins."""
    return datetime.combine(day, time.min, COPENHAGEN)


def same_time(day: date, moment: datetime) -> datetime:
    """The same time of day on another day."""
    return datetime.combine(day, moment.astimezone(COPENHAGEN).time(), COPENHAGEN)


@dataclass(frozen=True)
class Hour:
    """One hour of the day. `value` is None while it has not passed, or when nobody can say."""

    hour: int
    value: float | None
    usual: Usual


@dataclass(frozen=True)
class Compared:
    """A figure so far, against the same time of usual days."""

    name: str
    value: float | None
    usual: Usual
    #: Whether the quantile is only a lower bound, because so many still wait.
    at_least: bool = False


def figure(group: Mapping[str, Any], name: str) -> float | None:
    """A figure of routing's statistics by its name here."""
    if name == "service_level":
        return share_of(group, "everyone_due")
    value = group[name]
    found: float | None = value["seconds"] if isinstance(value, dict) else value
    return found


def compare(today: Mapping[str, Any], before: Sequence[Mapping[str, Any]]) -> list[Compared]:
    """Today's figures against those of usual days; a day on which nobody came is no usual day."""
    used = [group for group in before if group["entered"]]
    return [
        Compared(
            name,
            figure(today, name),
            usual_of(figure(group, name) for group in used),
            at_least=_is_bound(today.get(name)),
        )
        for name in COMPARED
    ]


def _is_bound(value: Any) -> bool:
    return isinstance(value, dict) and bool(value["at_least"])


def by_hour(groups: Iterable[Mapping[str, Any]], name: str) -> dict[int, float | None]:
    """A figure by local hour. When an hour comes twice, counts add up and the longer wait holds."""
    found: dict[int, list[float]] = defaultdict(list)
    for group in groups:
        if (value := figure(group, name)) is not None:
            found[datetime.fromisoformat(group["starts_at"]).astimezone(COPENHAGEN).hour].append(value)
    return {hour: sum(values) if name == "entered" else max(values) for hour, values in found.items()}


def hours_of(
    today: Sequence[Mapping[str, Any]],
    before: Sequence[Sequence[Mapping[str, Any]]],
    name: str,
    until: int,
) -> list[Hour]:
    """The hours in which anybody ever came, with those of today that have passed before the hour `until`."""
    mine, theirs = by_hour(today, name), [by_hour(groups, name) for groups in before if groups]
    present = sorted({*mine, *(hour for day in theirs for hour in day)})
    if not present:
        return []
    nobody = 0.0 if name == "entered" else None
    return [
        Hour(
            hour,
            mine.get(hour, nobody) if hour < until else None,
            usual_of(day.get(hour, nobody) for day in theirs),
        )
        for hour in range(present[0], present[-1] + 1)
    ]
