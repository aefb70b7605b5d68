"""The organisations of the catalogue, and the places where their offers are."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from services.triage.catalogue import repository
from services.triage.catalogue.endpoints import (
    EVERYBODY,
    LINES,
    Filtered,
    Format,
    Full,
    Nearby,
    Paged,
    Search,
    TaxonomyId,
    TermId,
    made_new,
    today_of,
)
from services.triage.catalogue.schemas import Organization
from services.triage.catalogue.services import service
from services.triage.catalogue.services.endpoints import Editor
from services.triage.catalogue.services.repository import Wanted, list_organizations, list_places, offers_of
from services.triage.catalogue.services.schemas import (
    Document,
    OrganizationOut,
    OrganizationPage,
    PlaceOut,
    PlacePage,
    as_json,
    as_lines,
    organization_answer,
    page_answer,
    place_answer,
    service_answer,
)
from services.triage.models import OrganizationRow
from services.triage.problems import NoCentre
from services.triage.rules.geography import load_geography
from shared.etags import IfMatch, etag
from shared.problems import NotFound, StaleVersion, VersionRequired, answers
from shared.unit_of_work import Reading, UnitOfWork, Writing

organizations_router = APIRouter(prefix="/v1/organizations", tags=["services"])
places_router = APIRouter(prefix="/v1/service_at_locations", tags=["services"])

FullService = Annotated[bool, Query(description="With each service whole, not its ids and names only")]


@organizations_router.get(
    "",
    summary="The organisations behind the offers",
    response_model=OrganizationPage,
    dependencies=EVERYBODY,
    responses=LINES,
)
async def list_organizations_(
    *,
    work: Reading,
    part: Paged,
    search: Search = None,
    taxonomy_term_id: TermId = None,
    taxonomy_id: TaxonomyId = None,
    full: Full = False,
    full_service: FullService = False,
    format: Format = "json",  # noqa: A002 -- the standard's word
) -> Response:
    """By name. With a term: those that have an offer with it."""
    wanted = Wanted(search=search, taxonomy_term_id=taxonomy_term_id, taxonomy_id=taxonomy_id)
    total, rows = await list_organizations(work.session, wanted, part)
    contents = [await _organization(work, row, full=full, full_service=full_service) for row in rows]
    return as_lines(contents) if format == "ndjson" else as_json(page_answer(contents, total, part))


async def _organization(
    work: UnitOfWork, row: OrganizationRow, *, full: bool, full_service: bool
) -> Document:
    if not full and not full_service:
        return organization_answer(row, None, full=False)
    offers, day = await offers_of(work.session, row.id), today_of(work)
    services = [service_answer(offer, row, day, full=full_service) for offer in offers]
    return organization_answer(row, services, full=True)


@organizations_router.get(
    "/{organization_id}",
    summary="Read an organisation",
    response_model=OrganizationOut,
    dependencies=EVERYBODY,
    responses=answers(NotFound),
)
async def read_organization(
    organization_id: UUID, work: Reading, full_service: FullService = False
) -> Response:
    """One organisation, whole, with its services and its ETag."""
    row = await repository.find_organization(work.session, organization_id)
    if row is None:
        raise NotFound("No organisation has this id.")
    shown = await _organization(work, row, full=True, full_service=full_service)
    return as_json(shown, {"ETag": etag(row.version)})


@organizations_router.put(
    "/{organization_id}",
    summary="Keep an organisation up to date",
    response_model=OrganizationOut,
    responses=made_new(OrganizationOut) | answers(StaleVersion, VersionRequired),
)
async def put_organization(
    *, who: Editor, organization_id: UUID, body: Organization, work: Writing, if_match: IfMatch = None
) -> Response:
    """The organisation as it is from now on, whole; its services have places of their own. A new id: 201."""
    row, new = await service.put_organization(work, who, organization_id, body, if_match)
    answer = as_json(
        await _organization(work, row, full=True, full_service=False), {"ETag": etag(row.version)}
    )
    answer.headers["Location"] = f"/v1/organizations/{organization_id}"
    answer.status_code = 201 if new else 200
    return answer


@places_router.get(
    "",
    summary="The places where offers are",
    response_model=PlacePage,
    dependencies=EVERYBODY,
    responses=LINES | answers(NoCentre),
)
async def list_service_at_locations(
    *,
    work: Reading,
    wanted: Filtered,
    part: Paged,
    near: Nearby,
    full: Full = False,
    format: Format = "json",  # noqa: A002 -- the standard's word
) -> Response:
    """With a postcode: only those whose service area may hold it; with a distance too, only those near it.

    A postcode's middle is the middle of the places that the catalogue knows there.
    """
    total, rows = await list_places(work.session, wanted, part, near, load_geography())
    day = today_of(work)
    contents = [
        place_answer(place, offer, organization, day, full=full) for place, offer, organization in rows
    ]
    return as_lines(contents) if format == "ndjson" else as_json(page_answer(contents, total, part))


@places_router.get(
    "/{place_id}",
    summary="Read a service at its location",
    response_model=PlaceOut,
    dependencies=EVERYBODY,
    responses=answers(NotFound),
)
async def read_service_at_location(place_id: UUID, work: Reading) -> Response:
    """The service at one location, both whole."""
    found = await repository.find_place(work.session, place_id)
    if found is None:
        raise NotFound("No offer is at a place with this id.")
    place, offer, organization = found
    return as_json(place_answer(place, offer, organization, today_of(work), full=True))
