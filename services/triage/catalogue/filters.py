"""What a list of the catalogue can be limited to, in the words of the standard, and which page of it."""

import math
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared.vocabulary import Need


@dataclass(frozen=True)
class CatalogueFilter:
    """The entries to list: all conditions apply; None means any."""

    search: str | None = None
    modified_after: datetime | None = None
    taxonomy_term_id: UUID | None = None
    taxonomy_id: UUID | None = None
    organization_id: UUID | None = None
    need: Need | None = None
    age: int | None = None

    @property
    def words(self) -> list[str]:
        """The first 20 words of the search, for comparing without regard to case."""
        return (self.search or "").casefold().split()[:20]


@dataclass(frozen=True)
class PageRequest:
    """Which page, counted from 1, and at most how many entries on it; 0: all entries on one page."""

    number: int
    per_page: int

    @property
    def offset(self) -> int:
        return (self.number - 1) * self.per_page

    def pages_of(self, total: int) -> int:
        """How many pages this many entries fill."""
        return math.ceil(total / self.per_page) if self.per_page else min(total, 1)


#: All entries on one page.
EVERYTHING = PageRequest(1, 0)


@dataclass(frozen=True)
class Near:
    """A postcode that must be served, and at most how many metres from it a place may be."""

    postcode: str
    proximity: float | None
