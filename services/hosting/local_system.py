"""Runs the system inside a command's process, with the installation's own databases."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from services.hosting.all_in_one import AllInOne
from shared.clock import Clock
from shared.log import configure_logging
from shared.vocabulary import Role


@asynccontextmanager
async def local_system(data: Path | None, clock: Clock | None = None) -> AsyncIterator[AllInOne]:
    """A running system without relays in the background: `settle()` delivers the events."""
    configure_logging("error")
    async with AllInOne(data, clock=clock, relay=False).run() as system:
        yield system


@asynccontextmanager
async def client_of(
    system: AllInOne, service: str, role: Role, subject: str
) -> AsyncIterator[httpx.AsyncClient]:
    """A client of `service` with a token for `role`, signed with the installation's own key."""
    async with system.client(service) as client:
        token = system.apps[service].state.tokens.for_service(subject, role, 24 * 3600)
        client.headers["Authorization"] = f"Bearer {token}"
        yield client
