"""What an import did, or would do."""

from collections.abc import Iterable
from uuid import UUID

from pydantic import BaseModel, Field

from services.triage.catalogue.importing.plan import Plan, PlannedChange


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


def _imported(changes: Iterable[PlannedChange]) -> list[ImportedService]:
    return [
        ImportedService(id=each.service.id, name=each.service.name, fields=list(each.fields))
        for each in changes
    ]


def import_out(source: str, plan: Plan, *, dry_run: bool) -> ImportOut:
    return ImportOut(
        source=source,
        dry_run=dry_run,
        new=_imported(plan.new),
        changed=_imported(plan.changed),
        ended=_imported(plan.ended),
        kept_by_hand=_imported(plan.kept_by_hand),
        unchanged=len(plan.unchanged),
    )
