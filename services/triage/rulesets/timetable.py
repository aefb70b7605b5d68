"""Which rule set is in force when: each from its own moment until the next one's, without gap or overlap."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import StrEnum

from shared.clock import COPENHAGEN


class RulesetStatus(StrEnum):
    """A rule set's status. Any change makes a checked or simulated one a draft again."""

    DRAFT = "draft"
    CHECKED = "checked"
    SIMULATED = "simulated"
    SCHEDULED = "scheduled"
    ACTIVE = "active"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class Begins:
    """From `active_from` on, contacts are assessed by this revision of this rule set."""

    version: str
    revision: int
    active_from: datetime


@dataclass(frozen=True, slots=True)
class Timetable:
    """Every rule set that was, is or will be in force, the oldest first."""

    begins: tuple[Begins, ...]

    def at(self, moment: datetime) -> Begins:
        """The rule set of that moment; before the first one began, the first."""
        begun = [one for one in self.begins if one.active_from <= moment]
        return (begun or list(self.begins[:1]))[-1]

    def until(self, version: str) -> datetime | None:
        """When the next one takes its place; None when there is none."""
        for one, following in zip(self.begins, self.begins[1:], strict=False):
            if one.version == version:
                return following.active_from
        return None


@dataclass(frozen=True, slots=True)
class Life:
    """The columns of a rule set that its status follows from."""

    version: str
    revision: int
    checked_revision: int
    simulated_revision: int
    active_from: datetime | None
    withdrawn_at: datetime | None


def status_of(life: Life, timetable: Timetable, now: datetime) -> RulesetStatus:
    """The rule set's status at `now`."""
    if life.withdrawn_at is not None:
        return RulesetStatus.RETIRED
    if life.active_from is not None:
        if life.active_from > now:
            return RulesetStatus.SCHEDULED
        ends = timetable.until(life.version)
        return RulesetStatus.ACTIVE if ends is None or ends > now else RulesetStatus.RETIRED
    if life.checked_revision != life.revision:
        return RulesetStatus.DRAFT
    simulated = life.simulated_revision == life.revision
    return RulesetStatus.SIMULATED if simulated else RulesetStatus.CHECKED


def first_moment_of(day: date) -> datetime:
    """When that day begins in Copenhagen."""
    return datetime.combine(day, time(), COPENHAGEN).astimezone(UTC)
