"""A day compared with usual days: the same weekday of the weeks before, as median and range."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from statistics import median
from typing import Literal

from services.desk.operations.schemas import Group
from services.desk.routing_models import Figures, Quantile
from shared.clock import COPENHAGEN

WEEKS_BACK = 4

FigureName = Literal["entered", "answered", "abandoned", "abandonment", "p50", "p90", "service_level"]
#: Figures of a period that are compared, in the page's order.
COMPARED: tuple[FigureName, ...] = (
    "entered",
    "answered",
    "abandoned",
    "abandonment",
    "p50",
    "p90",
    "service_level",
)


@dataclass(frozen=True)
class Usual:
    """What a figure usually is: the least, the middle and the most of `days` days. None without any."""

    low: float | None
    middle: float | None
    high: float | None
    days: int

    def position_of(self, value: float | None) -> str:
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
    """One hour of the day. `value` is None while it has not passed, or when there is none."""

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


def figure(figures: Figures, name: FigureName) -> float | None:
    """A figure by its name; of a wait, its seconds."""
    value: Quantile | float | None = getattr(figures, name)
    return value.seconds if isinstance(value, Quantile) else value


def compare(today: Figures, before: Sequence[Figures]) -> list[Compared]:
    """Today's figures against those of usual days; a day without any entries is no usual day."""
    used = [group for group in before if group.entered]
    return [
        Compared(
            name,
            figure(today, name),
            usual_of(figure(group, name) for group in used),
            at_least=_is_bound(today, name),
        )
        for name in COMPARED
    ]


def _is_bound(figures: Figures, name: FigureName) -> bool:
    value = getattr(figures, name)
    return isinstance(value, Quantile) and value.at_least


def by_hour(groups: Iterable[Group], name: FigureName) -> dict[int, float | None]:
    """A figure by local hour. Of an hour that comes twice, counts add up and the longer wait is used."""
    found: dict[int, list[float]] = defaultdict(list)
    for group in groups:
        if group.starts_at is not None and (value := figure(group, name)) is not None:
            found[group.starts_at.astimezone(COPENHAGEN).hour].append(value)
    return {hour: sum(values) if name == "entered" else max(values) for hour, values in found.items()}


def hours_of(
    today: Sequence[Group],
    before: Sequence[Sequence[Group]],
    name: FigureName,
    until: int,
) -> list[Hour]:
    """The hours that ever had entries; today's values only for hours that ended before the hour `until`."""
    mine, theirs = by_hour(today, name), [by_hour(groups, name) for groups in before if groups]
    present = sorted({*mine, *(hour for day in theirs for hour in day)})
    if not present:
        return []
    empty = 0.0 if name == "entered" else None
    return [
        Hour(
            hour,
            mine.get(hour, empty) if hour < until else None,
            usual_of(day.get(hour, empty) for day in theirs),
        )
        for hour in range(present[0], present[-1] + 1)
    ]
