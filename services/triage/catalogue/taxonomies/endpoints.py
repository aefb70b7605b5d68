"""What the catalogue is sorted by: the city's taxonomies and those that imports brought; and the root."""

from collections.abc import Iterable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from services.triage.catalogue.city_terms import city_terms
from services.triage.catalogue.endpoints import EVERYBODY, LINES, Format, Paged, Search, TaxonomyId
from services.triage.catalogue.schemas import Taxonomy, TaxonomyTerm, document_of
from services.triage.catalogue.services.repository import Slice, other_terms
from services.triage.catalogue.services.schemas import (
    VERSION,
    Document,
    TaxonomyPage,
    TermPage,
    as_json,
    as_lines,
    page_answer,
)
from shared.problems import NotFound, answers
from shared.unit_of_work import Reading, UnitOfWork

taxonomies_router = APIRouter(prefix="/v1/taxonomies", tags=["services"])
terms_router = APIRouter(prefix="/v1/taxonomy_terms", tags=["services"])
root_router = APIRouter(tags=["services"])


class ApiRoot(BaseModel):
    """What this API is, in the words of the standard."""

    version: str = Field(description="The version of HSDS", examples=[VERSION])
    profile: str = Field(examples=["https://docs.openreferral.org/en/3.1/"])
    openapi_url: str = Field(examples=["http://127.0.0.1:8000/triage/openapi.json"])
    description: str


@root_router.get("/v1/", include_in_schema=False, dependencies=EVERYBODY)
@root_router.get("/v1", summary="What this API is", dependencies=EVERYBODY)
async def read_root(request: Request) -> ApiRoot:
    """The standard's metadata: version, profile, and where the API is described."""
    return ApiRoot(
        version=VERSION,
        profile="https://docs.openreferral.org/en/3.1/",
        openapi_url=str(request.base_url).rstrip("/") + "/openapi.json",
        description=request.app.title,
    )


async def _terms(work: UnitOfWork) -> list[Document]:
    """Every term, the city's first."""
    ours = city_terms().terms
    others = [term for term in await other_terms(work.session) if UUID(term["id"]) not in ours]
    return [*map(document_of, ours.values()), *others]


async def _taxonomies(work: UnitOfWork) -> list[Document]:
    ours = [document_of(taxonomy) for taxonomy in city_terms().taxonomies.values()]
    known = {taxonomy["id"] for taxonomy in ours}
    others = {
        detail["id"]: detail
        for term in await other_terms(work.session)
        if (detail := term.get("taxonomy_detail")) is not None and detail["id"] not in known
    }
    return [*ours, *others.values()]


def _page(found: Iterable[Document], part: Slice, search: str | None, format_: Format) -> Response:
    words = (search or "").casefold().split()
    kept = [
        each
        for each in found
        if all(word in f"{each['name']} {each['description']}".casefold() for word in words)
    ]
    contents = kept[part.offset :][: part.per_page or None]
    return as_lines(contents) if format_ == "ndjson" else as_json(page_answer(contents, len(kept), part))


def _only(found: Iterable[Document], id_: UUID) -> Response:
    for each in found:
        if each["id"] == str(id_):
            return as_json(each)
    raise NotFound


@taxonomies_router.get(
    "", summary="The taxonomies", response_model=TaxonomyPage, dependencies=EVERYBODY, responses=LINES
)
async def list_taxonomies(
    work: Reading,
    part: Paged,
    search: Search = None,
    format: Format = "json",  # noqa: A002 -- the standard's word
) -> Response:
    """Needs, KLE, the indsatstrappe, the way in; and those whose terms imported offers have."""
    return _page(await _taxonomies(work), part, search, format)


@taxonomies_router.get(
    "/{taxonomy_id}",
    summary="Read a taxonomy",
    response_model=Taxonomy,
    dependencies=EVERYBODY,
    responses=answers(NotFound),
)
async def read_taxonomy(taxonomy_id: UUID, work: Reading) -> Response:
    """One taxonomy."""
    return _only(await _taxonomies(work), taxonomy_id)


@terms_router.get(
    "",
    summary="The terms of the taxonomies",
    response_model=TermPage,
    dependencies=EVERYBODY,
    responses=LINES,
)
async def list_taxonomy_terms(
    *,
    work: Reading,
    part: Paged,
    search: Search = None,
    taxonomy_id: TaxonomyId = None,
    top_only: Annotated[bool, Query(description="Only terms that have no parent")] = False,
    parent_id: Annotated[UUID | None, Query(description="Only the children of this term")] = None,
    format: Format = "json",  # noqa: A002 -- the standard's word
) -> Response:
    """The city's terms first."""
    found = [
        term
        for term in await _terms(work)
        if (taxonomy_id is None or _taxonomy_of(term) == str(taxonomy_id))
        and (parent_id is None or term.get("parent_id") == str(parent_id))
        and not (top_only and "parent_id" in term)
    ]
    return _page(found, part, search, format)


def _taxonomy_of(term: Document) -> str | None:
    nested: Document = term.get("taxonomy_detail") or {}
    found: str | None = nested.get("id") or term.get("taxonomy_id")
    return found


@terms_router.get(
    "/{term_id}",
    summary="Read a term",
    response_model=TaxonomyTerm,
    dependencies=EVERYBODY,
    responses=answers(NotFound),
)
async def read_taxonomy_term(term_id: UUID, work: Reading) -> Response:
    """One term, with its taxonomy where it is nested."""
    return _only(await _terms(work), term_id)
