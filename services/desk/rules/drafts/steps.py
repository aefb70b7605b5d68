"""A draft's way into force: the proof, the simulation, the second person; and out of use."""

from typing import Annotated, Any

from fastapi import APIRouter, Response

from services.desk.page_request import Sitting, sitting
from services.desk.problems import Refused
from services.desk.rendering import go_to
from services.desk.rules.drafts.refusals import said_of
from services.desk.rules.endpoints import Version, ruleset_page
from services.desk.rules.periods import period_of
from services.desk.rules.standing import moment_of
from services.desk.visitor import Form
from shared.vocabulary import Role

steps_router = APIRouter(prefix="/rules")

Editor = Annotated[Sitting, sitting(Role.RULES_EDITOR)]
#: A proof takes up to seconds and a simulation up to half a minute; then they are late.
_PATIENCE_SECONDS = 60.0


@steps_router.post("/{version}/check")
async def check(desk: Editor, version: Version) -> Response:
    """Have it proved, and look at what came of it."""
    services = desk.patiently(_PATIENCE_SECONDS)
    try:
        await services.post("triage", f"/v1/rulesets/{version}/check")
    except Refused as refused:
        return await _refused(desk, version, refused, await desk.form(), "check")
    return go_to(desk.request, f"/rules/{version}/proof")


@steps_router.post("/{version}/simulate")
async def simulate(desk: Editor, version: Version) -> Response:
    """Replay it over the contacts of a period, and look at what came of it."""
    form = await desk.form()
    try:
        body = period_of(form.text("first"), form.text("last"))
    except ValueError:
        return await _again(desk, version, form, desk.texts["rules"]["refusals"]["no_day"], "first")
    try:
        await desk.patiently(_PATIENCE_SECONDS).post("triage", f"/v1/rulesets/{version}/simulate", body)
    except Refused as refused:
        return await _refused(desk, version, refused, form, "first")
    return go_to(desk.request, f"/rules/{version}/simulation")


@steps_router.post("/{version}/activate")
async def activate(desk: Editor, version: Version) -> Response:
    """Put it in force from a moment on; somebody else than who wrote it does so."""
    form, refusals = await desk.form(), desk.texts["rules"]["refusals"]
    try:
        begins = moment_of(form.text("begins"))
    except ValueError:
        return await _again(desk, version, form, refusals["no_day"], "begins")
    reason = form.text("activate_reason")
    if reason is None:
        return await _again(desk, version, form, refusals["no_reason"], "activate_reason")
    body = {"reason": reason} | ({"from": begins} if begins else {})
    path = f"/v1/rulesets/{version}/activate"
    try:
        await desk.services.ask("triage", "POST", path, body=body, if_match=form.text("etag"))
    except Refused as refused:
        return await _refused(desk, version, refused, form, "begins")
    return go_to(desk.request, f"/rules/{version}")


@steps_router.post("/{version}/retire")
async def retire(desk: Editor, version: Version) -> Response:
    """Take a draft, or one that has not begun, out of use."""
    form = await desk.form()
    reason = form.text("retire_reason")
    if reason is None:
        return await _again(
            desk, version, form, desk.texts["rules"]["refusals"]["no_reason"], "retire_reason"
        )
    try:
        await desk.services.post("triage", f"/v1/rulesets/{version}/retire", {"reason": reason})
    except Refused as refused:
        return await _refused(desk, version, refused, form, "retire_reason")
    return go_to(desk.request, f"/rules/{version}")


async def _refused(desk: Sitting, version: str, refused: Refused, form: Form, at: str) -> Response:
    said = said_of(refused, desk.texts["rules"])
    return await _again(desk, version, form, said, at, status=refused.answer_status)


async def _again(
    desk: Sitting, version: str, form: Form, said: Any, at: str, *, status: int = 422
) -> Response:
    """The page as it was filled in, with what is wrong marked at its field."""
    return await ruleset_page(desk, version, status=status, said=said, at=at, fields=form.as_dict())
