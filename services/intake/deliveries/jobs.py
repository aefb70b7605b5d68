"""Interprets what exchanges delivered, after it was stored: in batches, exchange by exchange.

One transaction finds out what the deliveries of a batch mean, derives the calls they speak of, and marks
them. It is woken by each delivery and looks at intervals as well. An exchange is one replica's at a time; a
delivery that spoils its batch is found by trying each alone, and set aside.
"""

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import Row
from starlette.datastructures import State

from services.intake.calls import repository as calls_repository
from services.intake.calls import service
from services.intake.delivery_store import repository
from services.intake.delivery_store.service import Reading, read
from services.intake.delivery_store.states import FAILED, DeliveryState
from services.intake.lines.dependencies import refresh_lines
from services.intake.lines.lines import Lines
from services.intake.telephony.canonical import CallEvent
from shared.background import Job
from shared.database import Database, is_worth_another_try
from shared.ids import new_id
from shared.unit_of_work import UnitOfWork, unit_of_work
from shared.vocabulary import Channel

BATCH = 500
POLL_SECONDS = 1.0
#: How long a reader waits for what was acknowledged before it came, in seconds.
PATIENCE_SECONDS = 2.0
_AGAIN_SECONDS = 0.02

log = structlog.get_logger("interpreter")


class Interpreter(Job):
    """One for each app."""

    def __init__(self, state: State) -> None:
        super().__init__("interpreter", POLL_SECONDS)
        self._state = state
        self._turn = asyncio.Lock()

    async def drain(self) -> int:
        """Interpret everything that can be by now; gives how many deliveries."""
        await refresh_lines(self._state)
        await self._read_due()
        done = 0
        while count := await self._round():
            done += count
        return done

    async def catch_up(self) -> None:
        """Return when what was stored before now is interpreted, or when patience is at an end."""
        loop, before = asyncio.get_running_loop(), new_id()
        until = loop.time() + PATIENCE_SECONDS
        while loop.time() < until and await self._is_behind(before):
            if not await self._round():
                # Another replica is at it.
                await asyncio.sleep(_AGAIN_SECONDS)

    @property
    def _database(self) -> Database:
        database: Database = self._state.database
        return database

    def _has_phone_line(self) -> bool:
        lines: Lines = self._state.lines
        return any(line.channel is Channel.PHONE for line in lines)

    async def _is_behind(self, before: UUID) -> bool:
        if not self._has_phone_line():
            return False
        async with self._database.reading() as session:
            return await repository.is_any_unread(session, before)

    async def _read_due(self) -> None:
        now = self._state.clock.now()
        async with self._database.reading() as session:
            due = await repository.is_any_due(session, now)
        if due:
            async with self._database.writing() as session:
                await repository.read_due(session, now)

    async def _round(self) -> int:
        """One batch of each exchange; gives how many deliveries are not unread any more."""
        if not self._has_phone_line():
            # Kept until there is a line whose queue the callers could be shown in.
            return 0
        async with self._database.reading() as session:
            sources = await repository.sources_with_unread(session)
        done = 0
        for source in sources:
            async with self._turn:
                done += await self._batch(source)
        return done

    async def _batch(self, source: str) -> int:
        rows: Sequence[Row[Any]] = []
        try:
            async with self._database.writing() as session:
                if not await repository.take_turn(session, source):
                    return 0
                rows = await repository.unread(session, source, BATCH)
                await _take_in(unit_of_work(self._state, session), source, rows)
        except Exception as error:
            if not rows or is_worth_another_try(error):
                raise
            log.warning("batch not interpreted", deliveries=len(rows), error=type(error).__name__)
            for row in rows:
                await self._alone(source, row.id)
        return len(rows)

    async def _alone(self, source: str, delivery: UUID) -> None:
        try:
            async with self._database.writing() as session:
                if await repository.take_turn(session, source):
                    rows = await repository.unread(session, source, 1, only=delivery)
                    await _take_in(unit_of_work(self._state, session), source, rows)
        except Exception as error:
            if is_worth_another_try(error):
                raise
            log.warning("not interpreted", delivery=str(delivery), error=type(error).__name__)
            async with self._database.writing() as session:
                aside = Reading(delivery, DeliveryState.SET_ASIDE, FAILED)
                await repository.mark(session, [aside.columns()])


async def _take_in(work: UnitOfWork, source: str, rows: Sequence[Row[Any]]) -> None:
    readings = [read(work, row) for row in rows]
    await repository.mark(work.session, [reading.columns() for reading in readings])
    told = {reading.id: reading.event for reading in readings if isinstance(reading.event, CallEvent)}
    touched = {event.call_id for event in told.values()}
    for reading in readings:
        if reading.state is DeliveryState.RESTART and reading.event is not None:
            moment = reading.event.occurred_at
            touched |= set(await calls_repository.calls_over(work.session, source, moment))
    await service.derive(work, source, touched, told)
