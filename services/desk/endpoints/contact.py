"""A contact in somebody's hands: the form, the recommendation as it grows, the decision, what to say then."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from services.desk.callers import Services
from services.desk.problems import Refused
from services.desk.reception.contact_form import CITIZEN, Fault, Told, fields_of
from services.desk.reception.handling import (
    InHand,
    NotAssessedYet,
    assessed,
    candidates,
    estimate_at,
    keep_draft,
    keep_draft_anew,
    open_contact,
    recommend,
    reread,
    to_read_aloud,
    what_next,
    write_down,
)
from services.desk.session import Session
from services.desk.showing import go_to, services_of, show
from services.desk.visitor import Form, form_of, visitor
from shared.vocabulary import Role, Unit

contact_router = APIRouter(prefix="/contacts")


@dataclass(frozen=True)
class Sitting:
    """Somebody at the desk, and the services called in their name."""

    request: Request
    session: Session
    services: Services

    def show(self, template: str, *, status: int = 200, **shown: Any) -> Response:
        """A page for them."""
        return show(self.request, template, self.session, status=status, **shown)


async def _sitting(request: Request, session: Annotated[Session, visitor(Role.RECEPTION)]) -> Sitting:
    return Sitting(request, session, services_of(request, session))


Receptionist = Annotated[Sitting, Depends(_sitting)]
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
    return await _page(desk, hand)


async def _page(
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
    words = desk.request.app.state.texts["contact"]["aloud"]
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
    services, form = desk.services, await form_of(desk.request)
    hand = await _with_form(services, str(contact_id), form)
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
        return await _page(desk, hand, notice=notice)
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
    services, form = desk.services, await form_of(desk.request)
    hand = await _with_form(services, str(contact_id), form)
    before = fields_of(await services.get("intake", f"/v1/contacts/{other}"))
    known = {name: before[name] for name in CITIZEN if name in before}
    fields = {name: texts for name, texts in hand.fields.items() if name not in CITIZEN} | known
    await keep_draft(services, str(contact_id), fields, form.text("draft_etag"))
    return go_to(desk.request, f"/contacts/{contact_id}")


@contact_router.post("/{contact_id}/decide")
async def decide(desk: Receptionist, contact_id: UUID) -> Response:
    """Write all of it down, and send the contact where the recommendation, or the person, says."""
    services, form = desk.services, await form_of(desk.request)
    hand = await _with_form(services, str(contact_id), form)
    told = reread(hand.contact, hand.fields)
    wish, fault = _wish_of(form)
    if faults := told.faults or ((fault,) if fault else ()):
        hand = await keep_draft_anew(services, hand)
        return await _page(desk, hand, faults=faults, status=422)
    try:
        contact = await write_down(services, str(contact_id), told, hand.etag)
        assessment = await assessed(services, contact)
    except NotAssessedYet:
        hand = await _with_form(services, str(contact_id), form, newest=True)
        return await _page(desk, hand, notice="not_assessed_yet", status=503)
    except Refused as refused:
        return await _refused(desk, str(contact_id), form, refused)
    place = _place(assessment["recommendation"]["destination"])
    if "accept" in wish and form.text("seen") not in {None, place}:
        # What was accepted is not what triage says of the facts as they were stored: nobody is sent unseen.
        hand = await _with_form(services, str(contact_id), form, newest=True)
        return await _page(desk, hand, notice="other_place", status=409)
    await services.post(
        "triage", f"/v1/assessments/{assessment['id']}/decision", wish, once=form.text("once")
    )
    return go_to(desk.request, f"/contacts/{contact_id}/done")


def _place(destination: Mapping[str, Any]) -> str:
    return f"{destination['kind']}:{destination['unit']}:{destination['administration'] or ''}"


def _wish_of(form: Form) -> tuple[dict[str, Any], Fault | None]:
    """What the person decides: to accept, or another place with the reason."""
    if not form.ticked("override"):
        return {"accept": True}, None
    kind = form.text("other_kind") or "unit"
    reason = form.text("reason")
    if reason is None:
        return {}, Fault("reason", "no_reason")
    override = {"kind": kind, "unit": form.text("unit") if kind == "unit" else "reception"}
    if kind == "unit" and override["unit"] is None:
        return {}, Fault("unit", "no_unit")
    if kind == "other_authority" and (administration := form.text("administration")):
        override["administration"] = administration
    return {"override": override, "reason": reason}, None


async def _refused(desk: Sitting, contact_id: str, form: Form, refused: Refused) -> Response:
    """The form again, filled in as it was, with what a service said against it."""
    if refused.answer_status not in {409, 412, 422, 428}:
        raise refused
    hand = await _with_form(desk.services, contact_id, form, newest=True)
    if hand.contact["status"] == "closed":
        return await _page(desk, hand, notice="closed_meanwhile", status=409)
    faults = tuple(Fault(_field_of(error), "refused") for error in _errors(refused))
    notice = "changed_meanwhile" if refused.answer_status in {409, 412} else None
    return await _page(desk, hand, faults=faults, notice=notice, status=refused.answer_status)


def _errors(refused: Refused) -> list[dict[str, Any]]:
    errors = refused.answer.get("errors")
    return errors if isinstance(errors, list) else []


def _field_of(error: Mapping[str, Any]) -> str:
    pointer = str(error.get("pointer", ""))
    last = pointer.rpartition("/")[2]
    return "citizen_name" if pointer == "/citizen/name" else "contact_name" if last == "name" else last


@contact_router.post("/{contact_id}/close")
async def close(desk: Receptionist, contact_id: UUID) -> Response:
    """Nothing more is to be done: advised, forwarded, a wrong number, ..."""
    services, form = desk.services, await form_of(desk.request)
    hand = await _with_form(services, str(contact_id), form)
    told = reread(hand.contact, hand.fields)
    said = {"citizen": told.citizen, "contact_person": told.contact_person, "summary": told.summary}
    path = f"/v1/contacts/{contact_id}"
    try:
        changed = await services.ask("intake", "PATCH", path, body=said, if_match=hand.etag)
        body = {"outcome": form.text("outcome") or "advised"}
        await services.ask("intake", "POST", f"{path}/close", body=body, if_match=changed.etag)
    except Refused as refused:
        return await _refused(desk, str(contact_id), form, refused)
    return go_to(desk.request, f"/contacts/{contact_id}/done")


@contact_router.post("/{contact_id}/finish")
async def finish(desk: Receptionist, contact_id: UUID) -> Response:
    """After a decision that leaves it with the reception: the citizen has been told, so it is done."""
    form = await form_of(desk.request)
    body = {"outcome": form.text("outcome") or "advised"}
    await desk.services.post("intake", f"/v1/contacts/{contact_id}/close", body)
    return go_to(desk.request, "/reception")


@contact_router.post("/{contact_id}/release")
async def release(desk: Receptionist, contact_id: UUID) -> Response:
    """Back into the line at the old place; what was written stays as a draft for whoever takes it next."""
    services, form = desk.services, await form_of(desk.request)
    hand = await _with_form(services, str(contact_id), form)
    try:
        await keep_draft(services, str(contact_id), hand.fields, form.text("draft_etag"))
    except Refused as refused:
        if refused.answer_status not in {409, 412, 428}:
            raise
    found = await services.get("routing", "/v1/entries", contact_id=str(contact_id))
    for entry in found["items"]:
        if entry["status"] == "taken":
            await services.post("routing", f"/v1/entries/{entry['id']}/release")
    return go_to(desk.request, "/reception")


@contact_router.get("/{contact_id}/done", name="done")
async def show_done(desk: Receptionist, contact_id: UUID) -> Response:
    """What to say to the citizen: where it went, what happens next, and how long it may take."""
    return desk.show("contact_done.html", **await what_next(desk.services, str(contact_id)))


async def _with_form(services: Services, contact_id: str, form: Form, *, newest: bool = False) -> InHand:
    """The contact as intake has it, with the form as it was sent. `newest`: and the newest ETag."""
    found = await services.ask("intake", "GET", f"/v1/contacts/{contact_id}")
    fields = {name: texts for name, texts in form.as_dict().items() if name not in _OURS}
    etag = found.etag if newest else form.text("etag") or found.etag
    return InHand(found.body, etag or "", fields, form.text("draft_etag"), None)
