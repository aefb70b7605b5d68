"""Rule sets over HTTP: to be read in three forms, written as drafts, changed and compared."""

from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Query, Response

from services.triage.content_negotiation import JSON, MARKDOWN, YAML, answer_in, chosen
from services.triage.endpoints.ruleset_bodies import ChangeReason, SentRuleset, SentRulesetOrCopy
from services.triage.models import RulesetRow
from services.triage.problems import InvalidRuleset, NoDraft, UnknownRuleset, VersionTaken
from services.triage.rules.ruleset import RuleSet
from services.triage.rulesets import repository, service
from services.triage.rulesets.schemas import (
    ChangeOut,
    CopyIn,
    DifferenceOut,
    RulesetItem,
    body_of,
    present_change,
    present_difference,
    present_ruleset,
    yaml_of,
)
from services.triage.rulesets.table import markdown_of
from shared.access import Principal, allow
from shared.etags import IfMatch, etag
from shared.idempotency import Idempotent
from shared.paging import Page
from shared.problems import IdempotencyMismatch, StaleVersion, TooLarge, VersionRequired, answers
from shared.unit_of_work import Reading, UnitOfWork, Writing
from shared.vocabulary import Role

rulesets_router = APIRouter(prefix="/v1/rulesets", tags=["rule sets"])

Editor = Annotated[Principal, allow(Role.RULES_EDITOR)]
EVERYBODY = [
    allow(Role.RECEPTION, Role.CASEWORKER, Role.OPERATIONS, Role.RULES_EDITOR, Role.AUDITOR, Role.SERVICE)
]
OVERSEERS = [allow(Role.RULES_EDITOR, Role.OPERATIONS, Role.AUDITOR)]
VersionPath = Annotated[str, Path(max_length=20, examples=["1"])]
Accept = Annotated[str | None, Header(description="application/json, application/yaml or text/markdown")]

_EXAMPLE = {"copy_of": "1", "version": "2", "title": "Regelsæt 2", "valid_from": "2026-06-01"}
_RULESET: dict[str, Any] = {"type": "object", "description": "As GET /v1/rulesets/{version} answers it"}


async def item_of(work: UnitOfWork, row: RulesetRow, status: int = 200) -> Response:
    """The rule set as an item of the list, with its ETag."""
    item = present_ruleset(row, await repository.read_timetable(work.session), work.clock.now())
    headers = {"ETag": etag(row.revision), "Location": f"/v1/rulesets/{row.version}"}
    return Response(item.model_dump_json(), status, headers, media_type=JSON)


@rulesets_router.get("", summary="List the rule sets", dependencies=EVERYBODY)
async def list_rulesets(work: Reading) -> Page[RulesetItem]:
    """In the order of their making, with the one in force now marked active."""
    timetable = await repository.read_timetable(work.session)
    rows = await repository.read_rulesets(work.session)
    return Page(items=[present_ruleset(row, timetable, work.clock.now()) for row in rows])


@rulesets_router.post(
    "",
    summary="Write a draft, or copy a rule set into one",
    status_code=201,
    response_model=RulesetItem,
    responses=answers(InvalidRuleset, VersionTaken, UnknownRuleset, IdempotencyMismatch, TooLarge),
    openapi_extra=body_of(_RULESET, _EXAMPLE),
)
async def create_ruleset(
    who: Editor, sent: SentRulesetOrCopy, reason: ChangeReason, once: Idempotent, work: Writing
) -> Response:
    """A whole rule set as YAML or JSON, or `{"copy_of": ...}`. Nothing is used before it is activated."""
    await once.replay(work, who)
    if isinstance(sent, CopyIn):
        row = await service.copy(work, who, sent, reason)
    else:
        row = await service.create(work, who, sent, reason)
    answer = await item_of(work, row, 201)
    await once.remember(work, who, answer)
    return answer


@rulesets_router.get(
    "/{version}",
    summary="Read a rule set",
    dependencies=EVERYBODY,
    response_model=RuleSet,
    responses={
        **answers(UnknownRuleset),
        200: {
            "content": {
                YAML: {"schema": {"type": "string"}, "example": "version: '1'\n"},
                MARKDOWN: {"schema": {"type": "string"}, "example": "# Regelsæt 1\n"},
            }
        },
    },
)
async def read_ruleset(version: VersionPath, work: Reading, accept: Accept = None) -> Response:
    """Every row with its conditions, destinations, Danish texts and sources, with its ETag.

    As JSON, as the YAML file that is kept in version control, or as a table in Danish (`text/markdown`).
    """
    row = await service.get_ruleset(work, version)
    ruleset = RuleSet.model_validate(row.content)
    headers = {"ETag": etag(row.revision)}
    match chosen(accept, (JSON, YAML, MARKDOWN)):
        case "application/yaml":
            return answer_in(YAML, yaml_of(row), headers)
        case "text/markdown":
            return answer_in(MARKDOWN, markdown_of(ruleset), headers)
    return answer_in(JSON, ruleset.model_dump_json(by_alias=True, exclude_none=True), headers)


@rulesets_router.put(
    "/{version}",
    summary="Change a draft",
    response_model=RulesetItem,
    responses=answers(InvalidRuleset, UnknownRuleset, NoDraft, StaleVersion, VersionRequired, TooLarge),
    openapi_extra=body_of(_RULESET, {"version": "2", "title": "Regelsæt 2", "rows": []}),
)
async def edit_ruleset(
    *,
    who: Editor,
    version: VersionPath,
    sent: SentRuleset,
    reason: ChangeReason,
    work: Writing,
    if_match: IfMatch = None,
) -> Response:
    """The whole rule set anew. It must be checked and simulated again before it can be put in force."""
    row = await service.edit(work, who, version, sent, if_match=if_match, reason=reason)
    return await item_of(work, row)


@rulesets_router.get(
    "/{version}/history",
    summary="Who did what to a rule set, when and why",
    dependencies=OVERSEERS,
    responses=answers(UnknownRuleset),
)
async def read_history(version: VersionPath, work: Reading) -> Page[ChangeOut]:
    """Oldest first, each change with what it changed."""
    await service.get_ruleset(work, version)
    changes = await repository.read_changes(work.session, version)
    return Page(items=[present_change(change) for change in changes])


@rulesets_router.get(
    "/{version}/difference",
    summary="Compare two rule sets",
    dependencies=EVERYBODY,
    responses=answers(UnknownRuleset),
)
async def read_difference(
    version: VersionPath,
    to: Annotated[str, Query(max_length=20, description="The other rule set", examples=["2"])],
    work: Reading,
) -> DifferenceOut:
    """What leads from this one to the other, row by row, as data and in Danish."""
    before = await service.get_ruleset(work, version)
    return present_difference(before, await service.get_ruleset(work, to))
