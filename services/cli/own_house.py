"""The house as a command uses it: in this process, over the installation's own databases."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from services.house import House
from shared.clock import Clock
from shared.log import configure_logging
from shared.vocabulary import Role


@asynccontextmanager
async def own_house(data: Path | None, clock: Clock | None = None) -> AsyncIterator[House]:
    """A running house without relays of its own: `settle()` carries the events."""
    configure_logging("error")
    async with House(data, clock=clock, relay=False).run() as house:
        yield house


@asynccontextmanager
async def client_of(house: House, service: str, role: Role, subject: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client of `service` in a role, for a command that holds the installation's own key."""
    async with house.client(service) as client:
        token = house.apps[service].state.tokens.for_service(subject, role, 24 * 3600)
        client.headers["Authorization"] = f"Bearer {token}"
        yield client
