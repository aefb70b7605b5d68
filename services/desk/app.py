"""The desk, put together."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import httpx
from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from services.desk.endpoints import desk_router
from services.desk.settings import Settings
from services.desk.texts import read_texts
from shared.access import Tokens
from shared.clock import Clock, SystemClock
from shared.http_edge import HttpEdge
from shared.metrics import Metrics
from shared.problem_rendering import render_problems
from shared.service_app import connect_by_url

SERVICES = ("intake", "triage", "routing")


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
    app.include_router(desk_router)
    app.mount("/static", StaticFiles(directory=Path(__file__).parent / "static"), name="static")
    render_problems(app)
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
        yield
        for client in app.state.services.values():
            await client.aclose()

    return lifespan
