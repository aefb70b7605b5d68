"""Deadlines that somebody still has to meet, over HTTP: those overdue first, then those that run out next."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from services.routing.deadlines.repository import count_running, running_clocks
from services.routing.permissions import sees
from services.routing.presenting import running_clock_out
from services.routing.queues.endpoints import Reader
from services.routing.schemas import RunningClocksPage
from services.routing.units.repository import all_queues
from shared.paging import CursorText, Limit, decode_cursor, encode_cursor, link_next, split_page
from shared.problems import InvalidCursor, answers
from shared.unit_of_work import Reading

clocks_router = APIRouter(prefix="/v1/clocks", tags=["clocks"])

Code = Annotated[str | None, Query(max_length=60, pattern=r"^[a-z0-9-]+$", examples=["children-amager"])]


@clocks_router.get("", summary="Which deadlines run out, when and whose", responses=answers(InvalidCursor))
async def list_running_clocks(
    *,
    who: Reader,
    work: Reading,
    request: Request,
    response: Response,
    queue: Code = None,
    limit: Limit = 50,
    cursor: CursorText = None,
) -> RunningClocksPage:
    """In the order in which they run out, those that have run out first. Caseworkers see their own units'."""
    now = work.clock.now()
    queues = {one.code: one for one in await all_queues(work.session)}
    seen = [code for code, one in queues.items() if sees(who, one.row) and queue in (None, code)]
    found = await running_clocks(work.session, seen, decode_cursor(cursor), limit + 1)
    page, last = split_page(found, limit)
    next_cursor = None if last is None else encode_cursor(last.deadline.due_at, last.clock_id)
    link_next(request, response, next_cursor)
    counting, overdue = await count_running(work.session, seen, now)
    items = [running_clock_out(one, queues[one.queue], now) for one in page]
    return RunningClocksPage(items=items, next_cursor=next_cursor, counting=counting, overdue=overdue)
