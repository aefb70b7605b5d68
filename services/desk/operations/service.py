"""How it stands now, asked of all services at once."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.desk.api_clients import Services
from services.desk.sections import Section, section

SERVICES = ("intake", "triage", "routing")
#: So many of the deadlines that run out are shown; the number of all stands beside.
CLOCKS_SHOWN = 12
#: Past this many dead letters of one service nobody reads on; the number of all stands beside.
LETTERS_SHOWN = 50


@dataclass(frozen=True)
class Systems:
    """What the services and telephone systems leave to be mended. Each by its service's name."""

    ready: Mapping[str, bool]
    events: Mapping[str, Section]
    telephony: Section

    @property
    def dead(self) -> int:
        """Dead letters of all services."""
        return sum(peer["dead"] for peer in self._peers())

    @property
    def on_their_way(self) -> int:
        """Events that wait to be delivered."""
        return sum(peer["waiting"] for peer in self._peers())

    def _peers(self) -> list[dict[str, Any]]:
        return [peer for one in self.events.values() if one for peer in one.body["peers"]]


@dataclass(frozen=True)
class Overview:
    """What the first page of operations shows besides the board."""

    clocks: Section
    callbacks: Section
    systems: Systems


async def look_over(services: Services) -> Overview:
    """Everything but the board; what the role may not see says so."""
    clocks, callbacks, systems = await asyncio.gather(
        section(services.get("routing", "/v1/clocks", limit=CLOCKS_SHOWN)),
        section(services.get("intake", "/v1/callbacks/summary")),
        look_at_systems(services),
    )
    return Overview(clocks, callbacks, systems)


async def look_at_systems(services: Services) -> Systems:
    """Readiness, events on their way, and what telephone systems told."""
    ready, events, telephony = await asyncio.gather(
        asyncio.gather(*(section(services.get(name, "/health/ready")) for name in SERVICES)),
        asyncio.gather(
            *(section(services.get(name, "/v1/events", limit=LETTERS_SHOWN)) for name in SERVICES)
        ),
        section(services.get("intake", "/v1/telephony/summary")),
    )
    return Systems(
        ready={name: bool(one) for name, one in zip(SERVICES, ready, strict=True)},
        events=dict(zip(SERVICES, events, strict=True)),
        telephony=telephony,
    )
