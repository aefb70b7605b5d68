"""What a person must look at as a whole: the same concern come again, and deadlines that were missed."""

import asyncio
from datetime import date, datetime, time
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Response

from services.desk.page_request import Sitting, sitting
from services.desk.problems import Refused
from services.desk.rendering import go_to
from shared.clock import COPENHAGEN
from shared.vocabulary import Role

attention_router = APIRouter(prefix="/attention")

Looker = Annotated[Sitting, sitting(Role.RECEPTION, Role.CASEWORKER, Role.OPERATIONS)]
Worker = Annotated[Sitting, sitting(Role.RECEPTION, Role.CASEWORKER)]
#: The new date's deadline ends with its day.
_END_OF_DAY = time(23, 59, 59)


@attention_router.get("", name="attention")
async def show_attention(desk: Looker) -> Response:
    """The open alarms and tasks, those that have stood longest first."""
    return await _page(desk)


async def _page(
    desk: Sitting, *, fault: str | None = None, at: UUID | None = None, typed: str = "", status: int = 200
) -> Response:
    alarms, tasks = await asyncio.gather(
        desk.services.get("triage", "/v1/alarms", status="open", limit=100),
        desk.services.get("routing", "/v1/tasks", status="open", limit=100),
    )
    return desk.show(
        "attention.html",
        status=status,
        alarms=alarms["items"],
        tasks=tasks["items"],
        fault=fault,
        at=None if at is None else str(at),
        typed=typed,
    )


@attention_router.post("/alarms/{alarm_id}")
async def acknowledge(desk: Looker, alarm_id: UUID) -> Response:
    """Somebody has looked, and says what was done. A further contact raises a new alarm."""
    form = await desk.form()
    reason = form.text("reason")
    if reason is None:
        return await _page(desk, fault="no_reason", at=alarm_id, status=422)
    try:
        path = f"/v1/alarms/{alarm_id}/acknowledge"
        await desk.services.ask("triage", "POST", path, body={"reason": reason}, if_match=form.text("etag"))
    except Refused as refused:
        return await _told(desk, refused, alarm_id, reason)
    return go_to(desk.request, "/attention")


@attention_router.post("/tasks/{task_id}")
async def notice_sent(desk: Worker, task_id: UUID) -> Response:
    """The citizen has been told in writing, with a new date."""
    form = await desk.form()
    typed = form.text("new_due_at") or ""
    try:
        until = datetime.combine(date.fromisoformat(typed), _END_OF_DAY, COPENHAGEN)
    except ValueError:
        return await _page(desk, fault="no_day", at=task_id, typed=typed, status=422)
    body: dict[str, Any] = {"new_due_at": until.isoformat()}
    try:
        await desk.services.post("routing", f"/v1/tasks/{task_id}/done", body)
    except Refused as refused:
        return await _told(desk, refused, task_id, typed)
    return go_to(desk.request, "/attention")


async def _told(desk: Sitting, refused: Refused, at: UUID, typed: str) -> Response:
    """The page again as it stands now, with what was typed and what was said against it."""
    faults = {409: "ended", 412: "grown", 422: "refused"}
    if refused.answer_status not in faults:
        raise refused
    fault = faults[refused.answer_status]
    return await _page(desk, fault=fault, at=at, typed=typed, status=refused.answer_status)
