"""A contact in somebody's hands: the form, the recommendation as it grows, the decision, what to say then."""

import asyncio
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Response

from services.desk.api_clients import Services
from services.desk.contact.contact_form import CITIZEN, Fault, Told, fields_of
from services.desk.contact.service import (
    InHand,
    candidates,
    estimate_at,
    keep_draft,
    open_contact,
    recommend,
    reread,
    to_read_aloud,
)
from services.desk.page_request import Sitting, sitting
from services.desk.problems import Refused
from services.desk.rendering import go_to
from services.desk.visitor import Form
from shared.vocabulary import Role, Unit

contact_router = APIRouter(prefix="/contacts")


Receptionist = Annotated[Sitting, sitting(Role.RECEPTION)]
#: Fields of the form that are not of the contact.
_OURS = {
    *("csrf", "once", "etag", "draft_etag", "seen"),
    *("override", "other_kind", "unit", "reason", "outcome", "administration"),
}


@contact_router.get("/{contact_id}", name="contact")
async def show_contact(desk: Receptionist, contact_id: UUID) -> Response:
    """The form as it was left, with the recommendation for it."""
    services = desk.services
    hand = await open_contact(services, str(contact_id))
    return await page(desk, hand)


async def page(
    desk: Sitting,
    hand: InHand,
    *,
    faults: tuple[Fault, ...] = (),
    notice: str | None = None,
    status: int = 200,
) -> Response:
    services, told = desk.services, reread(hand.contact, hand.fields)
    recommendation = None if hand.contact["status"] == "closed" else await _safely(services, hand, told)
    needs = (await services.get("triage", "/v1/needs"))["items"]
    return desk.show(
        "contact.html",
        status=status,
        contact=hand.contact,
        hand=hand,
        fields=hand.fields,
        faults={fault.field: fault.text for fault in faults},
        notice=notice,
        needs=needs,
        units=[unit for unit in Unit if unit is not Unit.RECEPTION],
        candidates=await candidates(services, hand.contact),
        told=told,
        **await _around(desk, recommendation),
    )


async def _around(desk: Sitting, recommendation: dict[str, Any] | None) -> dict[str, Any]:
    """The recommendation, and what the citizen will want to know about the place."""
    words = desk.texts["contact"]["aloud"]
    estimate, lines = await asyncio.gather(
        estimate_at(desk.services, recommendation), to_read_aloud(desk.services, recommendation, words)
    )
    return {"recommendation": recommendation, "estimate": estimate, "read_aloud": lines}


async def _safely(services: Services, hand: InHand, told: Told) -> dict[str, Any] | None:
    """The recommendation; None where the facts cannot be advised on yet: the form then says why."""
    try:
        return await recommend(services, hand.contact, told)
    except Refused as refused:
        if refused.answer_status == 422:
            return None
        raise


@contact_router.post("/{contact_id}/look")
async def look(desk: Receptionist, contact_id: UUID) -> Response:
    """Keep the form as it stands and show the recommendation for it. Without htmx: the whole page again."""
    services, form = desk.services, await desk.form()
    hand = await with_form(services, str(contact_id), form)
    notice = None
    try:
        draft_etag = await keep_draft(services, str(contact_id), hand.fields, form.text("draft_etag"))
    except Refused as refused:
        if refused.answer_status not in {409, 412, 428}:
            raise
        draft_etag, notice = form.text("draft_etag"), "other_tab"
    hand = InHand(hand.contact, form.text("etag") or hand.etag, hand.fields, draft_etag, None)
    told = reread(hand.contact, hand.fields)
    if desk.request.headers.get("hx-request") != "true":
        return await page(desk, hand, notice=notice)
    return desk.show(
        "contact_advice.html",
        contact=hand.contact,
        hand=hand,
        told=told,
        notice=notice,
        kept=notice is None,
        faults={fault.field: fault.text for fault in told.faults},
        **await _around(desk, await _safely(services, hand, told)),
    )


@contact_router.post("/{contact_id}/same-as/{other}")
async def same_as(desk: Receptionist, contact_id: UUID, other: UUID) -> Response:
    """The person has said that it is about the same citizen as before: take over who that is."""
    services, form = desk.services, await desk.form()
    hand = await with_form(services, str(contact_id), form)
    before = fields_of(await services.get("intake", f"/v1/contacts/{other}"))
    known = {name: before[name] for name in CITIZEN if name in before}
    fields = {name: texts for name, texts in hand.fields.items() if name not in CITIZEN} | known
    await keep_draft(services, str(contact_id), fields, form.text("draft_etag"))
    return go_to(desk.request, f"/contacts/{contact_id}")


async def with_form(services: Services, contact_id: str, form: Form, *, newest: bool = False) -> InHand:
    """The contact as intake has it, with the form as it was sent. `newest`: and the newest ETag."""
    found = await services.ask("intake", "GET", f"/v1/contacts/{contact_id}")
    fields = {name: texts for name, texts in form.as_dict().items() if name not in _OURS}
    etag = found.etag if newest else form.text("etag") or found.etag
    return InHand(found.body, etag or "", fields, form.text("draft_etag"), None)
