"""Checking a rule set, and putting it in force by a second person, or retiring it."""

import asyncio
from datetime import datetime, timedelta

from starlette.datastructures import State

from services.triage.activation.schemas import ActivateIn, CheckOut
from services.triage.models import RulesetRow
from services.triage.problems import (
    ImpossibleMoment,
    MomentTaken,
    NotChecked,
    NotReady,
    SecondPersonNeeded,
    StillInForce,
    TooLargeToProve,
    at_field,
)
from services.triage.proof.decision_diagram import TooLargeError
from services.triage.proof.proving import prove
from services.triage.proof.schemas import Proof
from services.triage.rules.ruleset import RuleSet
from services.triage.rulesets import repository
from services.triage.rulesets.service import (
    add_to_trail,
    current_status,
    get_ruleset,
    lock_ruleset,
    record_result,
    require_draft,
)
from services.triage.rulesets.timetable import RulesetStatus, first_moment_of
from shared.access import Principal
from shared.etags import require_version
from shared.unit_of_work import UnitOfWork, unit_of_work

#: A moment this far in the past still means "now": the request was on its way, or clocks differ.
NOW_TOLERANCE = timedelta(seconds=60)


async def check(state: State, who: Principal, version: str) -> CheckOut:
    """Prove the rule set and store what was found.

    The proof takes up to some seconds: it runs in a thread and outside any transaction, so that no other
    request waits for it. Raises UnknownRuleset, TooLargeToProve, or StaleVersion when the rule set was
    changed meanwhile.
    """
    async with state.database.reading() as session:
        row = await get_ruleset(unit_of_work(state, session), version)
    ruleset = RuleSet.model_validate(row.content)
    try:
        proof = await asyncio.to_thread(prove, ruleset)
    except TooLargeError as error:
        raise TooLargeToProve(errors=at_field("/rows", f"there are {len(ruleset.rows)}")) from error
    async with state.database.writing() as session:
        work = unit_of_work(state, session)
        found = proof.model_dump(mode="json")
        row = await record_result(
            work, who, version, row.revision, "checked", counts=proof.holds, found=found
        )
        status = await current_status(work, row)
    return CheckOut(version=version, revision=row.revision, status=status, proof=proof)


async def newest_check(work: UnitOfWork, version: str) -> CheckOut:
    """What the newest check found, maybe of an older revision. Raises UnknownRuleset or NotChecked."""
    row = await get_ruleset(work, version)
    changes = await repository.read_changes(work.session, version)
    checked = [change.revision for change in changes if change.kind == "checked"]
    if row.proof is None or not checked:
        raise NotChecked
    return CheckOut(
        version=version,
        revision=checked[-1],
        status=await current_status(work, row),
        proof=Proof.model_validate(row.proof),
    )


async def activate(
    work: UnitOfWork, who: Principal, version: str, body: ActivateIn, if_match: str | None
) -> RulesetRow:
    """Put a rule set in force from a moment on.

    Raises UnknownRuleset, NoDraft, StaleVersion, SecondPersonNeeded, NotReady, ImpossibleMoment or
    MomentTaken.
    """
    row = await lock_ruleset(work, version)
    require_draft(row)
    if if_match is not None:
        require_version(if_match, row.revision)
    if who.subject in await repository.authors_of(work.session, version):
        raise SecondPersonNeeded
    status = await current_status(work, row)
    if status is not RulesetStatus.SIMULATED:
        raise NotReady(ruleset_status=status)
    begins = await _moment(work, row, body)
    await repository.change_ruleset(work.session, version, active_from=begins)
    await add_to_trail(work, who, version, "activated", row.revision, reason=body.reason)
    return await get_ruleset(work, version)


async def _moment(work: UnitOfWork, row: RulesetRow, body: ActivateIn) -> datetime:
    """When it begins: not in the past, not before its `valid_from`, and after what it is based on."""
    now = work.clock.now()
    moment = now if body.from_ is None else body.from_
    if moment < now - NOW_TOLERANCE:
        raise _impossible("the past keeps the rules it had; now is the earliest moment")
    begins = max(moment, now)
    valid_from = RuleSet.model_validate(row.content).valid_from
    if begins < first_moment_of(valid_from):
        raise _impossible(f"it is valid from {valid_from} at the earliest")
    timetable = await repository.read_timetable(work.session)
    for other in timetable.begins:
        if other.version == row.based_on and begins <= other.active_from:
            message = f"it is based on {other.version}, which begins at {other.active_from.isoformat()}"
            raise _impossible(f"{message}: dates do not go in a circle")
        if other.active_from == begins:
            raise MomentTaken(version=other.version)
    return begins


def _impossible(message: str) -> ImpossibleMoment:
    return ImpossibleMoment(errors=at_field("/from", message))


async def retire(work: UnitOfWork, who: Principal, version: str, reason: str) -> RulesetRow:
    """Take a draft, or one that has not begun, out of use. Raises UnknownRuleset or StillInForce.

    One in force is retired by the next one's beginning, so that there is always exactly one.
    """
    row = await lock_ruleset(work, version)
    now = work.clock.now()
    if row.active_from is not None and row.active_from <= now:
        raise StillInForce
    if row.withdrawn_at is None:
        await repository.change_ruleset(work.session, version, active_from=None, withdrawn_at=now)
        await add_to_trail(work, who, version, "retired", row.revision, reason=reason)
    return await get_ruleset(work, version)
