"""Pending writes, collected while a batch of calls is derived, and what the derivation needs to know."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from services.intake.call_story.state import Call
from services.intake.lines.lines import Lines
from services.intake.models import ContactColumns
from services.intake.phones.seats import Seats
from services.intake.vault import Vault
from shared.contracts import Event


@dataclass
class PendingWrites:
    """New and changed calls and contacts of one exchange, and the events that are published about them.

    `calls` are the derived calls by their contacts; None: it is part of another call now. `changed` are the
    contacts whose call changed, `moved_contacts` those whose own columns are written again. `numbers` are
    callers' numbers that became known late. `inconsistencies` counts the calls with one they did not have
    before.
    """

    source: str
    seats: Seats
    lines: Lines
    vault: Vault
    now: datetime
    new_contacts: list[ContactColumns] = field(default_factory=list)
    new_calls: list[dict[str, Any]] = field(default_factory=list)
    changed_calls: list[dict[str, Any]] = field(default_factory=list)
    moved_contacts: list[ContactColumns] = field(default_factory=list)
    changed: list[UUID] = field(default_factory=list)
    numbers: list[dict[str, Any]] = field(default_factory=list)
    merged_calls: list[UUID] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    calls: dict[UUID, Call | None] = field(default_factory=dict)
    inconsistencies: Counter[str] = field(default_factory=Counter)
