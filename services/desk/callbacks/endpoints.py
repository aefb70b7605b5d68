"""Call-backs: whom the reception owes a call, taken, called, tried again, done."""

import asyncio
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from services.desk.api_clients import Services
from services.desk.callbacks.filters import OUTCOMES, STATUSES, TRIES, Wanted, next_try_of, state_of
from services.desk.contact.service import take_new
from services.desk.problems import Refused
from services.desk.rendering import go_to, part, services_of, show
from services.desk.session import Session
from services.desk.visitor import Form, form_of, visitor
from shared.vocabulary import Channel, Role

callbacks_router = APIRouter(prefix="/callbacks")

Caller = Annotated[Session, visitor(Role.RECEPTION)]
Mover = Annotated[Session, visitor(Role.RECEPTION, Role.OPERATIONS)]
Reader = Annotated[Session, visitor(Role.RECEPTION, Role.OPERATIONS, Role.AUDITOR)]


@callbacks_router.get("", name="callbacks")
async def list_callbacks(request: Request, session: Reader) -> Response:
    """Those due first come first. Each number shown is a look that intake writes down."""
    return await _list(request, session)


async def _list(
    request: Request, session: Session, *, notice: str | None = None, status: int = 200
) -> Response:
    services, wanted = services_of(request, session), Wanted.of(request.query_params)
    page, summary, lines = await asyncio.gather(
        services.get("intake", "/v1/callbacks", **wanted.query),
        services.get("intake", "/v1/callbacks/summary"),
        line_names(services),
    )
    return show(
        request,
        "callbacks.html",
        session,
        status=status,
        page=page,
        summary=summary,
        state=state_of(summary),
        lines=lines,
        wanted=wanted,
        statuses=STATUSES,
        notice=notice or request.query_params.get("notice"),
    )


async def line_names(services: Services) -> dict[str, str]:
    """The phone lines' names by code."""
    found = await services.get("intake", "/v1/lines")
    return {line["code"]: line["name"] for line in found["items"] if line["channel"] == Channel.PHONE}


@callbacks_router.get("/news", response_class=HTMLResponse)
async def tell_news(request: Request, session: Reader, state: str = "") -> Response:
    """Whether the list has changed since `state`. Only counts are asked for: the list itself would be a look
    at each number, written down every few seconds.
    """
    summary = await services_of(request, session).get("intake", "/v1/callbacks/summary")
    changed = state_of(summary) != state
    told = part(request, "callbacks_news.html", session, summary=summary, changed=changed)
    return HTMLResponse(told)


@callbacks_router.get("/{callback_id:uuid}", name="callback")
async def show_callback(request: Request, session: Reader, callback_id: UUID) -> Response:
    """One of them: the number, its calls, what was done, and what one can do now."""
    return await _one(request, session, callback_id)


async def _one(
    request: Request,
    session: Session,
    callback_id: UUID,
    *,
    form: Form | None = None,
    fault: str | None = None,
    notice: str | None = None,
    status: int = 200,
) -> Response:
    services = services_of(request, session)
    found, lines = await asyncio.gather(
        services.ask("intake", "GET", f"/v1/callbacks/{callback_id}"), line_names(services)
    )
    return show(
        request,
        "callback.html",
        session,
        status=status,
        callback=found.body,
        etag=found.etag,
        lines=lines,
        tries=TRIES,
        outcomes=OUTCOMES,
        fields={} if form is None else form.as_dict(),
        fault=fault,
        notice=notice,
    )


@callbacks_router.post("/{callback_id:uuid}/take")
async def take(request: Request, session: Caller, callback_id: UUID) -> Response:
    """This one is mine to call. Whoever was slower is told who has it, and keeps the list."""
    try:
        await services_of(request, session).post("intake", f"/v1/callbacks/{callback_id}/take")
    except Refused as refused:
        if refused.answer_status != 409:
            raise
        return await _list(request, session, notice=_told_of(refused), status=409)
    return go_to(request, f"/callbacks/{callback_id}")


def _told_of(refused: Refused) -> str:
    return "taken" if refused.answer_kind == "callback-taken" else "closed"


@callbacks_router.post("/{callback_id:uuid}/release")
async def release(request: Request, session: Mover, callback_id: UUID) -> Response:
    """Somebody else may call. Operations can put back what a colleague went home with."""
    return await _change(request, session, callback_id, "release")


@callbacks_router.post("/{callback_id:uuid}/attempt")
async def attempt(request: Request, session: Caller, callback_id: UUID) -> Response:
    """Called, and nobody answered: it comes up again at the moment chosen."""
    form = await form_of(request)
    again = next_try_of(form, request.app.state.clock.now())
    if again is None:
        return await _one(request, session, callback_id, form=form, fault="no_moment", status=422)
    body = {"next_try_at": again.isoformat()}
    return await _change(request, session, callback_id, "attempt", body)


@callbacks_router.post("/{callback_id:uuid}/settle")
async def settle(request: Request, session: Caller, callback_id: UUID) -> Response:
    """Nobody need call any more, and why."""
    outcome = (await form_of(request)).text("outcome")
    body = {"outcome": outcome if outcome in OUTCOMES else OUTCOMES[0]}
    return await _change(request, session, callback_id, "settle", body)


async def _change(
    request: Request, session: Session, callback_id: UUID, step: str, body: dict[str, Any] | None = None
) -> Response:
    """One step. Refused because it is not as it was seen: the page as it is now, with what was typed."""
    form = await form_of(request)
    path = f"/v1/callbacks/{callback_id}/{step}"
    once = form.text("once") if step == "attempt" else None
    try:
        await services_of(request, session).ask(
            "intake", "POST", path, body=body, if_match=form.text("etag"), once=once
        )
    except Refused as refused:
        if refused.answer_status not in {409, 412}:
            raise
        told = "changed" if refused.answer_status == 412 else _told_of(refused)
        return await _one(request, session, callback_id, form=form, notice=told, status=refused.answer_status)
    return go_to(request, f"/callbacks?notice={step}")


@callbacks_router.post("/{callback_id:uuid}/contact")
async def reached(request: Request, session: Caller, callback_id: UUID) -> Response:
    """Somebody answers: the call-back is done, and what is said goes into a contact of its own."""
    form, services = await form_of(request), services_of(request, session)
    path = f"/v1/callbacks/{callback_id}"
    try:
        # Mine before anything is written: two who call at once leave one contact and not two.
        callback = await services.post("intake", f"{path}/take")
        told = {
            "channel": Channel.PHONE,
            "line": callback["line"],
            "contact_person": {"phone": callback["phone"]},
        }
        contact = await services.post("intake", "/v1/contacts", told, once=form.text("once"))
        await take_new(services, contact["id"])
        settled = {"outcome": "reached", "contact_id": contact["id"]}
        await services.post("intake", f"{path}/settle", settled)
    except Refused as refused:
        if refused.answer_status != 409:
            raise
        return await _one(request, session, callback_id, notice=_told_of(refused), status=409)
    return go_to(request, f"/contacts/{contact['id']}")
