"""A whole system in one process, and people who use its desk."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.requests import Request

from services.desk.session_cookie import COOKIE
from services.hosting.all_in_one import AllInOne
from shared.clock import SettableClock
from shared.in_process import InProcess
from shared.vocabulary import Role


class Person:
    """Somebody who has signed in at the desk; forms are sent with their secret, as pages do."""

    def __init__(self, client: httpx.AsyncClient, csrf: str) -> None:
        self.client = client
        self.csrf = csrf

    async def opens(self, path: str, **query: str) -> httpx.Response:
        """A page, wherever it leads."""
        return await self.client.get(path, params=query, follow_redirects=True)

    async def sends(self, path: str, **fields: Any) -> httpx.Response:
        """A form, and the page it leads to."""
        return await self.client.post(path, data={"csrf": self.csrf, **fields}, follow_redirects=True)


#: `await signs_in(Role.CASEWORKER, "adults")`
SignsIn = Callable[..., Awaitable[Person]]


@pytest.fixture
async def system(tmp_path: Path, clock: SettableClock) -> AsyncIterator[AllInOne]:
    async with AllInOne(tmp_path, clock=clock, relay=False).run() as system:
        yield system


@pytest.fixture
async def visitor(system: AllInOne) -> AsyncIterator[httpx.AsyncClient]:
    """A browser without a session."""
    async with httpx.AsyncClient(transport=InProcess(system.app), base_url="http://desk") as client:
        yield client


@pytest.fixture
async def signs_in(system: AllInOne) -> AsyncIterator[SignsIn]:
    """Somebody signs in, in a browser of their own."""
    async with AsyncExitStack() as stack:

        async def sign_in(role: Role, unit: str = "", name: str = "Anna") -> Person:
            transport = InProcess(system.app)
            client = await stack.enter_async_context(
                httpx.AsyncClient(transport=transport, base_url="http://desk")
            )
            answer = await client.post("/sign-in", data={"role": role.value, "unit": unit, "name": name})
            assert answer.status_code == 303
            cookie = f"{COOKIE}={client.cookies[COOKIE]}".encode()
            session = system.apps["desk"].state.desk.sessions.read(
                Request({"type": "http", "headers": [(b"cookie", cookie)]})
            )
            return Person(client, session.csrf)

        yield sign_in
