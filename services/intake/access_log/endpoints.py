"""The log of accesses to personal data, over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from services.intake.access_log.repository import list_accesses
from services.intake.access_log.schemas import LookOut
from shared.access import allow
from shared.moments import Moment
from shared.paging import CursorText, Limit, Page, decode_cursor, encode_cursor, link_next, split_page
from shared.problems import InvalidCursor, answers
from shared.unit_of_work import Reading
from shared.vocabulary import Role

access_log_router = APIRouter(prefix="/v1/access-log", tags=["access log"])


@access_log_router.get(
    "",
    summary="Who looked at a contact, when and why",
    dependencies=[allow(Role.AUDITOR)],
    responses=answers(InvalidCursor),
)
async def list_looks(
    *,
    work: Reading,
    request: Request,
    response: Response,
    contact_id: UUID | None = None,
    at_from: Moment | None = None,
    at_to: Annotated[Moment | None, Query(description="Up to, not including")] = None,
    limit: Limit = 50,
    cursor: CursorText = None,
) -> Page[LookOut]:
    """Newest first; of one contact, or of all."""
    after = decode_cursor(cursor)
    rows = await list_accesses(
        work.session, contact_id=contact_id, since=at_from, until=at_to, after=after, limit=limit
    )
    page, last = split_page(rows, limit)
    next_cursor = None if last is None else encode_cursor(last.at, last.id)
    link_next(request, response, next_cursor)
    return Page(items=[LookOut.model_validate(row.model_dump()) for row in page], next_cursor=next_cursor)
