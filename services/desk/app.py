"""The desk, put together from its features."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager

import httpx
from fastapi import FastAPI

from services.desk.api_clients import SERVICES
from services.desk.assets import mount_assets
from services.desk.attention.endpoints import attention_router
from services.desk.callbacks.clearing.endpoints import clearing_router
from services.desk.callbacks.endpoints import callbacks_router
from services.desk.contact.endpoints import contact_router
from services.desk.error_pages import render_problems
from services.desk.front.endpoints import front_router
from services.desk.identity_provider import IdentityProvider, SignInAttempts
from services.desk.inbox.endpoints import inbox_router
from services.desk.inbox.entry.endpoints import entry_router
from services.desk.inbox.several.endpoints import several_router
from services.desk.letters.endpoints import letters_router
from services.desk.letters.forwarding.endpoints import forwarding_router
from services.desk.live_board import follow_board
from services.desk.offers.endpoints import offers_router
from services.desk.offers.imports.endpoints import import_router
from services.desk.operations.endpoints import operations_router
from services.desk.reception.endpoints import reception_router
from services.desk.rules.drafts.endpoints import drafts_router
from services.desk.rules.endpoints import rules_router
from services.desk.rules.trial.endpoints import trial_router
from services.desk.session_cookie import Sessions
from services.desk.settings import Settings
from services.desk.sign_in.endpoints import sign_in_router
from services.desk.sign_in.provider.endpoints import provider_router
from services.desk.state import DeskState, attach, state_of
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

_ROUTERS = (
    attention_router,
    front_router,
    sign_in_router,
    provider_router,
    reception_router,
    contact_router,
    inbox_router,
    operations_router,
    trace_router,
    entry_router,
    several_router,
    letters_router,
    forwarding_router,
    # Addresses with a name of their own come before those of a version, which could be called anything.
    trial_router,
    rules_router,
    drafts_router,
    import_router,
    offers_router,
    walk_in_router,
    screen_router,
    callbacks_router,
    clearing_router,
)
#: A client of a service, or of the identity provider, in place of one that calls its URL.
Connect = Mapping[str, Callable[[], httpx.AsyncClient]]


def create_app(
    settings: Settings | None = None, *, clock: Clock | None = None, connect: Connect | None = None
) -> FastAPI:
    """The pages as an ASGI app; `connect` gives the services' clients in place of their URLs."""
    settings = settings or Settings()
    if settings.mode != "development":
        settings.demand_provider()
    app = FastAPI(title="Desk", openapi_url=None, lifespan=_lifespan(connect or {}))
    ring, secure = Keyring.parse(settings.session_ring()), settings.mode != "development"
    state = DeskState(
        settings=settings,
        clock=clock or SystemClock(),
        tokens=Tokens(settings),
        metrics=Metrics("desk"),
        texts=read_texts(),
        sessions=Sessions(ring, secure=secure),
        attempts=SignInAttempts(ring, secure=secure),
    )
    attach(app, state)
    for router in _ROUTERS:
        app.include_router(router)
    mount_assets(app)
    render_problems(app)
    app.add_middleware(HttpEdge, metrics=state.metrics, max_body_bytes=settings.max_body_bytes)
    return app


def _lifespan(connect: Connect) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        state = state_of(app)
        async with AsyncExitStack() as stack:
            state.services = {
                name: connect[name]()
                if name in connect
                else connect_by_url(getattr(state.settings, f"{name}_url"))
                for name in SERVICES
            }
            for client in state.services.values():
                stack.push_async_callback(client.aclose)
            state.board = follow_board(state.services["routing"], state.service_token)
            if state.settings.mode != "development":
                outside = connect.get("identity_provider", httpx.AsyncClient)()
                stack.push_async_callback(outside.aclose)
                state.identity_provider = IdentityProvider(state.settings, state.tokens, outside)
            yield

    return lifespan
