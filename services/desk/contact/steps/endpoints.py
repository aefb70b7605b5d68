"""A contact's way out of somebody's hands: decided, closed, put back in line; and what to say then."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from services.desk.contact.contact_form import Fault
from services.desk.contact.endpoints import Receptionist, page, with_form
from services.desk.contact.service import (
    NotAssessedYet,
    assessed,
    keep_draft,
    keep_draft_anew,
    reread,
    what_next,
    write_down,
)
from services.desk.page_request import Sitting
from services.desk.problems import Refused
from services.desk.rendering import go_to
from services.desk.visitor import Form

contact_steps_router = APIRouter(prefix="/contacts")


@contact_steps_router.post("/{contact_id}/decide")
async def decide(desk: Receptionist, contact_id: UUID) -> Response:
    """Write all of it down, and send the contact where the recommendation, or the person, says."""
    services, form = desk.services, await desk.form()
    hand = await with_form(services, str(contact_id), form)
    told = reread(hand.contact, hand.fields)
    body, fault = _body_of(form)
    if faults := told.faults or ((fault,) if fault else ()):
        hand = await keep_draft_anew(services, hand)
        return await page(desk, hand, faults=faults, status=422)
    try:
        contact = await write_down(services, str(contact_id), told, hand.etag)
        assessment = await assessed(services, contact)
    except NotAssessedYet:
        hand = await with_form(services, str(contact_id), form, newest=True)
        return await page(desk, hand, notice="not_assessed_yet", status=503)
    except Refused as refused:
        return await _refused(desk, str(contact_id), form, refused)
    place = _place(assessment["recommendation"]["destination"])
    if "accept" in body and form.text("seen") not in {None, place}:
        # What was accepted is not what triage says of the facts as they were stored: nobody is sent unseen.
        hand = await with_form(services, str(contact_id), form, newest=True)
        return await page(desk, hand, notice="other_place", status=409)
    await services.post(
        "triage", f"/v1/assessments/{assessment['id']}/decision", body, once=form.text("once")
    )
    return go_to(desk.request, f"/contacts/{contact_id}/done")


def _place(destination: Mapping[str, Any]) -> str:
    return f"{destination['kind']}:{destination['unit']}:{destination['administration'] or ''}"


def _body_of(form: Form) -> tuple[dict[str, Any], Fault | None]:
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
    hand = await with_form(desk.services, contact_id, form, newest=True)
    if hand.contact["status"] == "closed":
        return await page(desk, hand, notice="closed_meanwhile", status=409)
    faults = tuple(Fault(_field_of(error), "refused") for error in _errors(refused))
    notice = "changed_meanwhile" if refused.answer_status in {409, 412} else None
    return await page(desk, hand, faults=faults, notice=notice, status=refused.answer_status)


def _errors(refused: Refused) -> list[dict[str, Any]]:
    errors = refused.answer.get("errors")
    return errors if isinstance(errors, list) else []


def _field_of(error: Mapping[str, Any]) -> str:
    pointer = str(error.get("pointer", ""))
    last = pointer.rpartition("/")[2]
    return "citizen_name" if pointer == "/citizen/name" else "contact_name" if last == "name" else last


@contact_steps_router.post("/{contact_id}/close")
async def close(desk: Receptionist, contact_id: UUID) -> Response:
    """Nothing more is to be done: advised, forwarded, a wrong number, ..."""
    services, form = desk.services, await desk.form()
    hand = await with_form(services, str(contact_id), form)
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


@contact_steps_router.post("/{contact_id}/finish")
async def finish(desk: Receptionist, contact_id: UUID) -> Response:
    """After a decision that leaves it with the reception: the citizen has been told, so it is done."""
    form = await desk.form()
    body = {"outcome": form.text("outcome") or "advised"}
    await desk.services.post("intake", f"/v1/contacts/{contact_id}/close", body)
    return go_to(desk.request, "/reception")


@contact_steps_router.post("/{contact_id}/release")
async def release(desk: Receptionist, contact_id: UUID) -> Response:
    """Back into the line at the old place; what was written stays as a draft for whoever takes it next."""
    services, form = desk.services, await desk.form()
    hand = await with_form(services, str(contact_id), form)
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


@contact_steps_router.get("/{contact_id}/done", name="done")
async def show_done(desk: Receptionist, contact_id: UUID) -> Response:
    """What to say to the citizen: where it went, what happens next, and how long it may take."""
    return desk.show("contact_done.html", **await what_next(desk.services, str(contact_id)))
