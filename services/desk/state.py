"""What the running desk carries: settings, texts, cookies, and its connections to the services."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
from fastapi import FastAPI, Request

from services.desk.identity_provider import IdentityProvider, SignInAttempts
from services.desk.routing_models import Board
from services.desk.session_cookie import Sessions
from services.desk.settings import Settings
from services.desk.texts import Texts
from services.desk.units import KnownUnits
from shared.access import Tokens
from shared.clock import Clock
from shared.live import Followed
from shared.metrics import Metrics


@dataclass
class DeskState:
    """Everything that requests share. The fields without a value are set when the app starts."""

    settings: Settings
    clock: Clock
    tokens: Tokens
    metrics: Metrics
    texts: Texts
    sessions: Sessions
    attempts: SignInAttempts
    units: KnownUnits = field(default_factory=KnownUnits)
    #: Set when the process stops, so that open streams end.
    leaving: asyncio.Event = field(default_factory=asyncio.Event)
    #: Development has no identity provider.
    identity_provider: IdentityProvider | None = None
    services: Mapping[str, httpx.AsyncClient] = field(init=False)
    board: Followed[Board | None] = field(init=False)

    def service_token(self) -> str:
        """The desk's own token, for pages that are open to the public."""
        return self.tokens.for_service("desk")


def attach(app: FastAPI, state: DeskState) -> None:
    """Make `state` the app's. `leaving` is also where shared/live_stream.py and the server expect it."""
    app.state.desk = state
    app.state.leaving = state.leaving


def state_of(connection: Request | FastAPI) -> DeskState:
    """The desk's state, from a request or the app itself."""
    app: Any = connection.app if isinstance(connection, Request) else connection
    state: DeskState = app.state.desk
    return state
