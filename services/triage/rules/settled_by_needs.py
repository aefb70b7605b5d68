"""Whether the needs alone settle a condition, and what is left to evaluate for a set of needs.

Most rows and duties are about certain needs, so that for a given set of needs only a few have to be
evaluated.
"""

from collections.abc import Iterable, Mapping
from functools import singledispatch
from typing import TypeVar

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
T = TypeVar("T")

#: The most sets of needs for which it is remembered. One to three needs make 12,000 sets.
_REMEMBERED = 20_000


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


class LeftByNeeds(dict[int, tuple[T, ...]]):
    """By a set of needs (as bits), the items whose condition it does not rule out, in their order.

    Worked out once for each set.
    """

    def __init__(self, items: Iterable[tuple[Condition, T]], definitions: Definitions) -> None:
        super().__init__()
        self._items = tuple(items)
        self._definitions = definitions

    def __missing__(self, needs: int) -> tuple[T, ...]:
        # Emptied as a whole: it fills up in rare cases only, and dropping single entries would cost more.
        if len(self) >= _REMEMBERED:
            self.clear()
        left = self[needs] = tuple(
            item
            for condition, item in self._items
            if settled_by_needs(condition, needs, self._definitions) is not False
        )
        return left
