"""One page of a queue's entries, as it is rendered."""

from dataclasses import dataclass

from services.desk.routing_models import Entry, Queue


@dataclass(frozen=True)
class EntryPage:
    """The queue, the entries that the filter leaves, and the address's query of the page after it."""

    queue: Queue
    entries: list[Entry]
    next_page: str | None
