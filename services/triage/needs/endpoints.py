"""The vocabulary of needs over HTTP."""

from fastapi import APIRouter

from services.triage.access import ANY_ROLE
from services.triage.needs.schemas import NeedOut
from shared.city.current import city
from shared.paging import Page

needs_router = APIRouter(prefix="/v1/needs", tags=["needs"])


@needs_router.get("", summary="The vocabulary of needs", dependencies=ANY_ROLE)
async def list_needs() -> Page[NeedOut]:
    """Every need code with its Danish label, KLE number and lowest step."""
    return Page(items=[NeedOut.model_validate(entry.model_dump()) for entry in city().needs.needs])
