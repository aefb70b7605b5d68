"""Importing the files of organisations that publish their own offers."""

from typing import Annotated

from fastapi import APIRouter, Query, Request

from services.triage.access import Editor
from services.triage.catalogue.importing.schemas import ImportOut, import_out
from services.triage.catalogue.importing.service import import_services
from services.triage.problems import ForeignEntry, UnreadableCatalogue
from shared.problems import TooLarge, answers
from shared.unit_of_work import Writing

import_router = APIRouter(prefix="/v1/catalogue", tags=["services"])

_EXAMPLE = [
    {
        "id": "01a20676-ae61-7554-a27c-1200000000aa",
        "name": "Café for alle",
        "status": "active",
        "organization": {
            "id": "01a20676-ae61-7554-a27c-1200000000bb",
            "name": "Foreningen",
            "description": "En forening",
        },
    }
]
_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {"type": "array", "items": {"type": "object"}},
                "example": _EXAMPLE,
            }
        },
    }
}


@import_router.post(
    "/import",
    summary="Take a file in HSDS form",
    openapi_extra=_BODY,
    responses=answers(UnreadableCatalogue, ForeignEntry, TooLarge),
)
async def import_catalogue(
    *,
    who: Editor,
    request: Request,
    work: Writing,
    source: Annotated[
        str, Query(pattern=r"^[a-z0-9-]{2,60}$", description="Whose file it is: the same name each time")
    ],
    dry_run: Annotated[bool, Query(description="Only say what it would do")] = False,
) -> ImportOut:
    """A list of services, each with its organisation; or a page of an API of the standard, or `services`.

    All of it is taken or nothing. The same file again changes nothing; what is no longer in a source's file
    is marked as no longer valid.
    """
    plan = await import_services(work, who, source, await request.body(), dry_run=dry_run)
    return import_out(source, plan, dry_run=dry_run)
