"""What the reception does with the contact in its hands, step by step, over the services' contract."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from services.desk.api_clients import Services
from services.desk.contact.contact_form import Fields, Told, fields_of, read_form
from services.desk.offers.read_aloud import Words, offer_lines
from services.desk.problems import Refused

#: Events reach triage in a blink; longer than this, something is down, and the page says so.
PATIENCE_SECONDS = 8.0
_LOOK_AGAIN_SECONDS = 0.05
_MOST_READ_ALOUD = 5


@dataclass(frozen=True)
class InHand:
    """A contact as it is being worked on: what intake has, and the form as it was left."""

    contact: dict[str, Any]
    etag: str
    fields: Fields
    draft_etag: str | None
    draft_by: str | None


class NotAssessedYet(Exception):
    """Triage has not heard of the facts yet: the facts are stored, the decision must wait a moment."""


async def open_contact(services: Services, contact_id: str) -> InHand:
    """The contact with its draft, if somebody began one. The looks are logged by intake."""
    found = await services.ask("intake", "GET", f"/v1/contacts/{contact_id}")
    contact, etag = found.body, found.etag or ""
    if contact["status"] == "closed":
        return InHand(contact, etag, fields_of(contact), None, None)
    try:
        draft = await services.ask("intake", "GET", f"/v1/contacts/{contact_id}/draft")
    except Refused as refused:
        if refused.answer_status != 404:
            raise
        return InHand(contact, etag, fields_of(contact), None, None)
    return InHand(contact, etag, draft.body["content"], draft.etag, draft.body["saved_by"])


async def keep_draft(
    services: Services, contact_id: str, fields: Fields, draft_etag: str | None
) -> str | None:
    """Keep the form as it stands; gives the next one's ETag. Raises Refused (412 when stale)."""
    body = {"content": {name: list(texts) for name, texts in fields.items()}}
    path = f"/v1/contacts/{contact_id}/draft"
    return (await services.ask("intake", "PUT", path, body=body, if_match=draft_etag)).etag


async def keep_draft_anew(services: Services, hand: InHand) -> InHand:
    """Keep a form that was just sent whole: it counts more than what was kept on the way to it."""
    place = f"/v1/contacts/{hand.contact['id']}"
    try:
        newest = (await services.ask("intake", "GET", f"{place}/draft")).etag
    except Refused as refused:
        if refused.answer_status != 404:
            raise
        newest = None
    try:
        kept = await keep_draft(services, hand.contact["id"], hand.fields, newest)
    except Refused as refused:
        if refused.answer_status not in {409, 412, 422, 428}:
            raise
        return hand
    return replace(hand, draft_etag=kept)


async def recommend(services: Services, contact: Mapping[str, Any], told: Told) -> dict[str, Any] | None:
    """Where triage would send it, as the form stands; None while no need is named."""
    if not told.facts["needs"]:
        return None
    body = {
        "facts": told.facts_for_triage,
        "channel": contact["channel"],
        "received_at": contact["received_at"],
    }
    answer = await services.ask("triage", "POST", "/v1/recommendations", body=body, query={"explain": "true"})
    recommendation: dict[str, Any] = answer.body
    return recommendation


async def write_down(services: Services, contact_id: str, told: Told, etag: str) -> dict[str, Any]:
    """Store what was said and the facts. Raises Refused (412 when somebody changed the contact meanwhile)."""
    path = f"/v1/contacts/{contact_id}"
    said = {"citizen": told.citizen, "contact_person": told.contact_person, "summary": told.summary}
    changed = await services.ask("intake", "PATCH", path, body=said, if_match=etag)
    written = await services.ask("intake", "PUT", f"{path}/facts", body=told.facts, if_match=changed.etag)
    contact: dict[str, Any] = written.body
    return contact


async def assessed(services: Services, contact: Mapping[str, Any]) -> dict[str, Any]:
    """Triage's assessment of the facts as they are stored now. Raises NotAssessedYet."""
    ends_at = asyncio.get_running_loop().time() + PATIENCE_SECONDS
    while asyncio.get_running_loop().time() < ends_at:
        found = await services.get("triage", "/v1/assessments", contact_id=contact["id"], limit=1)
        newest: dict[str, Any] | None = next(iter(found["items"]), None)
        if newest is not None and _same_facts(newest["facts"], contact["facts"]):
            return newest
        await asyncio.sleep(_LOOK_AGAIN_SECONDS)
    raise NotAssessedYet


def _same_facts(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    def plain(facts: Mapping[str, Any]) -> dict[str, Any]:
        return {name: sorted(value) if isinstance(value, list) else value for name, value in facts.items()}

    return plain(one) == plain(other)


def reread(contact: Mapping[str, Any], fields: Fields) -> Told:
    """The form as it stands, read for this contact."""
    return read_form(fields, datetime.fromisoformat(contact["received_at"]))


async def take_new(services: Services, contact_id: str) -> None:
    """Take the entry of a contact that was made a moment ago; whoever else has it by then, has it."""
    for _ in range(40):
        found = await services.get("routing", "/v1/entries", contact_id=contact_id)
        waiting = [entry for entry in found["items"] if entry["status"] == "waiting"]
        if waiting:
            try:
                await services.post("routing", f"/v1/entries/{waiting[0]['id']}/take")
            except Refused as refused:
                if refused.answer_status != 409:
                    raise
            return
        await asyncio.sleep(_LOOK_AGAIN_SECONDS)


async def candidates(services: Services, contact: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Whom earlier contacts from the same number were about. A person chooses, never the machine."""
    if not contact["contact_person"].get("phone") or contact["status"] == "closed":
        return []
    found = await services.get("intake", f"/v1/contacts/{contact['id']}/candidates")
    people: list[dict[str, Any]] = found["people"]
    return people


async def estimate_at(services: Services, recommendation: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The wait to expect at the recommended unit; None where nobody waits for a unit."""
    destination = recommendation and recommendation["destination"]
    if not destination or destination["kind"] != "unit" or destination["unit"] == "reception":
        return None
    try:
        estimate: dict[str, Any] = await services.get("routing", f"/v1/queues/{destination['unit']}/estimate")
    except Refused:
        # A unit without a queue of its own: nothing can be said of the wait, and the rest still can.
        return None
    return estimate


async def to_read_aloud(
    services: Services, recommendation: Mapping[str, Any] | None, words: Words
) -> dict[str, list[str]]:
    """Address, telephone and hours of each recommended offer, as lines to read to the citizen."""
    offers = [offer["id"] for offer in (recommendation or {}).get("offers", ())][:_MOST_READ_ALOUD]
    found = await asyncio.gather(*(services.get("triage", f"/v1/services/{offer}") for offer in offers))
    return {offer: offer_lines(service, words) for offer, service in zip(offers, found, strict=True)}


async def what_next(services: Services, contact_id: str) -> dict[str, Any]:
    """Where the contact went, and the wait to expect there."""
    contact = await services.get("intake", f"/v1/contacts/{contact_id}")
    assessments = (await services.get("triage", "/v1/assessments", contact_id=contact_id, limit=1))["items"]
    assessment = assessments[0] if assessments else None
    decision = assessment and assessment["decision"]
    estimate = await estimate_at(services, decision)
    return {"contact": contact, "assessment": assessment, "decision": decision, "estimate": estimate}
