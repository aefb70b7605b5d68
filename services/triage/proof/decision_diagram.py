"""Sets of cases ("regions") with exact set operations, stored as a multi-valued decision diagram (MDD).

A case has one value on each axis (each fact). A region could be written as a union of boxes, but the boxes
that 200 rows leave over may be too many to count. So regions share their parts: a node tests the value on one
axis and leads to a smaller region. Equal regions have equal numbers, so that "is there any such case?" is a
comparison of integers, and the result of every operation is cached.
"""

from collections.abc import Sequence

#: A region: the number of a node.
Region = int

EMPTY: Region = 0
ALL: Region = 1

#: A region with this many nodes or more is searched part by part.
_LARGE = 60


#: An axis, and sets of values on it (as bits), each with the region they lead to; other values lead to EMPTY.
#: Plain tuples of integers, which the garbage collector stops tracking: there may be a million of them.
Node = tuple[int, tuple[tuple[int, Region], ...]]


class TooLargeError(Exception):
    """The operations take too many steps. SAT is among them: for any limit some rule set is too large."""


class DecisionDiagram:
    """All regions over axes with the given numbers of values; nodes test the axes in this order.

    After `most_steps` intersections of two regions, the next one raises TooLargeError.
    """

    def __init__(self, sizes: Sequence[int], most_steps: int) -> None:
        self._most_steps = most_steps
        self.sizes = tuple(sizes)
        self._full = tuple((1 << size) - 1 for size in sizes)
        end: Node = (len(self.sizes), ())
        self._nodes = [end, end]
        self._numbers: dict[Node, Region] = {}
        # A pair is stored as one integer: the garbage collector would have to scan millions of tuples.
        self._intersections: dict[int, Region] = {}
        self._sizes: dict[Region, int] = {EMPTY: 0}
        self._complements = {EMPTY: ALL, ALL: EMPTY}

    def having_values(self, axis: int, values: int) -> Region:
        """All cases with one of these values (as bits) on this axis."""
        return self._node(axis, {ALL: values})

    def intersection(self, one: Region, other: Region) -> Region:
        """The cases in both."""
        if other in (one, ALL):
            return one
        if one == ALL:
            return other
        if EMPTY in (one, other):
            return EMPTY
        key = one << 32 | other if one < other else other << 32 | one
        found = self._intersections.get(key)
        if found is None:
            if len(self._intersections) >= self._most_steps:
                raise TooLargeError
            found = self._intersections[key] = self._intersect(one, other)
        return found

    def complement(self, region: Region) -> Region:
        """The cases that are not in it."""
        found = self._complements.get(region)
        if found is None:
            axis, outgoing = self._nodes[region]
            edges: dict[Region, int] = {}
            rest = self._full[axis]
            for values, inner in outgoing:
                rest &= ~values
                _add(edges, self.complement(inner), values)
            _add(edges, ALL, rest)
            found = self._complements[region] = self._node(axis, edges)
            self._complements[found] = region
        return found

    def union(self, *regions: Region) -> Region:
        """The cases in at least one of them."""
        left = ALL
        for region in regions:
            left = self.intersection(left, self.complement(region))
        return self.complement(left)

    def intersection_of(self, *regions: Region) -> Region:
        """The cases in every one of them."""
        found = ALL
        for region in regions:
            found = self.intersection(found, region)
        return found

    def difference(self, region: Region, taken: Region) -> Region:
        """The cases of the region that are not in the other."""
        return self.intersection(region, self.complement(taken))

    def sample(self, region: Region, within: Sequence[Region]) -> Region:
        """Some of the cases that are in the region and in all the others; EMPTY only if there are none.

        The exact intersection may be too large to build: a large one is searched part by part.
        """
        cut = [other for other in within if self.intersection(region, other) != region]
        # Those that leave least over come first, so that the others are applied to small regions.
        cut.sort(key=lambda other: self._size(self.intersection(region, other)))
        for position, other in enumerate(cut):
            region = self.intersection(region, other)
            if region == EMPTY:
                return EMPTY
            if self._size(region) >= _LARGE:
                parts = (self.sample(part, cut[position + 1 :]) for part in self._parts(region))
                return next((found for found in parts if found != EMPTY), EMPTY)
        return region

    def contains(self, region: Region, case: Sequence[int]) -> bool:
        """Whether the case (the position of its value on each axis) is in the region."""
        while region > ALL:
            axis, edges = self._nodes[region]
            region = next((inner for values, inner in edges if values >> case[axis] & 1), EMPTY)
        return region == ALL

    def node(self, region: Region) -> Node:
        """The node of a region other than EMPTY and ALL."""
        return self._nodes[region]

    def _size(self, region: Region) -> int:
        """How many nodes the region has; counting stops at _LARGE."""
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
        """The region split by the first axis that has more than one edge."""
        if region <= ALL:
            return [region]
        axis, edges = self._nodes[region]
        if len(edges) == 1:
            ((values, inner),) = edges
            return [self._node(axis, {part: values}) for part in self._parts(inner)]
        return [self._node(axis, {inner: values}) for values, inner in edges]

    def _intersect(self, one: Region, other: Region) -> Region:
        (axis, left), (another, right) = self._nodes[one], self._nodes[other]
        edges: dict[Region, int] = {}
        # The result tests the earlier of the two axes first; a region that does not test it is the same
        # for each of its values.
        if axis == another:
            for values, inner in left:
                for others, other_inner in right:
                    if values & others:
                        _add(edges, self.intersection(inner, other_inner), values & others)
            return self._node(axis, edges)
        if axis > another:
            axis, left, other = another, right, one
        for values, inner in left:
            _add(edges, self.intersection(inner, other), values)
        return self._node(axis, edges)

    def _node(self, axis: int, edges: dict[Region, int]) -> Region:
        edges.pop(EMPTY, None)
        if not edges:
            return EMPTY
        if len(edges) == 1:
            ((inner, values),) = edges.items()
            # An axis whose values all lead the same way is left out, so that equal regions are one node.
            if values == self._full[axis]:
                return inner
            if not values:
                return EMPTY
        node = (axis, tuple([(values, inner) for inner, values in sorted(edges.items())]))
        number = self._numbers.get(node)
        if number is None:
            number = self._numbers[node] = len(self._nodes)
            self._nodes.append(node)
        return number


def _add(edges: dict[Region, int], inner: Region, values: int) -> None:
    if values:
        edges[inner] = edges.get(inner, 0) | values
