"""The facts of the further contacts, one for each child at risk who is somebody else than the citizen."""

from collections.abc import Iterator
from typing import Literal

from services.triage.rules.case import MAJORITY
from shared.contracts import CHILD_FACTS, ChildAtRisk, Facts, OpenFact
from shared.vocabulary import Need

_CITIZEN: tuple[OpenFact, ...] = ("age", "district", "postal_code", "in_municipality")
_NOTHING_KNOWN = ChildAtRisk()


def facts_of_the_children(facts: Facts, which: Literal["every", "further"]) -> Iterator[tuple[int, Facts]]:
    """The facts of each child's contact, with which of the children it is.

    Where no child is described and the citizen is the child, or may be, the citizen's age and place are what
    is known of the child. Of the child of a citizen of age nothing is known.
    """
    children = facts.children_elsewhere
    if children:
        first = 1 if which == "further" else 0
        for position, child in enumerate(children[first:], start=first):
            yield position, _another_child(facts, child)
    elif facts.age is not None and facts.age >= MAJORITY:
        yield 0, _another_child(facts, _NOTHING_KNOWN)
    else:
        yield 0, _notification(facts, {name: getattr(facts, name) for name in _CITIZEN})


def _another_child(facts: Facts, child: ChildAtRisk) -> Facts:
    # In the facts of a child who is somebody else a place outside the municipality decides by itself.
    known = (child.age, child.district, child.postal_code)
    return _notification(facts, dict(zip(CHILD_FACTS, known, strict=True)))


def _notification(facts: Facts, about_the_child: dict[OpenFact, object]) -> Facts:
    """A notification about the child, without the facts of an adult citizen."""
    open_facts = {*CHILD_FACTS, *about_the_child}
    unknowable = {fact for fact in facts.cannot_be_known & open_facts if about_the_child.get(fact) is None}
    return Facts.model_validate(
        {
            "needs": frozenset({Need.CHILD_CONCERN}),
            "child_at_risk": True,
            "suspected_parental_abuse": facts.suspected_parental_abuse,
            "honour_related": facts.honour_related,
            "reporter_is_professional": facts.reporter_is_professional,
            "measures_running": facts.measures_running,
            **about_the_child,
            "cannot_be_known": frozenset(unknowable),
        }
    )
