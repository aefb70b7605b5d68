"""Statements on rule sets and their trail, the same on SQLite and PostgreSQL. Nothing here commits."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.triage.models import RulesetChange, RulesetRow
from services.triage.rules.ruleset import RuleSet, source_of
from services.triage.rulesets.differences import plain
from services.triage.rulesets.timetable import Begins, Timetable, first_moment_of
from shared.database import table_of, upsert
from shared.ids import new_id

RULESETS = table_of(RulesetRow)
CHANGES = table_of(RulesetChange)


def new_row(ruleset: RuleSet, at: datetime, **more: Any) -> dict[str, Any]:
    """The columns of a new rule set, which is neither checked nor simulated; `more` are further columns."""
    return {
        "version": ruleset.version,
        "title": ruleset.title,
        "content": plain(ruleset),
        "revision": 1,
        "checked_revision": 0,
        "simulated_revision": 0,
        "created_at": at,
        **more,
    }


async def store_files(session: AsyncSession, rulesets: Iterable[RuleSet], at: datetime) -> None:
    """Store the rule sets of the files as in force from their day; those already stored stay as they are."""
    for ruleset in rulesets:
        row = new_row(
            ruleset,
            at,
            source=source_of(ruleset.version),
            checked_revision=1,
            simulated_revision=1,
            active_from=first_moment_of(ruleset.valid_from),
        )
        await session.execute(upsert(session, RULESETS).values(row).on_conflict_do_nothing())


async def add_ruleset(session: AsyncSession, row: dict[str, Any]) -> bool:
    """Store a new rule set; False when its version is taken."""
    added = await session.execute(
        upsert(session, RULESETS).values(row).on_conflict_do_nothing().returning(RULESETS.c.version)
    )
    return added.first() is not None


async def read_timetable(session: AsyncSession) -> Timetable:
    """What was, is and will be in force. Read for each recommendation, so that all processes agree."""
    rows = await session.execute(
        select(RULESETS.c.version, RULESETS.c.revision, RULESETS.c.active_from)
        .where(RULESETS.c.active_from.is_not(None))
        .order_by(RULESETS.c.active_from)
    )
    return Timetable(tuple(Begins(*row) for row in rows))


async def read_rulesets(session: AsyncSession) -> Sequence[RulesetRow]:
    """Every rule set, in the order of creation."""
    rows = await session.execute(select(RulesetRow).order_by(RULESETS.c.created_at, RULESETS.c.version))
    return rows.scalars().all()


async def find_ruleset(session: AsyncSession, version: str) -> RulesetRow | None:
    found = await session.execute(
        select(RulesetRow).where(RULESETS.c.version == version).execution_options(populate_existing=True)
    )
    return found.scalar_one_or_none()


async def find_revision(session: AsyncSession, version: str) -> int | None:
    found = await session.execute(select(RULESETS.c.revision).where(RULESETS.c.version == version))
    return found.scalar_one_or_none()


async def lock_all(session: AsyncSession) -> None:
    """Lock every rule set against changes by others until this transaction ends.

    All of them, because what may be done to one depends on when the others begin; they are few and seldom
    changed.
    """
    await session.execute(select(RULESETS.c.version).order_by(RULESETS.c.version).with_for_update())


async def change_ruleset(session: AsyncSession, version: str, **columns: Any) -> None:
    """Set these columns of a rule set that the transaction has locked."""
    await session.execute(update(RULESETS).where(RULESETS.c.version == version).values(columns))


async def add_change(session: AsyncSession, **columns: Any) -> None:
    """Add a step to the trail."""
    await session.execute(insert(CHANGES).values({"id": new_id(), **columns}))


async def read_changes(session: AsyncSession, version: str) -> Sequence[RulesetChange]:
    """The trail of one rule set, oldest first."""
    rows = await session.execute(
        select(RulesetChange).where(CHANGES.c.version == version).order_by(CHANGES.c.at, CHANGES.c.id)
    )
    return rows.scalars().all()


async def authors_of(session: AsyncSession, version: str) -> set[str]:
    """The subjects of those who created it or changed its content."""
    rows = await session.execute(
        select(CHANGES.c.subject)
        .where(CHANGES.c.version == version, CHANGES.c.kind.in_(("created", "edited")))
        .distinct()
    )
    return set(rows.scalars())
