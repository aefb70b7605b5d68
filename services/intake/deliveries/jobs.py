"""Interprets deliveries after they were stored: in batches, exchange by exchange.

One transaction interprets the deliveries of a batch, derives the calls that they are about, and marks them.
The job is woken by each delivery and also runs at intervals. One replica at a time works on an exchange.
When a batch fails, each of its deliveries is tried alone, and those that fail again are set aside.
"""

import asyncio
from collections.abc import Sequence
from uuid import UUID

import structlog
from starlette.datastructures import State

from services.intake.calls import repository as calls_repository
from services.intake.calls import service
from services.intake.delivery_store import repository
from services.intake.delivery_store.repository import DeliveryRow
from services.intake.delivery_store.service import Interpretation, interpret
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
#: The longest that a reader waits for the interpretation of what was stored before it came, in seconds.
LONGEST_WAIT_SECONDS = 2.0
_TRY_AGAIN_SECONDS = 0.02

log = structlog.get_logger("interpreter")


class Interpreter(Job):
    """One for each app."""

    def __init__(self, state: State) -> None:
        super().__init__("interpreter", POLL_SECONDS)
        self._state = state
        self._turn = asyncio.Lock()

    async def drain(self) -> int:
        """Interpret everything that can be by now; returns how many deliveries."""
        await refresh_lines(self._state)
        await self._mark_due()
        done = 0
        while count := await self._round():
            done += count
        return done

    async def catch_up(self) -> None:
        """Return when what was stored before now is interpreted, or after `LONGEST_WAIT_SECONDS`."""
        loop, before = asyncio.get_running_loop(), new_id()
        until = loop.time() + LONGEST_WAIT_SECONDS
        while loop.time() < until and await self._is_behind(before):
            if not await self._round():
                # Another replica works on it.
                await asyncio.sleep(_TRY_AGAIN_SECONDS)

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

    async def _mark_due(self) -> None:
        now = self._state.clock.now()
        async with self._database.reading() as session:
            due = await repository.is_any_due(session, now)
        if due:
            async with self._database.writing() as session:
                await repository.mark_due_unread(session, now)

    async def _round(self) -> int:
        """One batch of each exchange; returns how many deliveries are not unread any more."""
        if not self._has_phone_line():
            # They stay unread until there is a line in whose queue the callers can wait.
            return 0
        async with self._database.reading() as session:
            sources = await repository.sources_with_unread(session)
        done = 0
        for source in sources:
            async with self._turn:
                done += await self._batch(source)
        return done

    async def _batch(self, source: str) -> int:
        rows: Sequence[DeliveryRow] = []
        try:
            async with self._database.writing() as session:
                if not await repository.lock_exchange(session, source):
                    return 0
                rows = await repository.unread(session, source, BATCH)
                await _interpret_all(unit_of_work(self._state, session), source, rows)
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
                if await repository.lock_exchange(session, source):
                    rows = await repository.unread(session, source, 1, only=delivery)
                    await _interpret_all(unit_of_work(self._state, session), source, rows)
        except Exception as error:
            if is_worth_another_try(error):
                raise
            log.warning("not interpreted", delivery=str(delivery), error=type(error).__name__)
            async with self._database.writing() as session:
                aside = Interpretation(delivery, DeliveryState.SET_ASIDE, FAILED)
                await repository.mark(session, [aside.columns()])


async def _interpret_all(work: UnitOfWork, source: str, rows: Sequence[DeliveryRow]) -> None:
    found = [interpret(work, row) for row in rows]
    await repository.mark(work.session, [one.columns() for one in found])
    events = {one.id: one.event for one in found if isinstance(one.event, CallEvent)}
    changed = {event.call_id for event in events.values()}
    for one in found:
        if one.state is DeliveryState.RESTART and one.event is not None:
            changed |= set(await calls_repository.calls_open_at(work.session, source, one.event.occurred_at))
    await service.derive(work, source, changed, events)
