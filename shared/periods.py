"""Periods of days, as dated configuration has them: from a first day to a last, both included."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Protocol, Self


class Dated(Protocol):
    """Anything with the two fields that dated configuration has: a row, a model, a named tuple."""

    @property
    def valid_from(self) -> date | None: ...
    @property
    def valid_to(self) -> date | None: ...


@dataclass(frozen=True, slots=True)
class Period:
    """All days from `first` to `last`. None means that it has no beginning, or no end."""

    first: date | None
    last: date | None = None

    @classmethod
    def of(cls, dated: Dated) -> Self:
        """The period in which `dated` is valid."""
        return cls(dated.valid_from, dated.valid_to)

    def includes(self, day: date) -> bool:
        """Whether `day` is one of its days."""
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)

    def overlaps(self, other: "Period") -> bool:
        """Whether there is a day in both. Neither may be reversed."""
        return _begins_by(self, other.last) and _begins_by(other, self.last)

    @property
    def is_reversed(self) -> bool:
        """Whether the last day is before the first, so that it has no day at all: a mistake."""
        return self.first is not None and self.last is not None and self.last < self.first


def _begins_by(period: Period, day: date | None) -> bool:
    return period.first is None or day is None or period.first <= day


def overlapping(periods: Sequence[Period]) -> list[int]:
    """The places (from 0, in order) of those periods that overlap one before them in the sequence."""
    pairs = combinations(enumerate(periods), 2)
    return sorted({place for (_, earlier), (place, later) in pairs if earlier.overlaps(later)})
