"""Mounts all services in one process; the only module that imports several of them.

The services still call each other over HTTP, through `InProcess` in place of a socket, so that whatever works
here works in separate processes, too.
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

#: Downstream first: a receiver of events is up before their sender.
SERVICES = ("routing", "triage", "intake")


class AllInOne:
    """All services in one process: each by its name in `apps`, all of them mounted in `app`."""

    def __init__(self, data: Path | None = None, *, clock: Clock | None = None, relay: bool = True) -> None:
        self._connect = {name: self._connector(name) for name in SERVICES}
        settings: dict[str, Any] = {} if data is None else {"data": data}
        parts: dict[str, Any] = {"clock": clock, "connect": self._connect, "relay": relay}
        self.apps: dict[str, FastAPI] = {
            "routing": create_routing(RoutingSettings(**settings), **parts),
            "triage": create_triage(TriageSettings(**settings), **parts),
            "intake": create_intake(IntakeSettings(**settings), **parts),
            "desk": create_desk(DeskSettings(**settings), clock=clock, connect=self._connect),
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
        """Do all jobs, and deliver events until no service has any left (see `Relay.drain`)."""
        while sum([await self._drain(name, woken_only=woken_only) for name in SERVICES]):
            pass

    async def do_jobs(self) -> None:
        """Run every service's background jobs, without delivering events."""
        jobs = [job for name in SERVICES for job in self.apps[name].state.jobs]
        while sum([await job.drain() for job in jobs]):
            pass

    async def _drain(self, name: str, *, woken_only: bool) -> int:
        state = self.apps[name].state
        done: list[int] = [await job.drain() for job in state.jobs]
        return sum(done) + int(await state.relay.drain(woken_only=woken_only))


def create_app() -> Starlette:
    """The whole system as one ASGI app with settings from the environment, for uvicorn's `--factory`."""
    return AllInOne().app
