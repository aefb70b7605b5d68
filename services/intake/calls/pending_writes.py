"""What deriving calls wants written, gathered until all of them are thought through."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from services.intake.call_story.state import Call
from services.intake.models import ContactColumns
from services.intake.phones.seats import Seats
from shared.contracts import Event


@dataclass
class Changes:
    """New and changed calls and contacts, and what is told of them.

    `calls` are those that were derived, by their contacts, as they stand now; None: no call any more.
    `changed` are the contacts whose call changed, `moved_contacts` those that are written anew themselves.
    `numbers` are those of callers that were told late. `inconsistencies` counts the calls that show one they
    did not show before.
    """

    source: str
    seats: Seats
    new_contacts: list[ContactColumns] = field(default_factory=list)
    new_calls: list[dict[str, Any]] = field(default_factory=list)
    changed_calls: list[dict[str, Any]] = field(default_factory=list)
    moved_contacts: list[ContactColumns] = field(default_factory=list)
    changed: list[UUID] = field(default_factory=list)
    numbers: list[dict[str, Any]] = field(default_factory=list)
    merged_away: list[UUID] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    calls: dict[UUID, Call | None] = field(default_factory=dict)
    inconsistencies: Counter[str] = field(default_factory=Counter)
