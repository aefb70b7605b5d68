"""How far people follow each row of the rules: their decisions on its recommendations, and the returns.

Rows are ordered by what is certain, not by the observed share: when one of two cases was overridden, the true
share may be one in two or one in a hundred. The lower end of the Wilson interval is the least share of
distrust that agrees with the cases.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, NamedTuple
from uuid import UUID

from shared.clock import COPENHAGEN

#: 1.96 standard deviations: of a hundred such bounds, some 97 lie below the true share.
_DEVIATIONS = 1.96
#: How many examples there are of each row.
EXAMPLES = 5

Outcome = Literal["accepted", "overridden", "returned"]
Bucket = Literal["week", "month"]


class Place(NamedTuple):
    """A destination: kind, unit, administration."""

    kind: str
    unit: str
    administration: str | None = None


class RowKey(NamedTuple):
    """A row of a rule set, and a place that it recommends."""

    ruleset: str
    row: int
    place: Place


@dataclass(frozen=True, slots=True)
class DecisionRecord:
    """One decision on an assessment, and whether a unit sent the contact back afterwards."""

    assessment_id: UUID
    contact_id: UUID
    reference: str
    row_key: RowKey
    decided_at: datetime
    overridden: bool
    place: Place
    reason_code: str | None = None
    returned: bool = False
    return_code: str | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of one assessment, however often it was decided on, and the decision that settles it."""

    decision: DecisionRecord
    outcome: Outcome

    @property
    def code(self) -> str | None:
        """The reason that was given for the distrust, in a word."""
        return self.decision.return_code if self.outcome == "returned" else self.decision.reason_code


def verdict_of(decisions: Sequence[DecisionRecord]) -> Verdict:
    """The verdict of one assessment's decisions, in their order; there is at least one.

    A unit that returns what people had accepted contradicts the row. One that returns what people had
    sent elsewhere contradicts them. A decision after a return is no judgement of the row.
    """
    for decision in decisions:
        if decision.returned:
            return Verdict(decision, "overridden" if decision.overridden else "returned")
    last = decisions[-1]
    return Verdict(last, "overridden" if last.overridden else "accepted")


@dataclass
class Trust:
    """What has been counted of one row and its destination."""

    outcomes: Counter[Outcome] = field(default_factory=Counter)
    sent_to: Counter[Place] = field(default_factory=Counter)
    reasons: Counter[str | None] = field(default_factory=Counter)
    buckets: dict[str, Counter[Outcome]] = field(default_factory=dict)
    examples: list[Verdict] = field(default_factory=list)

    def add(self, verdict: Verdict, bucket: Bucket) -> None:
        """Count one assessment; the newest examples are kept."""
        self.outcomes[verdict.outcome] += 1
        name = bucket_of(verdict.decision.decided_at, bucket)
        self.buckets.setdefault(name, Counter())[verdict.outcome] += 1
        if verdict.outcome == "accepted":
            return
        self.reasons[verdict.code] += 1
        if verdict.outcome == "overridden":
            self.sent_to[verdict.decision.place] += 1
        self.examples.append(verdict)
        self.examples.sort(key=lambda one: one.decision.decided_at, reverse=True)
        del self.examples[EXAMPLES:]

    @property
    def decided(self) -> int:
        return sum(self.outcomes.values())

    @property
    def distrusted(self) -> int:
        return self.decided - self.outcomes["accepted"]

    @property
    def least_share(self) -> float:
        """The share of distrust that the row has at the least, from 0 to 1."""
        return lower_bound(self.distrusted, self.decided)


#: What was counted, by row and place.
TrustByRow = Mapping[RowKey, Trust]


def lower_bound(hits: int, cases: int) -> float:
    """The lower end of the Wilson score interval of `hits` in `cases` (Wilson, 1927)."""
    if cases == 0:
        return 0.0
    if not hits:
        return 0.0  # exactly: the formula below is then a rounding error away from it
    share, square = hits / cases, _DEVIATIONS**2
    middle = share + square / (2 * cases)
    spread = _DEVIATIONS * math.sqrt((share * (1 - share) + square / (4 * cases)) / cases)
    return max(0.0, (middle - spread) / (1 + square / cases))


def bucket_of(moment: datetime, bucket: Bucket) -> str:
    """The week (`2026-W10`) or the month (`2026-03`) in Copenhagen."""
    day = moment.astimezone(COPENHAGEN)
    if bucket == "month":
        return f"{day:%Y-%m}"
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


def ordered(rows: Iterable[tuple[RowKey, Trust]]) -> list[tuple[RowKey, Trust]]:
    """The most distrusted first, by what is certain; ties by how many, then by the row."""
    return sorted(rows, key=lambda row: (-row[1].least_share, -row[1].distrusted, str(row[0])))
