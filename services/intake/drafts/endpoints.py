"""Drafts over HTTP. The page of a contact stores what is being written every few seconds."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response

from services.intake.access_log.service import Purpose
from services.intake.contacts.repository import delete_draft
from services.intake.drafts import service
from services.intake.drafts.schemas import DraftIn, DraftOut
from services.intake.problems import ContactClosed
from shared.access import Principal, allow
from shared.documents import document
from shared.etags import IfMatch, etag
from shared.problems import NotFound, StaleVersion, VersionRequired, answers
from shared.unit_of_work import Writing
from shared.vocabulary import Role

drafts_router = APIRouter(prefix="/v1/contacts", tags=["contacts"])
Writer = Annotated[Principal, allow(Role.RECEPTION, Role.CASEWORKER)]


@drafts_router.get(
    "/{contact_id:uuid}/draft", summary="Read the draft", response_model=DraftOut, responses=answers(NotFound)
)
async def read_draft(who: Writer, contact_id: UUID, work: Writing, purpose: Purpose = None) -> Response:
    """With its ETag. The access is logged."""
    content, row = await service.read(work, who, contact_id, purpose)
    return document(DraftOut.of(row, content), version=row.version)


@drafts_router.put(
    "/{contact_id:uuid}/draft",
    summary="Keep the draft",
    status_code=204,
    responses=answers(NotFound, ContactClosed, StaleVersion, VersionRequired),
)
async def save_draft(
    who: Writer, contact_id: UUID, draft: DraftIn, work: Writing, if_match: IfMatch = None
) -> Response:
    """The first needs no If-Match, any later one the ETag of the one before: of two pages open on one
    contact, the later one gets 412 and overwrites nothing.
    """
    row = await service.save(work, who, contact_id, draft.content, if_match)
    return Response(status_code=204, headers={"ETag": etag(row.version)})


@drafts_router.delete(
    "/{contact_id:uuid}/draft", summary="Drop the draft", status_code=204, responses=answers(NotFound)
)
async def drop_draft(who: Writer, contact_id: UUID, work: Writing) -> None:
    """It is deleted by itself when the facts are written or the contact is closed."""
    await delete_draft(work.session, contact_id)
