"""The offers of the catalogue as services of HSDS: listed, read and changed."""

from dataclasses import replace
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from services.triage.access import ANY_ROLE, Editor
from services.triage.catalogue.endpoints import (
    NDJSON,
    Filtered,
    Format,
    Full,
    Paged,
    created,
    json_response,
    ndjson_response,
)
from services.triage.catalogue.filters import EVERYTHING, PageRequest
from services.triage.catalogue.schemas import Service, page_document
from services.triage.catalogue.services import repository, service
from services.triage.catalogue.services.schemas import (
    ServiceOut,
    ServicePage,
    service_document_now,
    service_mark,
)
from services.triage.problems import ForeignEntry, UnknownOrganization
from shared.etags import IfMatch, etag
from shared.paging import CursorText, link_next
from shared.problems import InvalidCursor, NotFound, StaleVersion, VersionRequired, answers
from shared.unit_of_work import Reading, Writing
from shared.vocabulary import Need

services_router = APIRouter(prefix="/v1/services", tags=["services"])

_LAST_PAGE = 1_000_000


@services_router.get(
    "",
    summary="The catalogue of offers",
    response_model=ServicePage,
    dependencies=ANY_ROLE,
    responses=NDJSON | answers(InvalidCursor),
)
async def list_services(
    *,
    work: Reading,
    request: Request,
    response: Response,
    filters: Filtered,
    page: Paged,
    full: Full = False,
    minimal: Annotated[
        bool, Query(description="Only each one's id and when it changed, all on one page")
    ] = False,
    format: Format = "json",  # noqa: A002 -- the standard's word
    need: Annotated[Need | None, Query(description="Only offers that meet this need")] = None,
    age: Annotated[int | None, Query(ge=0, le=130, description="Only offers that take this age")] = None,
    limit: Annotated[int | None, Query(ge=1, le=500, description="As `per_page`", deprecated=True)] = None,
    cursor: Annotated[CursorText, Query(deprecated=True)] = None,
) -> Response:
    """In the order they were added, those closed today as well; the filters must all hold."""
    page = EVERYTHING if minimal else _with_old_names(page, limit, cursor)
    filters = replace(filters, need=need, age=age)
    total, rows = await repository.list_offers(work.session, filters, page)
    if minimal:
        contents = [service_mark(offer) for offer, _ in rows]
    else:
        now = work.clock.now()
        contents = [service_document_now(offer, owner, now, full=full) for offer, owner in rows]
    if format == "ndjson":
        return ndjson_response(contents)
    document = page_document(contents, total, page)
    next_cursor = None if document["last_page"] else str(page.number + 1)
    link_next(request, response, next_cursor)
    if not full and not minimal:
        document |= {"items": contents, "next_cursor": next_cursor}
    return json_response(document, {"Link": response.headers["Link"]} if next_cursor else None)


def _with_old_names(page: PageRequest, limit: int | None, cursor: str | None) -> PageRequest:
    """The page, also where it is requested as in the other lists of this API: a cursor is a page's number.

    Raises InvalidCursor.
    """
    if cursor is None:
        return PageRequest(page.number, limit or page.per_page)
    if not cursor.isdecimal() or not 1 <= int(cursor) <= _LAST_PAGE:
        raise InvalidCursor
    return PageRequest(int(cursor), limit or page.per_page)


@services_router.get(
    "/{service_id}",
    summary="Read an offer",
    response_model=ServiceOut,
    dependencies=ANY_ROLE,
    responses=answers(NotFound),
)
async def read_service(service_id: UUID, work: Reading) -> Response:
    """One offer, whole, with its ETag and the newest of its changes (`metadata`)."""
    row = await service.get_offer(work, service_id)
    return json_response(await service.whole_service(work, row), {"ETag": etag(row.version)})


@services_router.put(
    "/{service_id}",
    summary="Keep an offer up to date",
    response_model=ServiceOut,
    responses=created(ServiceOut) | answers(UnknownOrganization, ForeignEntry, StaleVersion, VersionRequired),
)
async def put_service(
    *, who: Editor, service_id: UUID, body: Service, work: Writing, if_match: IfMatch = None
) -> Response:
    """The offer as it is from now on, whole: what is left out is gone. A new id makes a new offer (201).

    The id in the path counts, not the one in the body. An offer that an import brought is kept by hand from
    then on.
    """
    row, new = await service.put_service(work, who, service_id, body, if_match)
    headers = {"ETag": etag(row.version), "Location": f"/v1/services/{service_id}"}
    return json_response(await service.whole_service(work, row), headers, 201 if new else 200)
