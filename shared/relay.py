"""Carries events from the outbox to the peers' `/v1/events`, in batches, until they are receipted.

Woken after each commit that published events; it also polls, in case a wake-up was lost. Replicas
may run side by side: letters are leased, and a peer's inbox ignores repeats.
"""

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Protocol

import httpx
import structlog
from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError

from shared.contracts import EventBatch, EventReceipts
from shared.database import Database
from shared.outbox import Letter, Outbox

BATCH = 100
LEASE = timedelta(seconds=10)
#: Shorter than the lease, so that no letter is in two requests at once.
TIMEOUT_SECONDS = 8.0
POLL_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 15.0

log = structlog.get_logger("relay")


class Transport(Protocol):
    """How a batch reaches a peer. HTTP today; a broker could take its place."""

    async def deliver(self, peer: str, batch: EventBatch) -> EventReceipts:
        """Raises `PeerUnreachable` when the peer did not answer as it should."""
        ...


class PeerUnreachable(Exception):
    """The peer is down, too slow or answers something else; whether the batch arrived is not known."""


class HttpTransport:
    """Posts to `/v1/events` with a service token. `clients` has an httpx client for each peer."""

    def __init__(self, clients: dict[str, httpx.AsyncClient], token: Callable[[], str]) -> None:
        self._clients = clients
        self._token = token

    async def deliver(self, peer: str, batch: EventBatch) -> EventReceipts:
        try:
            answer = await self._clients[peer].post(
                "/v1/events",
                content=batch.model_dump_json(),
                headers={"Authorization": f"Bearer {self._token()}", "Content-Type": "application/json"},
                timeout=TIMEOUT_SECONDS,
            )
            answer.raise_for_status()
            return EventReceipts.model_validate_json(answer.content)
        except (httpx.HTTPError, ValidationError) as error:
            # The type only: an error text may quote what was sent.
            raise PeerUnreachable(type(error).__name__) from error


class Relay:
    """Delivers to each peer in a loop of its own, so that a peer that is down does not delay the others."""

    def __init__(
        self, source: str, database: Database, outbox: Outbox, transport: Transport, *, batch: int = BATCH
    ) -> None:
        self._source = source
        self._database = database
        self._outbox = outbox
        self._transport = transport
        self._batch = batch
        self._woken = {peer: asyncio.Event() for peer in outbox.peers}
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        self._tasks = [asyncio.create_task(self._run(peer)) for peer in self._outbox.peers]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            with suppress(asyncio.CancelledError):
                await task

    def wake(self, peers: Iterable[str]) -> None:
        """There is something to carry to these peers."""
        for peer in peers:
            self._woken[peer].set()

    async def _run(self, peer: str) -> None:
        pause = POLL_SECONDS
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._woken[peer].wait(), pause)
            self._woken[peer].clear()
            try:
                # A batch that is not full was the last; what came meanwhile has set the wake-up again.
                while await self.carry(peer) == self._batch:
                    pass
                pause = POLL_SECONDS
            except (PeerUnreachable, SQLAlchemyError, OSError) as error:
                log.warning("peer not reached", peer=peer, error=type(error).__name__)
                pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
                await asyncio.sleep(pause / 2)

    async def carry(self, peer: str) -> int:
        """Carry one batch to `peer`; gives how many letters it held. No HTTP inside a transaction."""
        async with self._database.writing() as session:
            letters = await self._outbox.lease(session, peer, datetime.now(UTC), LEASE, self._batch)
        if not letters:
            return 0
        batch = EventBatch(source=self._source, events=[letter.payload for letter in letters])
        try:
            receipts = await self._transport.deliver(peer, batch)
        except PeerUnreachable:
            async with self._database.writing() as session:
                await self._outbox.postpone(session, letters, datetime.now(UTC))
            raise
        await self._settle(letters, receipts)
        return len(letters)

    async def _settle(self, letters: list[Letter], receipts: EventReceipts) -> None:
        refused = {str(r.id): r.reason or "refused" for r in receipts.results if r.status == "refused"}
        accepted = {str(r.id) for r in receipts.results if r.status == "accepted"}
        now = datetime.now(UTC)
        async with self._database.writing() as session:
            await self._outbox.receipt(session, [x for x in letters if x.payload["id"] in accepted])
            for letter in letters:
                if letter.payload["id"] not in accepted:
                    reason = refused.get(letter.payload["id"], "not receipted")
                    await self._outbox.refuse(session, letter, reason, now)
                    log.warning(
                        "event refused", peer=letter.peer, type=letter.type, event_id=letter.payload["id"]
                    )

    async def drain(self, *, woken_only: bool = False) -> int:
        """Carry everything that is due now; gives how many letters. For tests and one-off commands.

        With `woken_only`, looks just where this process has published since it last looked.
        """
        carried = 0
        for peer, woken in self._woken.items():
            if woken_only and not woken.is_set():
                continue
            woken.clear()
            count = self._batch
            while count == self._batch:
                count = await self.carry(peer)
                carried += count
        return carried
