"""Deliveries of exchanges in storage: as they came, and as they were interpreted. Nothing here commits.

Most queries want few among very many, found by partial indexes: states are literals, since a bound
value would keep the database from using those (design.md, decision 4).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, bindparam, func, literal, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.delivery_store.states import DeliveryState
from services.intake.models import CallDelivery, TelephonySource
from shared.database import table_of, upsert
from shared.paging import Cursor

DELIVERIES = table_of(CallDelivery)
SOURCES = table_of(TelephonySource)

#: A row with some of the columns of a delivery.
DeliveryRow = Row[Any]

_AS_IT_CAME = tuple(
    DELIVERIES.c[name] for name in ("id", "source", "delivery_id", "form", "call_id", "received_at", "sealed")
)


def is_in(state: DeliveryState) -> ColumnElement[bool]:
    """Whether a delivery is in this state, in a form that partial indexes serve."""
    return DELIVERIES.c.state == literal(state.value, literal_execute=True)


async def store_new(session: AsyncSession, rows: Sequence[Mapping[str, Any]]) -> set[tuple[str, str]]:
    """Store those that are new; returns (source, delivery id) of these."""
    sources = upsert(session, SOURCES).on_conflict_do_nothing()
    await session.execute(sources, [{"source": source} for source in sorted({row["source"] for row in rows})])
    new = upsert(session, DELIVERIES).on_conflict_do_nothing()
    stored = await session.execute(
        new.returning(DELIVERIES.c.source, DELIVERIES.c.delivery_id), [dict(row) for row in rows]
    )
    return {(source, delivery_id) for source, delivery_id in stored}


async def sources_with_unread(session: AsyncSession) -> list[str]:
    """Exchanges with deliveries that are not interpreted yet."""
    unread = select(DELIVERIES.c.id).where(
        DELIVERIES.c.source == SOURCES.c.source, is_in(DeliveryState.UNREAD)
    )
    rows = await session.execute(select(SOURCES.c.source).where(unread.exists()).order_by(SOURCES.c.source))
    return list(rows.scalars())


async def lock_exchange(session: AsyncSession, source: str) -> bool:
    """Lock the exchange until the transaction ends; False when another replica has it.

    Without it two transactions could each derive a call from only their own half of its events.
    """
    mine = select(SOURCES.c.source).where(SOURCES.c.source == source).with_for_update(skip_locked=True)
    return (await session.execute(mine)).first() is not None


async def unread(
    session: AsyncSession, source: str, most: int, *, only: UUID | None = None
) -> Sequence[DeliveryRow]:
    """The oldest deliveries of an exchange that are not interpreted yet; or only the one named."""
    rows = (
        select(*_AS_IT_CAME)
        .where(DELIVERIES.c.source == source, is_in(DeliveryState.UNREAD))
        .order_by(DELIVERIES.c.id)
        .limit(most)
    )
    if only is not None:
        rows = rows.where(DELIVERIES.c.id == only)
    return (await session.execute(rows)).all()


async def is_any_unread(session: AsyncSession, before: UUID) -> bool:
    """Whether any delivery stored before this id (ids are in the order of time) is not interpreted yet."""
    waits = select(DELIVERIES.c.id).where(is_in(DeliveryState.UNREAD), DELIVERIES.c.id < before).limit(1)
    return (await session.execute(waits)).first() is not None


async def is_any_due(session: AsyncSession, now: datetime) -> bool:
    """Whether the moment of an event that was reported in advance has come."""
    due = select(DELIVERIES.c.id).where(DELIVERIES.c.due_at <= now).limit(1)
    return (await session.execute(due)).first() is not None


async def events_of(session: AsyncSession, source: str, call_ids: Iterable[str]) -> Sequence[DeliveryRow]:
    """All deliveries that were interpreted as events of these calls."""
    rows = await session.execute(
        select(*_AS_IT_CAME).where(DELIVERIES.c.source == source, DELIVERIES.c.call_id.in_(list(call_ids)))
    )
    return rows.all()


async def restarts_of(session: AsyncSession, source: str, since: datetime) -> list[datetime]:
    """The moments after `since` at which the exchange started again."""
    rows = await session.execute(
        select(DELIVERIES.c.occurred_at).where(
            DELIVERIES.c.source == source,
            is_in(DeliveryState.RESTART),
            DELIVERIES.c.occurred_at > since,
        )
    )
    return list(rows.scalars())


_INTERPRETATION = ("state", "reason", "call_id", "occurred_at", "due_at")
_MARKED = (
    update(DELIVERIES)
    .where(DELIVERIES.c.id == bindparam("to_id"))
    .values({name: bindparam(f"to_{name}") for name in _INTERPRETATION})
)


async def mark(session: AsyncSession, interpretations: Sequence[Mapping[str, Any]]) -> None:
    """Write how deliveries were interpreted: their `id`, and the columns of their interpretation."""
    if interpretations:
        await session.execute(
            _MARKED, [{f"to_{name}": value for name, value in row.items()} for row in interpretations]
        )


async def find(session: AsyncSession, delivery: UUID) -> DeliveryRow | None:
    """One delivery as it is stored."""
    return (await session.execute(select(DELIVERIES).where(DELIVERIES.c.id == delivery))).first()


async def list_deliveries(
    session: AsyncSession,
    *,
    state: DeliveryState | None,
    source: str | None,
    reason: str | None,
    after: Cursor | None,
    limit: int,
) -> Sequence[DeliveryRow]:
    """Newest first, one more than `limit` when more follow; without their content."""
    hidden = ("sealed", "sealed_key", "delivery_id")
    columns = [column for column in DELIVERIES.c if column.name not in hidden]
    rows = select(*columns).order_by(DELIVERIES.c.id.desc()).limit(limit + 1)
    if state is not None:
        rows = rows.where(is_in(state))
    if source is not None:
        rows = rows.where(DELIVERIES.c.source == source)
    if reason is not None:
        rows = rows.where(DELIVERIES.c.reason == reason)
    if after is not None:
        rows = rows.where(DELIVERIES.c.id < after.id)
    return (await session.execute(rows)).all()


async def mark_set_aside_unread(session: AsyncSession, source: str | None, reason: str | None) -> int:
    """Mark those that were set aside as unread; returns how many."""
    again = update(DELIVERIES).where(is_in(DeliveryState.SET_ASIDE))
    if source is not None:
        again = again.where(DELIVERIES.c.source == source)
    if reason is not None:
        again = again.where(DELIVERIES.c.reason == reason)
    done = await session.execute(again.values(state=DeliveryState.UNREAD).returning(DELIVERIES.c.id))
    return len(done.all())


async def mark_due_unread(session: AsyncSession, now: datetime) -> int:
    """Mark as unread those reported in advance whose moment has come; returns how many."""
    due = update(DELIVERIES).where(DELIVERIES.c.due_at <= now)
    done = await session.execute(
        due.values(state=DeliveryState.UNREAD, due_at=None).returning(DELIVERIES.c.id)
    )
    return len(done.all())


async def count_set_aside(session: AsyncSession) -> dict[tuple[str, str], int]:
    """Deliveries that are set aside, by form and reason."""
    rows = await session.execute(
        select(DELIVERIES.c.form, DELIVERIES.c.reason, func.count())
        .where(is_in(DeliveryState.SET_ASIDE))
        .group_by(DELIVERIES.c.form, DELIVERIES.c.reason)
    )
    return {(form, reason or ""): int(count) for form, reason, count in rows}


async def count_unread(session: AsyncSession) -> int:
    """Deliveries that wait to be interpreted."""
    rows = await session.execute(
        select(func.count()).select_from(DELIVERIES).where(is_in(DeliveryState.UNREAD))
    )
    return int(rows.scalar_one())
