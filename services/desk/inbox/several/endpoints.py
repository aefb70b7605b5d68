"""One step for several entries: a page that says what it will do to which, and one that says what it did."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from services.desk.api_models import Listing
from services.desk.form import Form
from services.desk.inbox.endpoints import Code, Colleague
from services.desk.inbox.several.service import MOST, STEPS, do_each, plan
from services.desk.inbox.steps import OUTCOMES, body_of
from services.desk.page_request import PageRequest
from services.desk.routing_models import Queue

several_router = APIRouter(prefix="/inbox/{code}/several")


@several_router.post("", name="several")
async def preview(page: Colleague, code: Code) -> Response:
    """What will happen to each that was ticked. Nothing has happened yet."""
    form = await page.form()
    step, ids = form.text("step") or "", _ids(form)
    if step not in STEPS:
        return page.not_found()
    if not ids:
        return page.redirect(f"/inbox/{code}")
    return await _preview(page, code, step, ids)


async def _preview(page: PageRequest, code: str, step: str, ids: list[str], **more: Any) -> Response:
    planned = await plan(page.services, page.session, step, ids)
    queues = (await page.services.get("routing", "/v1/queues", Listing[Queue])).items
    return page.render(
        "inbox_several.html",
        status=422 if more.get("faults") else 200,
        code=code,
        step=step,
        queues=[queue for queue in queues if queue.code != code],
        outcomes=OUTCOMES,
        possible=[one for one in planned if one.hindrance is None],
        impossible=[one for one in planned if one.hindrance is not None],
        **({"fields": {}, "faults": {}} | more),
    )


@several_router.post("/do")
async def do_several(page: Colleague, code: Code) -> Response:
    """Each on its own: one that is refused is listed with the reason, and stops none of the others."""
    form = await page.form()
    step, ids = form.text("step") or "", _ids(form)
    if step not in STEPS or not ids:
        return page.redirect(f"/inbox/{code}")
    body, faults = body_of(step, form)
    if faults:
        return await _preview(page, code, step, ids, faults=faults, fields=form.as_dict())
    done = await do_each(page.services, page.session, step, ids, body)
    return page.render(
        "inbox_several_done.html",
        code=code,
        step=step,
        done=[one for one in done if one.hindrance is None],
        left=[one for one in done if one.hindrance is not None],
    )


def _ids(form: Form) -> list[str]:
    """The ticked entries, each once. A text that is no id was not ticked on a page of ours."""
    found = []
    for text in dict.fromkeys(form.all("entry")):
        try:
            found.append(str(UUID(text)))
        except ValueError:
            continue
    return found[:MOST]
