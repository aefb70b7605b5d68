"""Calls whose end never comes: presumed lost once nothing was reported of them for long.

The presumption is stored as a delivery like any other, so that a call remains a function of its deliveries:
a later event overrides it (call_story/fold.py), and the call is open again. Its delivery id is a hash of
what was known, so that several replicas, or a later round, store it once.
"""

import hashlib
from datetime import timedelta
from typing import Any

from sqlalchemy import Row
from starlette.datastructures import State

from services.intake.call_story.fold import SILENCE
from services.intake.calls import repository
from services.intake.delivery_store.service import sealed_row, write_deliveries
from services.intake.settings import Settings
from services.intake.telephony.canonical import CallEvent, CallEventType
from services.intake.telephony.canonical_json.form import CANONICAL
from services.intake.telephony.forms import RawDelivery
from shared.background import Job
from shared.unit_of_work import unit_of_work

LOOK_SECONDS = 60.0
_MOST = 500


class SilenceWatch(Job):
    """Runs once a minute; when several replicas do, each presumption is still stored once."""

    def __init__(self, state: State) -> None:
        super().__init__("silence watch", LOOK_SECONDS)
        self._state = state

    async def drain(self) -> int:
        """Presume lost what was silent for too long; returns how many calls are newly presumed so."""
        state = self._state
        settings: Settings = state.settings
        now = state.clock.now()
        async with state.database.reading() as session:
            silent = await repository.silent_calls(
                session,
                waiting_since=now - timedelta(seconds=settings.lost_after_waiting_seconds),
                talking_since=now - timedelta(seconds=settings.lost_after_talking_seconds),
                most=_MOST,
            )
        if not silent:
            return 0
        async with state.database.writing() as session:
            work = unit_of_work(state, session)
            rows = [sealed_row(work, presumed_lost(call)) for call in silent]
            (new,) = await write_deliveries(session, [rows])
        state.interpreter.wake()
        return new


def presumed_lost(call: Row[Any]) -> RawDelivery:
    """The delivery that no exchange sent: the call was lost at its last event."""
    last = call.last_event_at.isoformat()
    known = "\0".join((call.call_id, last))
    event = CallEvent(
        source=call.source,
        delivery_id=f"silence-{hashlib.sha256(known.encode()).hexdigest()[:32]}",
        call_id=call.call_id,
        type=CallEventType.LOST,
        occurred_at=call.last_event_at,
        cause=SILENCE,
    )
    return RawDelivery(
        event.source, event.delivery_id, CANONICAL, event.model_dump_json(by_alias=True, exclude_none=True)
    )
