"""Exact algebra of regions: sets of cases, as decision diagrams whose every path is a box.

A box fixes for each axis the values it may have; a region is a union of disjoint boxes. Written out, the
boxes of what 200 rows leave over may be more than can be counted, so regions share what they have in common:
a node asks for the value on one axis and leads on to a smaller region. Equal regions are the same number,
which makes "is there any such case?" a comparison, and every operation is remembered.
"""

from collections.abc import Callable, Sequence

#: A region: the number of a node.
Region = int

NOTHING: Region = 0
EVERYTHING: Region = 1

#: What it costs to take the value at this position of this axis.
Cost = Callable[[int, int], int]

#: From so many nodes on, a region is searched part by part.
_LARGE = 60


#: An axis, and the values on it, as bits, each with the region that they lead on to. Others lead nowhere.
#: Plain, so that the collector of garbage lets go of it: there may be a million.
Node = tuple[int, tuple[tuple[int, Region], ...]]


class TooLargeError(Exception):
    """The regions asked for take more steps than are allowed. They hold SAT: some always will."""


class Boxes:
    """Regions over axes of the given numbers of values; the first axes are asked for first.

    After `most_steps` pairs of regions have been put together, the next raises TooLargeError.
    """

    def __init__(self, sizes: Sequence[int], most_steps: int) -> None:
        self._most_steps = most_steps
        self.sizes = tuple(sizes)
        self._full = tuple((1 << size) - 1 for size in sizes)
        end: Node = (len(self.sizes), ())
        self._nodes = [end, end]
        self._numbers: dict[Node, Region] = {}
        # Pairs as one number each: millions of tuples would keep the collector of garbage busy.
        self._common: dict[int, Region] = {}
        self._sizes: dict[Region, int] = {NOTHING: 0}
        self._opposite = {NOTHING: EVERYTHING, EVERYTHING: NOTHING}

    def slab(self, axis: int, values: int) -> Region:
        """All cases with one of these values (as bits) on this axis."""
        return self._node(axis, {EVERYTHING: values})

    def common(self, one: Region, other: Region) -> Region:
        """The cases in both."""
        if other in (one, EVERYTHING):
            return one
        if one == EVERYTHING:
            return other
        if NOTHING in (one, other):
            return NOTHING
        key = one << 32 | other if one < other else other << 32 | one
        found = self._common.get(key)
        if found is None:
            if len(self._common) >= self._most_steps:
                raise TooLargeError
            found = self._common[key] = self._join(one, other)
        return found

    def opposite(self, region: Region) -> Region:
        """The cases that are not in it."""
        found = self._opposite.get(region)
        if found is None:
            axis, leading = self._nodes[region]
            edges: dict[Region, int] = {}
            rest = self._full[axis]
            for values, inner in leading:
                rest &= ~values
                _add(edges, self.opposite(inner), values)
            _add(edges, EVERYTHING, rest)
            found = self._opposite[region] = self._node(axis, edges)
            self._opposite[found] = region
        return found

    def either(self, *regions: Region) -> Region:
        """The cases in at least one of them."""
        left = EVERYTHING
        for region in regions:
            left = self.common(left, self.opposite(region))
        return self.opposite(left)

    def all_of(self, *regions: Region) -> Region:
        """The cases in every one of them."""
        found = EVERYTHING
        for region in regions:
            found = self.common(found, region)
        return found

    def without(self, region: Region, taken: Region) -> Region:
        """The cases of the region that are not in the other."""
        return self.common(region, self.opposite(taken))

    def some(self, region: Region, within: Sequence[Region]) -> Region:
        """Some of the cases that are in the region and in all the others; NOTHING only if there are none.

        All of them may be too many to write down: what grows past bearing is searched part by part.
        """
        cut = [other for other in within if self.common(region, other) != region]
        # Those first that leave least over: what they rule out need not be looked at again.
        cut.sort(key=lambda other: self._size(self.common(region, other)))
        for position, other in enumerate(cut):
            region = self.common(region, other)
            if region == NOTHING:
                return NOTHING
            if self._size(region) >= _LARGE:
                parts = (self.some(part, cut[position + 1 :]) for part in self._parts(region))
                return next((found for found in parts if found != NOTHING), NOTHING)
        return region

    def holds(self, region: Region, case: Sequence[int]) -> bool:
        """Whether the case, a value's position for each axis, lies in the region."""
        while region > EVERYTHING:
            axis, edges = self._nodes[region]
            region = next((inner for values, inner in edges if values >> case[axis] & 1), NOTHING)
        return region == EVERYTHING

    def nearest(self, region: Region, usual: Sequence[int], cost: Cost) -> list[int] | None:
        """The case in the region whose values cost least in sum; where nothing forces it, the usual one.

        None when the region is empty. The usual values must cost nothing.
        """
        return Nearest(self, usual, cost).case(region)

    def node(self, region: Region) -> Node:
        """What stands at a region other than NOTHING and EVERYTHING."""
        return self._nodes[region]

    def _size(self, region: Region) -> int:
        """How many nodes the region has; what is large is not counted to its end."""
        found = self._sizes.get(region)
        if found is None:
            seen, waiting = {region}, [region]
            while waiting and len(seen) < _LARGE:
                for _, inner in self._nodes[waiting.pop()][1]:
                    if inner not in seen:
                        seen.add(inner)
                        waiting.append(inner)
            found = self._sizes[region] = len(seen)
        return found

    def _parts(self, region: Region) -> list[Region]:
        """The region cut in parts by the first axis on which it leads different ways."""
        if region <= EVERYTHING:
            return [region]
        axis, edges = self._nodes[region]
        if len(edges) == 1:
            ((values, inner),) = edges
            return [self._node(axis, {part: values}) for part in self._parts(inner)]
        return [self._node(axis, {inner: values}) for values, inner in edges]

    def _join(self, one: Region, other: Region) -> Region:
        (axis, left), (another, right) = self._nodes[one], self._nodes[other]
        edges: dict[Region, int] = {}
        if axis == another:
            for values, inner in left:
                for others, further in right:
                    if values & others:
                        _add(edges, self.common(inner, further), values & others)
            return self._node(axis, edges)
        if axis > another:
            axis, left, other = another, right, one
        for values, inner in left:
            _add(edges, self.common(inner, other), values)
        return self._node(axis, edges)

    def _node(self, axis: int, edges: dict[Region, int]) -> Region:
        edges.pop(NOTHING, None)
        if not edges:
            return NOTHING
        if len(edges) == 1:
            ((inner, values),) = edges.items()
            if values == self._full[axis]:
                return inner
            if not values:
                return NOTHING
        node = (axis, tuple([(values, inner) for inner, values in sorted(edges.items())]))
        number = self._numbers.get(node)
        if number is None:
            number = self._numbers[node] = len(self._nodes)
            self._nodes.append(node)
        return number


def _add(edges: dict[Region, int], inner: Region, values: int) -> None:
    if values:
        edges[inner] = edges.get(inner, 0) | values


class Nearest:
    """Finds for one case the nearest in any region. What was worked out for one region serves all.

    `known` holds what regions cost from some axis on, for every case that has the same values there.
    """

    def __init__(
        self,
        boxes: Boxes,
        usual: Sequence[int],
        cost: Cost,
        known: dict[Region, "Cheapest"] | None = None,
        known_from: int = 0,
    ) -> None:
        self._boxes = boxes
        self._usual = usual
        self._cost = cost
        self._best: dict[Region, Cheapest] = {}
        self._known = self._best if known is None else known
        self._known_from = known_from
        self._steps: dict[tuple[int, int], tuple[int, int]] = {}

    def case(self, region: Region) -> list[int] | None:
        """The nearest case of the region, None when it is empty."""
        if region == NOTHING:
            return None
        case = list(self._usual)
        while region > EVERYTHING:
            _, position, inner = self._cheapest(region)
            case[self._boxes.node(region)[0]] = position
            region = inner
        return case

    def _cheapest(self, region: Region) -> "Cheapest":
        axis, edges = self._boxes.node(region)
        kept = self._known if axis >= self._known_from else self._best
        found = kept.get(region)
        if found is None:
            ways = []
            for values, inner in edges:
                cost, position = self._steps.get((axis, values)) or self._step(axis, values)
                further = self._cheapest(inner)[0] if inner > EVERYTHING else 0
                ways.append((cost + further, position, inner))
            found = kept[region] = min(ways)
        return found

    def _step(self, axis: int, values: int) -> tuple[int, int]:
        """The cheapest of these values."""
        found = self._steps[axis, values] = min(
            (self._cost(axis, position), position)
            for position in range(values.bit_length())
            if values >> position & 1
        )
        return found


#: What a region costs, the value to take on its first axis, and the region that it leads on to.
Cheapest = tuple[int, int, Region]
