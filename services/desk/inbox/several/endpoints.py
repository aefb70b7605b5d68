"""Several entries at once: a page that says what will happen to which, and one that says what happened."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from services.desk.inbox.endpoints import Code, Colleague, missing
from services.desk.inbox.several.service import MOST, STEPS, do_each, plan
from services.desk.inbox.steps import OUTCOMES, body_of
from services.desk.rendering import go_to, services_of, show
from services.desk.session import Session
from services.desk.visitor import Form, form_of

several_router = APIRouter(prefix="/inbox/{code}/several")


@several_router.post("", name="several")
async def preview(request: Request, session: Colleague, code: Code) -> Response:
    """What will happen to each that was ticked. Nothing has happened yet."""
    form = await form_of(request)
    step, ids = form.text("step") or "", _ids(form)
    if step not in STEPS:
        return show(request, "problem.html", session, status=404, said=missing(request))
    if not ids:
        return go_to(request, f"/inbox/{code}")
    return await _preview(request, session, code, step, ids)


async def _preview(
    request: Request, session: Session, code: str, step: str, ids: list[str], **more: Any
) -> Response:
    services = services_of(request, session)
    planned = await plan(services, session, step, ids)
    queues = (await services.get("routing", "/v1/queues"))["items"]
    return show(
        request,
        "inbox_several.html",
        session,
        status=422 if more.get("faults") else 200,
        code=code,
        step=step,
        queue=next((queue for queue in queues if queue["code"] == code), None),
        queues=[queue for queue in queues if queue["code"] != code],
        outcomes=OUTCOMES,
        possible=[one for one in planned if one.hindrance is None],
        impossible=[one for one in planned if one.hindrance is not None],
        **({"fields": {}, "faults": {}} | more),
    )


@several_router.post("/do")
async def do_several(request: Request, session: Colleague, code: Code) -> Response:
    """Each on its own: one that is refused holds up none of the others, and is listed with the reason."""
    form = await form_of(request)
    step, ids = form.text("step") or "", _ids(form)
    if step not in STEPS or not ids:
        return go_to(request, f"/inbox/{code}")
    body, faults = body_of(step, form)
    if faults:
        fields = form.as_dict()
        return await _preview(request, session, code, step, ids, faults=faults, fields=fields)
    done = await do_each(services_of(request, session), session, step, ids, body)
    return show(
        request,
        "inbox_several_done.html",
        session,
        code=code,
        step=step,
        to=body.get("queue"),
        done=[one for one in done if one.hindrance is None],
        left=[one for one in done if one.hindrance is not None],
    )


def _ids(form: Form) -> list[str]:
    """The ticked entries, each once. What is no id at all was never ticked on a page of ours."""
    found = []
    for text in dict.fromkeys(form.all("entry")):
        try:
            found.append(str(UUID(text)))
        except ValueError:
            continue
    return found[:MOST]
