"""Call-backs over HTTP: the reception's list of whom to call."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from services.intake.access_log import service as access_log
from services.intake.access_log.service import Purpose
from services.intake.callback_store import repository
from services.intake.callback_store.repository import WantedCallbacks
from services.intake.callback_store.state import OPEN, CallbackStatus
from services.intake.callbacks import service
from services.intake.callbacks.schemas import (
    AnonymousCount,
    AttemptIn,
    CallbackCount,
    CallbackOut,
    CallbacksPage,
    CallbackSummary,
    SettleIn,
)
from services.intake.callbacks.service import present_callback, present_items
from services.intake.delivery_store.dependencies import CaughtUp
from services.intake.models import CallbackRow
from services.intake.problems import (
    CallbackClosed,
    CallbackTaken,
    NoSuchContact,
)
from services.intake.wire import LineCode
from shared.access import Principal, allow
from shared.etags import IfMatch, etag
from shared.idempotency import Idempotent
from shared.moments import Moment
from shared.paging import CursorText, Limit, decode_cursor, encode_cursor, link_next, split_page
from shared.problems import IdempotencyMismatch, InvalidCursor, NotFound, StaleVersion, answers
from shared.unit_of_work import UnitOfWork, Writing
from shared.vocabulary import Role
from shared.working_days import local_date

callbacks_router = APIRouter(prefix="/v1/callbacks", tags=["call-backs"])

#: Those who call back see the number; operations and auditors see that somebody is owed a call.
Caller = Annotated[Principal, allow(Role.RECEPTION)]
Mover = Annotated[Principal, allow(Role.RECEPTION, Role.OPERATIONS)]
Reader = Annotated[Principal, allow(Role.RECEPTION, Role.OPERATIONS, Role.AUDITOR)]

_CHANGE = answers(NotFound, CallbackTaken, CallbackClosed, StaleVersion)


@callbacks_router.get("", summary="List call-backs", responses=answers(InvalidCursor))
async def list_callbacks(
    *,
    who: Reader,
    work: CaughtUp,
    request: Request,
    response: Response,
    status: Annotated[CallbackStatus | None, Query(description="Default: waiting and taken")] = None,
    line: LineCode | None = None,
    since: Annotated[Moment | None, Query(description="Last attempt then or later")] = None,
    short: Annotated[bool | None, Query(description="Those that may have been accidents, or not")] = None,
    limit: Limit = 50,
    cursor: CursorText = None,
    purpose: Purpose = None,
) -> CallbacksPage:
    """Those due first come first; `due_because` says why. Each number shown is a look that is logged."""
    statuses = OPEN if status is None else (status,)
    wanted = WantedCallbacks(statuses, line, since, is_short=short)
    rows = await repository.list_callbacks(work.session, wanted, decode_cursor(cursor), limit)
    page, last = split_page(rows, limit)
    await access_log.log_access(work, who, "list", purpose or access_log.CALLING_BACK)
    items = await present_items(work, who, page, purpose)
    next_cursor = None if last is None else encode_cursor(last.due_at, last.id)
    link_next(request, response, next_cursor)
    anonymous = await repository.count_anonymous(work.session, local_date(work.clock.now()), line)
    return CallbacksPage(items=items, next_cursor=next_cursor, anonymous_today=sum(anonymous.values()))


@callbacks_router.get("/summary", summary="Count call-backs")
async def summarise_callbacks(
    work: CaughtUp,
    _who: Reader,
    since: Annotated[date | None, Query(description="Default: today", examples=["2026-03-01"])] = None,
) -> CallbackSummary:
    """By line and status, with the anonymous callers who gave up, by line and day."""
    day = since or local_date(work.clock.now())
    counts = await repository.count_callbacks(work.session, statuses=OPEN)
    over = set(CallbackStatus) - set(OPEN)
    counts |= await repository.count_callbacks(work.session, statuses=over, since=day)
    anonymous = await repository.count_anonymous(work.session, day)
    return CallbackSummary(
        since=day,
        callbacks=[
            CallbackCount(line=line, status=CallbackStatus(status), count=count, first_due_at=due)
            for (line, status), (count, due) in sorted(counts.items())
        ],
        anonymous=[
            AnonymousCount(line=line, day=day, count=count)
            for (line, day), count in sorted(anonymous.items())
        ],
    )


async def _json(work: UnitOfWork, who: Principal, row: CallbackRow, purpose: str | None = None) -> Response:
    """The whole call-back with its ETag."""
    shown = await present_callback(work, who, row, purpose)
    headers = {"ETag": etag(row.edition)}
    return Response(shown.model_dump_json(), headers=headers, media_type="application/json")


@callbacks_router.get(
    "/{callback_id:uuid}",
    summary="Read a call-back",
    response_model=CallbackOut,
    responses=answers(NotFound),
)
async def read_callback(who: Reader, callback_id: UUID, work: CaughtUp, purpose: Purpose = None) -> Response:
    """With the number's calls since that day (each leads to its contact), and what people did."""
    return await _json(work, who, await service.found(work, callback_id), purpose)


@callbacks_router.post(
    "/{callback_id:uuid}/take",
    summary="Take a call-back",
    response_model=CallbackOut,
    responses=_CHANGE,
)
async def take_callback(who: Caller, callback_id: UUID, work: CaughtUp, if_match: IfMatch = None) -> Response:
    """Only one gets it; anybody else is told that it is taken (409)."""
    return await _json(work, who, await service.take(work, who, callback_id, if_match))


@callbacks_router.post(
    "/{callback_id:uuid}/release",
    summary="Put a taken call-back back",
    response_model=CallbackOut,
    responses=_CHANGE,
)
async def release_callback(
    who: Mover, callback_id: UUID, work: Writing, if_match: IfMatch = None
) -> Response:
    """It stands again where it stood. Operations may release what somebody else has."""
    return await _json(work, who, await service.release(work, who, callback_id, if_match))


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
    answer = await _json(work, who, row)
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
    return await _json(work, who, row)
