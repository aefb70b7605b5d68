"""A draft's way into force over HTTP: the proof, the simulation, the second person."""

import asyncio

from fastapi import APIRouter, Request, Response

from services.triage.access import OVERSEERS, Editor
from services.triage.problems import (
    ImpossibleMoment,
    MomentTaken,
    NoDraft,
    NotChecked,
    NotReady,
    SecondPersonNeeded,
    StillInForce,
    TooLargeToProve,
    UnknownRuleset,
    at_field,
)
from services.triage.proof.decision_diagram import TooLargeError
from services.triage.proof.proving import Proof, prove
from services.triage.rules.ruleset import RuleSet
from services.triage.rulesets import repository, service
from services.triage.rulesets.endpoints import VersionPath, item_of
from services.triage.rulesets.schemas import ActivateIn, CheckOut, RetireIn, RulesetItem
from shared.etags import IfMatch
from shared.problems import StaleVersion, answers
from shared.unit_of_work import Reading, Writing, unit_of_work

steps_router = APIRouter(prefix="/v1/rulesets", tags=["rule sets"])


@steps_router.post(
    "/{version}/check",
    summary="Prove that every citizen has exactly one destination",
    responses=answers(UnknownRuleset, StaleVersion, TooLargeToProve),
)
async def check_ruleset(who: Editor, version: VersionPath, request: Request) -> CheckOut:
    """Over all combinations of facts, not by samples. What it finds is shown by a citizen's facts.

    Takes up to some seconds, during which nobody waits for it; a change made meanwhile makes it void.
    """
    state = request.app.state
    async with state.database.reading() as session:
        row = await service.get_ruleset(unit_of_work(state, session), version)
    ruleset = RuleSet.model_validate(row.content)
    try:
        proof = await asyncio.to_thread(prove, ruleset, state.advisers.geography)
    except TooLargeError as error:
        raise TooLargeToProve(errors=at_field("/rows", f"there are {len(ruleset.rows)}")) from error
    async with state.database.writing() as session:
        work = unit_of_work(state, session)
        found = proof.model_dump(mode="json")
        row = await service.record(work, who, version, row.revision, "checked", done=proof.holds, found=found)
        status = await service.standing(work, row)
    return CheckOut(version=version, revision=row.revision, status=status, proof=proof)


@steps_router.get(
    "/{version}/proof",
    summary="Read what the newest check came to",
    dependencies=OVERSEERS,
    responses=answers(UnknownRuleset, NotChecked),
)
async def read_proof(version: VersionPath, work: Reading) -> CheckOut:
    """It may be of an older `revision` than the rule set has now; then it has to be checked again."""
    row = await service.get_ruleset(work, version)
    changes = await repository.read_changes(work.session, version)
    checked = [change.revision for change in changes if change.kind == "checked"]
    if row.proof is None or not checked:
        raise NotChecked
    return CheckOut(
        version=version,
        revision=checked[-1],
        status=await service.standing(work, row),
        proof=Proof.model_validate(row.proof),
    )


@steps_router.post(
    "/{version}/activate",
    summary="Put a rule set in force",
    response_model=RulesetItem,
    responses=answers(
        UnknownRuleset,
        NoDraft,
        NotReady,
        SecondPersonNeeded,
        ImpossibleMoment,
        MomentTaken,
        StaleVersion,
    ),
)
async def activate_ruleset(
    *, who: Editor, version: VersionPath, body: ActivateIn, work: Writing, if_match: IfMatch = None
) -> Response:
    """From a moment on, by somebody who has not written any of it.

    It must be checked and simulated since its last change. The one before it is retired at that moment.
    """
    return await item_of(work, await service.activate(work, who, version, body, if_match))


@steps_router.post(
    "/{version}/retire",
    summary="Take a draft, or one that has not begun, out of use",
    response_model=RulesetItem,
    responses=answers(UnknownRuleset, StillInForce),
)
async def retire_ruleset(who: Editor, version: VersionPath, body: RetireIn, work: Writing) -> Response:
    """The one in force is retired by its successor's beginning, never alone: there is always exactly one."""
    return await item_of(work, await service.retire(work, who, version, body.reason))
