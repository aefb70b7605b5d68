"""Reading a contact's history from all services, each call with the user's purpose."""

import asyncio
from collections.abc import Sequence
from urllib.parse import quote

from services.desk.api_clients import ApiClients
from services.desk.api_models import Listing
from services.desk.intake_models import Contact
from services.desk.problems import Refused
from services.desk.routing_models import Entry, EntryWithTrail, Queue
from services.desk.sections import section
from services.desk.session import Session
from services.desk.trace.history import History
from services.desk.trace.schemas import Access, Call, CallKey, FoundReference, Referral
from services.desk.triage_models import Assessment, Need
from shared.problems import Forbidden
from shared.vocabulary import Role

#: The most of each kind that is read; no contact ever had more.
_MOST = 200


async def find(services: ApiClients, reference: str) -> str | None:
    """The id of the contact with this reference; None when there is none."""
    body = {"reference": reference}
    try:
        found = await services.post("intake", "/v1/contacts/search", Listing[FoundReference], body)
    except Refused as refused:
        # No reference at all: nothing has it.
        if refused.answer_status != 422:
            raise
        return None
    return next((one.id for one in found.items), None)


async def read_history(services: ApiClients, session: Session, contact_id: str) -> History:
    """The history. Raises Forbidden for a caseworker in whose units the contact never was; else Refused."""
    entries = await section(_entries(services, contact_id))
    if session.role is Role.CASEWORKER and entries and not entries.body:
        raise Forbidden("The contact has never been with your units.")
    # The contact before the access log, so that this very access is in the log that is read.
    contact = await services.get("intake", f"/v1/contacts/{contact_id}", Contact)
    calls, assessments, referrals, accesses, queues = await asyncio.gather(
        section(_calls(services, contact_id)),
        section(_assessments(services, contact_id)),
        section(_referrals(services, contact_id)),
        section(_accesses(services, contact_id)),
        section(services.get("routing", "/v1/queues", Listing[Queue])),
    )
    names = {queue.code: queue.name for queue in (queues.body.items if queues.body else ())}
    return History(contact, calls, assessments, referrals, entries, accesses, names)


async def need_names(services: ApiClients) -> dict[str, str]:
    """The needs' labels by code."""
    needs = await services.get("triage", "/v1/needs", Listing[Need])
    return {need.code: need.label for need in needs.items}


async def _entries(services: ApiClients, contact_id: str) -> Sequence[EntryWithTrail]:
    found = await services.get("routing", "/v1/entries", Listing[Entry], contact_id=contact_id, limit=_MOST)
    return await asyncio.gather(
        *(services.get("routing", f"/v1/entries/{one.id}", EntryWithTrail) for one in found.items)
    )


async def _calls(services: ApiClients, contact_id: str) -> Sequence[Call]:
    found = await services.get("intake", "/v1/calls", Listing[CallKey], contact_id=contact_id, limit=_MOST)
    return await asyncio.gather(
        *(
            services.get(
                *("intake", f"/v1/calls/{quote(call.call_id, safe='')}", Call),
                source=call.source,
                occurrence=call.occurrence,
            )
            for call in found.items
        )
    )


async def _assessments(services: ApiClients, contact_id: str) -> Sequence[Assessment]:
    found = await services.get(
        "triage", "/v1/assessments", Listing[Assessment], contact_id=contact_id, limit=_MOST
    )
    return found.items


async def _referrals(services: ApiClients, contact_id: str) -> Sequence[Referral]:
    return (await services.get("triage", "/v1/referrals", Listing[Referral], contact_id=contact_id)).items


async def _accesses(services: ApiClients, contact_id: str) -> Sequence[Access]:
    found = await services.get(
        "intake", "/v1/access-log", Listing[Access], contact_id=contact_id, limit=_MOST
    )
    return found.items
