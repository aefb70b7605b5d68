"""The desk, put together."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager

import httpx
from fastapi import FastAPI

from services.desk.assets import mount_assets
from services.desk.attention.endpoints import attention_router
from services.desk.callbacks.clearing.endpoints import clearing_router
from services.desk.callbacks.endpoints import callbacks_router
from services.desk.contact.endpoints import contact_router
from services.desk.contact.steps.endpoints import contact_steps_router
from services.desk.error_pages import show_problems
from services.desk.feed import follow_board
from services.desk.front.endpoints import front_router
from services.desk.identity_provider import IdentityProvider
from services.desk.inbox.endpoints import inbox_router
from services.desk.inbox.entry.endpoints import entry_router
from services.desk.inbox.several.endpoints import several_router
from services.desk.letters.endpoints import letters_router
from services.desk.letters.forwarding.endpoints import forwarding_router
from services.desk.offers.endpoints import offers_router
from services.desk.offers.imports.endpoints import import_router
from services.desk.operations.endpoints import operations_router
from services.desk.reception.endpoints import reception_router
from services.desk.rules.drafts.endpoints import drafts_router
from services.desk.rules.drafts.steps import steps_router
from services.desk.rules.endpoints import rules_router
from services.desk.rules.findings import findings_router
from services.desk.rules.learning import learning_router
from services.desk.rules.trial.endpoints import trial_router
from services.desk.session import Sessions
from services.desk.settings import Settings
from services.desk.sign_in.endpoints import sign_in_router
from services.desk.sign_in.provider.endpoints import provider_router
from services.desk.sign_in_flow import Flows
from services.desk.texts import read_texts
from services.desk.trace.endpoints import trace_router
from services.desk.walk_in.endpoints import walk_in_router
from services.desk.walk_in.screen.endpoints import screen_router
from shared.access import Tokens
from shared.clock import Clock, SystemClock
from shared.http_edge import HttpEdge
from shared.metrics import Metrics
from shared.sealing import Keyring
from shared.service_app import connect_by_url

SERVICES = ("intake", "triage", "routing")
_ROUTERS = (
    attention_router,
    front_router,
    sign_in_router,
    provider_router,
    reception_router,
    contact_router,
    contact_steps_router,
    inbox_router,
    operations_router,
    trace_router,
    entry_router,
    several_router,
    letters_router,
    forwarding_router,
    # Addresses with a name of their own come before those of a version, which could be called anything.
    trial_router,
    learning_router,
    rules_router,
    drafts_router,
    steps_router,
    findings_router,
    import_router,
    offers_router,
    walk_in_router,
    screen_router,
    callbacks_router,
    clearing_router,
)


def create_app(
    settings: Settings | None = None,
    *,
    clock: Clock | None = None,
    connect: Mapping[str, Callable[[], httpx.AsyncClient]] | None = None,
) -> FastAPI:
    """The pages as an ASGI app; `connect` gives the services' clients in place of their URLs."""
    settings = settings or Settings()
    app = FastAPI(title="Desk", openapi_url=None, lifespan=_lifespan(settings, connect or {}))
    app.state.settings = settings
    app.state.clock = clock or SystemClock()
    app.state.tokens = Tokens(settings)
    app.state.metrics = Metrics("desk")
    app.state.leaving = asyncio.Event()
    app.state.texts = read_texts()
    ring = Keyring.parse(settings.session_ring())
    secure = settings.mode != "development"
    app.state.sessions, app.state.flows = Sessions(ring, secure=secure), Flows(ring, secure=secure)
    app.state.provider = None
    if settings.mode != "development":
        settings.demand_provider()
    for router in _ROUTERS:
        app.include_router(router)
    mount_assets(app)
    show_problems(app)
    app.add_middleware(HttpEdge, metrics=app.state.metrics, max_body_bytes=settings.max_body_bytes)
    return app


def _lifespan(
    settings: Settings, connect: Mapping[str, Callable[[], httpx.AsyncClient]]
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.services = {
            name: connect[name]() if name in connect else connect_by_url(getattr(settings, f"{name}_url"))
            for name in SERVICES
        }
        app.state.feed = follow_board(
            app.state.services["routing"], lambda: app.state.tokens.for_service("desk")
        )
        async with AsyncExitStack() as closing:
            for client in app.state.services.values():
                closing.push_async_callback(client.aclose)
            if settings.mode != "development":
                outside = connect.get("identity_provider", httpx.AsyncClient)()
                app.state.provider = IdentityProvider(settings, app.state.tokens, outside)
                closing.push_async_callback(outside.aclose)
            yield

    return lifespan
