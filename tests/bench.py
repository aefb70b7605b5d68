"""A bench with one service on it: real app, real database, real tokens; its peers are not there.

What it would send them is in its outbox, and what they would send it comes through `deliver`.
"""

import importlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI
from sqlalchemy import Table, func, select

from shared.clock import SettableClock
from shared.contracts import Event, EventBatch, EventReceipts
from shared.in_process import InProcess
from shared.vocabulary import Role
from tests.databases import Databases

UNREACHABLE = "http://nobody.invalid"


class Bench:
    """A running service and the ways to reach it."""

    def __init__(self, app: FastAPI, clock: SettableClock) -> None:
        self.app = app
        self.clock = clock
        self._clients: list[httpx.AsyncClient] = []

    def client(self, role: Role | None, *, units: Sequence[str] = (), subject: str = "") -> httpx.AsyncClient:
        """A client with a development token for `role`; with None, one without any token."""
        headers = {}
        if role is not None:
            token = self.app.state.tokens.for_development([role], units, subject or f"test-{role}", 3600)
            headers["Authorization"] = f"Bearer {token}"
        client = httpx.AsyncClient(transport=InProcess(self.app), base_url="http://test", headers=headers)
        self._clients.append(client)
        return client

    async def deliver(self, *events: Event) -> EventReceipts:
        """Hand events to the inbox as a peer would."""
        batch = EventBatch(source="test", events=[e.model_dump(mode="json") for e in events])
        token = self.app.state.tokens.for_service("test")
        answer = await self.client(None).post(
            "/v1/events",
            content=batch.model_dump_json(),
            headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        )
        answer.raise_for_status()
        return EventReceipts.model_validate_json(answer.content)

    async def settle(self) -> None:
        """Do what the service would do by itself."""
        while sum([await job.drain() for job in self.app.state.jobs]):
            pass

    async def published(self, type_: str | None = None) -> list[dict[str, Any]]:
        """The payloads in the outbox in the order of their making, each event once."""
        await self.settle()
        outbox = self.app.state.tables.outbox
        async with self.app.state.database.reading() as session:
            rows = await session.execute(select(outbox).order_by(outbox.c.id))
            by_event = {row.event_id: row.payload for row in rows}
        return [p for p in by_event.values() if type_ is None or p["type"] == type_]

    async def count(self, table: Table) -> int:
        """How many rows a table has: to show that bad input stored nothing."""
        await self.settle()
        async with self.app.state.database.reading() as session:
            return int((await session.execute(select(func.count()).select_from(table))).scalar_one())

    async def close(self) -> None:
        for client in self._clients:
            await client.aclose()


@asynccontextmanager
async def start_bench(
    name: str, databases: Databases, clock: SettableClock, data: Path
) -> AsyncIterator[Bench]:
    """The service `name` with an empty migrated database, example data and no relay."""
    module = importlib.import_module(f"services.{name}.app")
    settings = importlib.import_module(f"services.{name}.settings").Settings(
        data=data, **{f"{name}_database_url": await databases.fresh(name)}
    )
    peers = ("intake", "triage", "routing")
    connect = {peer: lambda: httpx.AsyncClient(base_url=UNREACHABLE) for peer in peers}
    app: FastAPI = module.create_app(settings, clock=clock, connect=connect, relay=False)
    bench = Bench(app, clock)
    async with app.router.lifespan_context(app):
        yield bench
        await bench.close()
