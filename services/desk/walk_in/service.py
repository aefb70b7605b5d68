"""Reading the line at the counter, and giving out tickets."""

import asyncio

from services.desk.api_clients import ApiClients
from services.desk.api_models import Created, Listing
from services.desk.routing_models import Entry, Estimate, Queue
from services.desk.walk_in.schemas import CounterLine, Slip
from shared.vocabulary import Channel

#: Where walk-ins wait.
QUEUE = "reception-desk"
_MOST_SHOWN = 100
#: Together two seconds, in which routing receives the event of a new contact.
_TRIES, _PAUSE_SECONDS = 40, 0.05


async def read_line(services: ApiClients, subject: str) -> CounterLine:
    """The line as the user with this subject sees it."""
    queue, entries = await asyncio.gather(
        services.get("routing", f"/v1/queues/{QUEUE}", Queue),
        services.get(
            "routing", f"/v1/queues/{QUEUE}/entries", Listing[Entry], status="open", limit=_MOST_SHOWN
        ),
    )
    taken = [entry for entry in entries.items if entry.status == "taken"]
    return CounterLine(
        queue,
        waiting=[entry for entry in entries.items if entry.status == "waiting"],
        mine=[entry for entry in taken if entry.taken_by == subject],
        others=[entry for entry in taken if entry.taken_by != subject],
    )


async def read_slip(services: ApiClients, contact_id: str) -> Slip | None:
    """The contact's ticket; None when it has none."""
    found = await services.get("routing", "/v1/entries", Listing[Entry], contact_id=contact_id)
    entry = next((entry for entry in found.items if entry.ticket), None)
    if entry is None or entry.ticket is None:
        return None
    estimate = None
    if entry.status == "waiting":
        estimate = await services.get(
            "routing", f"/v1/queues/{entry.queue}/estimate", Estimate, entry=entry.id
        )
    return Slip(entry.ticket, entry.entered_at, estimate)


async def give_ticket(services: ApiClients, once: str | None) -> str:
    """A contact for a citizen who comes in, with the next number; a double click gives one. Gives its id."""
    contact = await services.post("intake", "/v1/contacts", Created, {"channel": Channel.WALK_IN}, once=once)
    for _ in range(_TRIES):
        if (await services.get("routing", "/v1/entries", Listing[Entry], contact_id=contact.id)).items:
            break
        await asyncio.sleep(_PAUSE_SECONDS)
    # Later than this, the number appears on the page when the board changes.
    return contact.id
