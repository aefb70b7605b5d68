"""Where a rule set stands on its way into force, and what a refused step says to the person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.clock import COPENHAGEN

#: The steps a draft has taken at each status.
_TAKEN = {"draft": 1, "checked": 2, "simulated": 3, "scheduled": 4, "active": 4, "retired": 4}


@dataclass(frozen=True)
class Standing:
    """A rule set of triage's list, beside the one that is in force now."""

    item: Mapping[str, Any]
    active: Mapping[str, Any] | None

    @property
    def is_draft(self) -> bool:
        """Whether it can still be changed."""
        return self.item["status"] in {"draft", "checked", "simulated"}

    @property
    def can_retire(self) -> bool:
        """Whether it can be taken out of use: it has never been in force."""
        return self.is_draft or self.item["status"] == "scheduled"

    @property
    def taken(self) -> int:
        """How many of the four steps are done: written, proved, simulated, put in force."""
        return _TAKEN[self.item["status"]]

    @property
    def compared_with(self) -> str | None:
        """Which version it is compared with: the one in force, or what it was copied from."""
        version = self.item["version"]
        others = (self.active and self.active["version"], self.item["based_on"])
        return next((other for other in others if other and other != version), None)


def standing_of(items: Sequence[Mapping[str, Any]], version: str) -> Standing | None:
    """Where it stands; None when there is no such rule set."""
    active = next((item for item in items if item["status"] == "active"), None)
    found = next((item for item in items if item["version"] == version), None)
    return None if found is None else Standing(found, active)


def moment_of(text: str | None) -> str | None:
    """A browser's date and time in Copenhagen as an instant; None for nothing. Raises ValueError."""
    if not text:
        return None
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=COPENHAGEN)).isoformat()


def nested(lines: Sequence[str]) -> list[tuple[str, list[str]]]:
    """A difference's lines: each thing that changed, with its parts, which triage indents."""
    found: list[tuple[str, list[str]]] = []
    for line in lines:
        if line.startswith(" ") and found:
            found[-1][1].append(line.strip())
        else:
            found.append((line.strip(), []))
    return found
