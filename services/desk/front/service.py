"""What the first page shows, asked of the services as anyone else would ask."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

_CHANNELS = {"phone": 0, "walk_in": 1, "written": 2}


@dataclass(frozen=True)
class Seen:
    """Which services answer, and the queues; `queues` is None when routing does not answer."""

    running: Mapping[str, bool]
    queues: list[dict[str, Any]] | None

    def of_kind(self, kind: str) -> list[dict[str, Any]]:
        """The queues of the reception in the order of their channels, or of the teams by name."""
        found = [queue for queue in self.queues or [] if queue["kind"] == kind]
        return sorted(found, key=lambda queue: (_CHANNELS.get(queue["channel"] or "", 9), queue["name"]))


def service_level(live: Mapping[str, Any]) -> float | None:
    """The share within the target of everyone who was due: the variant in which nobody hides by waiting."""
    shares = {level["variant"]: level["share"] for level in live["service_levels"]}
    return shares.get("everyone_due")


async def look_around(services: Mapping[str, httpx.AsyncClient], token: str, patience: float) -> Seen:
    """Ask all services at once; one that is slower than `patience` seconds does not answer."""
    ready, queues = await asyncio.gather(
        asyncio.gather(*(_get(client, "/health/ready", token, patience) for client in services.values())),
        _get(services["routing"], "/v1/queues", token, patience),
    )
    running = {name: answer is not None for name, answer in zip(services, ready, strict=True)}
    return Seen(running, None if queues is None else queues["items"])


async def _get(client: httpx.AsyncClient, path: str, token: str, patience: float) -> Any:
    """The body of a good answer, or None."""
    try:
        async with asyncio.timeout(patience):
            answer = await client.get(path, headers={"Authorization": f"Bearer {token}"})
            return answer.json() if answer.is_success else None
    except (httpx.HTTPError, TimeoutError, ValueError):
        return None
