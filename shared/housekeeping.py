"""Deletes what need not be kept: remembered answers after 8 days, inbox ids after 90."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy import delete
from sqlalchemy.exc import SQLAlchemyError

from shared.database import Database
from shared.idempotency import forget_old_answers
from shared.tables import ServiceTables

#: A peer that was down for longer than this would send events twice; letters in an outbox never get so old.
INBOX_KEPT = timedelta(days=90)
EVERY_SECONDS = 3600.0

log = structlog.get_logger("housekeeping")


class Housekeeping:
    """Runs once an hour; harmless when several replicas do."""

    def __init__(self, database: Database, tables: ServiceTables) -> None:
        self._database = database
        self._tables = tables
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(EVERY_SECONDS)
            try:
                await self.tidy(datetime.now(UTC))
            except (SQLAlchemyError, OSError) as error:
                log.warning("not tidied", error=type(error).__name__)

    async def tidy(self, now: datetime) -> None:
        """Delete what is too old at `now`."""
        inbox = self._tables.inbox
        async with self._database.writing() as session:
            await forget_old_answers(session, self._tables.answers, now)
            await session.execute(delete(inbox).where(inbox.c.received_at < now - INBOX_KEPT))
