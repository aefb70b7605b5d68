"""Where the lines of a chart go. Drawn by the server as SVG, so that no script and no style is needed.

The table beside a chart has the same numbers.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from services.desk.operations.usual_day import Hour

WIDTH, HEIGHT = 720, 260
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 16, 16, 32
_STEPS = (1, 2, 5)
#: About so many horizontal lines.
_LINES = 4


@dataclass(frozen=True)
class Mark:
    """A number beside the chart, and its place along the axis."""

    value: float
    at: float


@dataclass(frozen=True)
class DayChart:
    """Usual days as a band with its middle, and the day itself as a line. All in the units of the picture."""

    width: int
    height: int
    left: int
    right: int
    bottom: int
    band: list[str]
    middle: list[str]
    line: list[str]
    dots: list[tuple[float, float]]
    heights: list[Mark]
    hours: list[Mark]


def draw_day(hours: Sequence[Hour], unit: float = 1.0) -> DayChart | None:
    """The chart of these hours; None when there is nothing to draw. `unit` is one on the scale."""
    if not hours:
        return None
    highest = max((value for hour in hours for value in (hour.value, hour.usual.high) if value), default=0.0)
    step = step_for(highest / unit) * unit
    top = max(step, math.ceil(highest / step) * step)
    plot = _Plot(hours[0].hour, max(len(hours) - 1, 1), top)
    known = [[(h, h.usual) for h in run] for run in _runs(hours, lambda h: h.usual.middle)]
    own = [[(h.hour, h.value or 0.0) for h in run] for run in _runs(hours, lambda h: h.value)]
    return DayChart(
        width=WIDTH,
        height=HEIGHT,
        left=_LEFT,
        right=WIDTH - _RIGHT,
        bottom=HEIGHT - _BOTTOM,
        band=[
            plot.line(
                [(h.hour, u.high or 0.0) for h, u in run] + [(h.hour, u.low or 0.0) for h, u in reversed(run)]
            )
            for run in known
        ],
        middle=[plot.line([(h.hour, u.middle or 0.0) for h, u in run]) for run in known],
        line=[plot.line(run) for run in own],
        dots=[plot.place(hour, value) for run in own for hour, value in run],
        heights=[Mark(n * step, plot.y(n * step)) for n in range(round(top / step) + 1)],
        hours=[Mark(hour.hour, plot.x(hour.hour)) for hour in hours],
    )


def step_for(highest: float) -> float:
    """The distance between two horizontal lines: 1, 2 or 5 times a power of ten, and never below 1."""
    rough = max(highest / _LINES, 1.0)
    power = 10.0 ** math.floor(math.log10(rough))
    return next((step * power for step in _STEPS if step * power >= rough), 10 * power)


@dataclass(frozen=True)
class _Plot:
    first: int
    spans: int
    top: float

    def x(self, hour: float) -> float:
        return round(_LEFT + (hour - self.first) * (WIDTH - _LEFT - _RIGHT) / self.spans, 1)

    def y(self, value: float) -> float:
        return round(HEIGHT - _BOTTOM - value * (HEIGHT - _TOP - _BOTTOM) / self.top, 1)

    def place(self, hour: float, value: float) -> tuple[float, float]:
        return self.x(hour), self.y(value)

    def line(self, points: Sequence[tuple[float, float]]) -> str:
        return " ".join(f"{x},{y}" for x, y in (self.place(*point) for point in points))


def _runs(hours: Sequence[Hour], known: Callable[[Hour], float | None]) -> list[list[Hour]]:
    """Neighbouring hours with a value: no line is drawn over hours without one."""
    runs: list[list[Hour]] = [[]]
    for hour in hours:
        if known(hour) is not None:
            runs[-1].append(hour)
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]
