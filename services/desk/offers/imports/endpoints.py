"""Importing an organisation's own offers from a file in HSDS form: a preview first."""

from typing import Annotated, Any

from fastapi import APIRouter, Response

from services.desk.api_clients import Text
from services.desk.offers.schemas import ImportPlan
from services.desk.page_request import PageRequest, signed_in
from services.desk.problems import Refused
from shared.vocabulary import Role

import_router = APIRouter(prefix="/offers/import")

Editor = Annotated[PageRequest, signed_in(Role.RULES_EDITOR)]
#: Refusals that say what is wrong with the file.
_ABOUT_THE_FILE = {"unreadable-catalogue", "foreign-entry", "invalid-input", "too-large"}


@import_router.get("", name="offers_import")
async def show_form(page: Editor) -> Response:
    """The empty form."""
    return _page(page)


def _page(page: PageRequest, *, status: int = 200, **more: Any) -> Response:
    context = {"source": "", "content": "", "plan": None, "message": None, "errors": [], **more}
    return page.render("offers_import.html", status=status, **context)


@import_router.post("")
async def import_offers(page: Editor) -> Response:
    """What importing the file would do; and with `take`, do it. The same file twice changes nothing."""
    form, refusals = await page.form(), page.texts["offers"]["refusals"]
    content, source, take = form.verbatim("content"), form.text("source") or "", form.ticked("take")
    typed: dict[str, Any] = {"source": source, "content": content}
    if not content.strip() or not source:
        return _page(page, status=422, message=refusals["nothing"], **typed)
    try:
        plan = await page.services.post(
            *("triage", "/v1/catalogue/import", ImportPlan),
            Text(content, "application/json"),
            query={"source": source, "dry_run": "false" if take else "true"},
        )
    except Refused as refused:
        if refused.answer_kind not in _ABOUT_THE_FILE:
            raise
        message, errors = refusals[refused.answer_kind], refused.field_errors
        return _page(page, status=refused.answer_status, message=message, errors=errors, **typed)
    return _page(page, plan=plan, **typed)
