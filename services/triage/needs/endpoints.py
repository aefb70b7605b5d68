"""What triage decides by, to be read: the vocabulary of needs."""

from fastapi import APIRouter, Request

from services.triage.recommendations.service import Advisers
from services.triage.schemas import NeedOut
from shared.access import allow
from shared.paging import Page
from shared.vocabulary import Role

needs_router = APIRouter(prefix="/v1/needs", tags=["needs"])

_EVERYBODY = [
    allow(Role.RECEPTION, Role.CASEWORKER, Role.OPERATIONS, Role.RULES_EDITOR, Role.AUDITOR, Role.SERVICE)
]


def _advisers(request: Request) -> Advisers:
    advisers: Advisers = request.app.state.advisers
    return advisers


@needs_router.get("", summary="The vocabulary of needs", dependencies=_EVERYBODY)
async def list_needs(request: Request) -> Page[NeedOut]:
    """Every need code with its Danish label, KLE number and lowest step."""
    entries = _advisers(request).vocabulary.needs
    return Page(items=[NeedOut.model_validate(entry.model_dump()) for entry in entries])
