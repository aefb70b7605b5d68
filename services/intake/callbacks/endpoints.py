"""Call-backs over HTTP: the reception's list of callers to call back."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from services.intake.access_log import service as access_log
from services.intake.access_log.service import Purpose
from services.intake.callback_store.state import OPEN, CallbackStatus
from services.intake.callbacks import repository, service
from services.intake.callbacks.repository import CallbackFilter
from services.intake.callbacks.schemas import (
    AttemptIn,
    CallbackOut,
    CallbacksPage,
    CallbackSummary,
    SettleIn,
)
from services.intake.delivery_store.dependencies import CaughtUp
from services.intake.models import CallbackRow
from services.intake.problems import CallbackClosed, CallbackTaken, NoSuchContact
from services.intake.wire import LineCode
from shared.access import Principal, allow
from shared.documents import document
from shared.etags import IfMatch
from shared.idempotency import Idempotent
from shared.moments import Moment
from shared.paging import Paging
from shared.problems import IdempotencyMismatch, InvalidCursor, NotFound, StaleVersion, answers
from shared.unit_of_work import UnitOfWork, Writing
from shared.vocabulary import Role
from shared.working_days import local_date

callbacks_router = APIRouter(prefix="/v1/callbacks", tags=["call-backs"])

#: The reception calls back and sees the number; operations and auditors see that a call is owed.
Caller = Annotated[Principal, allow(Role.RECEPTION)]
Mover = Annotated[Principal, allow(Role.RECEPTION, Role.OPERATIONS)]
Reader = Annotated[Principal, allow(Role.RECEPTION, Role.OPERATIONS, Role.AUDITOR)]

_CHANGE = answers(NotFound, CallbackTaken, CallbackClosed, StaleVersion)


@callbacks_router.get("", summary="List call-backs", responses=answers(InvalidCursor))
async def list_callbacks(
    *,
    who: Reader,
    work: CaughtUp,
    paging: Paging,
    status: Annotated[CallbackStatus | None, Query(description="Default: waiting and taken")] = None,
    line: LineCode | None = None,
    since: Annotated[Moment | None, Query(description="Last attempt then or later")] = None,
    short: Annotated[bool | None, Query(description="Those that may have been accidents, or not")] = None,
    purpose: Purpose = None,
) -> CallbacksPage:
    """Those due first come first; `due_because` says why. Each number listed is logged."""
    filters = CallbackFilter(OPEN if status is None else (status,), line, since, is_short=short)
    rows = await repository.list_callbacks(work.session, filters, paging.after, paging.limit)
    page, next_cursor = paging.split(rows, lambda row: (row.due_at, row.id))
    await access_log.log_access(work, who, "list", purpose or access_log.CALLING_BACK)
    items = await service.present_items(work, who, page, purpose)
    anonymous = await repository.count_anonymous(work.session, local_date(work.clock.now()), line)
    return CallbacksPage(items=items, next_cursor=next_cursor, anonymous_today=sum(anonymous.values()))


@callbacks_router.get("/summary", summary="Count call-backs")
async def summarise_callbacks(
    work: CaughtUp,
    _who: Reader,
    since: Annotated[date | None, Query(description="Default: today", examples=["2026-03-01"])] = None,
) -> CallbackSummary:
    """By line and status, with the anonymous callers who gave up, by line and day."""
    return await service.summarise(work, since or local_date(work.clock.now()))


async def _callback(
    work: UnitOfWork, who: Principal, row: CallbackRow, purpose: str | None = None
) -> Response:
    """The whole call-back with its ETag."""
    return document(await service.present_callback(work, who, row, purpose), version=row.edition)


@callbacks_router.get(
    "/{callback_id:uuid}",
    summary="Read a call-back",
    response_model=CallbackOut,
    responses=answers(NotFound),
)
async def read_callback(who: Reader, callback_id: UUID, work: CaughtUp, purpose: Purpose = None) -> Response:
    """With the number's calls since that day (each leads to its contact), and what people did."""
    return await _callback(work, who, await service.find(work, callback_id), purpose)


@callbacks_router.post(
    "/{callback_id:uuid}/take",
    summary="Take a call-back",
    response_model=CallbackOut,
    responses=_CHANGE,
)
async def take_callback(who: Caller, callback_id: UUID, work: CaughtUp, if_match: IfMatch = None) -> Response:
    """Only one user gets it; the others are refused (409)."""
    return await _callback(work, who, await service.take(work, who, callback_id, if_match))


@callbacks_router.post(
    "/{callback_id:uuid}/release",
    summary="Put a taken call-back back",
    response_model=CallbackOut,
    responses=_CHANGE,
)
async def release_callback(
    who: Mover, callback_id: UUID, work: Writing, if_match: IfMatch = None
) -> Response:
    """It has its old place in the list again. Operations may release what another user has taken."""
    return await _callback(work, who, await service.release(work, who, callback_id, if_match))


@callbacks_router.post(
    "/{callback_id:uuid}/attempt",
    summary="Called back in vain",
    response_model=CallbackOut,
    responses=answers(NotFound, CallbackTaken, CallbackClosed, StaleVersion, IdempotencyMismatch),
)
async def try_callback(
    *,
    who: Caller,
    callback_id: UUID,
    work: Writing,
    once: Idempotent,
    body: AttemptIn | None = None,
    if_match: IfMatch = None,
) -> Response:
    """Counted; it waits again, and is due at the next try."""
    await once.replay(work, who)
    next_try_at = None if body is None else body.next_try_at
    row = await service.attempt(work, who, callback_id, next_try_at, if_match)
    answer = await _callback(work, who, row)
    await once.remember(work, who, answer)
    return answer


@callbacks_router.post(
    "/{callback_id:uuid}/settle",
    summary="Nobody need call back any more",
    response_model=CallbackOut,
    responses=answers(NotFound, CallbackTaken, CallbackClosed, StaleVersion, NoSuchContact),
)
async def settle_callback(
    *,
    who: Caller,
    callback_id: UUID,
    work: Writing,
    body: SettleIn | None = None,
    if_match: IfMatch = None,
) -> Response:
    """It settles all that the number waited for until now, on other days too."""
    row = await service.settle(work, who, callback_id, body or SettleIn(), if_match)
    return await _callback(work, who, row)
