"""Which services answer, and the reception's and the teams' queues, read for the public first page."""

import asyncio
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeVar

from services.desk.api_clients import SERVICES, ApiClients
from services.desk.api_models import Health, Listing
from services.desk.problems import ServiceUnreachable
from services.desk.routing_models import Queue
from services.desk.sections import section

Content = TypeVar("Content")
_CHANNELS = {"phone": 0, "walk_in": 1, "written": 2}


@dataclass(frozen=True)
class Overview:
    """Which services answer, and the queues; `queues` is None when routing does not answer."""

    running: Mapping[str, bool]
    queues: list[Queue] | None

    def of_kind(self, kind: Literal["reception", "team"]) -> list[Queue]:
        """The queues of the reception in the order of their channels, or of the teams by name."""
        found = [queue for queue in self.queues or [] if queue.kind == kind]
        return sorted(found, key=lambda queue: (_CHANNELS.get(queue.channel or "", 9), queue.name))


async def read_overview(services: ApiClients, patience: float) -> Overview:
    """Read from all services at once; one that is slower than `patience` seconds counts as not answering."""
    queues, ready = await asyncio.gather(
        section(_within(patience, services.get("routing", "/v1/queues", Listing[Queue]))),
        asyncio.gather(
            *(section(_within(patience, services.get(name, "/health/ready", Health))) for name in SERVICES)
        ),
    )
    running: dict[str, bool] = {name: bool(answer) for name, answer in zip(SERVICES, ready, strict=True)}
    return Overview(running, queues.body.items if queues.body else None)


async def _within(seconds: float, call: Awaitable[Content]) -> Content:
    # The client's own timeout is for each read: a service that sends slowly would delay the page for longer.
    try:
        return await asyncio.wait_for(call, seconds)
    except TimeoutError as error:
        raise ServiceUnreachable from error
