"""A draft: copied from a version, written as a file, proved, simulated, put in force or taken out of use."""

from typing import Annotated, Any

from fastapi import APIRouter, Response

from services.desk.api_clients import Text
from services.desk.form import Form, local_moment
from services.desk.page_request import PageRequest, signed_in
from services.desk.problems import Refused
from services.desk.rules.drafts.line_faults import LineFault, changed_lines, faults_of
from services.desk.rules.drafts.refusals import message_for
from services.desk.rules.endpoints import Version, ruleset_page
from services.desk.rules.periods import period_of
from services.desk.rules.schemas import Ruleset
from shared.vocabulary import Role

drafts_router = APIRouter(prefix="/rules")

Editor = Annotated[PageRequest, signed_in(Role.RULES_EDITOR)]
_YAML = "application/yaml"
#: A proof takes up to seconds and a simulation up to half a minute.
_LONG_SECONDS = 60.0


@drafts_router.post("/{version}/copy")
async def copy_ruleset(page: Editor, version: Version) -> Response:
    """A draft with the same rows as `version`, to be changed."""
    form = await page.form()
    reason = form.text("copy_reason")
    if reason is None:
        return await _again(page, version, _text(page, "no_reason"), "copy_reason")
    body = {"copy_of": version} | ({"title": title} if (title := form.text("title")) else {})
    try:
        made = await page.services.post(
            "triage", "/v1/rulesets", Ruleset, body, reason=reason, once=form.text("once")
        )
    except Refused as refused:
        return await _refused_step(page, version, refused, "copy_reason")
    return page.redirect(f"/rules/{made.version}/edit")


@drafts_router.get("/{version}/edit", name="ruleset_edit")
async def edit_ruleset(page: Editor, version: Version) -> Response:
    """The draft as a file, to be changed."""
    stored = await page.services.text("triage", f"/v1/rulesets/{version}", _YAML)
    return _editor(page, version, stored.content, stored.etag or "", fresh=True)


def _editor(
    page: PageRequest, version: str, content: str, etag: str, *, status: int = 200, **more: Any
) -> Response:
    marked = {fault.line for fault in more.get("faults", ()) if fault.line is not None}
    return page.render(
        "ruleset_edit.html",
        status=status,
        version=version,
        content=content,
        lines=content.split("\n"),
        marked=marked,
        etag=etag,
        **{"faults": [], "message": None, "reason": "", "theirs": [], "fresh": False, **more},
    )


@drafts_router.post("/{version}/edit")
async def save_ruleset(page: Editor, version: Version) -> Response:
    """Store what was written. What is refused comes back as it was typed, with each fault at its line."""
    form = await page.form()
    content, etag, reason = form.verbatim("content"), form.text("etag") or "", form.text("reason")
    if reason is None:
        message = _text(page, "no_reason")
        return _editor(page, version, content, etag, status=422, message=message, at="reason")
    try:
        await page.services.send(
            *("triage", "PUT", f"/v1/rulesets/{version}"),
            Text(content, _YAML),
            if_match=etag,
            reason=reason,
        )
    except Refused as refused:
        return await _refused_edit(page, version, form, refused)
    return page.redirect(f"/rules/{version}/difference")


async def _refused_edit(page: PageRequest, version: str, form: Form, refused: Refused) -> Response:
    texts = page.texts["rules"]
    content, etag = form.verbatim("content"), form.text("etag") or ""
    more: dict[str, Any] = {"message": message_for(refused, texts), "reason": form.text("reason") or ""}
    if refused.answer_kind == "invalid-input":
        more["at"] = "reason"
    if refused.answer_kind == "invalid-ruleset":
        found = faults_of(refused.field_errors, texts["phrases"])
        more["faults"] = found or [LineFault(None, "", refused.detail or "", foreign=True)]
    if refused.answer_status == 412:
        # The page has what a colleague stored meanwhile; the next save goes on top of it.
        stored = await page.services.text("triage", f"/v1/rulesets/{version}", _YAML)
        more["theirs"], etag = changed_lines(content, stored.content), stored.etag or etag
    return _editor(page, version, content, etag, status=refused.answer_status, **more)


@drafts_router.post("/{version}/check")
async def check(page: Editor, version: Version) -> Response:
    """Prove it, and go to what was found."""
    try:
        await page.services.with_timeout(_LONG_SECONDS).send(
            "triage", "POST", f"/v1/rulesets/{version}/check"
        )
    except Refused as refused:
        return await _refused_step(page, version, refused, "check")
    return page.redirect(f"/rules/{version}/proof")


@drafts_router.post("/{version}/simulate")
async def simulate(page: Editor, version: Version) -> Response:
    """Replay it over the contacts of a period, and go to what was found."""
    form = await page.form()
    try:
        body = period_of(form.text("first"), form.text("last"))
    except ValueError:
        return await _again(page, version, _text(page, "no_day"), "first")
    try:
        await page.services.with_timeout(_LONG_SECONDS).send(
            "triage", "POST", f"/v1/rulesets/{version}/simulate", body
        )
    except Refused as refused:
        return await _refused_step(page, version, refused, "first")
    return page.redirect(f"/rules/{version}/simulation")


@drafts_router.post("/{version}/activate")
async def activate(page: Editor, version: Version) -> Response:
    """Put it in force from a moment on. Triage refuses this to the person who wrote it."""
    form = await page.form()
    try:
        begins = local_moment(form.text("begins"))
    except ValueError:
        return await _again(page, version, _text(page, "no_day"), "begins")
    reason = form.text("activate_reason")
    if reason is None:
        return await _again(page, version, _text(page, "no_reason"), "activate_reason")
    body = {"reason": reason} | ({"from": begins.isoformat()} if begins else {})
    try:
        await page.services.send(
            "triage", "POST", f"/v1/rulesets/{version}/activate", body, if_match=form.text("etag")
        )
    except Refused as refused:
        return await _refused_step(page, version, refused, "begins")
    return page.redirect(f"/rules/{version}")


@drafts_router.post("/{version}/retire")
async def retire(page: Editor, version: Version) -> Response:
    """Take a draft, or one that has not begun, out of use."""
    reason = (await page.form()).text("retire_reason")
    if reason is None:
        return await _again(page, version, _text(page, "no_reason"), "retire_reason")
    try:
        await page.services.send("triage", "POST", f"/v1/rulesets/{version}/retire", {"reason": reason})
    except Refused as refused:
        return await _refused_step(page, version, refused, "retire_reason")
    return page.redirect(f"/rules/{version}")


def _text(page: PageRequest, key: str) -> Any:
    return page.texts["rules"]["refusals"][key]


async def _refused_step(page: PageRequest, version: str, refused: Refused, at: str) -> Response:
    message = message_for(refused, page.texts["rules"])
    return await _again(page, version, message, at, status=refused.answer_status)


async def _again(page: PageRequest, version: str, message: Any, at: str, *, status: int = 422) -> Response:
    """The page as it was filled in, with what is wrong marked at the field `at`."""
    fields = (await page.form()).as_dict()
    return await ruleset_page(page, version, status=status, message=message, at=at, fields=fields)
