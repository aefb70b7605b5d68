"""A contact in the user's hands: the form, the recommendation as it grows, the decision, what to say then."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Response

from services.desk.api_models import Listing
from services.desk.contact.children import (
    MOST_CHILDREN,
    child_field,
    field_of_child,
    field_of_question,
    row_of,
    rows_of,
    with_another_row,
    without_row,
)
from services.desk.contact.decision import choice_of, field_at
from services.desk.contact.form import CITIZEN, ContactForm, fields_of
from services.desk.contact.schemas import HandledContact
from services.desk.contact.service import (
    candidates,
    decide,
    estimate_at,
    open_contact,
    outcome_of,
    read_again,
    recommend,
    release_taken,
    replace_draft,
    save_draft,
    store,
    to_read_aloud,
)
from services.desk.duties.acts import Attempt, open_of
from services.desk.duties.permissions import may_act
from services.desk.duties.service import read_duties, try_act
from services.desk.form import Fault, Fields, Form
from services.desk.intake_models import Contact
from services.desk.page_request import PageRequest, signed_in
from services.desk.problems import Refused
from services.desk.sections import section
from services.desk.triage_models import Need, Recommendation
from shared.vocabulary import Role

contact_router = APIRouter(prefix="/contacts")

Receptionist = Annotated[PageRequest, signed_in(Role.RECEPTION)]
#: Fields of the form that are not of the contact.
_OURS = {
    *("csrf", "once", "etag", "draft_etag", "seen"),
    *("override", "other_kind", "unit", "reason", "outcome", "administration"),
    *("add_child", "remove_child"),
}
#: What the page says about a refusal, where it is not that somebody has changed the contact.
_NOTICES = {"recommendation-changed": "recommendation_changed", "contact-closed": "closed_meanwhile"}
#: Why a draft cannot be stored: it was stored from another tab meanwhile.
_STALE = {409, 412, 428}


@contact_router.get("/{contact_id}", name="contact")
async def show_contact(page: Receptionist, contact_id: UUID) -> Response:
    """The form as it was left, with the recommendation for it."""
    return await _page(page, await open_contact(page.services, str(contact_id)))


async def _page(
    page: PageRequest,
    handled: HandledContact,
    *,
    faults: tuple[Fault, ...] = (),
    notice: str | None = None,
    status: int = 200,
    attempt: Attempt | None = None,
    focus: str | None = None,
) -> Response:
    contact, services = handled.contact, page.services
    # Without routing the form is filled in as always; the page says that it has no deadlines.
    needs, owed = await asyncio.gather(
        services.get("triage", "/v1/needs", Listing[Need]),
        section(read_duties(services, contact_id=contact.id)),
    )
    recommendation, read = None, read_again(contact, handled.fields)
    if contact.status != "closed":
        recommendation = await recommend(services, contact, read.facts_for_triage)
    return page.render(
        "contact.html",
        status=status,
        contact=contact,
        handled=handled,
        fields=handled.fields,
        faults={fault.field: fault.text for fault in faults},
        notice=notice,
        needs=needs.items,
        units=page.units_to_choose,
        candidates=await candidates(services, contact),
        duties=owed.body,
        are_duties_unread=not owed,
        open_duties=open_of(owed.body),
        duties_path=f"/contacts/{contact.id}/duties",
        may_act=lambda duty: may_act(page.session, duty),
        attempt=attempt,
        **_children(handled.fields, focus),
        **await _advice(page, recommendation, read, needs.items),
    )


def _children(fields: Fields, focus: str | None = None) -> dict[str, Any]:
    """The rows of children, and the field that has the focus after a row came or went."""
    return {
        "child_rows": rows_of(fields),
        "most_children": MOST_CHILDREN,
        "child_field": child_field,
        "row_of": row_of,
        "focus": focus,
    }


async def _advice(
    page: PageRequest,
    recommendation: Recommendation | None,
    read: ContactForm,
    needs: Sequence[Need] | None = None,
) -> dict[str, Any]:
    """The recommendation, and what the citizen will want to know about the place."""
    words = page.texts["contact"]["aloud"]
    if needs is None and recommendation and recommendation.also:
        needs = (await page.services.get("triage", "/v1/needs", Listing[Need])).items
    estimate, lines = await asyncio.gather(
        estimate_at(page.services, recommendation.destination if recommendation else None),
        to_read_aloud(page.services, recommendation, words),
    )
    return {
        "recommendation": recommendation,
        "estimate": estimate,
        "read_aloud": lines,
        "need_names": {need.code: need.label for need in needs or ()},
        "sent_rows": read.child_rows,
        "field_of_question": field_of_question,
    }


async def _as_sent(page: PageRequest, contact_id: UUID, *, newest: bool = False) -> HandledContact:
    """The contact as intake stores it, with the form as it was sent. `newest`: with the newest ETag, too."""
    found = await page.services.fetch("intake", f"/v1/contacts/{contact_id}", Contact)
    form = await page.form()
    fields = {name: texts for name, texts in form.as_dict().items() if name not in _OURS}
    etag = found.etag if newest else form.text("etag") or found.etag
    return HandledContact(found.content, etag or "", fields, form.text("draft_etag"))


@contact_router.post("/{contact_id}/look")
async def update_advice(page: Receptionist, contact_id: UUID) -> Response:
    """Store the form as a draft and render the recommendation for it; without htmx the whole page."""
    form = await page.form()
    handled, notice = await _as_sent(page, contact_id), None
    draft_etag = handled.draft_etag
    try:
        draft_etag = await save_draft(page.services, str(contact_id), handled.fields, draft_etag)
    except Refused as refused:
        if refused.answer_status not in _STALE:
            raise
        notice = "other_tab"
    handled = HandledContact(handled.contact, form.text("etag") or handled.etag, handled.fields, draft_etag)
    if page.request.headers.get("hx-request") != "true":
        return await _page(page, handled, notice=notice)
    read = read_again(handled.contact, handled.fields)
    return page.render(
        "contact_advice.html",
        handled=handled,
        notice=notice,
        kept=notice is None,
        **await _advice(page, await recommend(page.services, handled.contact, read.facts_for_triage), read),
    )


@contact_router.post("/{contact_id}/children")
async def change_children(page: Receptionist, contact_id: UUID) -> Response:
    """One more row for a child, or one fewer; without htmx the whole page, stored as a draft."""
    form, handled = await page.form(), await _as_sent(page, contact_id)
    removed = form.text("remove_child") or ""
    if removed.isascii() and removed.isdigit() and len(removed) <= 2:
        fields = without_row(handled.fields, int(removed))
        focus = "add-child"
    else:
        fields = with_another_row(handled.fields)
        focus = child_field("age", rows_of(fields)[-1])
    if page.is_fragment:
        return page.render("contact_children.html", fields=fields, faults={}, **_children(fields, focus))
    handled = await replace_draft(page.services, replace(handled, fields=fields))
    return await _page(page, handled, focus=focus)


@contact_router.post("/{contact_id}/duties/{duty}")
async def act_on_duty(page: Receptionist, contact_id: UUID, duty: UUID) -> Response:
    """What was owed is done, or is no longer owed; the page has it with who and when."""
    duties = await read_duties(page.services, contact_id=str(contact_id))
    attempt = await try_act(page.services, await page.form(), duties, str(duty))
    if attempt is None:
        return page.redirect(f"/contacts/{contact_id}#duty-{duty}")
    handled = await open_contact(page.services, str(contact_id))
    return await _page(page, handled, attempt=attempt, status=attempt.status)


@contact_router.post("/{contact_id}/same-as/{other}")
async def same_as(page: Receptionist, contact_id: UUID, other: UUID) -> Response:
    """It is about the same citizen as before, the caller confirms: copy who that is."""
    handled = await _as_sent(page, contact_id)
    before = fields_of(await page.services.get("intake", f"/v1/contacts/{other}", Contact))
    known = {name: before[name] for name in CITIZEN if name in before}
    fields = {name: texts for name, texts in handled.fields.items() if name not in CITIZEN} | known
    await save_draft(page.services, str(contact_id), fields, handled.draft_etag)
    return page.redirect(f"/contacts/{contact_id}")


@contact_router.post("/{contact_id}/decide")
async def decide_contact(page: Receptionist, contact_id: UUID) -> Response:
    """Store all of it, and send the contact where the recommendation, or the user, says."""
    form, handled = await page.form(), await _as_sent(page, contact_id)
    read = read_again(handled.contact, handled.fields)
    choice, choice_faults = choice_of(form)
    if faults := read.faults or choice_faults:
        handled = await replace_draft(page.services, handled)
        return await _page(page, handled, faults=faults, status=422)
    try:
        contact = await store(page.services, str(contact_id), read, handled.etag)
        await decide(page.services, contact, choice)
    except Refused as refused:
        return await _refused(page, contact_id, refused)
    return page.redirect(f"/contacts/{contact_id}/done")


async def _refused(page: PageRequest, contact_id: UUID, refused: Refused) -> Response:
    """The form again, filled in as it was, with why a service refused it."""
    if refused.answer_status not in {409, 412, 422, 428}:
        raise refused
    if refused.answer_status == 422 and not refused.field_errors:
        raise refused
    handled = await _as_sent(page, contact_id, newest=True)
    if handled.contact.status == "closed":
        return await _page(page, handled, notice="closed_meanwhile", status=409)
    rows = read_again(handled.contact, handled.fields).child_rows
    pointers = [str(error.get("pointer", "")) for error in refused.field_errors]
    faults = tuple(
        Fault(field_of_child(pointer, rows) or field_at(pointer), "refused") for pointer in pointers
    )
    notice = None
    if refused.answer_status in {409, 412}:
        notice = _NOTICES.get(refused.answer_kind, "changed_meanwhile")
    return await _page(page, handled, faults=faults, notice=notice, status=refused.answer_status)


@contact_router.post("/{contact_id}/close")
async def close(page: Receptionist, contact_id: UUID) -> Response:
    """Nothing more is to be done: advised, forwarded, a wrong number, ..."""
    handled = await _as_sent(page, contact_id)
    read = read_again(handled.contact, handled.fields)
    try:
        etag = await page.services.send(
            *("intake", "PATCH", f"/v1/contacts/{contact_id}"), read.personal_data, if_match=handled.etag
        )
        await page.services.send(
            *("intake", "POST", f"/v1/contacts/{contact_id}/close"),
            _closing(await page.form()),
            if_match=etag,
        )
    except Refused as refused:
        return await _refused(page, contact_id, refused)
    return page.redirect(f"/contacts/{contact_id}/done")


@contact_router.post("/{contact_id}/finish")
async def finish(page: Receptionist, contact_id: UUID) -> Response:
    """After a decision that leaves it with the reception: the citizen has been informed, so it is done."""
    body = _closing(await page.form())
    await page.services.send("intake", "POST", f"/v1/contacts/{contact_id}/close", body)
    return page.redirect("/reception")


def _closing(form: Form) -> dict[str, str]:
    return {"outcome": form.text("outcome") or "advised"}


@contact_router.post("/{contact_id}/release")
async def release(page: Receptionist, contact_id: UUID) -> Response:
    """Back into the line at the old place; the form stays as a draft for the colleague who takes it next."""
    handled = await _as_sent(page, contact_id)
    try:
        await save_draft(page.services, str(contact_id), handled.fields, handled.draft_etag)
    except Refused as refused:
        # A newer draft of another tab is there already.
        if refused.answer_status not in _STALE:
            raise
    await release_taken(page.services, str(contact_id))
    return page.redirect("/reception")


@contact_router.get("/{contact_id}/done", name="done")
async def show_done(page: Receptionist, contact_id: UUID) -> Response:
    """What to say to the citizen: where it went, what happens next, and how long it may take."""
    return page.render("contact_done.html", outcome=await outcome_of(page.services, str(contact_id)))
