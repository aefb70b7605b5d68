"""What the catalogue is sorted by: the city's taxonomies, and those that imported offers brought."""

from collections.abc import Iterable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from services.triage.access import ANY_ROLE
from services.triage.catalogue.endpoints import (
    NDJSON,
    Format,
    Paged,
    Search,
    TaxonomyId,
    json_response,
    list_response,
)
from services.triage.catalogue.filters import PageRequest
from services.triage.catalogue.schemas import Document, Taxonomy, TaxonomyTerm
from services.triage.catalogue.taxonomies.schemas import TaxonomyPage, TermPage
from services.triage.catalogue.taxonomies.service import all_taxonomies, all_terms, taxonomy_of
from shared.problems import NotFound, answers
from shared.unit_of_work import Reading

taxonomies_router = APIRouter(prefix="/v1/taxonomies", tags=["services"])
terms_router = APIRouter(prefix="/v1/taxonomy_terms", tags=["services"])


def _page(found: Iterable[Document], page: PageRequest, search: str | None, format_: Format) -> Response:
    words = (search or "").casefold().split()
    matching = [
        each
        for each in found
        if all(word in f"{each['name']} {each['description']}".casefold() for word in words)
    ]
    contents = matching[page.offset :][: page.per_page or None]
    return list_response(contents, len(matching), page, format_)


def _one(found: Iterable[Document], id_: UUID) -> Response:
    for each in found:
        if each["id"] == str(id_):
            return json_response(each)
    raise NotFound


@taxonomies_router.get(
    "", summary="The taxonomies", response_model=TaxonomyPage, dependencies=ANY_ROLE, responses=NDJSON
)
async def list_taxonomies(
    work: Reading,
    page: Paged,
    search: Search = None,
    format: Format = "json",  # noqa: A002 -- the standard's word
) -> Response:
    """Needs, KLE, the indsatstrappe, the way in; and those whose terms imported offers have."""
    return _page(await all_taxonomies(work), page, search, format)


@taxonomies_router.get(
    "/{taxonomy_id}",
    summary="Read a taxonomy",
    response_model=Taxonomy,
    dependencies=ANY_ROLE,
    responses=answers(NotFound),
)
async def read_taxonomy(taxonomy_id: UUID, work: Reading) -> Response:
    """One taxonomy."""
    return _one(await all_taxonomies(work), taxonomy_id)


@terms_router.get(
    "",
    summary="The terms of the taxonomies",
    response_model=TermPage,
    dependencies=ANY_ROLE,
    responses=NDJSON,
)
async def list_taxonomy_terms(
    *,
    work: Reading,
    page: Paged,
    search: Search = None,
    taxonomy_id: TaxonomyId = None,
    top_only: Annotated[bool, Query(description="Only terms that have no parent")] = False,
    parent_id: Annotated[UUID | None, Query(description="Only the children of this term")] = None,
    format: Format = "json",  # noqa: A002 -- the standard's word
) -> Response:
    """The city's terms first."""
    found = [
        term
        for term in await all_terms(work)
        if (taxonomy_id is None or taxonomy_of(term) == str(taxonomy_id))
        and (parent_id is None or term.get("parent_id") == str(parent_id))
        and not (top_only and "parent_id" in term)
    ]
    return _page(found, page, search, format)


@terms_router.get(
    "/{term_id}",
    summary="Read a term",
    response_model=TaxonomyTerm,
    dependencies=ANY_ROLE,
    responses=answers(NotFound),
)
async def read_taxonomy_term(term_id: UUID, work: Reading) -> Response:
    """One term, with its taxonomy where it is nested."""
    return _one(await all_terms(work), term_id)
