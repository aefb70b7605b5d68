"""The one place that knows all services: it mounts them in one process.

In one process the services still speak HTTP to each other, over `InProcess` in place of a socket, so
that nothing works here that would not work apart.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.routing import Mount

from services.desk.app import create_app as create_desk
from services.desk.settings import Settings as DeskSettings
from services.intake.app import create_app as create_intake
from services.intake.settings import Settings as IntakeSettings
from services.routing.app import create_app as create_routing
from services.routing.settings import Settings as RoutingSettings
from services.triage.app import create_app as create_triage
from services.triage.settings import Settings as TriageSettings
from shared.clock import Clock
from shared.in_process import InProcess
from shared.problem_rendering import render_problems

#: Downstream first: whoever receives events is up before whoever sends them.
SERVICES = ("routing", "triage", "intake")


class AllInOne:
    """All services in one process. `apps` has each by its name; `app` is the whole."""

    def __init__(self, data: Path | None = None, *, clock: Clock | None = None, relay: bool = True) -> None:
        self._connect = {name: self._connector(name) for name in SERVICES}
        told: dict[str, Any] = {} if data is None else {"data": data}
        parts: dict[str, Any] = {"clock": clock, "connect": self._connect, "relay": relay}
        self.apps: dict[str, FastAPI] = {
            "routing": create_routing(RoutingSettings(**told), **parts),
            "triage": create_triage(TriageSettings(**told), **parts),
            "intake": create_intake(IntakeSettings(**told), **parts),
            "desk": create_desk(DeskSettings(**told), clock=clock, connect=self._connect),
        }
        mounts = [Mount("/" if name == "desk" else f"/{name}", app) for name, app in self.apps.items()]
        self.app = Starlette(routes=mounts, lifespan=self._lifespan)
        render_problems(self.app)

    def client(self, service: str) -> httpx.AsyncClient:
        """A client that reaches a service inside this process."""
        return httpx.AsyncClient(transport=InProcess(self.apps[service]), base_url=f"http://{service}")

    def _connector(self, service: str) -> Callable[[], httpx.AsyncClient]:
        return lambda: self.client(service)

    @asynccontextmanager
    async def run(self) -> AsyncIterator["AllInOne"]:
        """Enter every service's lifespan: mounted apps' lifespans do not run by themselves."""
        async with AsyncExitStack() as stack:
            for app in self.apps.values():
                await stack.enter_async_context(app.router.lifespan_context(app))
            yield self

    @asynccontextmanager
    async def _lifespan(self, _app: Starlette) -> AsyncIterator[None]:
        async with self.run():
            yield

    async def settle(self, *, woken_only: bool = False) -> None:
        """Do all jobs, and carry events to and fro until no service has any left (see `Relay.drain`)."""
        while sum([await self._drain(name, woken_only=woken_only) for name in SERVICES]):
            pass

    async def do_jobs(self) -> None:
        """Let every service do what it does by itself, without carrying events."""
        jobs = [job for name in SERVICES for job in self.apps[name].state.jobs]
        while sum([await job.drain() for job in jobs]):
            pass

    async def _drain(self, name: str, *, woken_only: bool) -> int:
        state = self.apps[name].state
        done: list[int] = [await job.drain() for job in state.jobs]
        return sum(done) + int(await state.relay.drain(woken_only=woken_only))
