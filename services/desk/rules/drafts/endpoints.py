"""Drafts: copied from a version with a reason, and written as the file that version control keeps."""

from typing import Annotated, Any

from fastapi import APIRouter, Response

from services.desk.api_clients import Text
from services.desk.page_request import Sitting, sitting
from services.desk.problems import Refused
from services.desk.rendering import go_to
from services.desk.rules.drafts.line_faults import LineFault, changed_lines, faults_of
from services.desk.rules.drafts.refusals import said_of
from services.desk.rules.endpoints import Version, ruleset_page
from services.desk.visitor import Form
from shared.vocabulary import Role

drafts_router = APIRouter(prefix="/rules")

Editor = Annotated[Sitting, sitting(Role.RULES_EDITOR)]
_YAML = "application/yaml"


@drafts_router.post("/{version}/copy")
async def copy_ruleset(desk: Editor, version: Version) -> Response:
    """A draft that says the same as `version`, to be changed."""
    form = await desk.form()
    body = {"copy_of": version, "title": form.text("title")}
    reason = form.text("copy_reason")
    if reason is None:
        said = desk.texts["rules"]["refusals"]["no_reason"]
        return await ruleset_page(
            desk, version, status=422, said=said, at="copy_reason", fields=form.as_dict()
        )
    try:
        made = await desk.services.ask(
            *("triage", "POST", "/v1/rulesets"),
            body={name: value for name, value in body.items() if value},
            reason=reason,
            once=form.text("once"),
        )
    except Refused as refused:
        said = said_of(refused, desk.texts["rules"])
        shown: dict[str, Any] = {"said": said, "at": "copy_reason", "fields": form.as_dict()}
        return await ruleset_page(desk, version, status=refused.answer_status, **shown)
    return go_to(desk.request, f"/rules/{made.body['version']}/edit")


@drafts_router.get("/{version}/edit", name="ruleset_edit")
async def edit_ruleset(desk: Editor, version: Version) -> Response:
    """The draft as a file, to be changed."""
    stored = await _stored(desk, version)
    return _page(desk, version, stored.body, stored.etag or "", fresh=True)


async def _stored(desk: Sitting, version: str) -> Any:
    return await desk.services.ask("triage", "GET", f"/v1/rulesets/{version}", accept=_YAML)


def _page(
    desk: Sitting, version: str, content: str, etag: str, *, status: int = 200, **shown: Any
) -> Response:
    marked = {fault.line for fault in shown.get("faults", ()) if fault.line is not None}
    return desk.show(
        "ruleset_edit.html",
        status=status,
        version=version,
        content=content,
        lines=content.split("\n"),
        marked=marked,
        etag=etag,
        **{"faults": [], "said": None, "reason": "", "theirs": [], "fresh": False, **shown},
    )


@drafts_router.post("/{version}/edit")
async def save_ruleset(desk: Editor, version: Version) -> Response:
    """Keep what was written. What cannot be kept comes back as it was typed, with each fault at its line."""
    form, texts = await desk.form(), desk.texts["rules"]
    content, etag, reason = form.written("content"), form.text("etag") or "", form.text("reason")
    if reason is None:
        return _page(
            desk, version, content, etag, status=422, said=texts["refusals"]["no_reason"], at="reason"
        )
    try:
        await desk.services.ask(
            "triage",
            "PUT",
            f"/v1/rulesets/{version}",
            text=Text(content, _YAML),
            if_match=etag,
            reason=reason,
        )
    except Refused as refused:
        return await _refused(desk, version, form, refused)
    return go_to(desk.request, f"/rules/{version}/difference")


async def _refused(desk: Sitting, version: str, form: Form, refused: Refused) -> Response:
    texts = desk.texts["rules"]
    content, etag = form.written("content"), form.text("etag") or ""
    shown: dict[str, Any] = {"said": said_of(refused, texts), "reason": form.text("reason") or ""}
    if refused.answer_kind == "invalid-input":
        shown["at"] = "reason"
    if refused.answer_kind == "invalid-ruleset":
        found = faults_of(refused.answer, texts["phrases"])
        shown["faults"] = found or [LineFault(None, "", refused.detail or "", foreign=True)]
    if refused.answer_status == 412:
        # The next time it is saved on top of what somebody else saved: they have seen by now what it was.
        stored = await _stored(desk, version)
        shown["theirs"], etag = changed_lines(content, stored.body), stored.etag or etag
    return _page(desk, version, content, etag, status=refused.answer_status, **shown)
