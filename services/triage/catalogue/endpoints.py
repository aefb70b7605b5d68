"""What every list of the catalogue takes and answers, in the words of the standard; and the API's root."""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import AfterValidator, BaseModel, Field

from services.triage.access import ANY_ROLE
from services.triage.catalogue.filters import EVERYTHING, CatalogueFilter, Near, PageRequest
from services.triage.catalogue.schemas import Document, page_document
from shared.unit_of_work import UnitOfWork
from shared.working_days import local_date

VERSION = "3.1"

root_router = APIRouter(tags=["services"])


class ApiRoot(BaseModel):
    """What this API is, in the words of the standard."""

    version: str = Field(description="The version of HSDS", examples=[VERSION])
    profile: str = Field(examples=["https://docs.openreferral.org/en/3.1/"])
    openapi_url: str = Field(examples=["http://127.0.0.1:8000/triage/openapi.json"])
    description: str


@root_router.get("/v1/", include_in_schema=False, dependencies=ANY_ROLE)
@root_router.get("/v1", summary="What this API is", dependencies=ANY_ROLE)
async def read_root(request: Request) -> ApiRoot:
    """The standard's metadata: version, profile, and where the API is described."""
    return ApiRoot(
        version=VERSION,
        profile="https://docs.openreferral.org/en/3.1/",
        openapi_url=str(request.base_url).rstrip("/") + "/openapi.json",
        description=request.app.title,
    )


def _in_utc(moment: datetime) -> datetime:
    try:
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError:
        raise ValueError("lies outside the calendar") from None


#: A moment in a query; the standard demands no offset, so that one without is in UTC.
Instant = Annotated[datetime, AfterValidator(_in_utc)]
PageNumber = Annotated[int, Query(ge=1, le=1_000_000, description="Which page, counted from 1")]
PerPage = Annotated[int, Query(ge=1, le=500, description="At most so many entries a page")]
Format = Annotated[
    Literal["json", "ndjson"], Query(description="`ndjson`: all of them, one a line, without pages")
]
Full = Annotated[bool, Query(description="Nested whole, with every detail")]
Search = Annotated[
    str | None, Query(max_length=200, description="Words of name, description or organisation")
]
TermId = Annotated[UUID | None, Query(description="With this term")]
TaxonomyId = Annotated[UUID | None, Query(description="With some term of this taxonomy")]


def _page(page: PageNumber = 1, per_page: PerPage = 50, format: Format = "json") -> PageRequest:  # noqa: A002 -- the standard's word
    return EVERYTHING if format == "ndjson" else PageRequest(page, per_page)


def _filters(
    search: Search = None,
    taxonomy_term_id: TermId = None,
    taxonomy_id: TaxonomyId = None,
    organization_id: Annotated[UUID | None, Query(description="Of this organisation")] = None,
    modified_after: Annotated[
        Instant | None, Query(description="Changed at this moment or later; without an offset: UTC")
    ] = None,
) -> CatalogueFilter:
    return CatalogueFilter(
        search=search,
        taxonomy_term_id=taxonomy_term_id,
        taxonomy_id=taxonomy_id,
        organization_id=organization_id,
        modified_after=modified_after,
    )


def _near(
    postcode: Annotated[
        str | None, Query(pattern=r"^[0-9]{4}$", description="Only what serves this postcode")
    ] = None,
    proximity: Annotated[
        float | None,
        Query(ge=0, le=1_000_000, description="With `postcode`: at most so many metres from its middle"),
    ] = None,
) -> Near | None:
    # Without a postcode there is nothing that the distance could be measured from.
    return None if postcode is None else Near(postcode, proximity)


#: The page that is requested; the whole list where the format has no pages.
Paged = Annotated[PageRequest, Depends(_page)]
#: The filters that services and their locations have in common.
Filtered = Annotated[CatalogueFilter, Depends(_filters)]
Nearby = Annotated[Near | None, Depends(_near)]


def today(work: UnitOfWork) -> date:
    """The day in Copenhagen."""
    return local_date(work.clock.now())


#: The other form that a list can be answered in: one document a line.
NDJSON: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/x-ndjson": {"schema": {"type": "string"}}}}
}


def created(model: type[BaseModel]) -> dict[int | str, dict[str, Any]]:
    """The answer to a PUT that made a new entity, for `responses`."""
    return {201: {"model": model}}


def json_response(document: Document, headers: dict[str, str] | None = None, status: int = 200) -> Response:
    """The document exactly as it is: a response model would add the fields that it does not have."""
    return Response(json.dumps(document, ensure_ascii=False), status, headers, media_type="application/json")


def list_response(contents: Sequence[Document], total: int, page: PageRequest, format_: Format) -> Response:
    """The page as JSON, or its contents one document a line."""
    return (
        ndjson_response(contents)
        if format_ == "ndjson"
        else json_response(page_document(contents, total, page))
    )


def ndjson_response(documents: Sequence[Document]) -> Response:
    """One document a line."""
    lines = "".join(json.dumps(document, ensure_ascii=False) + "\n" for document in documents)
    return Response(lines, media_type="application/x-ndjson")
