"""An organisation's own offers, taken from a file in HSDS form: first shown, then taken."""

from typing import Annotated, Any

from fastapi import APIRouter, Response

from services.desk.api_clients import Text
from services.desk.page_request import Sitting, sitting
from services.desk.problems import Refused
from shared.vocabulary import Role

import_router = APIRouter(prefix="/offers/import")

Editor = Annotated[Sitting, sitting(Role.RULES_EDITOR)]
_TELLING = {"unreadable-catalogue", "foreign-entry", "invalid-input", "too-large"}
_EMPTY: dict[str, Any] = {"source": "", "content": "", "plan": None, "said": None, "errors": []}


@import_router.get("", name="offers_import")
async def show_form(desk: Editor) -> Response:
    """The empty form."""
    return desk.show("offers_import.html", **_EMPTY)


@import_router.post("")
async def import_offers(desk: Editor) -> Response:
    """What taking the file would do; and with `take`, do it. The same file twice changes nothing."""
    form = await desk.form()
    content, source, take = form.written("content"), form.text("source") or "", form.ticked("take")
    shown = {**_EMPTY, "source": source, "content": content}
    if not content.strip() or not source:
        said = desk.texts["offers"]["refusals"]["nothing"]
        return desk.show("offers_import.html", status=422, **{**shown, "said": said})
    try:
        answer = await desk.services.ask(
            *("triage", "POST", "/v1/catalogue/import"),
            text=Text(content, "application/json"),
            query={"source": source, "dry_run": "false" if take else "true"},
        )
    except Refused as refused:
        if refused.answer_kind not in _TELLING:
            raise
        said = desk.texts["offers"]["refusals"][refused.answer_kind]
        told = {**shown, "said": said, "errors": refused.answer.get("errors") or []}
        return desk.show("offers_import.html", status=refused.answer_status, **told)
    return desk.show("offers_import.html", **{**shown, "plan": answer.body})
