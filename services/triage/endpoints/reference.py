"""What triage decides by, to be read: rule sets, needs and the catalogue of offers."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from services.triage.advice import Advisers
from services.triage.presenting import present_offer, present_ruleset
from services.triage.problems import UnknownRuleset
from services.triage.ruleset import RuleSet
from services.triage.schemas import NeedOut, RulesetItem, ServiceOut
from shared.access import allow
from shared.pages import CursorText, Limit, Page, decode_cursor, encode_cursor, link_next, split_page
from shared.problems import InvalidCursor, NotFound, answers
from shared.vocabulary import Need, Role
from shared.work import Reading
from shared.working_days import local_date

rulesets_router = APIRouter(prefix="/v1/rulesets", tags=["rule sets"])
needs_router = APIRouter(prefix="/v1/needs", tags=["needs"])
services_router = APIRouter(prefix="/v1/services", tags=["services"])

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


@services_router.get(
    "", summary="The catalogue of offers", dependencies=_EVERYBODY, responses=answers(InvalidCursor)
)
async def list_services(
    *,
    work: Reading,
    request: Request,
    response: Response,
    need: Annotated[Need | None, Query(description="Only offers that meet this need")] = None,
    age: Annotated[int | None, Query(ge=0, le=130, description="Only offers that take this age")] = None,
    limit: Limit = 50,
    cursor: CursorText = None,
) -> Page[ServiceOut]:
    """Low-threshold and self-referral offers in the order they were added, those closed today as well."""
    offers = (await work.state.advisers.catalogue(work.session)).offers
    after = decode_cursor(cursor)
    chosen = [
        offer
        for offer in sorted(offers, key=lambda offer: offer.id)
        if (need is None or need in offer.needs)
        and offer.takes_age(age)
        and (after is None or offer.id > after.id)
    ]
    page, last = split_page(chosen[: limit + 1], limit)
    today = local_date(work.clock.now())
    # Offers have no moment to sort by: the cursor's is only there to fill its place.
    next_cursor = None if last is None else encode_cursor(datetime.min.replace(tzinfo=UTC), last.id)
    link_next(request, response, next_cursor)
    return Page(items=[present_offer(offer, today) for offer in page], next_cursor=next_cursor)


@services_router.get(
    "/{service_id}", summary="Read an offer", dependencies=_EVERYBODY, responses=answers(NotFound)
)
async def read_service(service_id: UUID, work: Reading) -> ServiceOut:
    """One offer of the catalogue."""
    for offer in (await work.state.advisers.catalogue(work.session)).offers:
        if offer.id == service_id:
            return present_offer(offer, local_date(work.clock.now()))
    raise NotFound("No offer has this id.")
