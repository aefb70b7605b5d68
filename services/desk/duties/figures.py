"""How duties were kept, counted by rule."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.desk.routing_models import Duty

#: Those that ended longer ago are not counted.
COUNTED_FOR = timedelta(days=28)


@dataclass(frozen=True)
class RuleFigures:
    """One rule's duties: those still open, and those that ended in the period."""

    rule: str
    name: str
    met: int
    met_late: int
    running: int
    overdue: int
    #: How many ended otherwise, by the act that ended them; the most frequent first.
    otherwise: Sequence[tuple[str, int]]

    @property
    def otherwise_count(self) -> int:
        """All that ended otherwise."""
        return sum(count for _, count in self.otherwise)


@dataclass(frozen=True)
class DutyFigures:
    """All rules, those with the most overdue first. `is_whole` is False when there may be more duties."""

    rules: Sequence[RuleFigures]
    overdue: Sequence[Duty]
    running: Sequence[Duty]
    is_whole: bool


def figures_of(duties: Iterable[Duty], now: datetime, *, is_whole: bool) -> DutyFigures:
    """The figures of these duties; `overdue` and `running` are in order of due time."""
    counted = [one for one in duties if one.is_open or (one.ended_at and now - one.ended_at <= COUNTED_FOR)]
    by_rule: dict[str, list[Duty]] = {}
    for duty in counted:
        by_rule.setdefault(duty.rule, []).append(duty)
    rules = [_of_rule(rule, own) for rule, own in by_rule.items()]
    return DutyFigures(
        rules=sorted(rules, key=lambda one: (-one.overdue, -one.running, one.name)),
        overdue=_by_due_time(counted, "overdue"),
        running=_by_due_time(counted, "running"),
        is_whole=is_whole,
    )


def _by_due_time(duties: Iterable[Duty], state: str) -> list[Duty]:
    return sorted((one for one in duties if one.state == state), key=lambda one: one.due_at)


def _of_rule(rule: str, duties: Sequence[Duty]) -> RuleFigures:
    states = Counter(one.state for one in duties)
    # An act has a name as long as routing lists it with the duty; its code is put into words by the page.
    acts = Counter(one.act or "" for one in duties if one.state == "ended_otherwise")
    return RuleFigures(
        rule=rule,
        name=duties[0].name,
        met=states["met"],
        met_late=states["met_late"],
        running=states["running"],
        overdue=states["overdue"],
        otherwise=acts.most_common(),
    )
