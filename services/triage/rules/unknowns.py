"""The answer for a case with unknown facts: one answer after all, or exactly the facts to ask for.

The rows are evaluated in order. Where one depends on a missing fact, the case is split over the values that
the fact can have, and each branch is followed further. The result is a decision tree in which branches with
the same answers are merged; a fact that is left at a fork changes the answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from services.triage.rules.case import Case
from services.triage.rules.rulebook import Blocked, Hit, Place, Rulebook
from shared.vocabulary import DestinationKind, Unit

#: Facts in the order in which people are asked for them: first the one that rules out the most.
ASKING_ORDER = (
    "in_municipality",
    "child_district",
    "age",
    "district",
    "child_age",
    "applies_for_measure",
)

#: The place of a contact when a fact that decides cannot be known: the reception takes it.
RECEPTION = Place(DestinationKind.UNIT, Unit.RECEPTION)


@dataclass(frozen=True, slots=True)
class Leaf:
    """One answer, with every hit that led to it. `given_up`: a fact that decides cannot be known."""

    place: Place
    hits: tuple[Hit, ...]
    given_up: bool = False


@dataclass(frozen=True, slots=True)
class Fork:
    """A fact that changes the answer, and the tree for each of its values."""

    fact: str
    branches: tuple[tuple[object, "Tree"], ...]


Tree = Leaf | Fork


class Explorer:
    """Explores a case with unknown facts; `ages` are those between which no answer changes."""

    def __init__(self, rulebook: Rulebook, ages: Sequence[int]) -> None:
        self._rulebook = rulebook
        self.ages = tuple(ages)

    def explore(self, case: Case) -> Tree:
        """The reduced decision tree of this case: a single leaf when the answer is settled."""
        result = self._rulebook.decide(case)
        if isinstance(result, Hit):
            return Leaf(result.place, (result,))
        fact = _next_fact(result, case)
        branches = [(value, self.explore(case.answered(fact, value))) for value in self._values(fact, case)]
        if fact in case.cannot_be_known:
            return _without_asking([tree for _, tree in branches])
        return _fork(fact, branches)

    def _values(self, fact: str, case: Case) -> Sequence[object]:
        match fact:
            case "age" | "child_age":
                return self.ages
            case "district":
                return case.possible_districts()
            case "child_district":
                return case.possible_child_districts()
        return (False, True)


def questions_of(tree: Tree) -> list[str]:
    """The facts that still change the answer, in the order they are asked for."""
    return sorted(_facts(tree), key=ASKING_ORDER.index)


def leaves_of(tree: Tree) -> list[Leaf]:
    """Every answer in the tree."""
    if isinstance(tree, Leaf):
        return [tree]
    return [leaf for _, branch in tree.branches for leaf in leaves_of(branch)]


def _facts(tree: Tree) -> set[str]:
    if isinstance(tree, Leaf):
        return set()
    return {tree.fact}.union(*(_facts(branch) for _, branch in tree.branches))


def _next_fact(blocked: Blocked, case: Case) -> str:
    """The fact to split on: one that can be known before one that cannot."""
    return min(blocked.missing, key=lambda fact: (fact in case.cannot_be_known, ASKING_ORDER.index(fact)))


def _fork(fact: str, branches: list[tuple[object, Tree]]) -> Tree:
    trees = [tree for _, tree in branches]
    return _merged(trees) if _all_alike(trees) else Fork(fact, tuple(branches))


def outline(tree: Tree) -> object:
    """The tree's questions and answers without the hits: equal for trees that are alike."""
    if isinstance(tree, Leaf):
        return tree.place
    return tree.fact, tuple((value, outline(branch)) for value, branch in tree.branches)


def _all_alike(trees: Sequence[Tree]) -> bool:
    first = outline(trees[0])
    return all(outline(tree) == first for tree in trees[1:])


def _merged(trees: Sequence[Tree]) -> Tree:
    """One tree for trees that are alike, with all the hits that lead to each of its leaves."""
    first = trees[0]
    if isinstance(first, Leaf):
        leaves = [tree for tree in trees if isinstance(tree, Leaf)]
        hits = tuple(hit for leaf in leaves for hit in leaf.hits)
        return Leaf(first.place, hits, any(leaf.given_up for leaf in leaves))
    forks = [tree for tree in trees if isinstance(tree, Fork)]
    return Fork(
        first.fact,
        tuple(
            (value, _merged([fork.branches[position][1] for fork in forks]))
            for position, (value, _) in enumerate(first.branches)
        ),
    )


def _without_asking(trees: Sequence[Tree]) -> Tree:
    """The tree for a fact that cannot be known, from its branches: the answer they share, or the reception.

    Facts that can be asked for come first: one of their answers may make the unknown one irrelevant.
    """
    if _all_alike(trees):
        return _merged(trees)
    forks = [tree for tree in trees if isinstance(tree, Fork)]
    if not forks:
        return Leaf(RECEPTION, tuple(hit for tree in trees for hit in _hits(tree)), given_up=True)
    fork = min(forks, key=lambda tree: ASKING_ORDER.index(tree.fact))
    return _fork(
        fork.fact,
        [
            (value, _without_asking([_given(tree, fork.fact, value) for tree in trees]))
            for value, _ in fork.branches
        ],
    )


def _hits(tree: Tree) -> list[Hit]:
    return [hit for leaf in leaves_of(tree) for hit in leaf.hits]


def _given(tree: Tree, fact: str, value: object) -> Tree:
    """The tree, once this fact is known."""
    if isinstance(tree, Leaf):
        return tree
    if tree.fact == fact:
        return dict(tree.branches)[value]
    return _fork(tree.fact, [(v, _given(branch, fact, value)) for v, branch in tree.branches])
