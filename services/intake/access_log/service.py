"""The log of every access to personal data, written in the transaction of the access itself.

A list without names is one entry; a search is one entry, and one more for each contact that it found. Source:
domain.md § 8; Datatilsynet on C-579/21 (the citizen may get dates and purposes, not the names of staff).
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Header

from services.intake.access_log.repository import ACCESSES
from shared.access import Principal
from shared.ids import new_id
from shared.log import mask
from shared.row_batch import RowBatch
from shared.unit_of_work import UnitOfWork

Action = Literal["create", "read", "list", "search", "found", "change", "close"]

Purpose = Annotated[
    str | None,
    Header(
        alias="X-Purpose",
        min_length=3,
        max_length=200,
        description="Why you look; each route has a default",
        examples=["Borgeren ringer om sin henvendelse"],
    ),
]

#: Default purposes. In Danish: a citizen has a right to read them (GDPR, art. 15).
HANDLING = "Henvendelsen behandles"
RECEIVING = "Henvendelsen modtages"
SEARCHING = "Henvendelsen findes frem"
OVERVIEW = "Overblik over henvendelser"
CALLING = "Opkaldet følges"
CALLING_BACK = "Opkald ringes tilbage"
MENDING = "Telefonanlæggets meddelelse undersøges"


async def log_access(
    work: UnitOfWork,
    who: Principal,
    action: Action,
    purpose: str,
    *,
    contacts: Iterable[UUID | None] = (None,),
    criterion: str | None = None,
) -> None:
    """Write one entry for each contact; None is for an access to no single contact (a list, a search)."""
    now = work.clock.now()
    rows = RowBatch()
    for contact in contacts:
        add_access(rows, who, action, purpose, at=now, contact=contact, criterion=criterion)
    await rows.write(work.session)


def add_access(
    rows: RowBatch,
    who: Principal,
    action: Action,
    purpose: str,
    *,
    at: datetime,
    contact: UUID | None,
    criterion: str | None = None,
) -> None:
    """Add one entry to rows that are going to be written, for an access that does nothing but insert."""
    access = {
        "id": new_id(),
        "at": at,
        "contact_id": contact,
        "subject": who.subject[:120],
        "role": who.role,
        "action": action,
        # A purpose is free text: somebody may type a personal number into it.
        "purpose": mask(purpose),
        "criterion": criterion,
    }
    rows.note(ACCESSES, [access])
