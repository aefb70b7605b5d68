"""How every service is put together: storage, access, events, health, metrics and its own routes.

A service says what it is in a `Service`; `create_service` makes the app. Nothing of it is connected
before the app's lifespan is entered.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from fastapi import APIRouter, FastAPI
from fastapi_offline import FastAPIOffline
from starlette.datastructures import State

from shared.access import Principal, Tokens
from shared.background import Job
from shared.clock import Clock, SystemClock
from shared.contracts import Event
from shared.database import Database
from shared.event_endpoints import events_router
from shared.group_commit import GroupCommitter, GroupWrite, write_rows
from shared.health_endpoints import health_router
from shared.housekeeping import Housekeeping
from shared.http_edge import HttpEdge
from shared.inbox import Handler, Inbox
from shared.live import Live
from shared.metrics import Metrics
from shared.migrating import migrate
from shared.openapi import describe_openapi
from shared.outbox import Outbox
from shared.problem_rendering import render_problems
from shared.relay import HttpTransport, Relay
from shared.settings import CommonSettings
from shared.tables import ServiceTables
from shared.unit_of_work import UnitOfWork, unit_of_work

#: Called once a writing transaction is open: example data at start, gauges before they are read.
Hook = Callable[[UnitOfWork], Awaitable[None]]
#: Gives the client for a peer's base URL; embedded mode puts `InProcess` here.
Connect = Callable[[str], httpx.AsyncClient]


@dataclass(frozen=True)
class Service:
    """What distinguishes one service from another."""

    name: str
    title: str
    description: str
    tables: ServiceTables
    routers: Sequence[APIRouter]
    handlers: Mapping[type[Event], Handler]
    #: Which peers each published event type goes to.
    publishes: Mapping[str, Sequence[str]]
    #: Base URL of each peer, used by the default `Connect`.
    peers: Mapping[str, str]
    tags: Sequence[Mapping[str, str]] = ()
    #: Example data; runs at start in a writing transaction when settings.example holds.
    load_example: Hook | None = None
    #: Fills `app.state` with what the service needs in memory (compiled rules, key rings), once storage is
    #: there.
    prepare: Hook | None = None
    #: Sets the service's own gauges in `app.state.metrics.registry` just before they are read.
    measure: Hook | None = None
    #: What of several requests is committed together, beside new rows: the name of its group_committer in
    #: `app.state`, and what writes.
    group_commits: Mapping[str, GroupWrite[Any, Any]] = field(default_factory=dict)
    #: Makes what the service does by itself, beside delivering events.
    jobs: Callable[[State], Sequence[Job]] = lambda _state: ()
    #: Completes the caller of each request, e.g. with the units that storage has for them.
    admit: Callable[[State, Principal], Awaitable[Principal]] | None = None
    state: Mapping[str, Any] = field(default_factory=dict)


def connect_by_url(url: str) -> httpx.AsyncClient:
    """A client for a peer in another process."""
    return httpx.AsyncClient(base_url=url, limits=httpx.Limits(max_connections=8))


def create_service(
    service: Service,
    settings: CommonSettings,
    database_url: str | None,
    *,
    clock: Clock | None = None,
    connect: Mapping[str, Callable[[], httpx.AsyncClient]] | None = None,
    relay: bool = True,
) -> FastAPI:
    """The FastAPI app of one service.

    `connect` gives a client for each peer in place of its URL (one process, tests); `relay=False` leaves
    delivering events and running jobs to the caller (`app.state.relay.drain()`, `job.drain()`).
    """
    app = FastAPIOffline(
        title=service.title,
        description=service.description,
        version="1",
        lifespan=_lifespan(service, settings, database_url, connect or {}, relay),
        openapi_tags=[dict(tag) for tag in service.tags],
        # Served from the app itself: a CDN would learn who reads the page.
        docs_url="/docs",
        redoc_url=None,
        generate_unique_id_function=lambda route: route.name,
        # Without a Content-Type a body is JSON: callers are identified by tokens, not cookies, so a
        # cross-site form has no effect.
        strict_content_type=False,
        license_info={"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
    )
    _fill_state(app.state, service, settings, clock or SystemClock())
    for router in (*service.routers, events_router, health_router):
        app.include_router(router)
    render_problems(app)
    describe_openapi(app)
    app.add_middleware(HttpEdge, metrics=app.state.metrics, max_body_bytes=settings.max_body_bytes)
    return app


def _fill_state(state: State, service: Service, settings: CommonSettings, clock: Clock) -> None:
    state.service = service
    state.settings = settings
    state.clock = clock
    state.tokens = Tokens(settings)
    state.admit = service.admit
    state.tables = service.tables
    state.metrics = Metrics(service.name)
    state.outbox = Outbox(service.tables.outbox, service.publishes)
    state.inbox = Inbox(service.tables.inbox, service.handlers)
    #: Set when the process stops, so that streams end and do not delay it.
    state.leaving = asyncio.Event()
    state.fingerprint_key = hashlib.sha256(settings.secret("service_key").encode()).digest()
    # Remembered answers are stored as they are, unless the service seals them.
    state.seal_answer = state.unseal_answer = bytes
    for name, value in service.state.items():
        setattr(state, name, value)


def _lifespan(
    service: Service,
    settings: CommonSettings,
    database_url: str | None,
    connect: Mapping[str, Callable[[], httpx.AsyncClient]],
    relay_runs: bool,
) -> Callable[[FastAPI], Any]:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        state = app.state
        state.database = database = Database(settings.database_url(service.name, database_url))
        clients = {
            peer: connect[peer]() if peer in connect else connect_by_url(service.peers[peer])
            for peer in state.outbox.peers
        }
        state.clients = clients
        transport = HttpTransport(clients, lambda: state.tokens.for_service(service.name))
        state.relay = relay = Relay(service.name, database, state.outbox, transport)
        database.on_publish = relay.wake
        group_commits = {"group_committer": write_rows, **service.group_commits}
        group_committers = {name: GroupCommitter(database, write) for name, write in group_commits.items()}
        for name, group_committer in group_committers.items():
            setattr(state, name, group_committer)
        state.live = live = Live(database)
        housekeeping = Housekeeping(database, service.tables)
        state.jobs = jobs = service.jobs(state)
        try:
            await _start(service, settings, state)
            if relay_runs:
                relay.start()
                housekeeping.start()
                for job in jobs:
                    job.start()
            yield
        finally:
            await live.stop()
            for group_committer in group_committers.values():
                await group_committer.stop()
            for job in jobs:
                await job.stop()
            await housekeeping.stop()
            await relay.stop()
            for client in clients.values():
                await client.aclose()
            await database.close()

    return lifespan


async def _start(service: Service, settings: CommonSettings, state: State) -> None:
    # In production a schema changes by `dsi migrate`, not because a replica started.
    if settings.mode == "development":
        await migrate(state.database, service.name)
    async with state.database.writing() as session:
        work = unit_of_work(state, session)
        if settings.example and service.load_example is not None:
            await service.load_example(work)
        if service.prepare is not None:
            await service.prepare(work)
