"""The whole house, for tests of what the services do together."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import pytest

from services.house import House
from shared.clock import SettableClock
from shared.vocabulary import Role
from tests.databases import Databases

ClientOf = Callable[..., httpx.AsyncClient]


@pytest.fixture
async def house(
    databases: Databases, clock: SettableClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[House]:
    """All services in one process over fresh databases; `house.settle()` carries their events."""
    for service in ("intake", "triage", "routing"):
        monkeypatch.setenv(f"DSI_{service.upper()}_DATABASE_URL", await databases.fresh(service))
    async with House(tmp_path, clock=clock, relay=False).run() as running:
        yield running


@pytest.fixture
async def client_of(house: House) -> AsyncIterator[ClientOf]:
    """`client_of("routing", Role.CASEWORKER, units=["youth"], subject="bo")`."""
    clients: list[httpx.AsyncClient] = []

    def make(
        service: str, role: Role, units: tuple[str, ...] = (), subject: str = "alma"
    ) -> httpx.AsyncClient:
        client = house.client(service)
        token = house.apps[service].state.tokens.for_development([role], units, subject, 3600)
        client.headers["Authorization"] = f"Bearer {token}"
        clients.append(client)
        return client

    yield make
    for client in clients:
        await client.aclose()
