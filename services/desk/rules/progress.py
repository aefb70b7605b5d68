"""How far a rule set is on its way into force."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.desk.rules.schemas import Ruleset

#: The steps a rule set has taken at each status.
_TAKEN = {"draft": 1, "checked": 2, "simulated": 3, "scheduled": 4, "active": 4, "retired": 4}


@dataclass(frozen=True)
class Progress:
    """A rule set, beside the one that is in force now."""

    ruleset: Ruleset
    active: Ruleset | None

    @property
    def is_draft(self) -> bool:
        """Whether it can still be changed."""
        return self.ruleset.status in {"draft", "checked", "simulated"}

    @property
    def can_retire(self) -> bool:
        """Whether it can be taken out of use: it has never been in force."""
        return self.is_draft or self.ruleset.status == "scheduled"

    @property
    def taken(self) -> int:
        """How many of the four steps are done: written, proved, simulated, put in force."""
        return _TAKEN[self.ruleset.status]

    @property
    def compared_with(self) -> str | None:
        """Which version it is compared with: the one in force, or what it was copied from."""
        others = (self.active and self.active.version, self.ruleset.based_on)
        return next((other for other in others if other and other != self.ruleset.version), None)


def progress_of(rulesets: Sequence[Ruleset], version: str) -> Progress | None:
    """The progress of `version`; None when there is no such rule set."""
    active = next((one for one in rulesets if one.status == "active"), None)
    found = next((one for one in rulesets if one.version == version), None)
    return None if found is None else Progress(found, active)
