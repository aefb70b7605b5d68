"""Clearing a group of call-backs: a preview first, and then all of it, with a reason and a trail."""

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Response

from services.desk.api_models import Listing
from services.desk.callbacks.clearing.criteria import Clearing, clearing_of
from services.desk.callbacks.schemas import Cleared, ClearingRecord
from services.desk.callbacks.service import line_names
from services.desk.form import Form
from services.desk.page_request import PageRequest, signed_in
from services.desk.problems import Refused
from shared.vocabulary import Role

clearing_router = APIRouter(prefix="/callbacks/clear")

Mover = Annotated[PageRequest, signed_in(Role.RECEPTION, Role.OPERATIONS)]


@clearing_router.get("", name="clearing")
async def show_clearing(page: Mover) -> Response:
    """The form, and the groups that were cleared before."""
    return await _page(page)


async def _page(
    page: PageRequest,
    *,
    form: Form | None = None,
    faults: dict[str, str] | None = None,
    preview: Cleared | None = None,
    mark: str = "",
    notice: str | None = None,
    status: int = 200,
) -> Response:
    lines, records = await asyncio.gather(
        line_names(page.services),
        page.services.get("intake", "/v1/callbacks/clearings", Listing[ClearingRecord], limit=10),
    )
    return page.render(
        "callbacks_clear.html",
        status=status,
        fields={} if form is None else form.as_dict(),
        faults=faults or {},
        preview=preview,
        mark=mark,
        notice=notice,
        lines=lines,
        clearings=records.items,
    )


@clearing_router.post("")
async def clear(page: Mover) -> Response:
    """First a preview; then, when that was seen and still applies, all of the group or nothing."""
    form = await page.form()
    clearing = clearing_of(form)
    if clearing.faults:
        return await _page(page, form=form, faults=clearing.faults, status=422)
    # Only the group that was previewed is cleared: other criteria typed since get a preview first, too.
    previewed = form.text("do") == "clear" and (form.text("mark") or "") == clearing.mark
    expected = form.text("expected") if previewed else None
    try:
        if expected is not None and expected.isdigit():
            await _send(page, clearing, once=form.text("once"), expected=int(expected))
            return page.redirect("/callbacks?notice=cleared")
        preview = await _send(page, clearing, preview=True)
    except Refused as refused:
        return await _refused(page, form, clearing, refused)
    return await _page(page, form=form, preview=preview, mark=clearing.mark)


async def _send(page: PageRequest, clearing: Clearing, *, once: str | None = None, **more: Any) -> Cleared:
    body = {**clearing.criteria, "reason": clearing.reason, **more}
    return await page.services.post("intake", "/v1/callbacks/clear", Cleared, body, once=once)


async def _refused(page: PageRequest, form: Form, clearing: Clearing, refused: Refused) -> Response:
    """Too many at once, or others than were previewed: the form again, with how many they are now."""
    if refused.answer_status not in {409, 422}:
        raise refused
    notices = {"other-callbacks": "others", "too-many-callbacks": "too_many"}
    notice = notices.get(refused.answer_kind, "refused")
    preview = await _send(page, clearing, preview=True) if notice == "others" else None
    return await _page(
        page, form=form, preview=preview, mark=clearing.mark, notice=notice, status=refused.answer_status
    )
