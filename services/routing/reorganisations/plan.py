"""Which unit each contact goes to when a unit's work is reorganised."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class ReorganisationState(StrEnum):
    """`planned` until its day; `running` while contacts are moved; `done`, or taken back (`undone`).

    `cancelled` was taken back before its day.
    """

    PLANNED = "planned"
    RUNNING = "running"
    DONE = "done"
    UNDOING = "undoing"
    UNDONE = "undone"
    CANCELLED = "cancelled"


class MoveState(StrEnum):
    """Of one contact: moved to its new unit, or moved back again."""

    MOVED = "moved"
    UNDONE = "undone"


class Rule(Protocol):
    """A rule of a plan: the contacts with these references, and those that triage finds by their facts."""

    @property
    def to_unit(self) -> str: ...
    @property
    def references(self) -> Collection[str]: ...
    @property
    def asks_triage(self) -> bool: ...


@dataclass(frozen=True)
class Plan:
    """The rules in their order; the first that fits decides. Without any, a contact goes to `otherwise_to`.

    A contact that nothing fits stays where it is.
    """

    rules: Sequence[Rule]
    otherwise_to: str | None

    @property
    def asks_triage(self) -> bool:
        """Whether any rule looks at facts, which triage has and routing does not."""
        return any(rule.asks_triage for rule in self.rules)

    def target_of(self, reference: str, fitting: Collection[int]) -> str | None:
        """The unit of the contact; `fitting` are the places of the rules whose facts fit, from 0."""
        for place, rule in enumerate(self.rules):
            fits_facts = not rule.asks_triage or place in fitting
            fits_list = not rule.references or reference in rule.references
            if fits_facts and fits_list:
                return rule.to_unit
        return self.otherwise_to


def keeps_its_holder(holder: str | None, units: Mapping[str, Collection[str]], to_unit: str) -> bool:
    """Whether the person who has an entry keeps it when it moves to `to_unit`.

    `units` are the units of the members of staff that the staff file names. Of anybody else it is not known
    that they do not move along, so they keep what they have.
    """
    return holder is not None and (holder not in units or to_unit in units[holder])
