"""One entry of an inbox: what was said and recommended, where it has been, and what is to be done with it."""

import asyncio
from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Request, Response

from services.desk.api_clients import Services
from services.desk.inbox.endpoints import Code, Colleague, missing
from services.desk.inbox.steps import OUTCOMES, REASON_CODES, body_of, steps_of
from services.desk.problems import Refused
from services.desk.rendering import go_to, services_of, show
from services.desk.session import Session
from services.desk.visitor import form_of

entry_router = APIRouter(prefix="/inbox/{code}/entries")
_STEPS = frozenset({"take", "release", "complete", "return", "transfer"})
Rule = Annotated[str, Path(max_length=60, pattern=r"^[a-z0-9_]+$")]


@entry_router.get("/{entry}", name="entry")
async def show_entry(request: Request, session: Colleague, code: Code, entry: UUID) -> Response:
    """Intake logs the look. Another unit's entry stays closed: routing is asked first, and refuses."""
    return await _page(request, session, code, entry)


async def _page(
    request: Request, session: Session, code: str, entry: UUID, *, status: int = 200, **more: Any
) -> Response:
    services = services_of(request, session)
    found = await services.get("routing", f"/v1/entries/{entry}")
    queues = (await services.get("routing", "/v1/queues"))["items"]
    queue = next(queue for queue in queues if queue["code"] == found["queue"])
    shown: dict[str, Any] = {"fields": {}, "faults": {}, "step": None, "refused": None} | more
    return show(
        request,
        "inbox_entry.html",
        session,
        status=status,
        code=code,
        entry=found,
        queue=queue,
        queues=[one for one in queues if one["code"] != found["queue"]],
        may=steps_of(session, queue),
        outcomes=OUTCOMES,
        reason_codes=REASON_CODES,
        **await _said(services, found["contact_id"]),
        **shown,
    )


async def _said(services: Services, contact_id: str) -> Mapping[str, Any]:
    """What intake and triage have of the contact, newest assessment first."""
    contact, assessments = await asyncio.gather(
        services.get("intake", f"/v1/contacts/{contact_id}"),
        services.get("triage", "/v1/assessments", contact_id=contact_id, limit=10),
    )
    newest = next(iter(assessments["items"]), None)
    return {"contact": contact, "assessment": newest}


@entry_router.post("/{entry}/{step}")
async def move_entry(request: Request, session: Colleague, code: Code, entry: UUID, step: str) -> Response:
    """Take it, put it back, end it, send it back or on. A form that lacks something comes back filled in."""
    if step not in _STEPS:
        return show(request, "problem.html", session, status=404, said=missing(request))
    form = await form_of(request)
    body, faults = body_of(step, form)
    kept = {"fields": form.as_dict(), "step": step}
    if faults:
        return await _page(request, session, code, entry, status=422, faults=faults, **kept)
    try:
        await services_of(request, session).post("routing", f"/v1/entries/{entry}/{step}", body or None)
    except Refused as refused:
        return await _refused(request, session, code, entry, refused=refused, kept=kept)
    if step == "take":
        return go_to(request, f"/inbox/{code}/entries/{entry}")
    return go_to(request, f"/inbox/{code}?did={step}")


async def _refused(
    request: Request, session: Session, code: str, entry: UUID, *, refused: Refused, kept: dict[str, Any]
) -> Response:
    """The entry as it stands now, with what stood against the step; nothing that was typed is lost."""
    if refused.answer_status == 422:
        faults = {"reason": "bad_reason"} if refused.answer_kind != "unknown-queue" else {"queue": "no_queue"}
        return await _page(request, session, code, entry, status=422, faults=faults, **kept)
    if refused.answer_status != 409:
        raise refused
    kind = refused.answer_kind.replace("-", "_")
    return await _page(request, session, code, entry, status=409, refused=kind, **kept)


@entry_router.post("/{entry}/clocks/{rule}/meet")
async def meet_clock(request: Request, session: Colleague, code: Code, entry: UUID, rule: Rule) -> Response:
    """One duty is done while the work goes on."""
    try:
        await services_of(request, session).post("routing", f"/v1/entries/{entry}/clocks/{rule}/meet")
    except Refused as refused:
        if refused.answer_status == 404:
            # Somebody met it a moment ago, perhaps in another tab: the page shows that it no longer counts.
            return go_to(request, f"/inbox/{code}/entries/{entry}")
        return await _refused(request, session, code, entry, refused=refused, kept={})
    return go_to(request, f"/inbox/{code}/entries/{entry}")
