"""Reorganisations over HTTP: previewed, planned, followed, cancelled and undone."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from services.routing.models import ReorganisationRow
from services.routing.problems import ReorganisationOver, ReorganisationTouched, UnknownUnitToMove
from services.routing.reorganisations import repository, service
from services.routing.reorganisations.peers import TriageUnreachable
from services.routing.reorganisations.schemas import (
    ReorganisationIn,
    ReorganisationMoveOut,
    ReorganisationOut,
    ReorganisationPreview,
)
from shared.access import Principal, allow
from shared.documents import document
from shared.etags import IfMatch
from shared.idempotency import Idempotent
from shared.paging import Page, Paging
from shared.problems import (
    IdempotencyMismatch,
    InvalidCursor,
    NotFound,
    StaleVersion,
    VersionRequired,
    answers,
)
from shared.unit_of_work import Reading, Writing
from shared.vocabulary import Role

reorganisations_router = APIRouter(prefix="/v1/reorganisations", tags=["reorganisations"])

Operations = Annotated[Principal, allow(Role.OPERATIONS)]
Follower = Annotated[Principal, allow(Role.OPERATIONS, Role.AUDITOR)]


def _out(row: ReorganisationRow) -> Response:
    return document(ReorganisationOut.of(row), version=row.edition)


@reorganisations_router.post(
    "/preview",
    summary="Preview a reorganisation",
    responses=answers(UnknownUnitToMove, TriageUnreachable),
)
async def preview_reorganisation(
    _who: Operations, body: ReorganisationIn, request: Request
) -> ReorganisationPreview:
    """How many contacts would go where if it were done now, with samples, deadlines, and the rules that name
    the unit; nothing is stored.
    """
    return await service.preview(request.app.state, body)


@reorganisations_router.post(
    "",
    summary="Plan a reorganisation",
    status_code=201,
    response_model=ReorganisationOut,
    responses=answers(UnknownUnitToMove, IdempotencyMismatch),
)
async def plan_reorganisation(
    who: Operations, body: ReorganisationIn, once: Idempotent, work: Writing
) -> Response:
    """It is done at the beginning of its day, one contact at a time, with the deadlines running on. Until
    then it can be cancelled, and afterwards undone until somebody has touched one of the moved entries.
    """
    await once.replay(work, who)
    row = ReorganisationOut.of(await service.plan(work, who, body))
    answer = document(row, status=201, version=row.edition, location=f"/v1/reorganisations/{row.id}")
    await once.remember(work, who, answer)
    return answer


@reorganisations_router.get("", summary="List reorganisations", responses=answers(InvalidCursor))
async def list_reorganisations(_who: Follower, work: Reading, paging: Paging) -> Page[ReorganisationOut]:
    """Newest first."""
    rows = await repository.newest(work.session, paging.after, paging.limit)
    return paging.page(rows, lambda row: (row.planned_at, row.id), ReorganisationOut.of)


@reorganisations_router.get(
    "/{reorganisation_id:uuid}",
    summary="Read a reorganisation",
    response_model=ReorganisationOut,
    responses=answers(NotFound),
)
async def read_reorganisation(_who: Follower, reorganisation_id: UUID, work: Reading) -> Response:
    """How far it is, with its ETag."""
    return _out(await service.get(work, reorganisation_id))


@reorganisations_router.get(
    "/{reorganisation_id:uuid}/moves", summary="The contacts it moved", responses=answers(NotFound)
)
async def list_reorganisation_moves(
    _who: Follower,
    reorganisation_id: UUID,
    work: Reading,
    after: Annotated[UUID | None, Query(description="The last contact of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> Page[ReorganisationMoveOut]:
    """In order of the contacts' ids; `next_cursor` is given as `after`."""
    await service.get(work, reorganisation_id)
    rows = await repository.contact_moves(work.session, reorganisation_id, after, limit + 1)
    items = [ReorganisationMoveOut.of(row) for row in rows[:limit]]
    return Page(items=items, next_cursor=str(items[-1].contact_id) if len(rows) > limit else None)


@reorganisations_router.post(
    "/{reorganisation_id:uuid}/cancel",
    summary="Cancel a planned reorganisation",
    response_model=ReorganisationOut,
    responses=answers(NotFound, ReorganisationOver, StaleVersion, VersionRequired),
)
async def cancel_reorganisation(
    _who: Operations, reorganisation_id: UUID, work: Writing, if_match: IfMatch = None
) -> Response:
    """Only before it has begun."""
    return _out(await service.cancel(work, reorganisation_id, if_match))


@reorganisations_router.post(
    "/{reorganisation_id:uuid}/undo",
    summary="Undo a reorganisation",
    response_model=ReorganisationOut,
    responses=answers(NotFound, ReorganisationOver, ReorganisationTouched, StaleVersion, VersionRequired),
)
async def undo_reorganisation(
    _who: Operations, reorganisation_id: UUID, work: Writing, if_match: IfMatch = None
) -> Response:
    """Every contact goes back to its own place in its old queue; refused once one of them has been
    touched.
    """
    return _out(await service.undo(work, reorganisation_id, if_match))
