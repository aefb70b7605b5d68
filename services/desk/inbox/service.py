"""Reading one page of a queue's entries."""

import asyncio

from services.desk.api_clients import ApiClients
from services.desk.api_models import Listing
from services.desk.inbox.filters import InboxFilter
from services.desk.inbox.schemas import EntryPage
from services.desk.routing_models import Entry, Queue


async def read_entries(services: ApiClients, code: str, wanted: InboxFilter) -> EntryPage:
    """The page. Raises Refused for a queue that the user may not see."""
    queue, entries = await asyncio.gather(
        services.get("routing", f"/v1/queues/{code}", Queue),
        services.get("routing", f"/v1/queues/{code}/entries", Listing[Entry], **wanted.for_routing),
    )
    next_page = None if entries.next_cursor is None else wanted.page(entries.next_cursor)
    return EntryPage(queue, entries.items, next_page)
