"""Contacts over HTTP: list, search, read, change, write the facts, close."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from services.intake.access_log import service as access_log
from services.intake.access_log.service import Purpose
from services.intake.contacts import repository, service
from services.intake.contacts.contact_status import ContactStatus
from services.intake.contacts.repository import ContactFilter
from services.intake.contacts.schemas import (
    Closing,
    ContactChange,
    ContactItem,
    ContactOut,
    FactsIn,
    FoundContact,
    Search,
    contact_item,
    contact_out,
    found_contact,
)
from services.intake.delivery_store.dependencies import CaughtUp
from services.intake.lines.dependencies import keep_lines_fresh, lines_of
from services.intake.models import ContactColumns
from services.intake.permissions import Reader, Staff, may_see_the_person
from services.intake.problems import (
    AnonymousWithCpr,
    ContactClosed,
    ContradictingAge,
    ImpossibleAge,
    ImpossibleCpr,
)
from services.intake.vault import PersonalData
from services.intake.wire import LineCode
from shared.access import Principal
from shared.documents import document
from shared.etags import IfMatch
from shared.moments import Moment
from shared.paging import Page, Paging, encode_cursor, split_page
from shared.problems import (
    Forbidden,
    InvalidCursor,
    NotFound,
    StaleVersion,
    VersionRequired,
    answers,
)
from shared.unit_of_work import Context, Writing
from shared.vocabulary import Channel

contacts_router = APIRouter(
    prefix="/v1/contacts", tags=["contacts"], dependencies=[Depends(keep_lines_fresh)]
)

IDENTITY_PROBLEMS = (ImpossibleCpr, ImpossibleAge, AnonymousWithCpr, ContradictingAge)
_CHANGE_PROBLEMS = (NotFound, ContactClosed, StaleVersion, VersionRequired, *IDENTITY_PROBLEMS)


def contact_document(
    context: Context, who: Principal, contact: ContactColumns, personal: PersonalData, status: int = 200
) -> Response:
    """The contact as the reader's role may see it, with its ETag and Location."""
    body = contact_out(
        contact,
        personal,
        with_person=may_see_the_person(who),
        now=context.clock.now(),
        lines=lines_of(context),
    )
    return document(body, status=status, version=contact.edition, location=f"/v1/contacts/{contact.id}")


@contacts_router.get("", summary="List contacts", responses=answers(InvalidCursor))
async def list_contacts(
    *,
    who: Reader,
    work: CaughtUp,
    paging: Paging,
    status: ContactStatus | None = None,
    channel: Channel | None = None,
    line: LineCode | None = None,
    received_from: Annotated[Moment | None, Query(examples=["2026-03-01T00:00:00+01:00"])] = None,
    received_to: Annotated[Moment | None, Query(description="Up to, not including")] = None,
    companion_of: UUID | None = None,
    purpose: Purpose = None,
) -> Page[ContactItem]:
    """Newest first, without anything that identifies a person."""
    filters = ContactFilter(status, channel, line, received_from, received_to, companion_of)
    rows = await repository.list_contacts(work.session, filters, paging.after, paging.limit)
    await access_log.log_access(work, who, "list", purpose or access_log.OVERVIEW)
    now, lines = work.clock.now(), lines_of(work)
    return paging.page(
        rows,
        lambda contact: (contact.received_at, contact.id),
        lambda contact: contact_item(contact, now, lines),
    )


@contacts_router.post(
    "/search", summary="Find contacts of a person", responses=answers(InvalidCursor, ImpossibleCpr)
)
async def search_contacts(
    who: Reader, body: Search, work: CaughtUp, purpose: Purpose = None
) -> Page[FoundContact]:
    """By personal number, phone, reference or name: in the body, never in the URL. It is logged.

    A role that does not work with the person can search by reference only, and gets no name.
    """
    with_person = may_see_the_person(who)
    if body.reference is None and not with_person:
        raise Forbidden("Your role searches by reference alone.")
    found = await service.search(work, who, body, purpose)
    # Not `Paging`: limit and cursor are in the body, and the next page has no address to link to.
    page, last = split_page(found, body.limit)
    now, lines = work.clock.now(), lines_of(work)
    return Page(
        items=[
            found_contact(contact, personal.name if with_person else None, now, lines)
            for contact, personal in page
        ],
        next_cursor=None if last is None else encode_cursor(last[0].received_at, last[0].id),
    )


@contacts_router.get(
    "/{contact_id:uuid}", summary="Read a contact", response_model=ContactOut, responses=answers(NotFound)
)
async def read_contact(who: Reader, contact_id: UUID, work: CaughtUp, purpose: Purpose = None) -> Response:
    """With its ETag. Operations and auditors get the contact without the person. The access is logged."""
    return contact_document(work, who, *await service.read(work, who, contact_id, purpose))


@contacts_router.patch(
    "/{contact_id:uuid}",
    summary="Write down what is known better",
    response_model=ContactOut,
    responses=answers(*_CHANGE_PROBLEMS),
)
async def change_contact(
    *,
    who: Staff,
    contact_id: UUID,
    body: ContactChange,
    work: Writing,
    if_match: IfMatch = None,
    purpose: Purpose = None,
) -> Response:
    """The citizen, the contact person or the summary. The contact of a call begins without any of them."""
    changed = await service.change(work, who, contact_id, body, if_match=if_match, purpose=purpose)
    return contact_document(work, who, *changed)


@contacts_router.put(
    "/{contact_id:uuid}/facts",
    summary="Write down the facts",
    response_model=ContactOut,
    responses=answers(*_CHANGE_PROBLEMS),
)
async def write_facts(
    *,
    who: Staff,
    contact_id: UUID,
    facts: FactsIn,
    work: Writing,
    if_match: IfMatch = None,
    purpose: Purpose = None,
) -> Response:
    """All the facts as they are known now, in place of the earlier ones. Triage assesses them again."""
    changed = await service.write_facts(work, who, contact_id, facts, if_match=if_match, purpose=purpose)
    return contact_document(work, who, *changed)


@contacts_router.post(
    "/{contact_id:uuid}/close",
    summary="Close a contact",
    response_model=ContactOut,
    responses=answers(NotFound, ContactClosed, StaleVersion),
)
async def close_contact(
    *,
    who: Staff,
    contact_id: UUID,
    body: Closing,
    work: Writing,
    if_match: IfMatch = None,
    purpose: Purpose = None,
) -> Response:
    """Nothing more is to be done. If-Match is checked when sent; closing again with the same outcome changes
    nothing.
    """
    closed = await service.close(work, who, contact_id, body, if_match=if_match, purpose=purpose)
    return contact_document(work, who, *closed)
