"""Clearing whole groups of call-backs: which they are, shown first, and then with a reason and a trail."""

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response

from services.desk.callbacks.endpoints import line_names
from services.desk.callbacks.filters import Clearing, clearing_of
from services.desk.problems import Refused
from services.desk.rendering import go_to, services_of, show
from services.desk.session import Session
from services.desk.visitor import Form, form_of, visitor
from shared.vocabulary import Role

clearing_router = APIRouter(prefix="/callbacks/clear")

Mover = Annotated[Session, visitor(Role.RECEPTION, Role.OPERATIONS)]


@clearing_router.get("", name="clearing")
async def show_clearing(request: Request, session: Mover) -> Response:
    """The form, and the groups that were cleared before."""
    return await _page(request, session)


async def _page(
    request: Request,
    session: Session,
    *,
    form: Form | None = None,
    faults: dict[str, str] | None = None,
    preview: dict[str, Any] | None = None,
    mark: str = "",
    notice: str | None = None,
    status: int = 200,
) -> Response:
    services = services_of(request, session)
    lines, clearings = await asyncio.gather(
        line_names(services), services.get("intake", "/v1/callbacks/clearings", limit=10)
    )
    return show(
        request,
        "callbacks_clear.html",
        session,
        status=status,
        fields={} if form is None else form.as_dict(),
        faults=faults or {},
        preview=preview,
        mark=mark,
        notice=notice,
        lines=lines,
        clearings=clearings["items"],
    )


@clearing_router.post("")
async def clear(request: Request, session: Mover) -> Response:
    """First what it would clear; then, when that was seen and is still so, all of it or nothing."""
    form = await form_of(request)
    body = clearing_of(form)
    if body.faults:
        return await _page(request, session, form=form, faults=body.faults, status=422)
    # Only the group that was shown is cleared: another one typed since is shown first, too.
    was_shown = form.text("do") == "clear" and (form.text("mark") or "") == body.mark
    seen = form.text("expected") if was_shown else None
    try:
        if seen is not None and seen.isdigit():
            await _ask(request, session, body, once=form.text("once"), expected=int(seen))
            return go_to(request, "/callbacks?notice=cleared")
        preview = await _ask(request, session, body, preview=True)
    except Refused as refused:
        return await _refused(request, session, form, body, refused)
    return await _page(request, session, form=form, preview=preview, mark=body.mark)


async def _ask(
    request: Request, session: Session, body: Clearing, *, once: str | None = None, **more: Any
) -> dict[str, Any]:
    sent = {**body.criteria, "reason": body.reason, **more}
    cleared: dict[str, Any] = await services_of(request, session).post(
        "intake", "/v1/callbacks/clear", sent, once=once
    )
    return cleared


async def _refused(
    request: Request, session: Session, form: Form, body: Clearing, refused: Refused
) -> Response:
    """Too many at once, or others than were seen: the form again, with how many they are now."""
    if refused.answer_status not in {409, 422}:
        raise refused
    others = refused.answer_kind == "other-callbacks"
    preview = await _ask(request, session, body, preview=True) if others else None
    notice = "others" if others else "too_many" if refused.answer_kind == "too-many-callbacks" else "refused"
    status = refused.answer_status
    return await _page(
        request, session, form=form, preview=preview, mark=body.mark, notice=notice, status=status
    )
