"""Drafts over HTTP: what is being written about a contact, kept every few seconds."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from services.intake.access_log.service import Purpose
from services.intake.drafts import service
from services.intake.problems import ContactClosed
from shared.access import Principal, allow
from shared.etags import IfMatch, etag
from shared.problems import NotFound, StaleVersion, VersionRequired, answers
from shared.unit_of_work import Writing
from shared.vocabulary import Role

drafts_router = APIRouter(prefix="/v1/contacts", tags=["contacts"])
Writer = Annotated[Principal, allow(Role.RECEPTION, Role.CASEWORKER)]
MOST_FIELDS = 200
_MOST_CHARACTERS = 40_000


def _of_bearable_size(content: dict[str, Any]) -> dict[str, Any]:
    if len(content) > MOST_FIELDS or len(str(content)) > _MOST_CHARACTERS:
        raise ValueError("a draft has at most 200 fields and 40,000 characters")
    return content


class DraftIn(BaseModel):
    """A form as it stands, in whatever fields it has."""

    model_config = ConfigDict(extra="forbid")

    content: Annotated[dict[str, Any], AfterValidator(_of_bearable_size)] = Field(
        examples=[{"summary": "Ringer om sin søns"}]
    )


class DraftOut(DraftIn):
    """A draft, and who kept it when."""

    contact_id: UUID
    saved_at: str
    saved_by: str


@drafts_router.get(
    "/{contact_id:uuid}/draft", summary="Read the draft", response_model=DraftOut, responses=answers(NotFound)
)
async def read_draft(who: Writer, contact_id: UUID, work: Writing, purpose: Purpose = None) -> Response:
    """With its ETag. The look is logged."""
    content, row = await service.read(work, who, contact_id, purpose)
    shown = DraftOut(
        content=content, contact_id=contact_id, saved_at=row.saved_at.isoformat(), saved_by=row.saved_by
    )
    return Response(
        shown.model_dump_json(), headers={"ETag": etag(row.version)}, media_type="application/json"
    )


@drafts_router.put(
    "/{contact_id:uuid}/draft",
    summary="Keep the draft",
    status_code=204,
    responses=answers(NotFound, ContactClosed, StaleVersion, VersionRequired),
)
async def save_draft(
    who: Writer, contact_id: UUID, draft: DraftIn, work: Writing, if_match: IfMatch = None
) -> Response:
    """The first needs no If-Match; any later one the ETag of the one before, so that two pages that are open
    on one contact do not overwrite each other unseen.
    """
    row = await service.save(work, who, contact_id, draft.content, if_match)
    return Response(status_code=204, headers={"ETag": etag(row.version)})


@drafts_router.delete(
    "/{contact_id:uuid}/draft", summary="Drop the draft", status_code=204, responses=answers(NotFound)
)
async def drop_draft(who: Writer, contact_id: UUID, work: Writing) -> None:
    """It is dropped by itself when the facts are written or the contact closes."""
    await service.drop(work.session, contact_id)
