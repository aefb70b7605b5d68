"""Clearing groups of call-backs over HTTP."""

from fastapi import APIRouter, Request, Response

from services.intake.callback_store import repository
from services.intake.callbacks.clearing import service
from services.intake.callbacks.endpoints import Mover, Reader
from services.intake.callbacks.schemas import (
    Cleared,
    ClearingIn,
    ClearingOut,
)
from services.intake.delivery_store.dependencies import CaughtUp
from services.intake.problems import (
    OtherCallbacks,
    TooManyCallbacks,
)
from shared.idempotency import Idempotent
from shared.paging import CursorText, Limit, Page, decode_cursor, encode_cursor, link_next, split_page
from shared.problems import IdempotencyMismatch, InvalidCursor, answers

clearings_router = APIRouter(prefix="/v1/callbacks", tags=["call-backs"])


@clearings_router.post(
    "/clear",
    summary="Clear a group of call-backs",
    response_model=Cleared,
    responses=answers(TooManyCallbacks, OtherCallbacks, IdempotencyMismatch),
)
async def clear_callbacks(who: Mover, body: ClearingIn, work: CaughtUp, once: Idempotent) -> Response:
    """All that wait and fit, or none; with `preview` it only says which. Trailed with role and reason."""
    await once.replay(work, who)
    cleared = await service.clear(work, who, body)
    answer = Response(cleared.model_dump_json(), media_type="application/json")
    await once.remember(work, who, answer)
    return answer


@clearings_router.get("/clearings", summary="List cleared groups", responses=answers(InvalidCursor))
async def list_clearings(
    *,
    _who: Reader,
    work: CaughtUp,
    request: Request,
    response: Response,
    limit: Limit = 50,
    cursor: CursorText = None,
) -> Page[ClearingOut]:
    """Newest first: who cleared which group, in which role, when and why."""
    rows = await repository.list_clearings(work.session, decode_cursor(cursor), limit)
    page, last = split_page(rows, limit)
    next_cursor = None if last is None else encode_cursor(last.at, last.id)
    link_next(request, response, next_cursor)
    return Page(items=[ClearingOut.model_validate(row.model_dump()) for row in page], next_cursor=next_cursor)
