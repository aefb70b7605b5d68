"""The offers of the catalogue as services of HSDS: listed, read, and kept up to date."""

from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from services.triage.catalogue import repository
from services.triage.catalogue.endpoints import (
    EVERYBODY,
    LINES,
    Filtered,
    Format,
    Full,
    Paged,
    made_new,
    narrowed,
    today_of,
)
from services.triage.catalogue.offers.hours import Hours
from services.triage.catalogue.schemas import Service
from services.triage.catalogue.services import service
from services.triage.catalogue.services.repository import Slice, list_offers
from services.triage.catalogue.services.schemas import (
    Document,
    ServiceOut,
    ServicePage,
    as_json,
    as_lines,
    metadata_of,
    page_answer,
    service_answer,
)
from services.triage.models import OfferRow, OrganizationRow
from services.triage.problems import ForeignEntry, UnknownOrganization
from shared.access import Principal, allow
from shared.etags import IfMatch, etag
from shared.paging import CursorText, decode_cursor, encode_cursor, link_next
from shared.problems import InvalidCursor, NotFound, StaleVersion, VersionRequired, answers
from shared.unit_of_work import Reading, UnitOfWork, Writing
from shared.vocabulary import Need, Role

services_router = APIRouter(prefix="/v1/services", tags=["services"])

Editor = Annotated[Principal, allow(Role.RULES_EDITOR)]
#: Of a service's trail its answer tells the newest so many changes.
_MOST_CHANGES = 50
_LAST_PAGE = 1_000_000


@services_router.get(
    "",
    summary="The catalogue of offers",
    response_model=ServicePage,
    dependencies=EVERYBODY,
    responses=LINES | answers(InvalidCursor),
)
async def list_services(
    *,
    work: Reading,
    request: Request,
    response: Response,
    wanted: Filtered,
    part: Paged,
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
    part = Slice(1, 0) if minimal else _turned(part, limit, cursor)
    total, rows = await list_offers(work.session, narrowed(wanted, need=need, age=age), part)
    if minimal:
        contents: list[Document] = [_minimal(row) for row, _ in rows]
    else:
        contents = [_shown(work, row, organization, full=full) for row, organization in rows]
    if format == "ndjson":
        return as_lines(contents)
    next_cursor = _cursor_to(part.page + 1) if part.page < part.pages_of(total) else None
    link_next(request, response, next_cursor)
    plain = None if full or minimal else {"items": contents, "next_cursor": next_cursor}
    answer = page_answer(contents, total, part, None if plain is None else lambda: plain)
    return as_json(answer, {"Link": response.headers["Link"]} if "Link" in response.headers else None)


def _shown(work: UnitOfWork, row: OfferRow, organization: OrganizationRow, *, full: bool) -> Document:
    answer = service_answer(row, organization, today_of(work), full=full)
    hours = [Hours.model_validate(each) for each in row.hours]
    open_now = any(each.hold_at(work.clock.now()) for each in hours) if hours else None
    return {**answer, "open_now": open_now if answer["status"] == "active" else False}


def _minimal(row: OfferRow) -> Document:
    moment = row.modified_at.isoformat()
    # `modified_date` is what the standard's description says, `last_modified` what its schema does.
    return {"id": str(row.id), "modified_date": moment, "last_modified": moment}


def _cursor_to(page: int) -> str:
    """A page of the standard with the cursors of the other lists."""
    return encode_cursor(datetime.min.replace(tzinfo=UTC), UUID(int=page))


def _turned(part: Slice, limit: int | None, cursor: str | None) -> Slice:
    """The page, also where it is asked for as in the other lists of this API. Raises InvalidCursor."""
    after = decode_cursor(cursor)
    if after is not None and not 1 <= after.id.int <= _LAST_PAGE:
        raise InvalidCursor
    return Slice(part.page if after is None else after.id.int, limit or part.per_page)


@services_router.get(
    "/{service_id}",
    summary="Read an offer",
    response_model=ServiceOut,
    dependencies=EVERYBODY,
    responses=answers(NotFound),
)
async def read_service(service_id: UUID, work: Reading) -> Response:
    """One offer, whole, with its ETag and the newest of its changes (`metadata`)."""
    row = await repository.find_offer(work.session, service_id)
    if row is None:
        raise NotFound("No offer has this id.")
    return as_json(await _whole(work, row), {"ETag": etag(row.version)})


async def _whole(work: UnitOfWork, row: OfferRow) -> dict[str, Any]:
    organization = await repository.find_organization(work.session, row.organization_id)
    assert organization is not None  # noqa: S101 -- a foreign key holds it
    changes = await repository.changes_of(work.session, row.id, _MOST_CHANGES)
    answer = _shown(work, row, organization, full=True)
    return {**answer, "metadata": metadata_of(changes)}


@services_router.put(
    "/{service_id}",
    summary="Keep an offer up to date",
    response_model=ServiceOut,
    responses=made_new(ServiceOut)
    | answers(UnknownOrganization, ForeignEntry, StaleVersion, VersionRequired),
)
async def put_service(
    *, who: Editor, service_id: UUID, body: Service, work: Writing, if_match: IfMatch = None
) -> Response:
    """The offer as it is from now on, whole: what is left out is gone. A new id makes a new offer (201).

    The id in the path counts, not the one in the body. An offer that an import brought is kept by hand from
    then on.
    """
    row, new = await service.put_service(work, who, service_id, body, if_match)
    answer = as_json(await _whole(work, row), {"ETag": etag(row.version)})
    answer.headers["Location"] = f"/v1/services/{service_id}"
    answer.status_code = 201 if new else 200
    return answer
