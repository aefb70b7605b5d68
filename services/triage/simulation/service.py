"""Replaying a draft over what storage has: in batches, newest first, for a limited time."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.datastructures import State

from services.triage.recommendations.adviser import Adviser, Moment
from services.triage.recommendations.service import Advisers
from services.triage.repository import ASSESSMENTS, COURSES
from services.triage.simulation.replay import Past, Replay, SimulationOut, replay
from shared.contracts import Facts
from shared.vocabulary import Channel

#: So many assessments are in memory at a time.
BATCH = 500


@dataclass(frozen=True)
class Period:
    """From `first` on, and before `last`."""

    first: datetime
    last: datetime


async def simulate(
    state: State, version: str, revision: int, draft: Adviser, period: Period
) -> SimulationOut:
    """Replay the draft over the newest assessment of each contact assessed in the period.

    It holds no transaction while it thinks, and thinks in a thread: nobody waits for it.
    """
    advisers: Advisers = state.advisers
    ends, complete, found = time.monotonic() + state.settings.simulation_seconds, True, Replay()
    judges: dict[str, Adviser] = {}
    async for batch in _batches(state, period):
        if time.monotonic() >= ends:
            complete = False
            break
        async with state.database.reading() as session:
            catalogue = await advisers.catalogue(session)
            for name in {past.ruleset for past in batch} - set(judges):
                judges[name] = await advisers.adviser(session, name)
        await asyncio.to_thread(replay, batch, judges, draft, catalogue, found)
    flows = found.flows_out()
    return SimulationOut(
        version=version,
        revision=revision,
        simulated_at=state.clock.now(),
        first=period.first,
        last=period.last,
        complete=complete,
        replayed=found.replayed,
        moved=found.moved,
        unanswered=found.unanswered,
        new_asks=found.new_asks,
        new_questions=dict(found.new_questions),
        flows=flows,
        loads=found.weekly_loads(period.last - period.first),
        examples=found.examples,
        cases=found.cases,
        cases_left_off=found.moved - len(found.cases),
    )


async def _batches(state: State, period: Period) -> AsyncIterator[list[Past]]:
    after: tuple[datetime, UUID] | None = None
    while True:
        async with state.database.reading() as session:
            batch, after = await _read(session, period, after)
        if batch:
            yield batch
        if after is None:
            return


async def _read(
    session: AsyncSession, period: Period, after: tuple[datetime, UUID] | None
) -> tuple[list[Past], tuple[datetime, UUID] | None]:
    """One batch, and the place after which the next one starts; None when this was the last."""
    columns = ASSESSMENTS.c
    wanted = (
        select(
            columns.id,
            columns.contact_id,
            columns.reference,
            columns.ruleset,
            columns.channel,
            columns.received_at,
            columns.facts,
            columns.made_at,
        )
        .join(COURSES, COURSES.c.latest_assessment == columns.id)
        .where(columns.made_at >= period.first, columns.made_at < period.last)
        .order_by(columns.made_at.desc(), columns.id.desc())
        .limit(BATCH)
    )
    if after is not None:
        made_at, id_ = after
        wanted = wanted.where(
            or_(columns.made_at < made_at, and_(columns.made_at == made_at, columns.id < id_))
        )
    rows = (await session.execute(wanted)).all()
    more = (rows[-1].made_at, rows[-1].id) if len(rows) == BATCH else None
    return [_past(row) for row in rows], more


def _past(row: Any) -> Past:
    moment = Moment(Channel(row.channel), row.received_at)
    facts = Facts.model_validate(row.facts)
    return Past(row.id, row.contact_id, row.reference, row.ruleset, moment, facts)
