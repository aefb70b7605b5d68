"""How far people trust each row of the rules: what they decided on its recommendations, and what came back.

Rows are ordered by what is certain, not by what is seen: of two cases of which one was overridden, nobody
knows whether it is one in two or one in a hundred. The lower end of the Wilson interval tells the least
share of distrust that the cases leave believable.
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, NamedTuple
from uuid import UUID

from shared.clock import COPENHAGEN

#: 1.96 standard deviations: of a hundred such bounds, some 97 lie below the true share.
_DEVIATIONS = 1.96
#: So many examples are shown of each row.
EXAMPLES = 5

Outcome = Literal["accepted", "overridden", "returned"]
Bucket = Literal["week", "month"]


class Place(NamedTuple):
    """A destination: kind, unit, administration."""

    kind: str
    unit: str
    administration: str | None = None


class Asked(NamedTuple):
    """What recommended: a row of a rule set, and where it sent."""

    ruleset: str
    row: int
    place: Place


@dataclass(frozen=True, slots=True)
class Decided:
    """One decision on an assessment, and whether a unit sent the contact back afterwards."""

    assessment_id: UUID
    contact_id: UUID
    reference: str
    asked: Asked
    decided_at: datetime
    overridden: bool
    place: Place
    reason_code: str | None = None
    returned: bool = False
    return_code: str | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an assessment came to: one for each, however often it was decided on."""

    decided: Decided
    outcome: Outcome

    @property
    def code(self) -> str | None:
        """The reason that was given for the distrust, in a word."""
        return self.decided.return_code if self.outcome == "returned" else self.decided.reason_code


def verdict_of(decisions: Sequence[Decided]) -> Verdict:
    """The verdict of one assessment's decisions, in their order; there is at least one.

    A unit that returns what people had accepted contradicts the row. One that returns what people had
    sent elsewhere contradicts them. Whatever is decided after a return no longer speaks of the row.
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
        name = bucket_of(verdict.decided.decided_at, bucket)
        self.buckets.setdefault(name, Counter())[verdict.outcome] += 1
        if verdict.outcome == "accepted":
            return
        self.reasons[verdict.code] += 1
        if verdict.outcome == "overridden":
            self.sent_to[verdict.decided.place] += 1
        self.examples.append(verdict)
        self.examples.sort(key=lambda one: one.decided.decided_at, reverse=True)
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


def lower_bound(hits: int, cases: int) -> float:
    """The lower end of the Wilson score interval of `hits` in `cases` (Wilson, 1927)."""
    if cases == 0:
        return 0.0
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


def ordered(rows: Iterable[tuple[Asked, Trust]]) -> list[tuple[Asked, Trust]]:
    """The most distrusted first, by what is certain; ties by how many, then by the row."""
    return sorted(rows, key=lambda row: (-row[1].least_share, -row[1].distrusted, str(row[0])))
