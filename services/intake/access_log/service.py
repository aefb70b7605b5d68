"""The trail of every look at personal data: written in the transaction of the look itself.

A list without names is one entry; a search is one entry, and one more for each contact it found.
Source: domain.md § 8; Datatilsynet on C-579/21 (dates and purposes may be told, names of staff need not).
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Header
from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.models import Look
from shared.access import Principal
from shared.database import table_of
from shared.ids import new_id
from shared.log import mask
from shared.paging import Cursor
from shared.row_batch import RowBatch
from shared.unit_of_work import UnitOfWork

_LOOKS = table_of(Look)

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

#: Default purposes, as the citizen may read them.
HANDLING = "Henvendelsen behandles"
RECEIVING = "Henvendelsen modtages"
SEARCHING = "Henvendelsen findes frem"
OVERVIEW = "Overblik over henvendelser"
CALLING = "Opkaldet følges"
CALLING_BACK = "Opkald ringes tilbage"
MENDING = "Telefonanlæggets meddelelse undersøges"


async def log_look(
    work: UnitOfWork,
    who: Principal,
    action: Action,
    purpose: str,
    *,
    contacts: Iterable[UUID | None] = (None,),
    criterion: str | None = None,
) -> None:
    """Write one entry for each contact looked at; with None, for a look at no contact of its own."""
    now = work.clock.now()
    rows = RowBatch()
    for contact in contacts:
        note_look(rows, who, action, purpose, at=now, contact=contact, criterion=criterion)
    await rows.write(work.session)


def note_look(
    rows: RowBatch,
    who: Principal,
    action: Action,
    purpose: str,
    *,
    at: datetime,
    contact: UUID | None,
    criterion: str | None = None,
) -> None:
    """Note one entry among rows that are going to be written."""
    look = {
        "id": new_id(),
        "at": at,
        "contact_id": contact,
        "subject": who.subject[:120],
        "role": who.role,
        "action": action,
        "purpose": mask(purpose),
        "criterion": criterion,
    }
    rows.note(_LOOKS, [look])


async def looks(
    session: AsyncSession,
    *,
    contact_id: UUID | None,
    since: datetime | None,
    until: datetime | None,
    after: Cursor | None,
    limit: int,
) -> list[Look]:
    """Entries, newest first, one more than `limit` when more follow."""
    wanted = select(Look).order_by(_LOOKS.c.at.desc(), _LOOKS.c.id.desc()).limit(limit + 1)
    if contact_id is not None:
        wanted = wanted.where(_LOOKS.c.contact_id == contact_id)
    if since is not None:
        wanted = wanted.where(_LOOKS.c.at >= since)
    if until is not None:
        wanted = wanted.where(_LOOKS.c.at < until)
    if after is not None:
        earlier = and_(_LOOKS.c.at == after.at, _LOOKS.c.id < after.id)
        wanted = wanted.where(or_(_LOOKS.c.at < after.at, earlier))
    return list((await session.execute(wanted)).scalars())
