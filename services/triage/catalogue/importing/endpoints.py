"""Files of organisations that publish their own offers."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field

from services.triage.catalogue.importing.service import Plan, Step, import_services
from services.triage.catalogue.services.endpoints import Editor
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


class ImportedService(BaseModel):
    """A service of the file; of a changed one, the fields that are not as they were."""

    id: UUID
    name: str = Field(examples=["Café for alle"])
    fields: list[str] = Field(examples=[["schedules", "phones"]])


class ImportOut(BaseModel):
    """What the import did or, with `dry_run`, would do."""

    source: str = Field(examples=["frivilligcentret"])
    dry_run: bool
    new: list[ImportedService]
    changed: list[ImportedService]
    ended: list[ImportedService] = Field(description="In the source's file before, and no longer")
    kept_by_hand: list[ImportedService] = Field(description="Changed here by hand, and left as it is")
    unchanged: int


def _shown(steps: list[Step]) -> list[ImportedService]:
    return [
        ImportedService(id=step.service.id, name=step.service.name, fields=list(step.fields))
        for step in steps
    ]


def _answer(source: str, plan: Plan, *, dry_run: bool) -> ImportOut:
    return ImportOut(
        source=source,
        dry_run=dry_run,
        new=_shown(plan.new),
        changed=_shown(plan.changed),
        ended=_shown(plan.ended),
        kept_by_hand=_shown(plan.kept_by_hand),
        unchanged=len(plan.unchanged),
    )


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
    dry_run: Annotated[bool, Query(description="Only tell what it would do")] = False,
) -> ImportOut:
    """A list of services, each with its organisation; or a page of an API of the standard, or `services`.

    All of it is taken or nothing. The same file again changes nothing; what is no longer in a source's file
    is marked as no longer valid.
    """
    plan = await import_services(work, who, source, await request.body(), dry_run=dry_run)
    return _answer(source, plan, dry_run=dry_run)
