"""Clearing groups of call-backs over HTTP."""

from fastapi import APIRouter, Response

from services.intake.callbacks.clearing import service
from services.intake.callbacks.clearing.repository import list_clearings as clearings_after
from services.intake.callbacks.clearing.schemas import Cleared, ClearingIn, ClearingOut
from services.intake.callbacks.endpoints import Mover, Reader
from services.intake.delivery_store.dependencies import CaughtUp
from services.intake.problems import OtherCallbacks, TooManyCallbacks
from shared.documents import document
from shared.idempotency import Idempotent
from shared.paging import Page, Paging
from shared.problems import IdempotencyMismatch, InvalidCursor, answers

clearings_router = APIRouter(prefix="/v1/callbacks", tags=["call-backs"])


@clearings_router.post(
    "/clear",
    summary="Clear a group of call-backs",
    response_model=Cleared,
    responses=answers(TooManyCallbacks, OtherCallbacks, IdempotencyMismatch),
)
async def clear_callbacks(who: Mover, body: ClearingIn, work: CaughtUp, once: Idempotent) -> Response:
    """All that wait and match, or none; with `preview` it only says which. The trail has role and reason."""
    await once.replay(work, who)
    answer = document(await service.clear(work, who, body))
    await once.remember(work, who, answer)
    return answer


@clearings_router.get("/clearings", summary="List cleared groups", responses=answers(InvalidCursor))
async def list_clearings(_who: Reader, work: CaughtUp, paging: Paging) -> Page[ClearingOut]:
    """Newest first: who cleared which group, in which role, when and why."""
    rows = await clearings_after(work.session, paging.after, paging.limit)
    return paging.page(
        rows,
        lambda row: (row.at, row.id),
        lambda row: ClearingOut.model_validate(row.model_dump()),
    )
