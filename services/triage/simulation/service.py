"""Replaying a draft over past contacts: in batches, newest first, for a limited time."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import datetime
from uuid import UUID

from starlette.datastructures import State

from services.triage.catalogue.offers.service import CatalogueCache
from services.triage.problems import NotSimulated
from services.triage.recommendations.adviser import Adviser
from services.triage.recommendations.service import Advisers
from services.triage.rulesets.service import get_ruleset, record_result
from services.triage.simulation.replay import Past, Period, Replay, replay
from services.triage.simulation.repository import read_batch
from services.triage.simulation.schemas import SimulationOut
from shared.access import Principal
from shared.unit_of_work import UnitOfWork, unit_of_work


async def simulate(state: State, who: Principal, version: str, period: Period) -> SimulationOut:
    """Replay the rule set over the contacts assessed in the period, and store what was found.

    Raises UnknownRuleset, or StaleVersion when the rule set was changed meanwhile.
    """
    advisers: Advisers = state.advisers
    async with state.database.reading() as session:
        row = await get_ruleset(unit_of_work(state, session), version)
        draft = await advisers.adviser(session, version)
    found, complete = await _replay(state, draft, period)
    simulation = SimulationOut(
        version=version,
        revision=row.revision,
        simulated_at=state.clock.now(),
        first=period.first,
        last=period.last,
        complete=complete,
        replayed=found.replayed,
        moved=found.moved,
        unanswered=found.unanswered,
        new_asks=found.new_asks,
        new_questions=dict(found.new_questions),
        flows=found.flows_out(),
        loads=found.weekly_loads(period.last - period.first),
        owed=found.owed_out(),
        examples=found.examples,
        cases=found.cases,
        cases_left_off=found.moved - len(found.cases),
    )
    async with state.database.writing() as session:
        work, stored = unit_of_work(state, session), simulation.model_dump(mode="json")
        # A draft that was replayed over a part only, or has no answer for some contact, is not ready.
        counts = complete and not found.unanswered
        await record_result(work, who, version, row.revision, "simulated", counts=counts, found=stored)
    return simulation


async def newest_simulation(work: UnitOfWork, version: str) -> SimulationOut:
    """The newest simulation, maybe of an older revision. Raises UnknownRuleset or NotSimulated."""
    row = await get_ruleset(work, version)
    if row.simulation is None:
        raise NotSimulated
    return SimulationOut.model_validate(row.simulation)


async def _replay(state: State, draft: Adviser, period: Period) -> tuple[Replay, bool]:
    """What was counted, and whether the time was enough for the whole period.

    No transaction is open while a batch is replayed, and it is replayed in a thread: no request waits for it.
    """
    advisers: Advisers = state.advisers
    offers: CatalogueCache = state.catalogue
    ends, found = time.monotonic() + state.settings.simulation_seconds, Replay()
    by_version: dict[str, Adviser] = {}
    async for batch in _batches(state, period):
        if time.monotonic() >= ends:
            return found, False
        async with state.database.reading() as session:
            catalogue = await offers.read(session)
            for version in {past.ruleset for past in batch} - set(by_version):
                by_version[version] = await advisers.adviser(session, version)
        await asyncio.to_thread(replay, batch, by_version, draft, catalogue, found)
    return found, True


async def _batches(state: State, period: Period) -> AsyncIterator[list[Past]]:
    after: tuple[datetime, UUID] | None = None
    while True:
        async with state.database.reading() as session:
            batch, after = await read_batch(session, period, after)
        if batch:
            yield batch
        if after is None:
            return
