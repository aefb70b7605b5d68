"""The idempotent inbox: an event's id and its effect are stored in one transaction, so it works once.

An event that cannot be read or handled is refused on its own, with its effect undone, and stays with
the sender; the others in the batch are taken.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

import structlog
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Table
from sqlalchemy.exc import IntegrityError

from shared.contracts import AnyEvent, Event, EventBatch, EventReceipts, EventResult
from shared.database import upsert
from shared.problems import Problem
from shared.unit_of_work import UnitOfWork

#: What a service does with one kind of event, in the caller's transaction.
Handler = Callable[[UnitOfWork, Any], Awaitable[None]]

_reader: TypeAdapter[Event] = TypeAdapter(AnyEvent)
log = structlog.get_logger("inbox")


class Inbox:
    """`handlers` maps the event classes a service wants to what it does with them."""

    def __init__(self, table: Table, handlers: Mapping[type[Event], Handler]) -> None:
        self._table = table
        self._handlers = handlers

    async def take(self, work: UnitOfWork, batch: EventBatch) -> EventReceipts:
        """Handle each event of the batch that was not handled before."""
        now = work.clock.now()
        results = [await self._take_one(work, batch.source, raw) for raw in batch.events]
        return EventReceipts(received_at=now, results=[r for r in results if r is not None])

    async def _take_one(self, work: UnitOfWork, source: str, raw: dict[str, object]) -> EventResult | None:
        try:
            event = _reader.validate_python(raw)
        except ValidationError as error:
            return _refusal(raw, "unreadable: " + ", ".join(sorted({e["type"] for e in error.errors()})))
        try:
            async with work.session.begin_nested():
                if await self._is_new(work, source, event):
                    await self._handlers[type(event)](work, event)
        except KeyError:
            if type(event) not in self._handlers:
                return EventResult(id=event.id, status="refused", reason="not an event for this service")
            raise
        except (Problem, IntegrityError, ValueError) as error:
            log.warning(
                "event not handled", type=raw["type"], event_id=str(event.id), error=type(error).__name__
            )
            return EventResult(id=event.id, status="refused", reason=type(error).__name__)
        return EventResult(id=event.id, status="accepted")

    async def _is_new(self, work: UnitOfWork, source: str, event: Event) -> bool:
        stored = await work.session.execute(
            upsert(work.session, self._table)
            .values(
                event_id=event.id,
                type=event.model_dump(include={"type"})["type"],
                source=source[:20],
                received_at=work.clock.now(),
            )
            .on_conflict_do_nothing()
            .returning(self._table.c.event_id)
        )
        return stored.first() is not None


def _refusal(raw: dict[str, object], reason: str) -> EventResult | None:
    # Without a readable id no result can be returned; the sender counts the event as not received.
    try:
        return EventResult(id=UUID(str(raw["id"])), status="refused", reason=reason)
    except (KeyError, ValueError):
        return None
