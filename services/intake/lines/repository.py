"""Every statement on lines; the same on SQLite and PostgreSQL. Nothing commits."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, column, delete, distinct, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.lines.lines import Line, Lines
from services.intake.models import CallRecord, LinesVersion
from services.intake.models import Line as LineRow
from shared.database import table_of, upsert
from shared.vocabulary import Administration, Channel

CALLS = table_of(CallRecord)
LINES = table_of(LineRow)
VERSION = table_of(LinesVersion)


async def read_lines(session: AsyncSession) -> Lines:
    """All configured periods, by code and first day, with the version of the lines."""
    # The version first: if a change is committed in between, the lines are newer than it says, and are read
    # once more. The other way round, the change would never be noticed.
    version = await lines_version(session)
    rows = (await session.execute(select(LINES).order_by(LINES.c.code, LINES.c.valid_from))).mappings()
    return Lines((_line(dict(row)) for row in rows), version)


def _line(row: dict[str, Any]) -> Line:
    channel, administration = Channel(row.pop("channel")), row.pop("administration")
    return Line(**row, channel=channel, administration=administration and Administration(administration))


async def lines_version(session: AsyncSession) -> int:
    """The version of the lines; 0 while none was ever configured."""
    return int((await session.execute(select(VERSION.c.version))).scalar_one_or_none() or 0)


async def begin_change(session: AsyncSession) -> int:
    """The new version of the lines. Any other transaction that changes lines waits until this one ends."""
    changed = await session.execute(
        upsert(session, VERSION)
        .values(id=1, version=1)
        .on_conflict_do_update(index_elements=["id"], set_={"version": VERSION.c.version + 1})
        .returning(VERSION.c.version)
    )
    return int(changed.scalar_one())


async def store_line(session: AsyncSession, line: Line) -> None:
    """Store a period, in place of the one with the same code and first day if there is one."""
    values = columns_of(line)
    stored = upsert(session, LINES).values(values)
    keys = ["code", "valid_from"]
    await session.execute(stored.on_conflict_do_update(index_elements=keys, set_=values))


async def replace_lines(session: AsyncSession, lines: Iterable[Line]) -> None:
    """Store these in place of all periods of the lines that they belong to."""
    rows = [columns_of(line) for line in lines]
    await session.execute(delete(LINES).where(LINES.c.code.in_({row["code"] for row in rows})))
    if rows:
        await session.execute(insert(LINES), rows)


def columns_of(line: Line) -> dict[str, Any]:
    """The columns of a period."""
    return {
        **asdict(line),
        "channel": line.channel.value,
        "telephony_queues": list(line.telephony_queues),
        "queues_by_source": {source: list(queues) for source, queues in line.queues_by_source.items()},
        "called_numbers": list(line.called_numbers),
    }


async def queues_seen(session: AsyncSession, since: datetime) -> Sequence[tuple[str, str, int, datetime]]:
    """The exchanges' queues that calls since then were in: source, queue, number of calls, start of the
    latest.
    """
    # A call's visits are a JSON list, which the two databases take apart each in its own way.
    if session.get_bind().dialect.name == "sqlite":
        visit = func.json_each(CALLS.c.visits).table_valued("value", joins_implicitly=True)
        queue = func.json_extract(visit.c.value, "$.queue")
    else:
        value = column("value", JSON)
        visit = func.json_array_elements(CALLS.c.visits).table_valued(value, joins_implicitly=True)
        queue = visit.c.value["queue"].as_string()
    counted = (
        select(CALLS.c.source, queue, func.count(distinct(CALLS.c.contact_id)), func.max(CALLS.c.started_at))
        .select_from(CALLS, visit)
        .where(CALLS.c.started_at >= since, queue.is_not(None))
        .group_by(CALLS.c.source, queue)
        .order_by(CALLS.c.source, queue)
    )
    return [(source, name, calls, last) for source, name, calls, last in await session.execute(counted)]
