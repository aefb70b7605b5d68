"""The whole system, for tests of what the services do together."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import pytest

from services.hosting.all_in_one import AllInOne
from shared.clock import SettableClock
from shared.vocabulary import Role
from tests.databases import Databases

ClientOf = Callable[..., httpx.AsyncClient]


@pytest.fixture
async def system(
    databases: Databases, clock: SettableClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[AllInOne]:
    """All services in one process over fresh databases; `system.settle()` carries their events."""
    for service in ("intake", "triage", "routing"):
        monkeypatch.setenv(f"DSI_{service.upper()}_DATABASE_URL", await databases.fresh(service))
    async with AllInOne(tmp_path, clock=clock, relay=False).run() as running:
        yield running


@pytest.fixture
async def client_of(system: AllInOne) -> AsyncIterator[ClientOf]:
    """`client_of("routing", Role.CASEWORKER, units=["youth"], subject="bo")`."""
    clients: list[httpx.AsyncClient] = []

    def make(
        service: str, role: Role, units: tuple[str, ...] = (), subject: str = "alma"
    ) -> httpx.AsyncClient:
        client = system.client(service)
        token = system.apps[service].state.tokens.for_development([role], units, subject, 3600)
        client.headers["Authorization"] = f"Bearer {token}"
        clients.append(client)
        return client

    yield make
    for client in clients:
        await client.aclose()
