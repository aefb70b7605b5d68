"""Deliveries of exchanges and the calls derived from them, in storage. Nothing here commits."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.models import CallDelivery, CallRecord, TelephonySource
from shared.database import table_of, upsert
from shared.pages import Cursor

DELIVERIES = table_of(CallDelivery)
CALLS = table_of(CallRecord)
SOURCES = table_of(TelephonySource)

EVENT, RESTART, UNINTERPRETABLE = "event", "restart", "uninterpretable"


async def take_turn(session: AsyncSession, source: str, deliveries: int) -> None:
    """Lock the exchange until the transaction ends, and count its deliveries.

    Without it two transactions could each derive a call from only their own half of its events.
    """
    counted = upsert(session, SOURCES).values(source=source, deliveries=deliveries)
    await session.execute(
        counted.on_conflict_do_update(
            index_elements=["source"], set_={"deliveries": SOURCES.c.deliveries + deliveries}
        )
    )


async def store_new(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> set[str]:
    """Store deliveries of one exchange that were never stored; gives the ids of these."""
    stored = await session.execute(
        upsert(session, DELIVERIES)
        .values(list(rows))
        .on_conflict_do_nothing()
        .returning(DELIVERIES.c.delivery_id)
    )
    return set(stored.scalars())


async def deliveries_of(
    session: AsyncSession, source: str, call_ids: Iterable[str]
) -> Sequence[CallDelivery]:
    """All deliveries that tell of these calls."""
    rows = await session.execute(
        select(CallDelivery).where(DELIVERIES.c.source == source, DELIVERIES.c.call_id.in_(list(call_ids)))
    )
    return list(rows.scalars())


async def restarts_of(session: AsyncSession, source: str, since: datetime) -> list[datetime]:
    """The moments after `since` at which the exchange started again."""
    rows = await session.execute(
        select(DELIVERIES.c.occurred_at).where(
            DELIVERIES.c.source == source, DELIVERIES.c.kind == RESTART, DELIVERIES.c.occurred_at > since
        )
    )
    return list(rows.scalars())


async def calls_over(session: AsyncSession, source: str, moment: datetime) -> list[str]:
    """Calls that a restart at that moment can change: begun before it, and not known to be over by then."""
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
    """The calls by these ids, of one exchange or of any."""
    wanted = select(CallRecord).where(CALLS.c.call_id.in_(list(call_ids))).order_by(CALLS.c.source)
    # Read again what this transaction has just written past the session.
    wanted = wanted.execution_options(populate_existing=True)
    if source is not None:
        wanted = wanted.where(CALLS.c.source == source)
    return list((await session.execute(wanted)).scalars())


async def add_call(session: AsyncSession, values: dict[str, Any]) -> None:
    """Store a call that was not known."""
    await session.execute(insert(CALLS).values(**values))


async def change_call(session: AsyncSession, contact_id: UUID, values: dict[str, Any]) -> None:
    """Write what the call's events tell now."""
    await session.execute(update(CALLS).where(CALLS.c.contact_id == contact_id).values(**values))


async def list_calls(
    session: AsyncSession,
    *,
    outcome: str | None,
    since: datetime | None,
    until: datetime | None,
    after: Cursor | None,
    limit: int,
) -> Sequence[CallRecord]:
    """Calls by their start, newest first, one more than `limit` when more follow."""
    rows = select(CallRecord).order_by(CALLS.c.started_at.desc(), CALLS.c.contact_id.desc()).limit(limit + 1)
    if outcome is not None:
        rows = rows.where(CALLS.c.outcome == outcome)
    if since is not None:
        rows = rows.where(CALLS.c.started_at >= since)
    if until is not None:
        rows = rows.where(CALLS.c.started_at < until)
    if after is not None:
        earlier = and_(CALLS.c.started_at == after.at, CALLS.c.contact_id < after.id)
        rows = rows.where(or_(CALLS.c.started_at < after.at, earlier))
    return list((await session.execute(rows)).scalars())


async def count_open_calls(session: AsyncSession) -> int:
    """Calls whose caller may still be there."""
    rows = await session.execute(select(func.count()).select_from(CALLS).where(CALLS.c.gone_at.is_(None)))
    return int(rows.scalar_one())


async def count_uninterpretable(session: AsyncSession) -> int:
    """Deliveries that were stored without being understood."""
    rows = await session.execute(
        select(func.count())
        .select_from(DELIVERIES)
        # By source, because the index begins with it: deliveries are kept for ever and are many.
        .where(DELIVERIES.c.source.in_(select(SOURCES.c.source)), DELIVERIES.c.kind == UNINTERPRETABLE)
    )
    return int(rows.scalar_one())
