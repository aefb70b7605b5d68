"""The log of accesses to personal data, over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from services.intake.access_log.repository import list_accesses
from services.intake.access_log.schemas import AccessOut
from shared.access import allow
from shared.moments import Moment
from shared.paging import Page, Paging
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
async def list_access_log(
    work: Reading,
    paging: Paging,
    contact_id: UUID | None = None,
    at_from: Moment | None = None,
    at_to: Annotated[Moment | None, Query(description="Up to, not including")] = None,
) -> Page[AccessOut]:
    """Newest first; of one contact, or of all."""
    rows = await list_accesses(
        work.session,
        contact_id=contact_id,
        since=at_from,
        until=at_to,
        after=paging.after,
        limit=paging.limit,
    )
    return paging.page(
        rows, lambda row: (row.at, row.id), lambda row: AccessOut.model_validate(row, from_attributes=True)
    )
