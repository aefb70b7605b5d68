"""Call-backs: the numbers that the reception owes a call, taken, called, tried again, settled."""

import asyncio
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from services.desk.callbacks.filters import OUTCOMES, STATUSES, TRIES, CallbackFilter, next_try_of
from services.desk.callbacks.schemas import CallbackPage, CallbackSummary, CallbackWithTrail
from services.desk.callbacks.service import begin_contact, line_names
from services.desk.form import Form
from services.desk.page_request import PageRequest, signed_in
from services.desk.problems import Refused
from shared.vocabulary import Role

callbacks_router = APIRouter(prefix="/callbacks")

Receptionist = Annotated[PageRequest, signed_in(Role.RECEPTION)]
Mover = Annotated[PageRequest, signed_in(Role.RECEPTION, Role.OPERATIONS)]
Reader = Annotated[PageRequest, signed_in(Role.RECEPTION, Role.OPERATIONS, Role.AUDITOR)]


@callbacks_router.get("", name="callbacks")
async def list_callbacks(page: Reader) -> Response:
    """Those due first come first. Intake logs access to each number on the page."""
    return await _list(page)


async def _list(page: PageRequest, *, notice: str | None = None, status: int = 200) -> Response:
    wanted = CallbackFilter.of(page.query)
    callbacks, summary, lines = await asyncio.gather(
        page.services.get("intake", "/v1/callbacks", CallbackPage, **wanted.query),
        page.services.get("intake", "/v1/callbacks/summary", CallbackSummary),
        line_names(page.services),
    )
    return page.render(
        "callbacks.html",
        status=status,
        page=callbacks,
        summary=summary,
        lines=lines,
        wanted=wanted,
        statuses=STATUSES,
        notice=notice or page.query.get("notice"),
    )


@callbacks_router.get("/news", response_class=HTMLResponse)
async def list_changes(page: Reader, state: str = "") -> Response:
    """Whether the list has changed since `state`.

    Only counts are read: reading the list would log access to every number, every few seconds.
    """
    summary = await page.services.get("intake", "/v1/callbacks/summary", CallbackSummary)
    changed = summary.fingerprint != state
    return HTMLResponse(page.fragment("callbacks_news.html", summary=summary, changed=changed))


@callbacks_router.get("/{callback_id:uuid}", name="callback")
async def show_callback(page: Reader, callback_id: UUID) -> Response:
    """One of them: the number, its calls, what was done, and what one can do now."""
    return await _one(page, callback_id)


async def _one(
    page: PageRequest,
    callback_id: UUID,
    *,
    form: Form | None = None,
    fault: str | None = None,
    notice: str | None = None,
    status: int = 200,
) -> Response:
    found, lines = await asyncio.gather(
        page.services.fetch("intake", f"/v1/callbacks/{callback_id}", CallbackWithTrail),
        line_names(page.services),
    )
    return page.render(
        "callback.html",
        status=status,
        callback=found.content,
        etag=found.etag,
        lines=lines,
        tries=TRIES,
        outcomes=OUTCOMES,
        fields={} if form is None else form.as_dict(),
        fault=fault,
        notice=notice,
    )


@callbacks_router.post("/{callback_id:uuid}/take")
async def take(page: Receptionist, callback_id: UUID) -> Response:
    """Take it, to call. When a colleague was faster, the list says so."""
    try:
        await page.services.send("intake", "POST", f"/v1/callbacks/{callback_id}/take")
    except Refused as refused:
        if refused.answer_status != 409:
            raise
        return await _list(page, notice=_conflict(refused), status=409)
    return page.redirect(f"/callbacks/{callback_id}")


def _conflict(refused: Refused) -> str:
    return "taken" if refused.answer_kind == "callback-taken" else "closed"


@callbacks_router.post("/{callback_id:uuid}/release")
async def release(page: Mover, callback_id: UUID) -> Response:
    """A colleague may call. Operations can put back what a colleague went home with."""
    return await _change(page, callback_id, "release")


@callbacks_router.post("/{callback_id:uuid}/attempt")
async def attempt(page: Receptionist, callback_id: UUID) -> Response:
    """Called without an answer: it comes up again at the moment chosen."""
    form = await page.form()
    again = next_try_of(form, page.now)
    if again is None:
        return await _one(page, callback_id, form=form, fault="no_moment", status=422)
    return await _change(page, callback_id, "attempt", {"next_try_at": again.isoformat()})


@callbacks_router.post("/{callback_id:uuid}/settle")
async def settle(page: Receptionist, callback_id: UUID) -> Response:
    """No call is needed any more, and why."""
    outcome = (await page.form()).text("outcome")
    body = {"outcome": outcome if outcome in OUTCOMES else OUTCOMES[0]}
    return await _change(page, callback_id, "settle", body)


async def _change(page: PageRequest, callback_id: UUID, step: str, body: Any = None) -> Response:
    """One step. When the call-back has changed meanwhile: the page as it is now, with what was typed."""
    form = await page.form()
    try:
        await page.services.send(
            *("intake", "POST", f"/v1/callbacks/{callback_id}/{step}"),
            body,
            if_match=form.text("etag"),
            # The other steps end in the same state when they are repeated; an attempt would be counted twice.
            once=form.text("once") if step == "attempt" else None,
        )
    except Refused as refused:
        if refused.answer_status not in {409, 412}:
            raise
        notice = "changed" if refused.answer_status == 412 else _conflict(refused)
        return await _one(page, callback_id, form=form, notice=notice, status=refused.answer_status)
    return page.redirect(f"/callbacks?notice={step}")


@callbacks_router.post("/{callback_id:uuid}/contact")
async def reached(page: Receptionist, callback_id: UUID) -> Response:
    """The number answers: what the citizen says goes into a contact of its own."""
    form = await page.form()
    try:
        contact_id = await begin_contact(page.services, str(callback_id), form.text("once"))
    except Refused as refused:
        if refused.answer_status != 409:
            raise
        return await _one(page, callback_id, notice=_conflict(refused), status=409)
    return page.redirect(f"/contacts/{contact_id}")
