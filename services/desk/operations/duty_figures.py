"""How duties were kept, by rule: those still open, and how those ended that were due lately."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from services.desk.duties.acts import open_of
from services.desk.operations.schemas import Compliance, Statistics
from services.desk.routing_models import Duty

#: How those ended is counted for duties that were due within this time.
COUNTED_FOR = timedelta(days=28)


@dataclass(frozen=True)
class RuleFigures:
    """One rule's duties. `name` is None where none is open: then only the rule is known."""

    rule: str
    name: str | None
    met: int
    met_late: int
    running: int
    overdue: int
    #: How many ended otherwise, by reason; the most frequent first.
    otherwise: Sequence[tuple[str, int]]

    @property
    def otherwise_count(self) -> int:
        """All that ended otherwise."""
        return sum(count for _, count in self.otherwise)


@dataclass(frozen=True)
class DutyFigures:
    """All rules, those with the most overdue first, and the open duties in order of due time.

    `is_whole` is False when there may be more open duties than were read.
    """

    rules: list[RuleFigures]
    open: list[Duty]
    is_whole: bool = True

    @property
    def overdue(self) -> list[Duty]:
        """Those past their due time, the oldest first."""
        return [one for one in self.open if one.state == "overdue"]

    @property
    def running(self) -> list[Duty]:
        """Those not due yet, the one that is due first before the others."""
        return [one for one in self.open if one.state == "running"]


def figures_of(duties: Iterable[Duty], ended: Statistics, *, is_whole: bool = True) -> DutyFigures:
    """The figures of the open duties, and of those that routing's statistics by rule count."""
    still_open = open_of(list(duties))
    compliance = {group.rule: group.deadlines for group in ended.groups if group.rule}
    rules = [
        _of_rule(rule, [one for one in still_open if one.rule == rule], compliance)
        for rule in {*compliance, *(one.rule for one in still_open)}
    ]
    rules.sort(key=lambda one: (-one.overdue, -one.running, one.rule))
    return DutyFigures(rules, still_open, is_whole)


def _of_rule(rule: str, duties: Sequence[Duty], compliance: Mapping[str, Compliance]) -> RuleFigures:
    ended = compliance.get(rule, Compliance())
    otherwise = sorted(ended.ended_otherwise.items(), key=lambda one: (-one[1], one[0]))
    return RuleFigures(
        rule=rule,
        name=duties[0].title if duties else None,
        met=ended.met,
        met_late=ended.met_late,
        running=sum(one.state == "running" for one in duties),
        overdue=sum(one.state == "overdue" for one in duties),
        otherwise=otherwise,
    )
