"""Statements and conditions that several features need."""

from sqlalchemy import ColumnElement, literal_column, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.routing.models import ConfigurationRow, DutyRow, EntryRow
from services.routing.states import EntryStatus
from shared.database import table_of

ENTRIES = table_of(EntryRow)
DUTIES = table_of(DutyRow)
_CONFIGURATION = table_of(ConfigurationRow)

#: A duty that somebody still has to do. The partial index `ix_duties_running` has the same condition.
RUNNING = DUTIES.c.ended_at.is_(None)


def in_status(status: EntryStatus) -> ColumnElement[bool]:
    """The condition as a literal, so that PostgreSQL can prove that a partial index serves it.

    A literal column says the same as a parameter with `literal_execute`, and is not rendered again each time.
    """
    return ENTRIES.c.status == literal_column(f"'{status.value}'")


async def begin_change(session: AsyncSession) -> int:
    """The number of a change to the configuration. Other changes wait until this transaction has ended.

    So each change is checked against what is stored, and not against what another is about to replace.
    """
    counted = await session.execute(
        update(_CONFIGURATION)
        .where(_CONFIGURATION.c.id == 1)
        .values(edition=_CONFIGURATION.c.edition + 1)
        .returning(_CONFIGURATION.c.edition)
    )
    return int(counted.scalar_one())
