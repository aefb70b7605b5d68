"""Whether the needs alone settle a condition, whatever the other facts are.

Most rows are about certain needs, so that for a given set of needs only a few rows have to be evaluated.
"""

from collections.abc import Mapping
from functools import singledispatch

from services.triage.rules.case import needs_mask
from services.triage.rules.conditions import (
    AllOf,
    AnyOf,
    Certainly,
    Condition,
    Covered,
    Holds,
    Needs,
    Not,
    Possibly,
)

Definitions = Mapping[str, Condition]


@singledispatch
def settled_by_needs(condition: object, needs: int, definitions: Definitions) -> bool | None:
    """The condition's value for these needs (as bits) when no other fact can change it, or else None."""
    return None


@settled_by_needs.register
def _(condition: AllOf, needs: int, definitions: Definitions) -> bool | None:
    values = {settled_by_needs(part, needs, definitions) for part in condition.parts}
    return False if False in values else None if None in values else True


@settled_by_needs.register
def _(condition: AnyOf, needs: int, definitions: Definitions) -> bool | None:
    values = {settled_by_needs(part, needs, definitions) for part in condition.parts}
    return True if True in values else None if None in values else False


@settled_by_needs.register
def _(condition: Not, needs: int, definitions: Definitions) -> bool | None:
    value = settled_by_needs(condition.part, needs, definitions)
    return None if value is None else not value


@settled_by_needs.register(Possibly)
@settled_by_needs.register(Certainly)
def _(condition: Possibly | Certainly, needs: int, definitions: Definitions) -> bool | None:
    return settled_by_needs(condition.part, needs, definitions)


@settled_by_needs.register
def _(condition: Holds, needs: int, definitions: Definitions) -> bool | None:
    return settled_by_needs(definitions[condition.name], needs, definitions)


@settled_by_needs.register
def _(condition: Needs, needs: int, definitions: Definitions) -> bool | None:
    test = condition.needs
    mask = needs_mask(test.mentioned)
    if test.any_of is not None:
        return (needs & mask) != 0
    return (needs & mask) == mask if test.all_of is not None else (needs & ~mask) == 0


@settled_by_needs.register
def _(condition: Covered, needs: int, definitions: Definitions) -> bool | None:
    return None if needs & ~needs_mask(condition.covered_by_offers.besides) else True
