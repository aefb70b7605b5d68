"""Derived calls in storage. Nothing here commits."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Text, and_, bindparam, case, cast, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.call_story.columns import DERIVED, StoredCall
from services.intake.models import CallRecord, UnconfiguredQueue
from shared.database import table_of, upsert
from shared.paging import Cursor
from shared.row_batch import RowBatch

CALLS = table_of(CallRecord)
UNCONFIGURED = table_of(UnconfiguredQueue)


@dataclass(frozen=True)
class CallFilter:
    """Which calls; None means any. `since` and `until` are about their start."""

    contact_id: UUID | None = None
    outcome: str | None = None
    source: str | None = None
    inconsistent: bool | None = None
    inconsistency: str | None = None
    since: datetime | None = None
    until: datetime | None = None


async def calls_open_at(session: AsyncSession, source: str, moment: datetime) -> list[str]:
    """The ids of calls that a restart at that moment can change: begun before it, and not over by then."""
    rows = await session.execute(
        select(CALLS.c.call_id).where(
            CALLS.c.source == source,
            CALLS.c.started_at < moment,
            or_(CALLS.c.gone_at.is_(None), CALLS.c.gone_at >= moment, CALLS.c.last_event_at >= moment),
        )
    )
    return list(rows.scalars())


async def find_calls(
    session: AsyncSession, call_ids: Iterable[str], source: str | None = None
) -> Sequence[CallRecord]:
    """The calls by these ids, of one exchange or of any, the latest first."""
    wanted = (
        select(CallRecord)
        .where(CALLS.c.call_id.in_(list(call_ids)))
        .order_by(CALLS.c.source, CALLS.c.occurrence.desc())
    )
    if source is not None:
        wanted = wanted.where(CALLS.c.source == source)
    return list((await session.execute(wanted)).scalars())


async def stored_calls(session: AsyncSession, source: str, call_ids: Iterable[str]) -> list[StoredCall]:
    """The calls of one exchange by these ids, as they were derived before."""
    derived = [CALLS.c[name] for name in DERIVED]
    rows = await session.execute(
        select(CALLS.c.contact_id, CALLS.c.call_id, *derived).where(
            CALLS.c.source == source, CALLS.c.call_id.in_(list(call_ids))
        )
    )
    return [
        StoredCall(contact_id, call_id, columns["started_at"], columns["last_event_at"], columns)
        for contact_id, call_id, *values in rows
        for columns in [dict(zip(DERIVED, values, strict=True))]
    ]


def note_calls(rows: RowBatch, calls: Iterable[dict[str, Any]]) -> None:
    """Note new calls among rows that are going to be written."""
    rows.note(CALLS, calls)


_CHANGED = (
    update(CALLS)
    .where(CALLS.c.contact_id == bindparam("to_contact_id"))
    .values({name: bindparam(f"to_{name}") for name in DERIVED})
)


async def change_calls(session: AsyncSession, calls: Sequence[dict[str, Any]]) -> None:
    """Write these calls as they are derived now."""
    if calls:
        await session.execute(
            _CHANGED, [{f"to_{name}": value for name, value in call.items()} for call in calls]
        )


async def drop_calls(session: AsyncSession, contact_ids: Sequence[UUID]) -> None:
    """Delete calls that turned out to be part of others; their contacts and deliveries stay."""
    if contact_ids:
        await session.execute(delete(CALLS).where(CALLS.c.contact_id.in_(list(contact_ids))))


async def note_unconfigured(session: AsyncSession, source: str, seen: Mapping[str, datetime]) -> None:
    """Store that calls were in these queues, which no line has, and when the latest entered one."""
    table = UNCONFIGURED
    for queue, moment in sorted(seen.items()):
        row = {"source": source, "queue": queue, "first_seen_at": moment, "last_seen_at": moment}
        seen_again = upsert(session, table).values(row)
        earlier = case((table.c.first_seen_at > moment, moment), else_=table.c.first_seen_at)
        later = case((table.c.last_seen_at < moment, moment), else_=table.c.last_seen_at)
        await session.execute(
            seen_again.on_conflict_do_update(
                index_elements=["source", "queue"], set_={"first_seen_at": earlier, "last_seen_at": later}
            )
        )


async def unconfigured(session: AsyncSession) -> Sequence[Row[Any]]:
    """Queues that calls were in and no line had then, the latest first."""
    rows = await session.execute(
        select(UNCONFIGURED).order_by(
            UNCONFIGURED.c.last_seen_at.desc(), UNCONFIGURED.c.source, UNCONFIGURED.c.queue
        )
    )
    return rows.all()


async def list_calls(
    session: AsyncSession, filters: CallFilter, after: Cursor | None, limit: int
) -> Sequence[CallRecord]:
    """Calls by their start, newest first, one more than `limit` when more follow."""
    rows = select(CallRecord).order_by(CALLS.c.started_at.desc(), CALLS.c.contact_id.desc()).limit(limit + 1)
    if filters.contact_id is not None:
        rows = rows.where(CALLS.c.contact_id == filters.contact_id)
    if filters.outcome is not None:
        rows = rows.where(CALLS.c.outcome == filters.outcome)
    if filters.source is not None:
        rows = rows.where(CALLS.c.source == filters.source)
    # The JSON list as text, in which both databases can search; its entries are names of our own.
    kinds = cast(CALLS.c.inconsistencies, Text)
    if filters.inconsistent is not None:
        rows = rows.where(kinds != "[]" if filters.inconsistent else kinds == "[]")
    if filters.inconsistency is not None:
        rows = rows.where(kinds.contains(f'"{filters.inconsistency}"', autoescape=True))
    if filters.since is not None:
        rows = rows.where(CALLS.c.started_at >= filters.since)
    if filters.until is not None:
        rows = rows.where(CALLS.c.started_at < filters.until)
    if after is not None:
        earlier = and_(CALLS.c.started_at == after.at, CALLS.c.contact_id < after.id)
        rows = rows.where(or_(CALLS.c.started_at < after.at, earlier))
    return list((await session.execute(rows)).scalars())


async def silent_calls(
    session: AsyncSession, *, waiting_since: datetime, talking_since: datetime, most: int
) -> Sequence[Row[Any]]:
    """Calls without an end and without an event since these moments, the longest silent first."""
    limit = case((CALLS.c.outcome == "answered", talking_since), else_=waiting_since)
    rows = await session.execute(
        select(CALLS.c.source, CALLS.c.call_id, CALLS.c.last_event_at)
        .where(
            CALLS.c.gone_at.is_(None),
            CALLS.c.last_event_at < max(waiting_since, talking_since),
            CALLS.c.last_event_at < limit,
        )
        .order_by(CALLS.c.last_event_at)
        .limit(most)
    )
    return [*rows]


async def count_open_calls(session: AsyncSession) -> int:
    """Calls whose caller may still be there."""
    rows = await session.execute(select(func.count()).select_from(CALLS).where(CALLS.c.gone_at.is_(None)))
    return int(rows.scalar_one())


async def count_inconsistent(session: AsyncSession, since: datetime) -> dict[str, int]:
    """Calls since then by what does not add up in them; a call with two of these is counted in both."""
    rows = await session.execute(
        select(CALLS.c.inconsistencies).where(
            CALLS.c.started_at >= since, cast(CALLS.c.inconsistencies, Text) != "[]"
        )
    )
    return dict(Counter(kind for kinds in rows.scalars() for kind in kinds))
