"""Checking, activating and retiring a rule set over HTTP."""

from fastapi import APIRouter, Request, Response

from services.triage.access import OVERSEERS, Editor
from services.triage.activation import service
from services.triage.activation.schemas import ActivateIn, CheckOut, RetireIn
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
)
from services.triage.rulesets.endpoints import VersionPath, item_of
from services.triage.rulesets.schemas import RulesetItem
from shared.etags import IfMatch
from shared.problems import StaleVersion, answers
from shared.unit_of_work import Reading, Writing

activation_router = APIRouter(prefix="/v1/rulesets", tags=["rule sets"])


@activation_router.post(
    "/{version}/check",
    summary="Prove that every citizen has exactly one destination",
    responses=answers(UnknownRuleset, StaleVersion, TooLargeToProve),
)
async def check_ruleset(who: Editor, version: VersionPath, request: Request) -> CheckOut:
    """Over all combinations of facts, not by samples. Each finding has the facts of a citizen as its example.

    Takes up to some seconds, and holds up no other request; a change made meanwhile makes it void.
    """
    return await service.check(request.app.state, who, version)


@activation_router.get(
    "/{version}/proof",
    summary="Read what the newest check came to",
    dependencies=OVERSEERS,
    responses=answers(UnknownRuleset, NotChecked),
)
async def read_proof(version: VersionPath, work: Reading) -> CheckOut:
    """It may be of an older `revision` than the rule set has now; then it has to be checked again."""
    return await service.newest_check(work, version)


@activation_router.post(
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
    """From a moment on, by a person who has not written any of it.

    It must be checked and simulated since its last change. The one before it is retired at that moment.
    """
    return await item_of(work, await service.activate(work, who, version, body, if_match))


@activation_router.post(
    "/{version}/retire",
    summary="Take a draft, or one that has not begun, out of use",
    response_model=RulesetItem,
    responses=answers(UnknownRuleset, StillInForce),
)
async def retire_ruleset(who: Editor, version: VersionPath, body: RetireIn, work: Writing) -> Response:
    """The one in force is retired by its successor's beginning, never alone: there is always exactly one."""
    return await item_of(work, await service.retire(work, who, version, body.reason))
