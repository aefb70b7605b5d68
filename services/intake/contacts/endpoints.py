"""Contacts over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from services.intake.access_log import service as access_log
from services.intake.access_log.service import Purpose
from services.intake.contacts import repository, service
from services.intake.contacts.contact_status import ContactStatus
from services.intake.contacts.repository import Wanted
from services.intake.contacts.schemas import (
    Closing,
    ContactChange,
    ContactItem,
    ContactOut,
    FactsIn,
    FoundContact,
    Search,
    present,
    present_found,
    present_item,
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
from shared.etags import IfMatch, etag
from shared.moments import Moment
from shared.paging import CursorText, Limit, Page, decode_cursor, encode_cursor, link_next, split_page
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
_CHANGE = (NotFound, ContactClosed, StaleVersion, VersionRequired, *IDENTITY_PROBLEMS)


def contact_document(
    context: Context, who: Principal, contact: ContactColumns, said: PersonalData, status: int = 200
) -> Response:
    """The contact with its ETag. Serialised here: the same bytes are sent and remembered."""
    with_person, now = may_see_the_person(who), context.clock.now()
    shown = present(contact, said, with_person=with_person, now=now, lines=lines_of(context))
    headers = {"ETag": etag(contact.edition), "Location": f"/v1/contacts/{contact.id}"}
    return Response(shown.model_dump_json(), status, headers, media_type="application/json")


@contacts_router.get("", summary="List contacts", responses=answers(InvalidCursor))
async def list_contacts(
    *,
    who: Reader,
    work: CaughtUp,
    request: Request,
    response: Response,
    status: ContactStatus | None = None,
    channel: Channel | None = None,
    line: LineCode | None = None,
    received_from: Annotated[Moment | None, Query(examples=["2026-03-01T00:00:00+01:00"])] = None,
    received_to: Annotated[Moment | None, Query(description="Up to, not including")] = None,
    companion_of: UUID | None = None,
    limit: Limit = 50,
    cursor: CursorText = None,
    purpose: Purpose = None,
) -> Page[ContactItem]:
    """Newest first, without anything that names a person."""
    wanted = Wanted(status, channel, line, received_from, received_to, companion_of)
    rows = await repository.list_contacts(work.session, wanted, decode_cursor(cursor), limit)
    await access_log.log_access(work, who, "list", purpose or access_log.OVERVIEW)
    page, last = split_page(rows, limit)
    next_cursor = None if last is None else encode_cursor(last.received_at, last.id)
    link_next(request, response, next_cursor)
    now, lines = work.clock.now(), lines_of(work)
    return Page(items=[present_item(row, now, lines) for row in page], next_cursor=next_cursor)


@contacts_router.post(
    "/search", summary="Find contacts of a person", responses=answers(InvalidCursor, ImpossibleCpr)
)
async def search_contacts(
    who: Reader, body: Search, work: CaughtUp, purpose: Purpose = None
) -> Page[FoundContact]:
    """By personal number, phone, reference or name: in the body, never in the URL. It is logged.

    Who has no task with the person searches by reference alone, and is told no name.
    """
    if body.reference is None and not may_see_the_person(who):
        raise Forbidden("Your role searches by reference alone.")
    rows = await service.search(work, who, body, purpose)
    page, last = split_page(rows, body.limit)
    next_cursor = None if last is None else encode_cursor(last[0].received_at, last[0].id)
    now, lines = work.clock.now(), lines_of(work)
    named = may_see_the_person(who)
    found = [present_found(contact, said if named else PersonalData(), now, lines) for contact, said in page]
    return Page(items=found, next_cursor=next_cursor)


@contacts_router.get(
    "/{contact_id:uuid}", summary="Read a contact", response_model=ContactOut, responses=answers(NotFound)
)
async def read_contact(who: Reader, contact_id: UUID, work: CaughtUp, purpose: Purpose = None) -> Response:
    """With its ETag. Operations and auditors see the contact without the person. The look is logged."""
    return contact_document(work, who, *await service.read(work, who, contact_id, purpose))


@contacts_router.patch(
    "/{contact_id:uuid}",
    summary="Write down what is known better",
    response_model=ContactOut,
    responses=answers(*_CHANGE),
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
    """The citizen, the contact person or the summary; a call's contact starts with none of them."""
    changed = await service.change(work, who, contact_id, body, if_match=if_match, purpose=purpose)
    return contact_document(work, who, *changed)


@contacts_router.put(
    "/{contact_id:uuid}/facts",
    summary="Write down the facts",
    response_model=ContactOut,
    responses=answers(*_CHANGE),
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
    """The facts as the receptionist has them now, whole. Triage makes a new assessment of them."""
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
    """Nothing more is to be done. If-Match is heeded when sent; the same outcome again changes nothing."""
    closed = await service.close(work, who, contact_id, body, if_match=if_match, purpose=purpose)
    return contact_document(work, who, *closed)
