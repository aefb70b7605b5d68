"""The case in a region that differs least from a given case, by what each difference costs."""

from collections.abc import Callable, Sequence

from services.triage.proof.decision_diagram import ALL, EMPTY, DecisionDiagram, Region

#: What it costs to take the value at this position of this axis.
Cost = Callable[[int, int], int]

#: What a region costs, the value to take on its first axis, and the region that this value leads to.
Cheapest = tuple[int, int, Region]


def nearest_case(
    diagram: DecisionDiagram, region: Region, start: Sequence[int], cost: Cost
) -> list[int] | None:
    """The case in the region whose values cost least in sum; where no value is forced, the start's.

    None when the region is empty. The values of `start` must cost nothing.
    """
    return NearestSearch(diagram, start, cost).case(region)


class NearestSearch:
    """Finds the case nearest to one start in any region, and reuses what it found between regions.

    `known` are costs that an earlier search found for the axes from `known_from` on: they apply to every
    start that has the same values there.
    """

    def __init__(
        self,
        diagram: DecisionDiagram,
        start: Sequence[int],
        cost: Cost,
        known: dict[Region, Cheapest] | None = None,
        known_from: int = 0,
    ) -> None:
        self._diagram = diagram
        self._start = start
        self._cost = cost
        self._best: dict[Region, Cheapest] = {}
        self._known = self._best if known is None else known
        self._known_from = known_from
        self._steps: dict[tuple[int, int], tuple[int, int]] = {}

    def case(self, region: Region) -> list[int] | None:
        """The nearest case of the region, None when it is empty."""
        if region == EMPTY:
            return None
        case = list(self._start)
        while region > ALL:
            _, position, inner = self._cheapest(region)
            case[self._diagram.node(region)[0]] = position
            region = inner
        return case

    def _cheapest(self, region: Region) -> Cheapest:
        axis, edges = self._diagram.node(region)
        costs = self._known if axis >= self._known_from else self._best
        found = costs.get(region)
        if found is None:
            options = []
            for values, inner in edges:
                cost, position = self._steps.get((axis, values)) or self._step(axis, values)
                rest = self._cheapest(inner)[0] if inner > ALL else 0
                options.append((cost + rest, position, inner))
            found = costs[region] = min(options)
        return found

    def _step(self, axis: int, values: int) -> tuple[int, int]:
        """The cheapest of these values."""
        found = self._steps[axis, values] = min(
            (self._cost(axis, position), position)
            for position in range(values.bit_length())
            if values >> position & 1
        )
        return found
