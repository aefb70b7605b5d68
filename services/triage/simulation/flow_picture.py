"""A simulation as a picture: bands from where contacts go today to where the draft sends them.

Plain SVG: no script and no style sheet, so that the strictest content security policy allows it. A band that
moves is hatched and has a number that the list below explains: nothing depends on colour alone (WCAG 1.4.1).
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from services.triage.rulesets.wording import texts
from services.triage.simulation.schemas import FlowOut, SimulationOut
from services.triage.simulation.table import summary_of

_WIDTH = 1320
#: The horizontal places of the two columns of bars; their names are outside them.
_LEFT, _RIGHT, _BAR = 420, 880, 14
_TOP, _LINE, _GAP = 112, 24, 10
#: The height of all bars of a column together; low bars are drawn higher and may make it more.
_ALL_BARS = 420
#: The lowest bar, which leaves room for its name.
_LOWEST = 20
#: The most moves that have a number and an explanation.
_MOST_MOVES = 30

_INK, _PAPER, _STAYS, _MOVES, _LINES = "#1a1a1a", "#ffffff", "#d5dde5", "#0b5cab", "#5b6b7a"


@dataclass
class _Bar:
    """The bar of one place in a column; `used` is the part of its height that has bands already."""

    label: str
    count: int
    top: float
    height: float
    used: float = 0.0

    def take(self, count: int) -> tuple[float, float]:
        """The next part of the bar, for the band of this number of contacts."""
        start = self.top + self.used
        share = self.height * count / self.count
        self.used += share
        return start, start + share

    @property
    def middle(self) -> float:
        return self.top + self.height / 2


def flow_picture(simulation: SimulationOut) -> str:
    """The picture, with a Danish title and description for screen readers."""
    words = texts()["simulation"]
    flows = simulation.flows
    totals = flow_totals(flows, before=True), flow_totals(flows, before=False)
    # The same order on both sides: what stays goes straight across.
    order = sorted(totals[0] | totals[1], key=lambda label: (-(totals[0] | totals[1])[label], label))
    before, after = (_column(total, order) for total in totals)
    bottom = max((bar.top + bar.height for bar in [*before.values(), *after.values()]), default=_TOP)
    moves = [flow for flow in flows if flow.moves]
    notes = _notes(moves, bottom + 2 * _GAP)
    height = bottom + 2 * _GAP + _LINE * (len(_move_sentences(moves)) + 1) + _GAP
    title = words["title"].format(version=simulation.version)
    parts = [
        _opening(title, " ".join([summary_of(simulation), *_move_sentences(moves)]), height),
        _text(24, 36, title, size=22, weight="bold"),
        _text(24, 62, summary_of(simulation)),
        _text(_LEFT + _BAR, _TOP - 12, words["now"], anchor="end", weight="bold"),
        _text(_RIGHT, _TOP - 12, words["then"], weight="bold"),
        *_bands(flows, before, after),
        *(_bar(_LEFT, bar) + _name(bar, _LEFT - 8, "end", 0) for bar in before.values()),
        *(
            _bar(_RIGHT, bar) + _name(bar, _RIGHT + _BAR + 8, "start", _change(bar, before))
            for bar in after.values()
        ),
        *notes,
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def flow_totals(flows: Iterable[FlowOut], *, before: bool) -> Counter[str]:
    """How many contacts each place has, before or after."""
    totals: Counter[str] = Counter()
    for flow in flows:
        totals[(flow.before if before else flow.after).label] += flow.count
    return totals


def _column(totals: Counter[str], order: Sequence[str]) -> dict[str, _Bar]:
    """Bars below each other in this order, as high as their share of all contacts."""
    bars: dict[str, _Bar] = {}
    top, contacts = float(_TOP), sum(totals.values())
    for label in order:
        if (count := totals[label]) == 0:
            continue
        height = max(_LOWEST, _ALL_BARS * count / contacts)
        bars[label] = _Bar(label, count, top, height)
        top += height + _GAP
    return bars


def _bands(flows: Sequence[FlowOut], before: dict[str, _Bar], after: dict[str, _Bar]) -> list[str]:
    """What stays lies behind what moves; a bar's bands lie in the order of their other ends."""
    ends: dict[int, tuple[tuple[float, float], tuple[float, float]]] = {}
    taken = {
        id(flow): before[flow.before.label].take(flow.count)
        for flow in sorted(flows, key=lambda flow: after[flow.after.label].top)
    }
    for flow in sorted(flows, key=lambda flow: before[flow.before.label].top):
        ends[id(flow)] = taken[id(flow)], after[flow.after.label].take(flow.count)
    stays = [_band(*ends[id(flow)], moves=False) for flow in flows if not flow.moves]
    moving = [flow for flow in flows if flow.moves]
    drawn = [_band(*ends[id(flow)], moves=True) for flow in moving]
    marks = [_mark(number, *ends[id(flow)]) for number, flow in enumerate(moving[:_MOST_MOVES], 1)]
    return [*stays, *drawn, *marks]


def _band(left: tuple[float, float], right: tuple[float, float], *, moves: bool) -> str:
    x1, x2 = _LEFT + _BAR, _RIGHT
    half = (x1 + x2) / 2
    path = (
        f"M{x1} {left[0]:.1f} C{half} {left[0]:.1f} {half} {right[0]:.1f} {x2} {right[0]:.1f} "
        f"V{right[1]:.1f} C{half} {right[1]:.1f} {half} {left[1]:.1f} {x1} {left[1]:.1f} Z"
    )
    style = f'fill="url(#moves)" stroke="{_MOVES}"' if moves else f'fill="{_STAYS}" stroke="none"'
    return f'<path d="{path}" {style}/>'


def _mark(number: int, left: tuple[float, float], right: tuple[float, float]) -> str:
    """The band's number on it, at another share of its length than its neighbours' so that none overlap."""
    share = 0.25 + 0.5 * ((number * 3) % 7) / 6
    x = _LEFT + _BAR + (_RIGHT - _LEFT - _BAR) * _along(share)
    start, end = sum(left) / 2, sum(right) / 2
    y = start + (end - start) * (3 * share**2 - 2 * share**3)
    circle = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="10" fill="{_PAPER}" stroke="{_MOVES}" stroke-width="2"/>'
    return circle + _text(x, y + 5, str(number), anchor="middle", size=13, weight="bold")


def _along(share: float) -> float:
    """How far to the right a band is at this share of its Bézier curve, whose handles are in the middle."""
    return 1.5 * share * (1 - share) + share**3


def _bar(x: float, bar: _Bar) -> str:
    return (
        f'<rect x="{x}" y="{bar.top:.1f}" width="{_BAR}" height="{bar.height:.1f}" '
        f'fill="{_LINES}" stroke="{_INK}"/>'
    )


def _name(bar: _Bar, x: float, anchor: str, change: int) -> str:
    words = texts()["simulation"]
    name = "node_changed" if change else "node"
    label = words[name].format(place=bar.label, count=bar.count, change=f"{change:+d}".replace("-", "−"))
    return _text(x, bar.middle + 5, label, anchor=anchor)


def _change(bar: _Bar, before: dict[str, _Bar]) -> int:
    return bar.count - (before[bar.label].count if bar.label in before else 0)


def _move_sentences(moves: Sequence[FlowOut]) -> list[str]:
    words = texts()["simulation"]
    sentences = [
        words["move"].format(
            number=number, before=flow.before.label, after=flow.after.label, count=flow.count
        )
        for number, flow in enumerate(moves[:_MOST_MOVES], 1)
    ]
    if len(moves) > _MOST_MOVES:
        sentences.append(words["more"].format(count=len(moves) - _MOST_MOVES))
    return sentences or [words["nothing"]]


def _notes(moves: Sequence[FlowOut], top: float) -> list[str]:
    lines = [texts()["simulation"]["stays"], *_move_sentences(moves)]
    return [_text(24, top + _LINE * line, text) for line, text in enumerate(lines, 1)]


def _opening(title: str, description: str, height: float) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height:.0f}" '
        f'width="{_WIDTH}" height="{height:.0f}" role="img" aria-labelledby="title description" lang="da">\n'
        f'<title id="title">{escape(title)}</title>\n'
        f'<desc id="description">{escape(description)}</desc>\n'
        '<defs><pattern id="moves" width="8" height="8" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate(45)"><rect width="8" height="8" fill="#cfe3f7"/>'
        f'<rect width="3" height="8" fill="{_MOVES}"/></pattern></defs>\n'
        f'<rect width="{_WIDTH}" height="{height:.0f}" fill="{_PAPER}"/>'
    )


def _text(
    x: float, y: float, text: str, *, anchor: str = "start", size: int = 15, weight: str = "normal"
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-family="sans-serif" font-size="{size}" '
        f'font-weight="{weight}" fill="{_INK}">{escape(text)}</text>'
    )
