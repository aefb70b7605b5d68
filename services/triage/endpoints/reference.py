"""What triage decides by, to be read: rule sets and needs."""

from fastapi import APIRouter, Request

from services.triage.advice import Advisers
from services.triage.presenting import present_ruleset
from services.triage.problems import UnknownRuleset
from services.triage.ruleset import RuleSet
from services.triage.schemas import NeedOut, RulesetItem
from shared.access import allow
from shared.pages import Page
from shared.problems import answers
from shared.vocabulary import Role
from shared.working_days import local_date

rulesets_router = APIRouter(prefix="/v1/rulesets", tags=["rule sets"])
needs_router = APIRouter(prefix="/v1/needs", tags=["needs"])

_EVERYBODY = [
    allow(Role.RECEPTION, Role.CASEWORKER, Role.OPERATIONS, Role.RULES_EDITOR, Role.AUDITOR, Role.SERVICE)
]


def _advisers(request: Request) -> Advisers:
    advisers: Advisers = request.app.state.advisers
    return advisers


@rulesets_router.get("", summary="List the rule sets", dependencies=_EVERYBODY)
async def list_rulesets(request: Request) -> Page[RulesetItem]:
    """Oldest first, with the one in force today marked active."""
    rulesets = _advisers(request).rulesets
    today = local_date(request.app.state.clock.now())
    return Page(items=[present_ruleset(ruleset, rulesets, today) for ruleset in rulesets])


@rulesets_router.get(
    "/{version}",
    summary="Read a rule set",
    dependencies=_EVERYBODY,
    response_model_exclude_none=True,
    responses=answers(UnknownRuleset),
)
async def read_ruleset(version: str, request: Request) -> RuleSet:
    """Every row with its conditions, destinations, Danish texts and sources, as it stands in its file."""
    return _advisers(request).adviser(version).ruleset


@needs_router.get("", summary="The vocabulary of needs", dependencies=_EVERYBODY)
async def list_needs(request: Request) -> Page[NeedOut]:
    """Every need code with its Danish label, KLE number and lowest step."""
    entries = _advisers(request).vocabulary.needs
    return Page(items=[NeedOut.model_validate(entry.model_dump()) for entry in entries])
