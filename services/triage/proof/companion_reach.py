"""In which cases the children at risk get contacts of their own, and what is counted there."""

from services.triage.proof.axes import FactSpace
from services.triage.proof.decision_diagram import ALL, EMPTY, Region
from services.triage.proof.regions import Definitions, truth_of
from services.triage.rules.ruleset import RuleSet
from shared.vocabulary import Need


class CompanionReach:
    """The companions of one rule set: `every` child has one, or only the `further` ones do.

    The first row that is true and opens companions opens them, unless an earlier row decides. Where such an
    earlier row is unknown, none is opened until it is known.
    """

    def __init__(self, ruleset: RuleSet, space: FactSpace, definitions: Definitions) -> None:
        self._space = space
        self._diagram = diagram = space.diagram
        reach = {"every": EMPTY, "further": EMPTY}
        left = ALL
        last = max((row.number for row in ruleset.rows if row.companion is not None), default=0)
        for row in ruleset.rows[:last]:
            truth = truth_of(row.when, space, definitions)
            not_here = truth.false
            if row.companion is not None:
                when = truth_of(row.companion.when, space, definitions)
                opened = diagram.intersection_of(left, truth.true, when.true)
                kind = row.companion.children
                reach[kind] = diagram.union(reach[kind], opened)
                if not row.destination:
                    not_here = diagram.union(truth.false, when.false)
            if row.destination or row.companion is not None:
                left = diagram.intersection(left, not_here)
        # Where no child is described, one contact is opened in both ways.
        described = space.where("another_child", lambda value: value is True)
        self._further = reach["further"]
        self._every = diagram.union(reach["every"], diagram.difference(reach["further"], described))
        self._child = self._contact_of_a_child()

    def counted(self, demanded: Region, given: Region) -> tuple[Region, Region]:
        """Where a demand about the child is counted: on the contact itself, and on every child's own contact.

        The contact itself is that of one child: where there are several, the further ones need their own.
        """
        diagram = self._diagram
        if diagram.difference(diagram.intersection(self._child, demanded), given) != EMPTY:
            every = further = EMPTY
        else:
            every, further = self._every, self._further
        several = self._space.where("further_children", lambda value: value is True)
        alone = diagram.difference(given, diagram.difference(several, diagram.union(every, further)))
        return alone, every

    def _contact_of_a_child(self) -> Region:
        """All the facts that the own contact of a child at risk may have (recommendations/children.py)."""
        space = self._space
        others = [need for need in Need if need is not Need.CHILD_CONCERN]
        parts = [space.having([Need.CHILD_CONCERN]), space.without_needs(others)]
        parts += [
            space.where(flag, lambda value, is_true=is_true: value is is_true)  # type: ignore[misc]  # bound now
            for flag, is_true in (
                ("child_at_risk", True),
                ("acute_danger", False),
                ("aftercare_running", False),
                ("anonymous", False),
                ("further_children", False),
            )
        ]
        return self._diagram.intersection_of(*parts)
