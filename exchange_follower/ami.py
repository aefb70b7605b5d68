"""Follows an exchange over its manager interface (AMI): events are stored in the spool, then sent to intake.

Receiving and sending run independently: while intake is unreachable the spool fills, while the exchange is
unreachable it empties. AMI does not repeat events that were missed. FullyBooted says whether the exchange was
restarted, and calls without an end are closed by intake's reconciler.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence

import structlog

from exchange_follower.ami_session import Exchange, LoginRefused, SessionOver, listen
from exchange_follower.courier import (
    LONGEST_PAUSE_SECONDS,
    SHORTEST_PAUSE_SECONDS,
    Courier,
)
from exchange_follower.spool import Spool
from services.intake.telephony.asterisk_ami.meaning import AmiEvent
from shared.clock import Clock

log = structlog.get_logger("follow")

#: Well below what intake takes at once.
_BATCH = 200


class AmiFollower:
    """Receives an exchange's events and sends them to intake, until it is cancelled."""

    def __init__(
        self,
        exchange: Exchange,
        spool: Spool,
        courier: Courier,
        clock: Clock,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._exchange = exchange
        self._spool = spool
        self._courier = courier
        self._clock = clock
        self._sleep = sleep
        self._has_events = asyncio.Event()
        self._pause = SHORTEST_PAUSE_SECONDS

    async def run(self) -> None:
        """Receive events and send them at the same time; ends only by cancellation."""
        async with asyncio.TaskGroup() as both:
            both.create_task(self._listen())
            both.create_task(self._send_waiting())

    async def _listen(self) -> None:
        while True:
            try:
                async for events in listen(self._exchange):
                    self._pause = SHORTEST_PAUSE_SECONDS
                    self._store(events)
            except LoginRefused:
                # Another login soon would only fill the exchange's log, or have this address banned.
                self._pause = LONGEST_PAUSE_SECONDS
                log.error("the exchange refuses the login", user=self._exchange.user)  # noqa: TRY400 -- a trace adds nothing
            except (SessionOver, OSError) as error:
                why = str(error) if isinstance(error, SessionOver) else type(error).__name__
                log.warning("no session with the exchange", why=why)
            await self._sleep(self._pause * random.uniform(0.5, 1))  # noqa: S311 -- not secrecy
            self._pause = min(self._pause * 2, LONGEST_PAUSE_SECONDS)

    def _store(self, events: Sequence[AmiEvent]) -> None:
        without_room = self._spool.add(events, self._clock.now())
        if without_room:
            log.error(
                "the spool is full: events are lost until intake takes deliveries",
                lost=without_room,
                lost_ever=self._spool.without_room,
            )
        self._has_events.set()

    async def _send_waiting(self) -> None:
        while True:
            self._has_events.clear()
            while batch := self._spool.next(_BATCH):
                body = "\n".join(one.line for one in batch)
                await self._courier.carry(body, "application/x-ndjson")
                self._spool.remove(batch)
            await self._has_events.wait()
