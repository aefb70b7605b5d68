"""Rule sets over HTTP: read in three forms, written as drafts, changed and compared."""

import asyncio
from typing import Annotated, Any
from urllib.parse import unquote

from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response
from pydantic import TypeAdapter, ValidationError

from services.triage.access import ANY_ROLE, OVERSEERS, Editor
from services.triage.content_negotiation import JSON, MARKDOWN, YAML, answer_in, chosen
from services.triage.models import RulesetRow
from services.triage.problems import (
    FaultError,
    InvalidRuleset,
    NoDraft,
    UnknownRuleset,
    VersionTaken,
    at_field,
)
from services.triage.rules.ruleset import RuleSet
from services.triage.rulesets import repository, service
from services.triage.rulesets.parsing import (
    MOST_BYTES,
    FaultyRulesetError,
    Form,
    Written,
    parse_ruleset,
)
from services.triage.rulesets.schemas import (
    ChangeOut,
    CopyIn,
    DifferenceOut,
    RulesetItem,
    RulesetTable,
    body_of,
    present_change,
    present_difference,
    present_ruleset,
    yaml_of,
)
from services.triage.rulesets.table import markdown_of, table_of
from shared.etags import IfMatch, etag
from shared.free_text import Reason
from shared.idempotency import Idempotent
from shared.paging import Page
from shared.parsing.documents import UnreadableDocumentError, read_json
from shared.problems import (
    FieldError,
    IdempotencyMismatch,
    InvalidInput,
    StaleVersion,
    TooLarge,
    VersionRequired,
    answers,
)
from shared.unit_of_work import Reading, UnitOfWork, Writing

rulesets_router = APIRouter(prefix="/v1/rulesets", tags=["rule sets"])

VersionPath = Annotated[str, Path(max_length=20, examples=["1"])]
Accept = Annotated[str | None, Header(description="application/json, application/yaml or text/markdown")]

_EXAMPLE = {"copy_of": "1", "version": "2", "title": "Regelsæt 2", "valid_from": "2026-06-01"}
_RULESET: dict[str, Any] = {"type": "object", "description": "As GET /v1/rulesets/{version} answers it"}


_REASON: TypeAdapter[str] = TypeAdapter(Reason)


async def _reason(
    change_reason: Annotated[
        str,
        Header(
            max_length=2000,
            description="Why it is changed, for the trail; UTF-8, percent-encoded where the sender must",
            examples=["Hjemmeplejen flytter 1. juni"],
        ),
    ],
) -> str:
    try:
        # HTTP hands bytes over as Latin-1; what people send is UTF-8.
        text = change_reason.encode("latin-1").decode("utf-8")
    except UnicodeError:
        text = change_reason
    try:
        return _REASON.validate_python(unquote(text))
    except ValidationError as error:
        message = error.errors()[0]["msg"].removeprefix("Value error, ")
        raise InvalidInput(errors=at_field("/header/change-reason", message)) from error


async def _body(request: Request) -> tuple[bytes, Form]:
    body = await request.body()
    if len(body) > MOST_BYTES:
        raise TooLarge(f"A rule set has at most {MOST_BYTES} bytes.")
    media = request.headers.get("content-type", "").split(";")[0].strip().lower()
    return body, "yaml" if media.endswith("yaml") else "json"


async def _written(request: Request) -> Written:
    body, form = await _body(request)
    try:
        # In a thread: a large one takes tenths of a second, during which other requests are answered.
        return await asyncio.to_thread(parse_ruleset, body, form)
    except FaultyRulesetError as error:
        raise refusal(error) from error


def refusal(error: FaultyRulesetError) -> InvalidRuleset:
    """The problem with the place and the reason of each fault."""
    return InvalidRuleset(
        errors=[
            FaultError(
                pointer=fault.pointer,
                message=fault.message if fault.line is None else f"line {fault.line}: {fault.message}",
                line=fault.line,
                reason=fault.message,
            )
            for fault in error.faults
        ]
    )


async def _written_or_copy(request: Request) -> Written | CopyIn:
    body, form = await _body(request)
    if form == "json":
        try:
            content = read_json(body.decode("utf-8")).content
            if isinstance(content, dict) and "copy_of" in content:
                return CopyIn.model_validate(content)
        except ValidationError as error:
            pointers = [("".join(f"/{part}" for part in e["loc"]), e["msg"]) for e in error.errors()]
            raise InvalidInput(errors=[FieldError(pointer=p, message=m) for p, m in pointers]) from error
        except (UnicodeDecodeError, UnreadableDocumentError):
            pass  # reading it as a rule set reports the fault with its place
    return await _written(request)


ChangeReason = Annotated[str, Depends(_reason)]
SentRuleset = Annotated[Written, Depends(_written)]
SentRulesetOrCopy = Annotated[Written | CopyIn, Depends(_written_or_copy)]


async def item_of(work: UnitOfWork, row: RulesetRow, status: int = 200) -> Response:
    """The rule set as an item of the list, with its ETag."""
    item = present_ruleset(row, await repository.read_timetable(work.session), work.clock.now())
    headers = {"ETag": etag(row.revision), "Location": f"/v1/rulesets/{row.version}"}
    return Response(item.model_dump_json(), status, headers, media_type=JSON)


@rulesets_router.get("", summary="List the rule sets", dependencies=ANY_ROLE)
async def list_rulesets(work: Reading) -> Page[RulesetItem]:
    """In the order of creation; the one in force now has the status `active`."""
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
    dependencies=ANY_ROLE,
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


@rulesets_router.get(
    "/{version}/table",
    summary="Read a rule set as a table in Danish",
    dependencies=ANY_ROLE,
    responses=answers(UnknownRuleset),
)
async def read_table(version: VersionPath, work: Reading, response: Response) -> RulesetTable:
    """One row for each rule, and the named definitions below: what `text/markdown` gives, as JSON."""
    row = await service.get_ruleset(work, version)
    response.headers["ETag"] = etag(row.revision)
    return table_of(RuleSet.model_validate(row.content))


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
    """Replaces the whole rule set. It must be checked and simulated again before it can be put in force."""
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
    dependencies=ANY_ROLE,
    responses=answers(UnknownRuleset),
)
async def read_difference(
    version: VersionPath,
    to: Annotated[str, Query(max_length=20, description="The other rule set", examples=["2"])],
    work: Reading,
) -> DifferenceOut:
    """What changes this one into the other, row by row, as data and in Danish."""
    before = await service.get_ruleset(work, version)
    return present_difference(before, await service.get_ruleset(work, to))
