"""Handling one contact over the services' contracts: draft, recommendation, storing, deciding, taking."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from services.desk.api_clients import ApiClients
from services.desk.api_models import Listing
from services.desk.contact.decision import Choice
from services.desk.contact.form import ContactForm, fields_of, read_form
from services.desk.contact.schemas import CandidatePerson, Candidates, Draft, HandledContact, Outcome
from services.desk.form import Fields
from services.desk.intake_models import Contact
from services.desk.offers.read_aloud import Words, offer_lines
from services.desk.offers.schemas import Offer
from services.desk.problems import Refused
from services.desk.routing_models import Entry, Estimate
from services.desk.triage_models import Assessment, Destination, ExplainedRecommendation, Recommendation

_POLL_SECONDS = 0.05
#: Together two seconds, in which routing receives the event of a new contact.
_TAKE_TRIES = 40
_MOST_READ_ALOUD = 5


async def open_contact(services: ApiClients, contact_id: str) -> HandledContact:
    """The contact with its draft, if there is one. Intake logs the access."""
    found = await services.fetch("intake", f"/v1/contacts/{contact_id}", Contact)
    contact, etag = found.content, found.etag or ""
    if contact.status != "closed":
        try:
            draft = await services.fetch("intake", f"/v1/contacts/{contact_id}/draft", Draft)
        except Refused as refused:
            if refused.answer_status != 404:
                raise
        else:
            return HandledContact(contact, etag, draft.content.content, draft.etag)
    return HandledContact(contact, etag, fields_of(contact))


async def save_draft(
    services: ApiClients, contact_id: str, fields: Fields, draft_etag: str | None
) -> str | None:
    """Store the form as it is; gives the next draft's ETag. Raises Refused (412 when stale)."""
    body = {"content": {name: list(texts) for name, texts in fields.items()}}
    return await services.send("intake", "PUT", f"/v1/contacts/{contact_id}/draft", body, if_match=draft_etag)


async def replace_draft(services: ApiClients, handled: HandledContact) -> HandledContact:
    """Store a form that was sent whole, over the draft of any other tab: it is the newest."""
    contact_id = handled.contact.id
    try:
        newest = (await services.fetch("intake", f"/v1/contacts/{contact_id}/draft", Draft)).etag
    except Refused as refused:
        if refused.answer_status != 404:
            raise
        newest = None
    try:
        stored = await save_draft(services, contact_id, handled.fields, newest)
    except Refused as refused:
        # The form comes back on the page in any case; the draft is only a second copy of it.
        if refused.answer_status not in {409, 412, 422, 428}:
            raise
        return handled
    return replace(handled, draft_etag=stored)


async def recommend(
    services: ApiClients, contact: Contact, facts: Mapping[str, Any]
) -> ExplainedRecommendation | None:
    """Where triage would send it with these facts; None without a need, or where triage cannot advise."""
    if not facts["needs"]:
        return None
    body = {
        "facts": facts,
        "channel": contact.channel,
        "received_at": contact.received_at.isoformat(),
    }
    try:
        return await services.post(
            "triage", "/v1/recommendations", ExplainedRecommendation, body, query={"explain": "true"}
        )
    except Refused as refused:
        # The faults are at the fields already; the advice beside them is merely missing.
        if refused.answer_status == 422:
            return None
        raise


async def store(services: ApiClients, contact_id: str, form: ContactForm, etag: str) -> Contact:
    """Store the personal data and the facts. Raises Refused (412 when a colleague changed it meanwhile)."""
    changed = await services.send(
        "intake", "PATCH", f"/v1/contacts/{contact_id}", form.personal_data, if_match=etag
    )
    return await services.put(
        "intake", f"/v1/contacts/{contact_id}/facts", Contact, form.facts, if_match=changed
    )


async def decide(services: ApiClients, contact: Contact, choice: Choice) -> None:
    """Decide on the facts as they are stored. Raises Refused.

    Triage needs no event for it: it assesses the facts of this call, if it does not know them yet.
    """
    body = {
        # Not the ETag: events count the contact's versions, and triage puts both in one order.
        "contact_version": contact.version,
        "facts": contact.facts and contact.facts.model_dump(mode="json"),
        "channel": contact.channel,
        "received_at": contact.received_at.isoformat(),
        **choice.body,
    }
    await services.send("triage", "POST", f"/v1/contacts/{contact.id}/decision", body, once=choice.once)


async def newest_assessment(services: ApiClients, contact_id: str) -> Assessment | None:
    """Triage's newest assessment of the contact, if there is one."""
    found = await services.get(
        "triage", "/v1/assessments", Listing[Assessment], contact_id=contact_id, limit=1
    )
    return next(iter(found.items), None)


def read_again(contact: Contact, fields: Fields) -> ContactForm:
    """The form as it is, read for this contact."""
    return read_form(fields, contact.received_at)


async def take_new(services: ApiClients, contact_id: str) -> None:
    """Take the entry of a contact that was made a moment ago, unless a colleague is faster."""
    for _ in range(_TAKE_TRIES):
        found = await services.get("routing", "/v1/entries", Listing[Entry], contact_id=contact_id)
        waiting = next((entry for entry in found.items if entry.status == "waiting"), None)
        if waiting:
            try:
                await services.send("routing", "POST", f"/v1/entries/{waiting.id}/take")
            except Refused as refused:
                if refused.answer_status != 409:
                    raise
            return
        await asyncio.sleep(_POLL_SECONDS)


async def release_taken(services: ApiClients, contact_id: str) -> None:
    """Put the contact's taken entries back into their queues, at their old places."""
    found = await services.get("routing", "/v1/entries", Listing[Entry], contact_id=contact_id)
    for entry in found.items:
        if entry.status == "taken":
            await services.send("routing", "POST", f"/v1/entries/{entry.id}/release")


async def candidates(services: ApiClients, contact: Contact) -> list[CandidatePerson]:
    """Whom earlier contacts from the same number were about. A person chooses, never the machine."""
    if not contact.contact_person.phone or contact.status == "closed":
        return []
    return (await services.get("intake", f"/v1/contacts/{contact.id}/candidates", Candidates)).people


async def estimate_at(services: ApiClients, destination: Destination | None) -> Estimate | None:
    """The wait to expect at a unit; None for a destination without a queue of its own."""
    if destination is None or destination.kind != "unit" or destination.unit == "reception":
        return None
    try:
        return await services.get("routing", f"/v1/queues/{destination.unit}/estimate", Estimate)
    except Refused:
        # A unit without a queue: no estimate, and the rest of the page as usual.
        return None


async def to_read_aloud(
    services: ApiClients, recommendation: Recommendation | None, words: Words
) -> dict[str, list[str]]:
    """Address, telephone and hours of each recommended offer, as lines to read to the citizen, by its id."""
    ids = [offer.id for offer in recommendation.offers] if recommendation else []
    ids = ids[:_MOST_READ_ALOUD]
    found = await asyncio.gather(*(services.get("triage", f"/v1/services/{id_}", Offer) for id_ in ids))
    return {id_: offer_lines(offer, words) for id_, offer in zip(ids, found, strict=True)}


async def outcome_of(services: ApiClients, contact_id: str) -> Outcome:
    """Where the contact went, and the wait to expect there."""
    contact = await services.get("intake", f"/v1/contacts/{contact_id}", Contact)
    assessment = await newest_assessment(services, contact_id)
    decision = assessment and assessment.decision
    estimate = await estimate_at(services, decision.destination if decision else None)
    return Outcome(contact, assessment, estimate)
