"""What triage decides by, to be read: the vocabulary of needs."""

from fastapi import APIRouter, Request

from services.triage.access import ANY_ROLE
from services.triage.needs.schemas import NeedOut
from services.triage.recommendations.service import Advisers
from shared.paging import Page

needs_router = APIRouter(prefix="/v1/needs", tags=["needs"])


def _advisers(request: Request) -> Advisers:
    advisers: Advisers = request.app.state.advisers
    return advisers


@needs_router.get("", summary="The vocabulary of needs", dependencies=ANY_ROLE)
async def list_needs(request: Request) -> Page[NeedOut]:
    """Every need code with its Danish label, KLE number and lowest step."""
    entries = _advisers(request).vocabulary.needs
    return Page(items=[NeedOut.model_validate(entry.model_dump()) for entry in entries])
