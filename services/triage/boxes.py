"""Exact algebra of regions: sets of cases, as decision diagrams whose every path is a box.

A box fixes for each axis the values it may have; a region is a union of disjoint boxes. Written out, the
boxes of what 200 rows leave over may be more than can be counted, so regions share what they have in common:
a node asks for the value on one axis and leads on to a smaller region. Equal regions are the same number,
which makes "is there any such case?" a comparison, and every operation is remembered.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

#: A region: the number of a node.
Region = int

NOTHING: Region = 0
EVERYTHING: Region = 1

#: What it costs to take the value at this position of this axis.
Cost = Callable[[int, int], int]

#: From so many nodes on, a region is searched part by part.
_LARGE = 60


class Node(NamedTuple):
    """The values of one axis, as bits, each with the region that they lead on to. Others lead nowhere."""

    axis: int
    edges: tuple[tuple[int, Region], ...]


class Boxes:
    """Regions over axes of the given numbers of values; the first axes are asked for first."""

    def __init__(self, sizes: Sequence[int]) -> None:
        self.sizes = tuple(sizes)
        self._full = tuple((1 << size) - 1 for size in sizes)
        end = Node(len(self.sizes), ())
        self._nodes = [end, end]
        self._numbers: dict[Node, Region] = {}
        self._common: dict[tuple[Region, Region], Region] = {}
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
        key = (one, other) if one < other else (other, one)
        found = self._common.get(key)
        if found is None:
            found = self._common[key] = self._join(*key)
        return found

    def opposite(self, region: Region) -> Region:
        """The cases that are not in it."""
        found = self._opposite.get(region)
        if found is None:
            node = self._nodes[region]
            edges: dict[Region, int] = {}
            rest = self._full[node.axis]
            for values, inner in node.edges:
                rest &= ~values
                _add(edges, self.opposite(inner), values)
            _add(edges, EVERYTHING, rest)
            found = self._opposite[region] = self._node(node.axis, edges)
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
        best: dict[Region, tuple[int, int, Region]] = {}
        if region == NOTHING:
            return None
        self._price(region, cost, best)
        case = list(usual)
        while region > EVERYTHING:
            _, position, inner = best[region]
            case[self._nodes[region].axis] = position
            region = inner
        return case

    def _size(self, region: Region) -> int:
        """How many nodes the region has; what is large is not counted to its end."""
        found = self._sizes.get(region)
        if found is None:
            seen, waiting = {region}, [region]
            while waiting and len(seen) < _LARGE:
                for _, inner in self._nodes[waiting.pop()].edges:
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

    def _price(self, region: Region, cost: Cost, best: dict[Region, tuple[int, int, Region]]) -> int:
        if region == EVERYTHING:
            return 0
        if region not in best:
            axis, edges = self._nodes[region]
            best[region] = min(
                (cost(axis, position) + self._price(inner, cost, best), position, inner)
                for values, inner in edges
                for position in range(values.bit_length())
                if values >> position & 1
            )
        return best[region][0]

    def _join(self, one: Region, other: Region) -> Region:
        left, right = self._nodes[one], self._nodes[other]
        edges: dict[Region, int] = {}
        if left.axis == right.axis:
            for values, inner in left.edges:
                for others, further in right.edges:
                    if values & others:
                        _add(edges, self.common(inner, further), values & others)
            return self._node(left.axis, edges)
        if left.axis > right.axis:
            left, other = right, one
        for values, inner in left.edges:
            _add(edges, self.common(inner, other), values)
        return self._node(left.axis, edges)

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
        node = Node(axis, tuple((values, inner) for inner, values in sorted(edges.items())))
        number = self._numbers.get(node)
        if number is None:
            number = self._numbers[node] = len(self._nodes)
            self._nodes.append(node)
        return number


def _add(edges: dict[Region, int], inner: Region, values: int) -> None:
    if values:
        edges[inner] = edges.get(inner, 0) | values
