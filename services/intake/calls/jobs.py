"""Calls that no end ever came for: taken for lost once nothing was told of them for long.

The presumption is a delivery like any other, so that a call stays a function of what is stored of it: what is
told later overrides it (call_fold.py), and the call is open again. Its name follows from what was known, so
that several replicas, or another round, write it once.
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
    """Looks once a minute; harmless when several replicas do."""

    def __init__(self, state: State) -> None:
        super().__init__("silence watch", LOOK_SECONDS)
        self._state = state

    async def drain(self) -> int:
        """Presume lost what was silent for too long; gives how many calls were not presumed so before."""
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
    """What nobody told: the call was lost at the last moment that anything is known of it."""
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
