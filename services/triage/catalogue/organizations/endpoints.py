"""The organisations behind the offers: listed, read and changed."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from services.triage.access import ANY_ROLE, Editor
from services.triage.catalogue.endpoints import (
    NDJSON,
    Format,
    Full,
    Paged,
    Search,
    TaxonomyId,
    TermId,
    created,
    json_response,
    list_response,
)
from services.triage.catalogue.filters import CatalogueFilter
from services.triage.catalogue.organizations import repository, service
from services.triage.catalogue.organizations.schemas import (
    OrganizationOut,
    OrganizationPage,
    organization_document,
)
from services.triage.catalogue.schemas import Organization
from shared.etags import IfMatch, etag
from shared.problems import NotFound, StaleVersion, VersionRequired, answers
from shared.unit_of_work import Reading, Writing

organizations_router = APIRouter(prefix="/v1/organizations", tags=["services"])

FullService = Annotated[bool, Query(description="With each service whole, not its ids and names only")]


@organizations_router.get(
    "",
    summary="The organisations behind the offers",
    response_model=OrganizationPage,
    dependencies=ANY_ROLE,
    responses=NDJSON,
)
async def list_organizations(
    *,
    work: Reading,
    page: Paged,
    search: Search = None,
    taxonomy_term_id: TermId = None,
    taxonomy_id: TaxonomyId = None,
    full: Full = False,
    full_service: FullService = False,
    format: Format = "json",  # noqa: A002 -- the standard's word
) -> Response:
    """By name. With a term: those that have an offer with it."""
    filters = CatalogueFilter(search=search, taxonomy_term_id=taxonomy_term_id, taxonomy_id=taxonomy_id)
    total, rows = await repository.list_organizations(work.session, filters, page)
    if full or full_service:
        contents = [await service.whole_organization(work, row, full_service=full_service) for row in rows]
    else:
        contents = [organization_document(row, None) for row in rows]
    return list_response(contents, total, page, format)


@organizations_router.get(
    "/{organization_id}",
    summary="Read an organisation",
    response_model=OrganizationOut,
    dependencies=ANY_ROLE,
    responses=answers(NotFound),
)
async def read_organization(
    organization_id: UUID, work: Reading, full_service: FullService = False
) -> Response:
    """One organisation, whole, with its services and its ETag."""
    row = await service.get_organization(work, organization_id)
    document = await service.whole_organization(work, row, full_service=full_service)
    return json_response(document, {"ETag": etag(row.version)})


@organizations_router.put(
    "/{organization_id}",
    summary="Keep an organisation up to date",
    response_model=OrganizationOut,
    responses=created(OrganizationOut) | answers(StaleVersion, VersionRequired),
)
async def put_organization(
    *, who: Editor, organization_id: UUID, body: Organization, work: Writing, if_match: IfMatch = None
) -> Response:
    """The organisation as it is from now on, whole; its services have places of their own. A new id: 201."""
    row, new = await service.put_organization(work, who, organization_id, body, if_match)
    document = await service.whole_organization(work, row, full_service=False)
    headers = {"ETag": etag(row.version), "Location": f"/v1/organizations/{organization_id}"}
    return json_response(document, headers, 201 if new else 200)
