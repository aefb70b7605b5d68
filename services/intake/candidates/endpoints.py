"""A caller's earlier contacts over HTTP."""

from uuid import UUID

from fastapi import APIRouter

from services.intake.access_log.service import Purpose
from services.intake.candidates import service
from services.intake.candidates.schemas import Candidates
from services.intake.delivery_store.dependencies import CaughtUp
from services.intake.permissions import Reader
from shared.problems import NotFound, answers

candidates_router = APIRouter(prefix="/v1/contacts", tags=["contacts"])


@candidates_router.get(
    "/{contact_id:uuid}/candidates", summary="Earlier contacts by this number", responses=answers(NotFound)
)
async def list_candidates(
    who: Reader, contact_id: UUID, work: CaughtUp, purpose: Purpose = None
) -> Candidates:
    """Grouped by the person they were about. None for a withheld number or an anonymous citizen.

    A number may belong to several people or to none: a person chooses, never the system. The access is
    logged as a search by phone.
    """
    return await service.candidates_of(work, who, contact_id, purpose)
