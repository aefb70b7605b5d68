"""Reading the reception's queues and the user's own calls, and beginning a contact."""

import asyncio
from collections.abc import Sequence

import httpx
import structlog
from pydantic import TypeAdapter

from services.desk.api_clients import ApiClients
from services.desk.api_models import Created, Listing
from services.desk.contact.service import take_new
from services.desk.live_board import stream
from services.desk.problems import Refused
from services.desk.reception.schemas import MyCall, MyPhone, QueueWithEntries, ReceptionQueues
from services.desk.routing_models import Entry, Queue
from shared.live import Followed, Latest
from shared.vocabulary import Channel

#: The reception's queues in the order of how hard it is to wait in them; the last has what units returned.
QUEUES = ("reception-phone", "reception-desk", "reception-mail", "reception")
#: As many waiting entries of each queue are on the page; the number of all is beside them.
_SHOWN = 8
_MOST_READ = 100
_RECONNECT_SECONDS = 1.0
#: No call may come for long; intake sends a keep-alive comment every fifteen seconds all the same.
_TIMEOUT = httpx.Timeout(10.0, read=40.0)

log = structlog.get_logger("desk")
_calls = TypeAdapter(list[MyCall])


async def read_queues(services: ApiClients, subject: str) -> ReceptionQueues:
    """The queues as the user with this subject sees them."""
    found = await asyncio.gather(*(_read_queue(services, code) for code in QUEUES))
    return ReceptionQueues(
        queues=[
            QueueWithEntries(queue, [entry for entry in entries if entry.status == "waiting"][:_SHOWN])
            for queue, entries in found
        ],
        mine=[entry for _, entries in found for entry in entries if entry.taken_by == subject],
    )


async def _read_queue(services: ApiClients, code: str) -> tuple[Queue, Sequence[Entry]]:
    queue, entries = await asyncio.gather(
        services.get("routing", f"/v1/queues/{code}", Queue),
        services.get(
            "routing", f"/v1/queues/{code}/entries", Listing[Entry], status="open", limit=_MOST_READ
        ),
    )
    return queue, entries.items


async def read_phone(services: ApiClients) -> MyPhone | None:
    """The telephone that the user works at; None when they chose none."""
    try:
        return await services.get("intake", "/v1/my-phone", MyPhone)
    except Refused as refused:
        if refused.answer_status != 404:
            raise
        return None


async def read_calls(services: ApiClients) -> list[MyCall]:
    """The calls at that telephone now."""
    return await services.get("intake", "/v1/my-calls/now", list[MyCall])


def follow_calls(client: httpx.AsyncClient, token: str) -> Followed[list[MyCall]]:
    """The calls at the user's telephone as they change; each open page follows its own."""

    async def fetch(latest: Latest[list[MyCall]]) -> None:
        while True:
            try:
                async for data in stream(client, "/v1/my-calls", token, _TIMEOUT):
                    await latest.put(_calls.validate_json(data))
            except (httpx.HTTPError, ValueError) as error:
                log.info("no calls", error=type(error).__name__)
            await asyncio.sleep(_RECONNECT_SECONDS)

    return Followed(fetch)


async def begin_contact(services: ApiClients, channel: Channel, once: str | None) -> str:
    """A new contact in the user's hands. Gives its id."""
    contact = await services.post("intake", "/v1/contacts", Created, {"channel": channel}, once=once)
    await take_new(services, contact.id)
    return contact.id
