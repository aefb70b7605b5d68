"""Open alarms (the same concern has come again) and tasks (a deadline was missed)."""

import asyncio
from datetime import date, datetime, time
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response

from services.desk.api_models import Listing
from services.desk.attention.schemas import Alarm, Task
from services.desk.page_request import PageRequest, signed_in
from services.desk.problems import Refused
from shared.clock import COPENHAGEN
from shared.vocabulary import Role

attention_router = APIRouter(prefix="/attention")

Reader = Annotated[PageRequest, signed_in(Role.RECEPTION, Role.CASEWORKER, Role.OPERATIONS)]
Worker = Annotated[PageRequest, signed_in(Role.RECEPTION, Role.CASEWORKER)]
#: The new date's deadline ends with its day.
_END_OF_DAY = time(23, 59, 59)
#: The texts for a service's refusals, by HTTP status.
_REFUSALS = {409: "ended", 412: "grown", 422: "refused"}


@attention_router.get("", name="attention")
async def show_attention(page: Reader) -> Response:
    """The open alarms and tasks, the oldest first."""
    return await _page(page)


async def _page(
    page: PageRequest, *, fault: str | None = None, at: UUID | None = None, typed: str = "", status: int = 200
) -> Response:
    alarms, tasks = await asyncio.gather(
        page.services.get("triage", "/v1/alarms", Listing[Alarm], status="open", limit=100),
        page.services.get("routing", "/v1/tasks", Listing[Task], status="open", limit=100),
    )
    return page.render(
        "attention.html",
        status=status,
        alarms=alarms.items,
        tasks=tasks.items,
        fault=fault,
        at=None if at is None else str(at),
        typed=typed,
    )


@attention_router.post("/alarms/{alarm_id}")
async def acknowledge(page: Reader, alarm_id: UUID) -> Response:
    """The alarm was looked into, and this was done. A further contact raises a new alarm."""
    form = await page.form()
    reason = form.text("reason")
    if reason is None:
        return await _page(page, fault="no_reason", at=alarm_id, status=422)
    try:
        await page.services.send(
            *("triage", "POST", f"/v1/alarms/{alarm_id}/acknowledge"),
            {"reason": reason},
            if_match=form.text("etag"),
        )
    except Refused as refused:
        return await _refused(page, refused, alarm_id, reason)
    return page.redirect("/attention")


@attention_router.post("/tasks/{task_id}")
async def notice_sent(page: Worker, task_id: UUID) -> Response:
    """The citizen has been informed in writing, with a new date."""
    typed = (await page.form()).text("new_due_at") or ""
    try:
        until = datetime.combine(date.fromisoformat(typed), _END_OF_DAY, COPENHAGEN)
    except ValueError:
        return await _page(page, fault="no_day", at=task_id, typed=typed, status=422)
    try:
        await page.services.send(
            "routing", "POST", f"/v1/tasks/{task_id}/done", {"new_due_at": until.isoformat()}
        )
    except Refused as refused:
        return await _refused(page, refused, task_id, typed)
    return page.redirect("/attention")


async def _refused(page: PageRequest, refused: Refused, at: UUID, typed: str) -> Response:
    """The page as it is now, with what was typed and why it was refused."""
    fault = _REFUSALS.get(refused.answer_status)
    if fault is None:
        raise refused
    return await _page(page, fault=fault, at=at, typed=typed, status=refused.answer_status)
